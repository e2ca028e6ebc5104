// SPDX-License-Identifier: BSD-3-Clause
// AES-256-GCM by OpenSSL's EVP interface.
#include "auth/vault.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <memory>

#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

constexpr char kFormat = 1;
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

Context new_context() { return {EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free}; }

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

void demand(bool done) {
  if (!done) {
    throw Error(ErrorKind::internal, "OpenSSL could not encrypt a value.",
                "Check that OpenSSL 3 and the system's random source work.");
  }
}

}  // namespace

Vault::Vault(Secret key) : key_(std::move(key)) { demand(key_.reveal().size() == kKeyBytes); }

std::string Vault::seal(std::string_view plain, std::string_view place) const {
  std::string sealed(1 + kNonceBytes + plain.size() + kTagBytes, kFormat);
  unsigned char* nonce = bytes(sealed) + 1;
  unsigned char* cipher = nonce + kNonceBytes;
  const Context context = new_context();
  int length = 0;
  demand(context != nullptr && RAND_bytes(nonce, kNonceBytes) == 1);
  demand(EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes(key_.reveal()),
                            nonce) == 1);
  demand(EVP_EncryptUpdate(context.get(), nullptr, &length, bytes(place),
                           static_cast<int>(place.size())) == 1);
  demand(EVP_EncryptUpdate(context.get(), cipher, &length, bytes(plain),
                           static_cast<int>(plain.size())) == 1);
  demand(EVP_EncryptFinal_ex(context.get(), cipher + plain.size(), &length) == 1);
  demand(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes,
                             cipher + plain.size()) == 1);
  return sealed;
}

std::optional<Secret> Vault::open(std::string_view sealed, std::string_view place) const {
  if (sealed.size() < 1 + kNonceBytes + kTagBytes || sealed.front() != kFormat) {
    return std::nullopt;
  }
  const unsigned char* nonce = bytes(sealed) + 1;
  const std::string_view cipher =
      sealed.substr(1 + kNonceBytes, sealed.size() - 1 - kNonceBytes - kTagBytes);
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
  std::string plain(cipher.size(), '\0');
  const Context context = new_context();
  int length = 0;
  demand(context != nullptr);
  demand(EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes(key_.reveal()),
                            nonce) == 1);
  demand(EVP_DecryptUpdate(context.get(), nullptr, &length, bytes(place),
                           static_cast<int>(place.size())) == 1);
  demand(EVP_DecryptUpdate(context.get(), bytes(plain), &length, bytes(cipher),
                           static_cast<int>(cipher.size())) == 1);
  demand(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, bytes(tag)) == 1);
  if (EVP_DecryptFinal_ex(context.get(), bytes(plain) + plain.size(), &length) != 1) {
    OPENSSL_cleanse(plain.data(), plain.size());
    return std::nullopt;
  }
  return Secret(std::move(plain));
}

std::string place_of(std::initializer_list<std::string_view> words) {
  std::string place;
  for (const std::string_view word : words) {
    place += std::to_string(word.size()) + ":";
    place += word;
  }
  return place;
}

}  // namespace dhis2mcp
