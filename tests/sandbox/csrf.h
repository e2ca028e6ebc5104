// SPDX-License-Identifier: BSD-3-Clause
// http.security.csrf.enabled=on (2.42 and later): a write needs the same word as cookie and header.
#pragma once

#include <optional>

#include "tests/sandbox/pages.h"

namespace sandbox {

class Csrf {
 public:
  explicit Csrf(const Settings& settings)
      : on_(settings.major >= 42 && settings.on("http.security.csrf.enabled", false)) {}

  // 403 for a write without the word, whoever sends it. Empty: go on.
  std::optional<Reply> before(const Request& request) const;
  // Gives a caller without the cookie a word to send.
  void after(const Request& request, Reply& reply) const;

 private:
  bool on_;
};

}  // namespace sandbox
