// SPDX-License-Identifier: BSD-3-Clause
// A TCP server that says exactly the bytes it is told to, right or wrong.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace dhis2mcp::support {

// One accepted connection, in the hands of the script.
class RawConnection {
 public:
  RawConnection(int socket, std::stop_token stop) : socket_(socket), stop_(std::move(stop)) {}
  ~RawConnection() { close_now(); }
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  // The next request, head and body by Content-Length; empty when the peer has closed or the
  // server ends.
  std::string read_request() {
    for (;;) {
      const auto head = buffer_.find("\r\n\r\n");
      if (head != std::string::npos) {
        const std::size_t size = head + 4 + body_length(buffer_.substr(0, head));
        if (buffer_.size() >= size) {
          std::string request = buffer_.substr(0, size);
          buffer_.erase(0, size);
          return request;
        }
      }
      if (!receive()) return {};
    }
  }

  // False when the peer has gone.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      pollfd ready{socket_, POLLOUT, 0};
      if (poll(&ready, 1, 5) == 0) {
        if (stop_.stop_requested()) return false;
        continue;
      }
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // Says nothing more and waits until the peer has closed or the server ends.
  void hold() {
    while (receive()) buffer_.clear();
  }

  // Whether the peer closes within this time.
  bool closes_within(std::chrono::milliseconds time) {
    pollfd ready{socket_, POLLRDHUP, 0};
    return poll(&ready, 1, static_cast<int>(time.count())) != 0;
  }

  // Closes so that the peer sees a reset instead of an end.
  void reset() {
    const linger hard{1, 0};
    setsockopt(socket_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close_now();
  }

  // Passes bytes in both directions between the peer and a server of this machine, as a proxy does
  // after CONNECT, until one of them closes.
  void tunnel_to(int port) {
    const int other = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    bool open = connect(other, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    while (open && !stop_.stop_requested()) {
      pollfd ready[] = {{socket_, POLLIN, 0}, {other, POLLIN, 0}};
      poll(ready, 2, 20);
      if (ready[0].revents != 0) open = pass(socket_, other);
      if (open && ready[1].revents != 0) open = pass(other, socket_);
    }
    close(other);
  }

  bool stopping() const { return stop_.stop_requested(); }

 private:
  static std::size_t body_length(const std::string& head) {
    const auto at = head.find("Content-Length: ");
    return at == std::string::npos ? 0 : std::stoul(head.substr(at + 16));
  }

  static bool pass(int from, int to) {
    char piece[16 * 1024];
    const ssize_t got = recv(from, piece, sizeof piece, 0);
    return got > 0 && ::send(to, piece, static_cast<std::size_t>(got), MSG_NOSIGNAL) == got;
  }

  bool receive() {
    while (!stop_.stop_requested() && socket_ >= 0) {
      pollfd ready{socket_, POLLIN, 0};
      if (poll(&ready, 1, 5) == 0) continue;
      char piece[16 * 1024];
      const ssize_t got = recv(socket_, piece, sizeof piece, 0);
      if (got <= 0) return false;
      buffer_.append(piece, static_cast<std::size_t>(got));
      return true;
    }
    return false;
  }

  void close_now() {
    if (socket_ >= 0) close(socket_);
    socket_ = -1;
  }

  int socket_;
  std::stop_token stop_;
  std::string buffer_;
};

// Listens on a free port of 127.0.0.1 and plays a script on each connection, each on its own
// thread. Counts what came; ends everything when it is destroyed.
class RawServer {
 public:
  using Script = std::function<void(RawConnection& connection)>;
  // Makes the answer to a request; an empty answer closes the connection.
  using Answer = std::function<std::string(const std::string& request)>;

  explicit RawServer(Script script) : script_(std::move(script)) { listen_now(); }

  // Answers each request of a connection until the peer closes.
  static Script answering(Answer answer) {
    return [answer = std::move(answer)](RawConnection& connection) {
      for (;;) {
        const std::string request = connection.read_request();
        if (request.empty()) return;
        const std::string text = answer(request);
        if (text.empty() || !connection.send(text)) return;
      }
    };
  }

  // Answers every connection with the same bytes and closes.
  static Script saying(std::string bytes) {
    return [bytes = std::move(bytes)](RawConnection& connection) {
      if (!connection.read_request().empty()) connection.send(bytes);
    };
  }

  ~RawServer() {
    acceptor_.request_stop();
    acceptor_.join();
    const std::lock_guard lock(mutex_);
    for (auto& worker : workers_) worker.request_stop();
    workers_.clear();
    close(listener_);
  }
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  int port() const { return port_; }
  std::string url(const std::string& context = {}) const {
    return "http://127.0.0.1:" + std::to_string(port_) + context;
  }
  int connections() const { return connections_; }

 private:
  void listen_now() {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        listen(listener_, 64) != 0 ||
        getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("the raw server cannot listen");
    }
    port_ = ntohs(address.sin_port);
    acceptor_ = std::jthread([this](const std::stop_token& stop) { accept_until(stop); });
  }

  void accept_until(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      pollfd ready{listener_, POLLIN, 0};
      if (poll(&ready, 1, 5) <= 0) continue;
      const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) continue;
      ++connections_;
      const std::lock_guard lock(mutex_);
      workers_.emplace_back([this, socket](const std::stop_token& ended) {
        RawConnection connection(socket, ended);
        script_(connection);
      });
    }
  }

  Script script_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> connections_ = 0;
  std::mutex mutex_;
  std::list<std::jthread> workers_;
  std::jthread acceptor_;
};

// A whole answer with its length; `headers` are whole lines that end in CRLF.
inline std::string http_answer(int status, std::string_view body, std::string_view headers = {}) {
  std::string out = "HTTP/1.1 " + std::to_string(status) +
                    " Said\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  out.append(headers).append("\r\n").append(body);
  return out;
}

inline std::string json_answer(int status, std::string_view body) {
  return http_answer(status, body, "Content-Type: application/json;charset=UTF-8\r\n");
}

// The request's target: what stands between method and version.
inline std::string target_of(const std::string& request) {
  const auto begin = request.find(' ') + 1;
  return request.substr(begin, request.find(' ', begin) - begin);
}

}  // namespace dhis2mcp::support
