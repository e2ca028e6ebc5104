// SPDX-License-Identifier: BSD-3-Clause
// Keys and signatures over OpenSSL, bcrypt over the C library.
#include "tests/sandbox/jose.h"

#include <crypt.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include <cstdio>
#include <stdexcept>

namespace sandbox {
namespace {

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64Url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

template <auto kFree>
struct Free {
  template <typename T>
  void operator()(T* pointer) const {
    kFree(pointer);
  }
};
using KeyPointer = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using DigestPointer = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;
using NumberPointer = std::unique_ptr<BIGNUM, Free<BN_free>>;

std::string decoded(std::string_view text, std::string_view alphabet, int bits_a_letter) {
  std::string bytes;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    const size_t value = alphabet.find(c);
    if (value == std::string_view::npos) break;
    bits = bits << bits_a_letter | static_cast<unsigned>(value);
    if ((count += bits_a_letter) >= 8) bytes += static_cast<char>(bits >> (count -= 8) & 0xff);
  }
  return bytes;
}

std::string encoded(std::string_view bytes, std::string_view alphabet, int bits_a_letter) {
  std::string text;
  unsigned bits = 0;
  int count = 0;
  const unsigned mask = (1u << bits_a_letter) - 1;
  for (const unsigned char byte : bytes) {
    bits = bits << 8 | byte;
    for (count += 8; count >= bits_a_letter;) {
      text += alphabet[bits >> (count -= bits_a_letter) & mask];
    }
  }
  if (count > 0) text += alphabet[bits << (bits_a_letter - count) & mask];
  return text;
}

const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

NumberPointer number_of(const Json& jwk, const char* name) {
  const std::string bytes = from_base64url(jwk.value(name, ""));
  return NumberPointer(BN_bin2bn(raw(bytes), static_cast<int>(bytes.size()), nullptr));
}

KeyPointer public_key(const Json& jwk) {
  const NumberPointer n = number_of(jwk, "n"), e = number_of(jwk, "e");
  OSSL_PARAM_BLD* builder = OSSL_PARAM_BLD_new();
  OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e.get());
  OSSL_PARAM* params = OSSL_PARAM_BLD_to_param(builder);
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr);
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_fromdata_init(context) > 0) {
    EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params);
  }
  EVP_PKEY_CTX_free(context);
  OSSL_PARAM_free(params);
  OSSL_PARAM_BLD_free(builder);
  return KeyPointer(key);
}

std::string number_text(EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(key, name, &number);
  const NumberPointer owned(number);
  std::string bytes(static_cast<size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
  return base64url(bytes);
}

KeyPointer read_key(const std::string& file) {
  std::FILE* stream = std::fopen(file.c_str(), "r");
  if (!stream) return nullptr;
  KeyPointer key(PEM_read_PrivateKey(stream, nullptr, nullptr, nullptr));
  std::fclose(stream);
  if (!key) throw std::runtime_error(file + " holds no private key in PEM form");
  return key;
}

void write_key(EVP_PKEY* key, const std::string& file) {
  std::FILE* stream = std::fopen(file.c_str(), "w");
  if (!stream) throw std::runtime_error("cannot write the key file " + file);
  PEM_write_PrivateKey(stream, key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(stream);
}

}  // namespace

std::string from_base64(std::string_view text) { return decoded(text, kBase64, 6); }
std::string base64url(std::string_view bytes) { return encoded(bytes, kBase64Url, 6); }
std::string from_base64url(std::string_view text) { return decoded(text, kBase64Url, 6); }

std::string sha256(std::string_view text) {
  std::string digest(32, '\0');
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()), &size,
             EVP_sha256(), nullptr);
  return digest;
}

std::string random_bytes(size_t count) {
  std::string bytes(count, '\0');
  RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count));
  return bytes;
}

std::string uuid() {
  std::string text;
  for (const unsigned char byte : random_bytes(16)) {
    char hex[3];
    std::snprintf(hex, sizeof hex, "%02x", byte);
    text += hex;
    if (text.size() == 8 || text.size() == 13 || text.size() == 18 || text.size() == 23) {
      text += '-';
    }
  }
  text[14] = '4';
  text[19] = 'a';
  return text;
}

