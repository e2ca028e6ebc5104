// SPDX-License-Identifier: BSD-3-Clause
// A practice server and a client for the tests of the sandbox, and a practice country in the same
// process that is asked as its server would ask it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>
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
  client.set_read_timeout(30);
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

// One plain country for each release, made when first asked for and kept: tests only read.
inline const Country& country_of(int major, const std::string& variant = "") {
  static std::map<std::pair<int, std::string>, std::unique_ptr<Country>> countries;
  auto& country = countries[{major, variant}];
  if (country == nullptr) {
    Settings settings;
    settings.major = major;
    settings.variant = variant;
    country = std::make_unique<Country>(settings);
  }
  return *country;
}

// "/analytics.csv?dimension=dx:a&..." as a request; values are taken as they stand.
inline Request request_for(const Country& country, const std::string& target,
                           const std::string& user = "admin") {
  Request request;
  request.method = "GET";
  const size_t mark = target.find('?');
  request.path = target.substr(0, mark);
  if (const size_t dot = request.path.find('.'); dot != std::string::npos) {
    request.extension = request.path.substr(dot + 1);
    request.path.resize(dot);
  }
  std::string rest = mark == std::string::npos ? "" : target.substr(mark + 1);
  while (!rest.empty()) {
    const std::string pair = rest.substr(0, rest.find('&'));
    rest.erase(0, pair.size() + 1);
    const size_t equals = pair.find('=');
    request.params.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
  }
  request.user = country.user(user);
  return request;
}

// The whole body, streamed or not.
inline std::string body_of(const Reply& reply) {
  std::string body = reply.body;
  if (reply.stream) {
    reply.stream([&](std::string_view piece) {
      body += piece;
      return true;
    });
  }
  return body;
}

// What one handler answers to a target.
inline Reply reply_of(Reply (*handler)(const Country&, const Request&), const std::string& target,
                      int major = 43, const std::string& user = "admin") {
  const Country& country = country_of(major);
  return handler(country, request_for(country, target, user));
}

// The same of a country with the figures of the payload on every release.
inline Json payload_answer(Reply (*handler)(const Country&, const Request&),
                           const std::string& target, int major = 43,
                           const std::string& user = "admin") {
  const Country& country = country_of(major, "payload");
  return Json::parse(body_of(handler(country, request_for(country, target, user))), nullptr, false);
}

inline Json answer_of(Reply (*handler)(const Country&, const Request&), const std::string& target,
                      int major = 43, const std::string& user = "admin") {
  return Json::parse(body_of(reply_of(handler, target, major, user)), nullptr, false);
}

// A query that a release refuses.
struct Refused {
  const char* query;
  int major;
  int status;
  const char* code;
  const char* message;
};

inline void expect_refused(const Json& answer, const Refused& c) {
  EXPECT_EQ(answer.value("httpStatusCode", 200), c.status) << c.query << " " << c.major;
  EXPECT_EQ(answer.value("errorCode", ""), c.code) << c.query << " " << c.major;
  EXPECT_EQ(answer.value("message", ""), c.message) << c.query << " " << c.major;
}

// A request with a body, signed in as admin.
inline HttpAnswer put_to(const Server& server, const std::string& method, const std::string& target,
                         const std::string& body = "",
                         const std::string& type = "application/json") {
  httplib::Headers headers = basic("admin", "district");
  headers.emplace("Content-Type", type);
  return send(server, method, target, headers, body);
}

}  // namespace sandbox
