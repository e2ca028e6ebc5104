// SPDX-License-Identifier: BSD-3-Clause
// Certificates made for a test: an authority, and servers good and bad.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

namespace dhis2mcp::support {

struct Certificate {
  std::shared_ptr<X509> x509;
  std::shared_ptr<EVP_PKEY> key;
};

struct CertificateWish {
  std::string common_name;
  std::string alternative_names;  // "DNS:localhost,IP:127.0.0.1"; empty for none
  long from_day = -1;             // from today
  long until_day = 30;
  bool authority = false;
};

// Signed by `issuer`, or by itself when that is null.
inline Certificate make_certificate(const CertificateWish& wish,
                                    const Certificate* issuer = nullptr) {
  static long serial = 1000;
  Certificate made{{X509_new(), X509_free}, {EVP_EC_gen("P-256"), EVP_PKEY_free}};
  X509* const x509 = made.x509.get();
  X509_set_version(x509, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(x509), wish.from_day * 86'400);
  X509_gmtime_adj(X509_getm_notAfter(x509), wish.until_day * 86'400);
  X509_set_pubkey(x509, made.key.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(wish.common_name.c_str()), -1,
                             -1, 0);
  X509* const signer = issuer == nullptr ? x509 : issuer->x509.get();
  X509_set_issuer_name(x509, X509_get_subject_name(signer));
  const auto extend = [&](int nid, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, signer, x509, nullptr, nullptr, 0);
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
    if (extension == nullptr) throw std::runtime_error("no such extension: " + value);
    X509_add_ext(x509, extension, -1);
    X509_EXTENSION_free(extension);
  };
  extend(NID_basic_constraints, wish.authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (!wish.alternative_names.empty()) extend(NID_subject_alt_name, wish.alternative_names);
  X509_sign(x509, (issuer == nullptr ? made : *issuer).key.get(), EVP_sha256());
  return made;
}

inline void write_certificate(const std::filesystem::path& file, const Certificate& certificate) {
  std::FILE* const out = std::fopen(file.c_str(), "w");
  PEM_write_X509(out, certificate.x509.get());
  std::fclose(out);
}

inline void write_key(const std::filesystem::path& file, const Certificate& certificate) {
  std::FILE* const out = std::fopen(file.c_str(), "w");
  PEM_write_PrivateKey(out, certificate.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(out);
}

}  // namespace dhis2mcp::support
