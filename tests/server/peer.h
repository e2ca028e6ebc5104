// SPDX-License-Identifier: BSD-3-Clause
// A client on a socket that sends exactly the bytes it is given, and a server to send them to.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

#include "server/http_transport.h"
#include "tests/server/fake_toolbox.h"

namespace dhis2mcp::test {

struct HttpResponse {
  int status = 0;                              // 0: the connection ended, or nothing came in time
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

class Peer {
 public:
  explicit Peer(std::uint16_t port) {
    fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("cannot connect");
    }
  }
  ~Peer() { close(fd_); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  // False once the server closed the connection.
  bool send(std::string_view text) {
    while (!text.empty()) {
      const ssize_t count = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

  // `with_body` is false for the answer to a HEAD. A body that was cut short is an answer of status
  // 0 whose body is what came.
  HttpResponse receive(bool with_body = true) {
    while (got_.find("\r\n\r\n") == std::string::npos) {
      if (!read_more()) return {};
    }
    HttpResponse response;
    const std::size_t end = got_.find("\r\n\r\n");
    response.status = std::stoi(got_.substr(9, 3));
    for (std::size_t at = got_.find("\r\n") + 2; at < end;) {
      const std::size_t stop = got_.find("\r\n", at), colon = got_.find(": ", at);
      std::string name = got_.substr(at, colon - at);
      std::transform(name.begin(), name.end(), name.begin(), ::tolower);
      response.headers[name] = got_.substr(colon + 2, stop - colon - 2);
      at = stop + 2;
    }
    got_.erase(0, end + 4);
    if (!with_body) return response;
    if (response.headers.count("transfer-encoding") == 1) return chunks_of(std::move(response));
    const auto length = response.headers.find("content-length");
    const std::size_t size = length == response.headers.end() ? 0 : std::stoul(length->second);
    while (got_.size() < size) {
      if (!read_more()) return {0, {}, got_};
    }
    response.body = got_.substr(0, size);
    got_.erase(0, size);
    return response;
  }

  HttpResponse ask(std::string_view text, bool with_body = true) {
    send(text);
    return receive(with_body);
  }

  // Whether this comes within ten seconds; it stays to be received.
  bool shows(std::string_view text) {
    while (got_.find(text) == std::string::npos) {
      if (!read_more()) return false;
    }
    return true;
  }

  // Whether the connection ended by a reset, and not like a body that is whole.
  bool reset() {
    while (read_more()) {
    }
    return reset_;
  }

  // Whether the server closed the connection within ten seconds, without another byte.
  bool closed() { return got_.empty() && !read_more() && ended_; }

 private:
  HttpResponse chunks_of(HttpResponse response) {
    for (;;) {
      std::size_t line = 0;
      while ((line = got_.find("\r\n")) == std::string::npos) {
        if (!read_more()) return {0, {}, response.body};
      }
      const std::size_t size = std::stoul(got_.substr(0, line), nullptr, 16);
      got_.erase(0, line + 2);
      while (got_.size() < size + 2) {
        if (!read_more()) return {0, {}, response.body + got_};
      }
      response.body.append(got_, 0, size);
      got_.erase(0, size + 2);
      if (size == 0) return response;
    }
  }

  bool read_more() {
    pollfd wait{fd_, POLLIN, 0};
    if (poll(&wait, 1, 10'000) <= 0) return false;
    char piece[64 * 1024];
    const ssize_t count = recv(fd_, piece, sizeof piece, 0);
    if (count <= 0) {
      ended_ = true;
      reset_ = count < 0 && errno == ECONNRESET;
      return false;
    }
    got_.append(piece, static_cast<std::size_t>(count));
    return true;
  }

  int fd_ = -1;
  bool ended_ = false, reset_ = false;
  std::string got_;
};

// The HTTP front over the fake tools, on a free port.
class HttpFixture {
 public:
  explicit HttpFixture(const HttpLimits& limits = {})
      : server_(std::make_unique<HttpServer>(
            fake.dispatcher, HttpOptions{.bind = "127.0.0.1", .port = 0, .limits = limits})),
        thread_([this] { server_->run(Secret(std::string(kToken)), "/home/x/http-token"); }) {}
  ~HttpFixture() {
    fake.toolbox.release();
    stop();
  }
  HttpFixture(const HttpFixture&) = delete;
  HttpFixture& operator=(const HttpFixture&) = delete;

  static constexpr const char* kToken =
      "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

  std::uint16_t port() const { return server_->port(); }

  void stop() {
    server_->stop();
    if (thread_.joinable()) thread_.join();
  }

  // The head of a POST to /mcp that passes the gate, without its last empty line.
  std::string head(std::size_t length, const std::string& further = "") const {
    return "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port()) +
           "\r\nAuthorization: Bearer " + kToken + "\r\nContent-Type: application/json\r\n" +
           further + "Content-Length: " + std::to_string(length) + "\r\n";
  }

  std::string post(const std::string& body, const std::string& further = "") const {
    return head(body.size(), further) + "\r\n" + body;
  }

  FakeServer fake;

 private:
  std::unique_ptr<HttpServer> server_;
  std::thread thread_;
};

}  // namespace dhis2mcp::test
