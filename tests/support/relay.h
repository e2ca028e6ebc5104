// SPDX-License-Identifier: BSD-3-Clause
// Stands before a web server and counts what is asked of it, over plain HTTP on loopback.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <list>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace dhis2mcp::test {

// Bytes go both ways as they come. Requests are GETs with small heads, as the tools send them.
class CountingRelay {
 public:
  explicit CountingRelay(int port) : upstream_(port) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        listen(listener_, 64) != 0 ||
        getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("the relay cannot listen");
    }
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }

  ~CountingRelay() {
    ended_ = true;
    acceptor_.join();
    for (std::thread& connection : connections_) connection.join();
    close(listener_);
  }
  CountingRelay(const CountingRelay&) = delete;
  CountingRelay& operator=(const CountingRelay&) = delete;

  int port() const { return port_; }

  // The targets asked for so far, with their queries.
  std::vector<std::string> targets() const {
    const std::lock_guard lock(mutex_);
    return targets_;
  }
  void forget() {
    const std::lock_guard lock(mutex_);
    targets_.clear();
  }

 private:
  static constexpr int kTick = 20;  // milliseconds until the end is looked for again

  static sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }

  void accept_all() {
    while (!ended_) {
      pollfd waiting{listener_, POLLIN, 0};
      if (poll(&waiting, 1, kTick) <= 0) continue;
      const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (client >= 0) connections_.emplace_back([this, client] { relay(client); });
    }
  }

  void relay(int client) {
    const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(upstream_);
    bool open = connect(server, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    std::string head;
    while (open && !ended_) {
      std::array<pollfd, 2> waiting = {{{client, POLLIN, 0}, {server, POLLIN, 0}}};
      if (poll(waiting.data(), 2, kTick) <= 0) continue;
      if (waiting[0].revents != 0) open = pass(client, server, &head);
      if (open && waiting[1].revents != 0) open = pass(server, client, nullptr);
    }
    close(client);
    close(server);
  }

  bool pass(int from, int to, std::string* head) {
    std::array<char, 64 * 1024> piece;
    const ssize_t size = read(from, piece.data(), piece.size());
    if (size <= 0) return false;
    if (head != nullptr)
      note(*head, std::string_view(piece.data(), static_cast<std::size_t>(size)));
    for (ssize_t sent = 0; sent < size;) {
      const ssize_t count =
          send(to, piece.data() + sent, static_cast<std::size_t>(size - sent), MSG_NOSIGNAL);
      if (count <= 0) return false;
      sent += count;
    }
    return true;
  }

  void note(std::string& head, std::string_view piece) {
    head += piece;
    for (std::size_t end = head.find("\r\n\r\n"); end != std::string::npos;
         end = head.find("\r\n\r\n")) {
      const std::size_t start = head.find(' ') + 1;
      const std::lock_guard lock(mutex_);
      targets_.push_back(head.substr(start, head.find(' ', start) - start));
      head.erase(0, end + 4);
    }
  }

  int upstream_, port_ = 0, listener_ = -1;
  std::atomic<bool> ended_ = false;
  mutable std::mutex mutex_;
  std::vector<std::string> targets_;
  std::list<std::thread> connections_;
  std::thread acceptor_;
};

}  // namespace dhis2mcp::test
