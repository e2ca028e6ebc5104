// SPDX-License-Identifier: BSD-3-Clause
// A practice server and a client for the tests of the sandbox.
#pragma once

#include <map>
#include <memory>
#include <string>

#include <httplib.h>

#include "tests/sandbox/server.h"

namespace sandbox {

// One plain server a major for all tests that change nothing on it.
inline const Server& server_of(int major) {
  static std::map<int, std::unique_ptr<Server>> servers;
  auto& server = servers[major];
  if (!server) {
    Settings settings;
    settings.major = major;
    server = std::make_unique<Server>(settings);
  }
  return *server;
}

struct HttpAnswer {
  int status = 0;  // 0: the connection broke
  std::string body;
  httplib::Headers headers;
  Json json() const { return Json::parse(body, nullptr, false); }
  std::string header(const std::string& name) const {
    const auto it = headers.find(name);
    return it == headers.end() ? "" : it->second;
  }
};

inline HttpAnswer send(const Server& server, const std::string& method, const std::string& target,
                       const httplib::Headers& headers, const std::string& body = "") {
  httplib::Client client("127.0.0.1", server.port());
  client.set_path_encode(false);
  client.set_read_timeout(5);
  client.set_decompress(false);
  httplib::Request request;
  request.method = method;
  request.path = target;
  request.headers = headers;
  request.body = body;
  const auto result = client.send(request);
  if (!result) return {};
  return {result->status, result->body, result->headers};
}

inline httplib::Headers basic(const std::string& user, const std::string& password) {
  return {httplib::make_basic_authentication_header(user, password)};
}

inline HttpAnswer get(const Server& server, const std::string& target) {
  return send(server, "GET", target, basic("admin", "district"));
}

}  // namespace sandbox
