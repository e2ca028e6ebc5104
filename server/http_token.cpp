// SPDX-License-Identifier: BSD-3-Clause
// Both files are private; the token is random and means nothing elsewhere.
#include "server/http_token.h"

#include <unistd.h>

#include "auth/text_codes.h"
#include "dhis2/error.h"
#include "dhis2/json.h"
#include "server/json_text.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kShortestToken = 32;

}  // namespace

Secret http_token(const Places& places, bool renew) {
  const std::filesystem::path file = places.http_token();
  if (renew || is_absent(file)) {
    write_private_file(file, to_hex(random_bytes(32)) + "\n");
  }
  const std::string text = read_private_file(file);
  Secret token{std::string(without_space(text))};
  if (token.reveal().size() < kShortestToken) {
    throw ConfigurationError(ErrorKind::refused, file.string() + " holds no token.",
                             "Make a new one: dhis2-mcp http --new-token");
  }
  return token;
}

PortFile::PortFile(const Places& places, std::uint16_t port, const std::string& url)
    : path_(places.run / ("http-" + std::to_string(port) + ".json")) {
  const Json content = {
      {"url", url}, {"pid", getpid()}, {"token_file", places.http_token().string()}};
  write_private_file(path_, to_text(content) + "\n");
}

PortFile::~PortFile() {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

}  // namespace dhis2mcp
