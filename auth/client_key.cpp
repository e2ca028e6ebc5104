// SPDX-License-Identifier: BSD-3-Clause
// JWT by hand: three base64url parts and one signature.
#include "auth/client_key.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <memory>

#include "auth/pkce.h"
#include "auth/text_codes.h"
#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

constexpr int kRsaBits = 2048;
constexpr int kEcBytes = 32;  // of one half of a P-256 signature
constexpr std::chrono::seconds kLife{60};

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Memory = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Number = std::unique_ptr<BIGNUM, decltype(&BN_free)>;

void demand(bool done) {
  if (!done) throw Error(ErrorKind::internal, "OpenSSL could not sign.", "Check OpenSSL 3.");
}

Key key_of(const Secret& pem) {
  const std::string_view text = pem.reveal();
  const Memory memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free);
  // An empty passphrase, given by us: OpenSSL would ask on the terminal.
  char nothing[] = "";
  Key key(PEM_read_bio_PrivateKey(memory.get(), nullptr, nullptr, nothing), EVP_PKEY_free);
  const bool usable =
      key != nullptr &&
      (EVP_PKEY_is_a(key.get(), "RSA") == 1 ||
       (EVP_PKEY_is_a(key.get(), "EC") == 1 && EVP_PKEY_get_bits(key.get()) == 8 * kEcBytes));
  if (!usable) {
    throw ConfigurationError(ErrorKind::refused,
                             "The client's key is no RSA or P-256 private key in PEM without a "
                             "passphrase.",
                             "Give the right file with --client-key-file.");
  }
  return key;
}

// Coordinates are of full length (RFC 7518 section 6.2.1.2), RSA's numbers of their own.
std::string number_of(const EVP_PKEY* key, const char* name, int least = 0) {
  BIGNUM* raw = nullptr;
  demand(EVP_PKEY_get_bn_param(key, name, &raw) == 1);
  const Number number(raw, BN_free);
  const int size = std::max(BN_num_bytes(number.get()), least);
  std::string bytes(static_cast<std::size_t>(size), '\0');
  BN_bn2binpad(number.get(), reinterpret_cast<unsigned char*>(bytes.data()), size);
  return bytes;
}

// OpenSSL gives DER; JWT wants the two numbers side by side (RFC 7518 section 3.4).
std::string side_by_side(const std::string& der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(
      d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())), ECDSA_SIG_free);
  demand(pair != nullptr);
  std::string both(2 * kEcBytes, '\0');
  auto* out = reinterpret_cast<unsigned char*>(both.data());
  demand(BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), out, kEcBytes) == kEcBytes &&
         BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), out + kEcBytes, kEcBytes) == kEcBytes);
  return both;
}

std::string signature_of(EVP_PKEY* key, const std::string& text) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t size = 0;
  demand(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
         EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) == 1);
  std::string signature(size, '\0');
  demand(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                        bytes, text.size()) == 1);
  signature.resize(size);
  return EVP_PKEY_is_a(key, "EC") == 1 ? side_by_side(signature) : signature;
}

// RFC 7638: stable, and says nothing that the key does not.
std::string key_id(const Json& jwk) { return to_base64url(sha256(jwk.dump())).substr(0, 16); }

Json bare_jwk(const EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "EC") == 1) {
    return {{"crv", "P-256"},
            {"kty", "EC"},
            {"x", to_base64url(number_of(key, OSSL_PKEY_PARAM_EC_PUB_X, kEcBytes))},
            {"y", to_base64url(number_of(key, OSSL_PKEY_PARAM_EC_PUB_Y, kEcBytes))}};
  }
  return {{"e", to_base64url(number_of(key, OSSL_PKEY_PARAM_RSA_E))},
          {"kty", "RSA"},
          {"n", to_base64url(number_of(key, OSSL_PKEY_PARAM_RSA_N))}};
}

std::string algorithm(const EVP_PKEY* key) {
  return EVP_PKEY_is_a(key, "EC") == 1 ? "ES256" : "RS256";
}

}  // namespace

Secret new_client_key() {
  const Key key(EVP_RSA_gen(kRsaBits), EVP_PKEY_free);
  const Memory memory(BIO_new(BIO_s_secmem()), BIO_free);
  demand(key != nullptr && PEM_write_bio_PrivateKey(memory.get(), key.get(), nullptr, nullptr, 0,
                                                    nullptr, nullptr) == 1);
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return Secret(std::string(text, static_cast<std::size_t>(size)));
}

Json public_jwk(const Secret& pem) {
  const Key key = key_of(pem);
  Json jwk = bare_jwk(key.get());
  const std::string id = key_id(jwk);
  jwk["use"] = "sig";
  jwk["alg"] = algorithm(key.get());
  jwk["kid"] = id;
  return jwk;
}

std::string client_assertion(const Secret& pem, const std::string& client_id,
                             const std::string& audience, WallTime now) {
  const Key key = key_of(pem);
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  const Json header = {
      {"alg", algorithm(key.get())}, {"typ", "JWT"}, {"kid", key_id(bare_jwk(key.get()))}};
  const Json claims = {{"iss", client_id},
                       {"sub", client_id},
                       {"aud", audience},
                       {"iat", seconds},
                       {"exp", seconds + kLife.count()},
                       {"jti", new_state()}};
  const std::string text = to_base64url(header.dump()) + "." + to_base64url(claims.dump());
  return text + "." + to_base64url(signature_of(key.get(), text));
}

}  // namespace dhis2mcp
