// SPDX-License-Identifier: BSD-3-Clause
// One request to a DHIS2 server and its answer, as values that every room may hold.
#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dhis2/query.h"

namespace dhis2mcp {

enum class Method { get, head, post, put, patch, del };

std::string_view to_string(Method method);

using Headers = std::vector<std::pair<std::string, std::string>>;

// The value of a header, its name compared without case; nullptr when absent.
const std::string* find_header(const Headers& headers, std::string_view name);

struct Request {
  Method method = Method::get;
  std::string path;  // below the base URL, already normalised: "/api/me"
  Query query;
  Headers headers;  // beyond Accept, User-Agent and X-Requested-With, which the client sets itself
  std::string accept = "application/json";
  std::string body, content_type;
};

struct Response {
  int status = 0;
  Headers headers;
  std::string body;    // inflated; empty when a sink took it
  std::string target;  // path and query that answered, after same-origin redirects

  // The media type in lower case, without parameters; empty when absent.
  std::string media_type() const;
};

// Takes the inflated body of a 2xx answer piece by piece, on the calling thread. Returning false
// ends the transfer without an error: the reader has seen enough.
using BodySink = std::function<bool(std::string_view)>;

// Takes an answer on its way to somebody else, on the calling thread.
struct PassThrough {
  bool gzip = false;                                             // its reader takes a body in gzip
  std::function<void(int status, const Headers& headers)> head;  // of a 2xx or a 304: once, first
  BodySink piece;                                                // as it was sent: not inflated
};

// How long a caller waits. Aborts the transfer within 100 ms of a stop.
struct Patience {
  std::stop_token stop;
  std::chrono::milliseconds budget{120'000};  // for the whole call, redirects and retries included
};

}  // namespace dhis2mcp
