// SPDX-License-Identifier: BSD-3-Clause
// A web server with scripted answers and a log of what it was asked, over real HTTP on loopback.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace dhis2mcp::test {

// One request as it arrived. Header names keep their case; header() compares without it.
struct Seen {
  std::string method, path, query, body;
  std::vector<std::pair<std::string, std::string>> headers;

  // The first of that name; empty when absent.
  std::string header(const std::string& name) const;
};

struct Reply {
  int status = 200;
  std::string body;
  std::string type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;  // a name may repeat
};

// Answers 404 where nothing was scripted. Starts in the constructor, ends in the destructor. Safe
// to script and read while it runs.
class FakeHttp {
 public:
  using Answer = std::function<Reply(const Seen&)>;

  FakeHttp();
  ~FakeHttp();
  FakeHttp(const FakeHttp&) = delete;
  FakeHttp& operator=(const FakeHttp&) = delete;

  int port() const;
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port()); }

  // Of the path without its query; an empty method means all. A later call replaces an earlier one.
  void on(const std::string& method, const std::string& path, Answer answer);
  void on(const std::string& method, const std::string& path, Reply reply);
  void get(const std::string& path, const std::string& body) { on("GET", path, Reply{200, body}); }

  std::vector<Seen> seen() const;
  std::size_t count(const std::string& path) const;
  // The last request for a path; an empty one where none came.
  Seen last(const std::string& path) const;
  void forget();

 private:
  struct Server;
  std::unique_ptr<Server> server_;
};

}  // namespace dhis2mcp::test
