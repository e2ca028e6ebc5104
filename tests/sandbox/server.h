// SPDX-License-Identifier: BSD-3-Clause
// The practice DHIS2 on a port of the loopback address.
#pragma once

#include <memory>
#include <string>

#include "tests/sandbox/country.h"
#include "tests/sandbox/faults.h"

namespace sandbox {

// Listens from the moment it is made. Stops when it is destroyed.
class Server {
 public:
  // Port 0 takes any free one. Throws std::runtime_error when the port is taken.
  Server(const Settings& settings, int port = 0, const Fault& fault = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // What a restart does to those who are signed in: sessions, caches and, unless a file keeps it,
  // the key of the tokens are gone. Clients, refresh tokens and personal tokens stay.
  void restart();

  int port() const;
  // "http://127.0.0.1:40001/dhis", without a slash at the end.
  std::string base_url() const;
  const Country& country() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace sandbox
