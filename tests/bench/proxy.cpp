// SPDX-License-Identifier: BSD-3-Clause
// A DHIS2 with one small and one large answer, and a client that fetches them in turns, once
// directly and once through the proxy: proxy upstream | proxy load DIRECT PROXY TOKEN PID.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <httplib.h>

#include "tests/bench/load.h"

namespace {

constexpr std::size_t kLarge = 100'000'000;
// What a gigabit line carries; DHIS2 itself is slower.
constexpr double kLineBytesPerMicrosecond = 125;
constexpr int kDownloads = 9, kPaced = 3, kQuestions = 3'000, kWarm = 200;

bool send_all(int socket, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = send(socket, text.data(), text.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

std::string head(std::size_t length) {
  return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(length) + "\r\n\r\n";
}

bool answer(int socket, const std::string& request) {
  static const std::string block(256 * 1024, 'x');
  const bool paced = request.find(" /api/paced ") != std::string::npos;
  if (!paced && request.find(" /api/large ") == std::string::npos) {
    const std::string body = R"({"id":"M5zQapPyTZI","username":"admin","version":"2.43.1"})";
    return send_all(socket, head(body.size()) + body);
  }
  if (!send_all(socket, head(kLarge))) return false;
  const double start = bench::microseconds();
  for (std::size_t left = kLarge; left > 0;) {
    const std::size_t size = std::min(left, block.size());
    const double due = start + static_cast<double>(kLarge - left) / kLineBytesPerMicrosecond;
    if (const double early = due - bench::microseconds(); paced && early > 0) {
      usleep(static_cast<useconds_t>(early));
    }
    if (!send_all(socket, {block.data(), size})) return false;
    left -= size;
  }
  return true;
}

void serve(int socket) {
  std::string got;
  char piece[8192];
  for (ssize_t count = 0; (count = recv(socket, piece, sizeof piece, 0)) > 0;) {
    got.append(piece, static_cast<std::size_t>(count));
    const std::size_t end = got.find("\r\n\r\n");
    if (end == std::string::npos) continue;
    const std::string request = got.substr(0, end + 4);
    got.erase(0, end + 4);
    if (!answer(socket, request)) break;
  }
  close(socket);
}

[[noreturn]] void upstream() {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      listen(listener, 64) != 0 ||
      getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    bench::give_up("no port");
  }
  std::printf("http://127.0.0.1:%d\n", ntohs(address.sin_port));
  std::fflush(stdout);
  for (;;) {
    const int socket = accept(listener, nullptr, nullptr);
    const int yes = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    std::thread(serve, socket).detach();
  }
}

// One of the two ways, with what is measured on it.
struct Way {
  Way(const std::string& base, std::string before, httplib::Headers sent)
      : client(base), path(std::move(before)), headers(std::move(sent)) {
    client.set_keep_alive(true);
    client.set_tcp_nodelay(true);
    client.set_decompress(false);
    client.set_read_timeout(60);
  }

  double fetch(const std::string& what, std::size_t least) {
    std::size_t bytes = 0;
    const double start = bench::microseconds();
    const auto result = client.Get(path + what, headers, [&](const char*, std::size_t size) {
      bytes += size;
      return true;
    });
    const double taken = bench::microseconds() - start;
    if (!result || result->status != 200 || bytes < least) bench::give_up("no answer to " + what);
    return taken;
  }

  httplib::Client client;
  std::string path;
  httplib::Headers headers;
  std::vector<double> large, paced, small;
};

std::size_t kilobytes(const std::string& pid, const std::string& name) {
  std::ifstream status("/proc/" + pid + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind(name + ":", 0) == 0) return std::stoul(line.substr(name.size() + 1));
  }
  bench::give_up("no memory of " + pid);
}

// Prints: us for 100 MB directly and through the proxy, then both at the pace of a line; p50 and
// p99 of a small answer in us, of each way; kB of the proxy before the large ones, and at most.
void load(const std::string& direct_base, const std::string& proxy_base, const std::string& token,
          const std::string& pid) {
  Way direct(direct_base, "/api/", {});
  Way proxy(proxy_base, "/env/api/", {{"Authorization", "Bearer " + token}});
  for (int i = 0; i < kWarm + kQuestions; ++i) {
    for (Way* way : {&direct, &proxy}) {
      const double taken = way->fetch("small", 1);
      if (i >= kWarm) way->small.push_back(taken);
    }
  }
  const std::size_t before = kilobytes(pid, "VmRSS");
  for (int i = 0; i < 1 + kDownloads; ++i) {
    for (Way* way : {&direct, &proxy}) {
      const double taken = way->fetch("large", kLarge);
      if (i >= 1) way->large.push_back(taken);
      if (i < kPaced) way->paced.push_back(way->fetch("paced", kLarge));
    }
  }
  using bench::percentile;
  std::printf("%.0f %.0f %.0f %.0f %.0f %.0f %.0f %.0f %zu %zu\n", percentile(direct.large, 0.5),
              percentile(proxy.large, 0.5), percentile(direct.paced, 0.5),
              percentile(proxy.paced, 0.5), percentile(direct.small, 0.5),
              percentile(proxy.small, 0.5), percentile(direct.small, 0.99),
              percentile(proxy.small, 0.99), before, kilobytes(pid, "VmHWM"));
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 1 && words[0] == "upstream") upstream();
  if (words.size() != 5 || words[0] != "load") bench::give_up("usage: upstream | load ...");
  load(words[1], words[2], words[3], words[4]);
}
