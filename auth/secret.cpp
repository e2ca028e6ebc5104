// SPDX-License-Identifier: BSD-3-Clause
// Wiping and constant-time comparison, both by OpenSSL's own words for them.
#include "auth/secret.h"

#include <openssl/crypto.h>

#include <utility>

namespace dhis2mcp {
namespace {

// The whole buffer, for a string that shrank still has its old end behind size().
void wipe(std::string& text) {
  text.resize(text.capacity());
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

}  // namespace

// Copied, not moved: a short text lies inside the string object, where a move leaves it behind.
Secret::Secret(std::string text) : text_(std::string_view(text)) { wipe(text); }

Secret::Secret(const Secret& other) = default;

Secret::Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { wipe(other.text_); }

Secret& Secret::operator=(Secret other) noexcept {
  text_.swap(other.text_);
  return *this;
}

Secret::~Secret() { wipe(text_); }

bool Secret::operator==(const Secret& other) const {
  return text_.size() == other.text_.size() &&
         CRYPTO_memcmp(text_.data(), other.text_.data(), text_.size()) == 0;
}

}  // namespace dhis2mcp
