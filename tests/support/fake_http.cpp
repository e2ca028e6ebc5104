// SPDX-License-Identifier: BSD-3-Clause
// Apart from its header, so that only one file of the tests compiles the HTTP library for it.
#include "tests/support/fake_http.h"

#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>

#include <httplib.h>

namespace dhis2mcp::test {
namespace {

// What httplib adds about the connection was not sent.
bool is_added(const std::string& name) {
  return name == "REMOTE_ADDR" || name == "REMOTE_PORT" || name == "LOCAL_ADDR" ||
         name == "LOCAL_PORT";
}

Seen seen_of(const httplib::Request& request) {
  const std::size_t mark = request.target.find('?');
  Seen seen{request.method,
            request.target.substr(0, mark),
            mark == std::string::npos ? "" : request.target.substr(mark + 1),
            request.body,
            {}};
  for (const auto& [name, value] : request.headers) {
    if (!is_added(name)) seen.headers.emplace_back(name, value);
  }
  return seen;
}

Reply unscripted(const Seen& asked) {
  return {404, R"({"httpStatus":"Not Found","httpStatusCode":404,"status":"ERROR",)"
               R"("message":"no script for )" +
                   asked.path + R"("})"};
}

}  // namespace

std::string Seen::header(const std::string& name) const {
  for (const auto& [found, value] : headers) {
    if (httplib::detail::case_ignore::equal(found, name)) return value;
  }
  return {};
}

struct FakeHttp::Server {
  httplib::Server http;
  int port = 0;
  std::thread thread;
  mutable std::mutex mutex;
  std::map<std::pair<std::string, std::string>, Answer> answers;
  std::vector<Seen> seen;

  Answer log_and_choose(const Seen& asked) {
    const std::lock_guard lock(mutex);
    seen.push_back(asked);
    for (const auto& key :
         {std::pair(asked.method, asked.path), std::pair(std::string(), asked.path)}) {
      if (const auto found = answers.find(key); found != answers.end()) return found->second;
    }
    return unscripted;
  }

  void answer(const httplib::Request& request, httplib::Response& response) {
    const Seen asked = seen_of(request);
    const Reply reply = log_and_choose(asked)(asked);
    response.status = reply.status;
    for (const auto& [name, value] : reply.headers) response.headers.emplace(name, value);
    if (!reply.body.empty()) response.set_content(reply.body, reply.type);
  }
};

FakeHttp::FakeHttp() : server_(std::make_unique<Server>()) {
  httplib::Server& http = server_->http;
  const auto handler = [server = server_.get()](const httplib::Request& request,
                                                httplib::Response& response) {
    server->answer(request, response);
  };
  // Get serves HEAD as well.
  http.Get(".*", handler).Post(".*", handler).Put(".*", handler).Patch(".*", handler);
  http.Delete(".*", handler).Options(".*", handler);
  http.set_tcp_nodelay(true);
  http.set_keep_alive_max_count(100'000);
  server_->port = http.bind_to_any_port("127.0.0.1");
  if (server_->port <= 0) throw std::runtime_error("no free port");
  server_->thread = std::thread([&http] { http.listen_after_bind(); });
  http.wait_until_ready();
}

FakeHttp::~FakeHttp() {
  server_->http.stop();
  server_->thread.join();
}

int FakeHttp::port() const { return server_->port; }

void FakeHttp::on(const std::string& method, const std::string& path, Answer answer) {
  const std::lock_guard lock(server_->mutex);
  server_->answers[{method, path}] = std::move(answer);
}

void FakeHttp::on(const std::string& method, const std::string& path, Reply reply) {
  on(method, path, [reply = std::move(reply)](const Seen&) { return reply; });
}

std::vector<Seen> FakeHttp::seen() const {
  const std::lock_guard lock(server_->mutex);
  return server_->seen;
}

std::size_t FakeHttp::count(const std::string& path) const {
  const std::lock_guard lock(server_->mutex);
  std::size_t times = 0;
  for (const Seen& one : server_->seen) times += one.path == path ? 1 : 0;
  return times;
}

Seen FakeHttp::last(const std::string& path) const {
  const std::lock_guard lock(server_->mutex);
  for (auto one = server_->seen.rbegin(); one != server_->seen.rend(); ++one) {
    if (one->path == path) return *one;
  }
  return {};
}

void FakeHttp::forget() {
  const std::lock_guard lock(server_->mutex);
  server_->seen.clear();
}

}  // namespace dhis2mcp::test
