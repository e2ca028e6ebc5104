// SPDX-License-Identifier: BSD-3-Clause
// Which web pages of other origins may read the API.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tests/sandbox/pages.h"

namespace sandbox {

class Cors {
 public:
  explicit Cors(const Settings& settings) : major_(settings.major) {}

  // What is answered instead of anything else: a preflight, and from 2.42 on 200 without a word for
  // an origin that is not on the list. Empty: go on.
  std::optional<Reply> before(const Request& request);
  // The headers for a page of a listed or of the same origin.
  void after(const Request& request, Reply& reply);

  // Below /api/configuration/corsWhitelist (corsAllowlist from 2.41 on); empty for all else.
  std::optional<Reply> answer(const Request& request);

 private:
  bool listed(const Request& request);

  int major_;
  std::mutex mutex_;
  std::vector<std::string> origins_;
};

}  // namespace sandbox
