// SPDX-License-Identifier: BSD-3-Clause
// Signed tokens (RFC 7515, RFC 7519) with RS256, and the encodings and digests that sign-in needs.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tests/sandbox/country.h"

namespace sandbox {

std::string from_base64(std::string_view text);  // stops at the first letter that is none
std::string base64url(std::string_view bytes);   // without "="
std::string from_base64url(std::string_view text);
std::string sha256(std::string_view text);
std::string random_bytes(size_t count);
std::string uuid();

// The six digits of RFC 6238 for a moment, from a secret in base 32.
std::string one_time_code(std::string_view base32_secret, long long seconds);
std::string new_base32_secret();

// Whether a word fits a bcrypt hash ("$2a$10$..."). Takes about 0.1 s, as it should.
bool fits_bcrypt(const std::string& word, const std::string& hash);

struct SignedToken {
  Json header, claims;
  std::string signed_text, signature;
};

// Empty when the text has not three parts or header and claims are no JSON objects.
std::optional<SignedToken> parse_token(std::string_view text);

// Whether one of the keys of {"keys": [...]} made the RS256 signature.
bool signed_by(const Json& jwks, const SignedToken& token);

// An RSA key of 2048 bits. `file` names where it is kept in PEM form: read when it is there, else
// written; empty: a key for this run alone. Throws std::runtime_error when a file cannot be read.
class SigningKey {
 public:
  explicit SigningKey(const std::string& file = "");
  ~SigningKey();
  SigningKey(const SigningKey&) = delete;
  SigningKey& operator=(const SigningKey&) = delete;

  const std::string& kid() const { return kid_; }
  Json jwks() const;
  std::string sign(const Json& claims) const;

 private:
  struct Key;
  std::unique_ptr<Key> key_;
  std::string kid_;
};

}  // namespace sandbox
