// SPDX-License-Identifier: BSD-3-Clause
// Keep-alive clients on one thread, each with one call in flight:
//   load_http calls URL TOKEN ERA TOOL CLIENTS CALLS   prints calls a second, p50 and p99 in us
//   load_http crowd URL TOKEN TOOL CLIENTS STREAMS     64 open streams beside: p50, p99, most in us
// ERA is modern or legacy; TOKEN is - where none is asked for.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <memory>

#include "tests/bench/load.h"

namespace {

using bench::give_up;

struct Target {
  sockaddr_in address{};
  std::string host, path, token;
};

// http://127.0.0.1:PORT/mcp
Target target(const std::string& url, const std::string& token) {
  Target found;
  const std::string rest = url.substr(url.find("//") + 2);
  const std::size_t colon = rest.find(':'), slash = rest.find('/');
  if (colon == std::string::npos || slash == std::string::npos) give_up("no such URL: " + url);
  found.host = rest.substr(0, slash);
  found.path = rest.substr(slash);
  found.token = token == "-" ? "" : "Authorization: Bearer " + token + "\r\n";
  found.address.sin_family = AF_INET;
  found.address.sin_port =
      htons(static_cast<std::uint16_t>(std::atoi(rest.substr(colon + 1).c_str())));
  found.address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return found;
}

class Connection {
 public:
  explicit Connection(const Target& target) : target_(target) {
    fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd_, reinterpret_cast<const sockaddr*>(&target.address), sizeof target.address) !=
        0) {
      give_up("cannot connect");
    }
  }
  ~Connection() { close(fd_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  int fd() const { return fd_; }

  void post(const std::string& body, const std::string& headers) {
    const std::string text =
        "POST " + target_.path + " HTTP/1.1\r\nHost: " + target_.host + "\r\n" + target_.token +
        "Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n" +
        headers + session_ + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    if (send(fd_, text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size())) {
      give_up("cannot send");
    }
  }

  // Reads what is there. True once a whole answer has come, which is then in `answer`.
  bool read_some() {
    char piece[16384];
    const ssize_t count = recv(fd_, piece, sizeof piece, 0);
    if (count <= 0) give_up("the server closed a connection: " + got_.substr(0, 300));
    got_.append(piece, static_cast<std::size_t>(count));
    return whole();
  }

  void wait() {
    while (!read_some()) {
    }
  }

  void wait_for(const char* word) {
    while (got_.find(word) == std::string::npos) read_some();
  }

  // Shakes hands where the era wants it.
  void open(bool modern) {
    if (modern) return;
    post(bench::initialize(), "");
    wait();
    const std::string name = "mcp-session-id: ";
    std::string head = head_;
    std::transform(head.begin(), head.end(), head.begin(), ::tolower);
    const std::size_t at = head.find(name);
    if (at != std::string::npos) {
      const std::size_t from = at + name.size();
      session_ = "Mcp-Session-Id: " + head_.substr(from, head_.find("\r\n", from) - from) + "\r\n";
    }
    session_ += "MCP-Protocol-Version: 2025-11-25\r\n";
    post(bench::kInitialized, "");
    wait();
  }

  std::string answer;
  double sent = 0;

 private:
  bool whole() {
    const std::size_t end = got_.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    head_ = got_.substr(0, end + 2);
    std::size_t size = 0;
    const char* const length = strcasestr(head_.c_str(), "\ncontent-length:");
    if (length != nullptr) {
      size = end + 4 + std::strtoul(length + 16, nullptr, 10);
    } else if (strcasestr(head_.c_str(), "chunked") != nullptr) {
      const std::size_t last = got_.find("\r\n0\r\n\r\n", end + 2);
      if (last == std::string::npos) return false;
      size = last + 7;
    } else {
      size = end + 4;
    }
    if (got_.size() < size) return false;
    answer = got_.substr(end + 4, size - end - 4);
    got_.erase(0, size);
    return true;
  }

  const Target& target_;
  int fd_ = -1;
  std::string got_, head_, session_;
};

using Connections = std::vector<std::unique_ptr<Connection>>;

std::string headers_of(bool modern, const std::string& method, const std::string& tool) {
  if (!modern) return {};
  return "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: " + method + "\r\n" +
         (tool.empty() ? "" : "Mcp-Name: " + tool + "\r\n");
}

// Keeps one call in flight on each connection until `calls` were answered; their times.
std::vector<double> drive(const Connections& connections, bool modern, const std::string& tool,
                          int calls) {
  const int poller = epoll_create1(EPOLL_CLOEXEC);
  const std::string body = bench::call(modern, "1", tool);
  const std::string headers = headers_of(modern, "tools/call", tool);
  int asked = 0;
  const auto ask = [&](Connection& connection) {
    ++asked;
    connection.sent = bench::microseconds();
    connection.post(body, headers);
  };
  for (const auto& connection : connections) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = connection.get();
    epoll_ctl(poller, EPOLL_CTL_ADD, connection->fd(), &event);
    ask(*connection);
  }
  std::vector<double> times;
  while (times.size() < static_cast<std::size_t>(asked)) {
    epoll_event events[64];
    const int ready = epoll_wait(poller, events, 64, 30'000);
    if (ready <= 0) give_up("no answer in 30 s");
    for (int i = 0; i < ready; ++i) {
      Connection& connection = *static_cast<Connection*>(events[i].data.ptr);
      if (!connection.read_some()) continue;
      times.push_back(bench::microseconds() - connection.sent);
      if (connection.answer.find("\"content\"") == std::string::npos) give_up(connection.answer);
      if (asked < calls) ask(connection);
    }
  }
  close(poller);
  return times;
}

Connections connect_all(const Target& to, bool modern, int count) {
  Connections connections;
  for (int i = 0; i < count; ++i) {
    connections.push_back(std::make_unique<Connection>(to));
    connections.back()->open(modern);
  }
  return connections;
}

void measure_calls(const Target& to, bool modern, const std::string& tool, int clients, int calls) {
  const Connections connections = connect_all(to, modern, clients);
  drive(connections, modern, tool, calls / 5);  // warms both sides up
  const double start = bench::microseconds();
  const std::vector<double> times = drive(connections, modern, tool, calls);
  const double seconds = (bench::microseconds() - start) / 1e6;
  std::printf("%.0f %.0f %.0f\n", static_cast<double>(times.size()) / seconds,
              bench::percentile(times, 0.5), bench::percentile(times, 0.99));
}

void measure_crowd(const Target& to, const std::string& tool, int clients, int streams) {
  Connections open;
  for (int i = 0; i < streams; ++i) {
    open.push_back(std::make_unique<Connection>(to));
    open.back()->post(bench::request(true, std::to_string(i), "subscriptions/listen",
                                     R"("notifications":{"toolsListChanged":true},)"),
                      headers_of(true, "subscriptions/listen", ""));
  }
  for (const auto& stream : open) stream->wait_for("notifications/subscriptions/acknowledged");
  const Connections connections = connect_all(to, true, clients);
  drive(connections, true, tool, clients);
  std::vector<double> times;
  for (int round = 0; round < 20; ++round) {
    // As many calls as clients: each asks once, all at the same time.
    const std::vector<double> once = drive(connections, true, tool, clients);
    times.insert(times.end(), once.begin(), once.end());
  }
  std::printf("%.0f %.0f %.0f\n", bench::percentile(times, 0.5), bench::percentile(times, 0.99),
              bench::percentile(times, 1));
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 7 && words[0] == "calls") {
    measure_calls(target(words[1], words[2]), words[3] == "modern", words[4], std::stoi(words[5]),
                  std::stoi(words[6]));
    return 0;
  }
  if (words.size() == 6 && words[0] == "crowd") {
    measure_crowd(target(words[1], words[2]), words[3], std::stoi(words[4]), std::stoi(words[5]));
    return 0;
  }
  give_up("usage: see the first lines of load_http.cpp");
}
