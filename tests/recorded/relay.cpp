// SPDX-License-Identifier: BSD-3-Clause
// A web server of one exchange at a time.
#include "tests/recorded/relay.h"

#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>

#include <httplib.h>

#include "tests/support/practice.h"

namespace recorded {
namespace {

std::string path_of(const std::string& target) { return target.substr(0, target.find('?')); }

// "/api/43/analytics" and "/api/analytics" are one place.
std::string without_version(const std::string& path) {
  if (path.size() < 8 || !path.starts_with("/api/")) return path;
  const auto slash = path.find('/', 5);
  const bool version =
      slash != std::string::npos && path.find_first_not_of("0123456789", 5) == slash;
  return version ? "/api" + path.substr(slash) : path;
}

}  // namespace

struct Relay::State {
  explicit State(const std::string& version) : practice(version) {}

  dhis2mcp::test::Practice practice;
  httplib::Server server;
  std::thread thread;
  int port = 0;
  mutable std::mutex mutex;
  std::string path, body, type;
  int status = 0;
  std::map<std::string, std::string> fixed;
  std::vector<std::string> asked;

  bool answer_recorded(const httplib::Request& request, httplib::Response& response) {
    const std::scoped_lock lock(mutex);
    if (const auto found = fixed.find(request.path); found != fixed.end()) {
      response.set_content(found->second, "application/json");
      return true;
    }
    if (path.empty() || request.path != path) return false;
    const auto query = request.target.find('?');
    asked.push_back(query == std::string::npos ? "" : request.target.substr(query + 1));
    response.status = status;
    response.set_content(body, type);
    return true;
  }

  void forward(const httplib::Request& request, httplib::Response& response) const {
    httplib::Client client(practice.url());
    httplib::Headers headers;
    for (const char* name : {"Authorization", "Accept", "X-Requested-With"}) {
      if (request.has_header(name)) headers.emplace(name, request.get_header_value(name));
    }
    const auto answer = client.Get(request.target, headers);
    if (!answer) {
      response.status = 502;
      return;
    }
    response.status = answer->status;
    response.set_content(answer->body, answer->get_header_value("Content-Type"));
  }
};

Relay::Relay(const std::string& version) : state_(std::make_unique<State>(version)) {
  State& state = *state_;
  state.server.set_keep_alive_max_count(100'000);
  state.server.Get(".*", [&state](const httplib::Request& request, httplib::Response& response) {
    if (!state.answer_recorded(request, response)) state.forward(request, response);
  });
  state.port = state.server.bind_to_any_port("127.0.0.1");
  state.thread = std::thread([&state] { state.server.listen_after_bind(); });
  state.server.wait_until_ready();
}

Relay::~Relay() {
  state_->server.stop();
  state_->thread.join();
}

std::string Relay::url() const { return "http://127.0.0.1:" + std::to_string(state_->port); }

void Relay::serve(const Exchange& exchange) {
  const std::scoped_lock lock(state_->mutex);
  state_->path = without_version(path_of(exchange.path));
  if (state_->path.ends_with(".json")) state_->path.resize(state_->path.size() - 5);
  state_->status = exchange.status;
  const bool json = exchange.body.is_structured();
  state_->type = json ? "application/json" : exchange.media_type;
  if (state_->type.empty()) state_->type = "application/json";
  state_->body = exchange.body.is_string() && !json ? exchange.body.get<std::string>()
                 : exchange.body.is_null()          ? ""
                                                    : exchange.body.dump();
  state_->asked.clear();
}

void Relay::put(const std::string& path, const Json& body) {
  const std::scoped_lock lock(state_->mutex);
  state_->fixed[path] = body.dump();
}

std::vector<std::string> Relay::asked() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->asked;
}

Json Relay::get(const std::string& path) const {
  httplib::Client client(state_->practice.url());
  client.set_basic_auth("admin", "district");
  const auto answer = client.Get(path);
  if (!answer || answer->status != 200) throw std::runtime_error("no answer for " + path);
  return Json::parse(answer->body);
}

}  // namespace recorded
