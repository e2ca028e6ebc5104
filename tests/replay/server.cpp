// SPDX-License-Identifier: BSD-3-Clause
// Serves a tape on loopback as if it were the DHIS2 server that was recorded.
#include "tests/replay/server.h"

#include <httplib.h>
#include <strings.h>

#include <array>
#include <stdexcept>

namespace replay {
namespace {

// Set anew for each answer; the rest goes out as recorded.
bool is_recomputed(const std::string& name) {
  constexpr std::array names = {"Content-Length", "Transfer-Encoding", "Date",
                                "Connection",     "Content-Encoding",  "Keep-Alive"};
  return std::any_of(names.begin(), names.end(),
                     [&](const char* one) { return strcasecmp(name.c_str(), one) == 0; });
}

bool is_location(const std::string& name) { return strcasecmp(name.c_str(), "Location") == 0; }

// Headers carry printable ASCII only.
std::string header_safe(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > ' ' && byte < 0x7F) {
      safe += c;
    } else {
      constexpr std::string_view digits = "0123456789ABCDEF";
      safe += '%';
      safe += digits[byte >> 4];
      safe += digits[byte & 15];
    }
  }
  return safe;
}

}  // namespace

class Server::Front {
 public:
  Front(Tape& tape, std::string context) : tape_(tape), context_(std::move(context)) {
    const auto reply = [this](const httplib::Request& request, httplib::Response& response) {
      answer(request, response);
    };
    // Requests without a body are answered before routing: it would match a pattern against the
    // decoded path, and recorded paths hold bytes that no pattern should have to digest.
    http.set_pre_routing_handler([reply](const auto& request, auto& response) {
      if (request.method == "POST" || request.method == "PUT" || request.method == "PATCH" ||
          request.method == "DELETE") {
        return httplib::Server::HandlerResponse::Unhandled;
      }
      reply(request, response);
      return httplib::Server::HandlerResponse::Handled;
    });
    http.Post(".*", reply);
    http.Put(".*", reply);
    http.Patch(".*", reply);
    http.Delete(".*", reply);
    http.set_tcp_nodelay(true);
    // The library's own default shares the port with other processes instead of finding it taken.
    http.set_socket_options(
        [](socket_t socket) { httplib::set_socket_opt(socket, SOL_SOCKET, SO_REUSEADDR, 1); });
    http.set_keep_alive_max_count(1'000'000);
  }

  httplib::Server http;
  std::string own_origin;

 private:
  void answer(const httplib::Request& request, httplib::Response& response) {
    Asked asked;
    asked.method = request.method;
    asked.target = request.target;
    asked.authorization = request.get_header_value("Authorization");
    asked.accept = request.get_header_value("Accept");
    asked.has_cookie = request.get_header_value("Cookie").find("JSESSIONID=") != std::string::npos;
    const bool inside =
        context_.empty() ||
        (asked.target.compare(0, context_.size(), context_) == 0 &&
         (asked.target.size() == context_.size() || asked.target[context_.size()] == '/'));
    if (!inside) {
      response.status = 404;
      response.set_header("X-Replay", "outside-context");
      response.set_content("<!doctype html><title>HTTP Status 404</title>", "text/html");
      return;
    }
    asked.target.erase(0, context_.size());
    if (asked.target.empty()) asked.target = "/";
    send(tape_.answer(asked), response);
  }

  void send(const Answer& answer, httplib::Response& response) const {
    response.status = answer.status;
    for (const auto& [name, value] : answer.headers) {
      if (is_recomputed(name)) continue;
      response.set_header(name, is_location(name) ? relocated(value) : value);
    }
    response.set_header("X-Replay", answer.how);
    if (!answer.nearest.empty()) {
      response.set_header("X-Replay-Nearest", header_safe(answer.nearest));
    }
    response.body = answer.body;
  }

  // A redirect of the recorded server to itself leads to this one.
  std::string relocated(const std::string& location) const {
    const std::string& recorded = tape_.recorded_origin();
    if (!recorded.empty() && location.compare(0, recorded.size(), recorded) == 0 &&
        (location.size() == recorded.size() || location[recorded.size()] == '/')) {
      return own_origin + context_ + location.substr(recorded.size());
    }
    const bool absolute_path =
        !location.empty() && location[0] == '/' && (location.size() == 1 || location[1] != '/');
    return absolute_path ? context_ + location : location;
  }

  Tape& tape_;
  std::string context_;
};

Server::Server(Tape& tape, int port, std::string context)
    : front_(std::make_unique<Front>(tape, context)) {
  httplib::Server& http = front_->http;
  const int bound = port == 0 ? http.bind_to_any_port("127.0.0.1")
                              : (http.bind_to_port("127.0.0.1", port) ? port : -1);
  if (bound < 0) throw std::runtime_error("port " + std::to_string(port) + " is taken");
  front_->own_origin = "http://127.0.0.1:" + std::to_string(bound);
  base_url_ = front_->own_origin + context;
  thread_ = std::thread([&http] { http.listen_after_bind(); });
  http.wait_until_ready();
}

Server::~Server() {
  front_->http.stop();
  thread_.join();
}

}  // namespace replay