std::string one_time_code(std::string_view base32_secret, long long seconds) {
  const std::string secret = decoded(base32_secret, kBase32, 5);
  std::string counter;
  for (int shift = 56; shift >= 0; shift -= 8) counter += static_cast<char>(seconds / 30 >> shift);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), raw(counter), counter.size(),
       digest, &size);
  const unsigned char* part = digest + (digest[size - 1] & 0xf);
  const unsigned number = (part[0] & 0x7fu) << 24 | part[1] << 16 | part[2] << 8 | part[3];
  char text[8];
  std::snprintf(text, sizeof text, "%06u", number % 1000000);
  return text;
}

std::string new_base32_secret() { return encoded(random_bytes(20), kBase32, 5); }

bool fits_bcrypt(const std::string& word, const std::string& hash) {
  if (!hash.starts_with("$2")) return false;
  crypt_data memory{};
  const char* made = crypt_r(word.c_str(), hash.c_str(), &memory);
  return made && hash == made;
}

std::optional<SignedToken> parse_token(std::string_view text) {
  const size_t first = text.find('.');
  const size_t second = first == std::string_view::npos ? first : text.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  SignedToken token;
  token.header = Json::parse(from_base64url(text.substr(0, first)), nullptr, false);
  token.claims =
      Json::parse(from_base64url(text.substr(first + 1, second - first - 1)), nullptr, false);
  if (!token.header.is_object() || !token.claims.is_object()) return std::nullopt;
  token.signed_text = text.substr(0, second);
  token.signature = from_base64url(text.substr(second + 1));
  return token;
}

bool signed_by(const Json& jwks, const SignedToken& token) {
  if (token.header.value("alg", "") != "RS256" || !jwks.is_object() || !jwks.contains("keys")) {
    return false;
  }
  for (const Json& jwk : jwks["keys"]) {
    if (jwk.value("kty", "") != "RSA") continue;
    const KeyPointer key = public_key(jwk);
    const DigestPointer digest(EVP_MD_CTX_new());
    if (key && EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
        EVP_DigestVerify(digest.get(), raw(token.signature), token.signature.size(),
                         raw(token.signed_text), token.signed_text.size()) == 1) {
      return true;
    }
  }
  return false;
}

struct SigningKey::Key {
  KeyPointer pair;
};

SigningKey::SigningKey(const std::string& file) : key_(std::make_unique<Key>()) {
  if (!file.empty()) key_->pair = read_key(file);
  if (!key_->pair) {
    key_->pair.reset(EVP_RSA_gen(2048));
    if (!file.empty()) write_key(key_->pair.get(), file);
  }
  const std::string mark = sha256(number_text(key_->pair.get(), OSSL_PKEY_PARAM_RSA_N));
  kid_ = base64url(mark.substr(0, 24));
}

SigningKey::~SigningKey() = default;

Json SigningKey::jwks() const {
  Json jwk = {{"kty", "RSA"}};
  jwk["e"] = number_text(key_->pair.get(), OSSL_PKEY_PARAM_RSA_E);
  jwk["kid"] = kid_;
  jwk["n"] = number_text(key_->pair.get(), OSSL_PKEY_PARAM_RSA_N);
  Json jwks;
  jwks["keys"] = Json::array({jwk});
  return jwks;
}

std::string SigningKey::sign(const Json& claims) const {
  const Json header = {{"kid", kid_}, {"alg", "RS256"}};
  std::string text = base64url(header.dump()) + "." + base64url(claims.dump());
  const DigestPointer digest(EVP_MD_CTX_new());
  EVP_DigestSignInit(digest.get(), nullptr, EVP_sha256(), nullptr, key_->pair.get());
  size_t size = 0;
  EVP_DigestSign(digest.get(), nullptr, &size, raw(text), text.size());
  std::string signature(size, '\0');
  EVP_DigestSign(digest.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, raw(text),
                 text.size());
  signature.resize(size);
  return text + "." + base64url(signature);
}

}  // namespace sandbox
