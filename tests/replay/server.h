// SPDX-License-Identifier: BSD-3-Clause
// Serves a tape on loopback as if it were the DHIS2 server that was recorded.
#pragma once

#include <memory>
#include <string>
#include <thread>

#include "tests/replay/tape.h"

namespace replay {

// Listens on 127.0.0.1 from construction to destruction.
class Server {
 public:
  // Port 0 takes any free one. `context` is "" or begins with a slash: "/hmis". Throws
  // std::runtime_error when the port is taken.
  Server(Tape& tape, int port, std::string context);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // "http://127.0.0.1:8080/hmis"
  const std::string& base_url() const { return base_url_; }

 private:
  class Front;
  std::unique_ptr<Front> front_;
  std::string base_url_;
  std::thread thread_;
};

}  // namespace replay
