// SPDX-License-Identifier: BSD-3-Clause
// A web server with scripted answers and a log of what it was asked, over real HTTP on loopback.
#pragma once

#include <httplib.h>

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace dhis2mcp::test {

// One request as it arrived. Header names keep their case; header() compares without it.
struct Seen {
  std::string method, path, query, body;
  std::vector<std::pair<std::string, std::string>> headers;

  // The first of that name; empty when absent.
  std::string header(const std::string& name) const {
    for (const auto& [found, value] : headers) {
      if (httplib::detail::case_ignore::equal(found, name)) {
        return value;
      }
    }
    return {};
  }
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

  FakeHttp() {
    const auto handler = [this](const httplib::Request& request, httplib::Response& response) {
      answer(request, response);
    };
    // Get serves HEAD as well.
    server_.Get(".*", handler).Post(".*", handler).Put(".*", handler).Patch(".*", handler);
    server_.Delete(".*", handler).Options(".*", handler);
    server_.set_tcp_nodelay(true);
    server_.set_keep_alive_max_count(100'000);
    port_ = server_.bind_to_any_port("127.0.0.1");
    if (port_ <= 0) {
      throw std::runtime_error("no free port");
    }
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    server_.wait_until_ready();
  }

  ~FakeHttp() {
    server_.stop();
    thread_.join();
  }
  FakeHttp(const FakeHttp&) = delete;
  FakeHttp& operator=(const FakeHttp&) = delete;

  int port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  // Of the path without its query; an empty method means all. A later call replaces an earlier one.
  void on(const std::string& method, const std::string& path, Answer answer) {
    const std::lock_guard lock(mutex_);
    answers_[{method, path}] = std::move(answer);
  }
  void on(const std::string& method, const std::string& path, Reply reply) {
    on(method, path, [reply = std::move(reply)](const Seen&) { return reply; });
  }
  void get(const std::string& path, const std::string& body) { on("GET", path, Reply{200, body}); }

  std::vector<Seen> seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
  }
  std::size_t count(const std::string& path) const {
    const std::lock_guard lock(mutex_);
    std::size_t times = 0;
    for (const Seen& one : seen_) {
      times += one.path == path ? 1 : 0;
    }
    return times;
  }
  void forget() {
    const std::lock_guard lock(mutex_);
    seen_.clear();
  }

 private:
  void answer(const httplib::Request& request, httplib::Response& response) {
    const std::size_t mark = request.target.find('?');
    Seen seen{request.method,
              request.target.substr(0, mark),
              mark == std::string::npos ? "" : request.target.substr(mark + 1),
              request.body,
              {}};
    for (const auto& [name, value] : request.headers) {
      // What httplib adds about the connection was not sent.
      if (name != "REMOTE_ADDR" && name != "REMOTE_PORT" && name != "LOCAL_ADDR" &&
          name != "LOCAL_PORT") {
        seen.headers.emplace_back(name, value);
      }
    }
    Answer chosen = [](const Seen& asked) {
      return Reply{404, R"({"httpStatus":"Not Found","httpStatusCode":404,"status":"ERROR",)"
                        R"("message":"no script for )" +
                            asked.path + R"("})"};
    };
    {
      const std::lock_guard lock(mutex_);
      seen_.push_back(seen);
      for (const auto& key :
           {std::pair(seen.method, seen.path), std::pair(std::string(), seen.path)}) {
        if (const auto found = answers_.find(key); found != answers_.end()) {
          chosen = found->second;
          break;
        }
      }
    }
    const Reply reply = chosen(seen);
    response.status = reply.status;
    for (const auto& [name, value] : reply.headers) {
      response.headers.emplace(name, value);
    }
    if (!reply.body.empty()) {
      response.set_content(reply.body, reply.type);
    }
  }

  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, Answer> answers_;
  std::vector<Seen> seen_;
};

}  // namespace dhis2mcp::test
