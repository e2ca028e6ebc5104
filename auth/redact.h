// SPDX-License-Identifier: BSD-3-Clause
// Takes our own credentials out of text that a server sent back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "auth/secret.h"
#include "dhis2/error.h"
#include "dhis2/exchange.h"

namespace dhis2mcp {

// Knows each secret raw, in base64, percent-encoded, JSON-escaped and HTML-escaped; of many the
// newest `kept`, for sessions and tokens come and go as long as a server runs. Not thread-safe.
class Redactor {
 public:
  explicit Redactor(std::uint64_t kept) : kept_(kept) {}

  // Secrets under 4 characters are left alone: taking them out would tell more than it hides.
  void learn(std::string_view secret);

  // The credential of an Authorization header; of Basic the password too.
  void learn_signature(const Headers& headers);

  // With "[redacted]" in place of each form of each secret, and of whatever looks like a DHIS2
  // personal access token.
  std::string clean(std::string text) const;
  Response clean(Response response) const;
  Error clean(const Error& error) const;

 private:
  struct Form {
    Secret text;
    std::uint64_t number;  // of the secret, counted from the first
  };
  std::uint64_t kept_;
  std::uint64_t learned_ = 0;
  std::vector<Form> forms_;  // longest first
};

}  // namespace dhis2mcp
