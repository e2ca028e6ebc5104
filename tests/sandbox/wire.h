// SPDX-License-Identifier: BSD-3-Clause
// One request and its answer, as the handlers of the practice DHIS2 see them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/sandbox/country.h"

namespace sandbox {

struct Request {
  std::string method;
  std::string path;       // below /api, without version number and extension: "/analytics"
  std::string extension;  // "json", "csv", "html+css", ...; empty when the path had none
  std::string query;      // as sent, without "?"
  std::vector<std::pair<std::string, std::string>> params;   // decoded, in the order sent
  std::vector<std::pair<std::string, std::string>> headers;  // as sent
  std::string body;
  std::string remote;          // the peer's address
  std::string base_url;        // "http://127.0.0.1:8080/dhis", for links
  const User* user = nullptr;  // set whenever the route asks for a login

  // The first value of a parameter; empty when it was not sent.
  std::optional<std::string> param(std::string_view name) const;
  // Every value of a parameter, in order.
  std::vector<std::string> all(std::string_view name) const;
  // A header by its name, whatever the case; empty when it was not sent.
  std::string header(std::string_view name) const;
};

struct Reply {
  int status = 200;
  std::string content_type = "application/json;charset=UTF-8";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  // Set instead of a body for long answers: writes it piece by piece, chunked. `write` answers
  // false when the client is gone; the writer then returns.
  std::function<void(const std::function<bool(std::string_view)>& write)> stream;
};

Reply json_reply(const Json& body, int status = 200);

// DHIS2's error envelope; `code` is an error code such as "E1005" or empty.
Reply web_message(int status, std::string_view message, std::string_view code = "");

// The container's error page, which DHIS2 shows for unknown paths and unacceptable types.
Reply html_error(int status, std::string_view message = "");

// The answer to everything that is not played: 501 with its name.
Reply not_played(std::string_view what);

}  // namespace sandbox
