// SPDX-License-Identifier: BSD-3-Clause
// A practice DHIS2 in a process of its own, and raw HTTP to it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

#include "tests/sandbox/comparison/exchange.h"

namespace comparison {

// Starts `program` with the arguments and waits for its first line, the base URL. The destructor
// ends the process. Throws std::runtime_error when it does not start.
class Practice {
 public:
  Practice(const std::filesystem::path& program, const std::vector<std::string>& arguments);
  ~Practice();
  Practice(const Practice&) = delete;
  Practice& operator=(const Practice&) = delete;

  // One request on a connection of its own, the target byte for byte as given: the client side of
  // an HTTP library would repair what a recorded call got wrong on purpose. Headers are sent as
  // they are; Host, Content-Length and Connection are added. Throws std::runtime_error when no
  // whole answer comes within 30 seconds.
  Message ask(const Message& request) const;

  const std::string& base_url() const { return base_url_; }

 private:
  pid_t process_ = -1;
  int port_ = 0;
  std::string base_url_;
};

// Takes an answer apart as it came over a connection that the server closed, chunked or not.
Message parse_answer(const std::string& raw, bool without_body);

}  // namespace comparison
