// SPDX-License-Identifier: BSD-3-Clause
// Text that must never be printed: passwords, personal access tokens, keys.
#pragma once

#include <string>
#include <string_view>

namespace dhis2mcp {

// Wiped when destroyed or moved from. Has no stream operator, no conversion to string and no JSON
// form, so that a log line or an answer with a secret in it does not compile.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text);
  Secret(const Secret& other);
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret other) noexcept;
  ~Secret();

  // The text itself. Every use of this word is a place to review.
  std::string_view reveal() const { return text_; }
  bool empty() const { return text_.empty(); }

  // In constant time for equal lengths.
  bool operator==(const Secret& other) const;

 private:
  std::string text_;
};

}  // namespace dhis2mcp
