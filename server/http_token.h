// SPDX-License-Identifier: BSD-3-Clause
// The bearer token of the HTTP front and the file that tells others where it listens.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "auth/places.h"
#include "auth/secret.h"

namespace dhis2mcp {

// The token of config/http-token, 256 random bits made once; `renew` replaces it. It survives
// restarts, so that a client is configured once. Throws ConfigurationError when the file lets
// others read it or holds no token.
Secret http_token(const Places& places, bool renew);

// run/http-PORT.json while this object lives.
class PortFile {
 public:
  PortFile(const Places& places, std::uint16_t port, const std::string& url);
  ~PortFile();
  PortFile(const PortFile&) = delete;
  PortFile& operator=(const PortFile&) = delete;

 private:
  std::filesystem::path path_;
};

}  // namespace dhis2mcp
