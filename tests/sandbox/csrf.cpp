// SPDX-License-Identifier: BSD-3-Clause
// Compares cookie and header of writes.
#include "tests/sandbox/csrf.h"

#include "tests/sandbox/jose.h"

namespace sandbox {

std::optional<Reply> Csrf::before(const Request& request) const {
  if (!on_ || request.method == "GET" || request.method == "HEAD" || request.method == "OPTIONS") {
    return std::nullopt;
  }
  const std::string word = cookie_of(request, "XSRF-TOKEN");
  if (!word.empty() && request.header("X-XSRF-TOKEN") == word) return std::nullopt;
  return tomcat_page(403, "Forbidden");
}

void Csrf::after(const Request& request, Reply& reply) const {
  if (!on_ || !cookie_of(request, "XSRF-TOKEN").empty()) return;
  reply.headers.emplace_back("Set-Cookie", "XSRF-TOKEN=" + uuid() + "; Path=/");
}

}  // namespace sandbox
