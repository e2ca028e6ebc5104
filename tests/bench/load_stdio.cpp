// SPDX-License-Identifier: BSD-3-Clause
// One client on a pipe:
//   load_stdio calls ERA TOOL IN_FLIGHT CALLS COMMAND...   prints us for each call
//   load_stdio lists CALLS COMMAND...                      prints us of the server's processor time
//     for each tools/list of the legacy era
//   load_stdio pings CALLS TOOL COMMAND...                 prints p50 and p99 of a ping in us,
//   while
//     16 calls of the tool wait on a server that never answers; the command gets it as DHIS2_URL
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include "tests/bench/server.h"

namespace {

using bench::give_up;
using bench::Server;

double measure_calls(Server& server, bool modern, const std::string& tool, int in_flight,
                     int calls) {
  int asked = 0;
  const auto ask = [&] { server.send(bench::call(modern, std::to_string(++asked), tool)); };
  const double start = bench::microseconds();
  while (asked < in_flight) ask();
  for (int answered = 0; answered < asked; ++answered) {
    const std::string answer = server.line();
    if (answer.find("\"content\"") == std::string::npos) give_up(answer);
    if (asked < calls) ask();
  }
  return (bench::microseconds() - start) / asked;
}

double measure_lists(Server& server, int calls) {
  const auto ask = [&](int count) {
    for (int id = 1; id <= count; ++id) {
      server.send(bench::request(false, std::to_string(id), "tools/list", ""));
      const std::string answer = server.line();
      if (answer.find("\"inputSchema\"") == std::string::npos) give_up(answer);
    }
  };
  ask(calls / 5);
  const double start = server.processor_time();
  ask(calls);
  return (server.processor_time() - start) / calls;
}

// A port that takes connections and says nothing; its address.
std::string mute_server() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(fd, 64) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    give_up("no port");
  }
  return "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
}

void measure_pings(int calls, const std::string& tool, const std::vector<std::string>& words) {
  setenv("DHIS2_URL", mute_server().c_str(), 1);
  setenv("DHIS2_PAT", "d2pat_0000000000000000000000000000000000000000000", 1);
  Server server(words);
  server.open(false);
  for (int i = 1; i <= 16; ++i) server.send(bench::call(false, std::to_string(i), tool));
  std::vector<double> times;
  for (int i = 0; i < calls; ++i) {
    const std::string id = "\"p" + std::to_string(i) + "\"";
    const double start = bench::microseconds();
    server.send(R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":"ping"})");
    const std::string answer = server.line();
    times.push_back(bench::microseconds() - start);
    if (answer.find(id) == std::string::npos) give_up("not the answer of a ping: " + answer);
  }
  std::printf("%.0f %.0f\n", bench::percentile(times, 0.5), bench::percentile(times, 0.99));
}

}  // namespace

int main(int argc, char** argv) {
  signal(SIGPIPE, SIG_IGN);
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() > 5 && words[0] == "calls") {
    const bool modern = words[1] == "modern";
    const int in_flight = std::stoi(words[3]), calls = std::stoi(words[4]);
    Server server({words.begin() + 5, words.end()});
    server.open(modern);
    measure_calls(server, modern, words[2], in_flight, calls / 5);
    std::printf("%.2f\n", measure_calls(server, modern, words[2], in_flight, calls));
    return 0;
  }
  if (words.size() > 2 && words[0] == "lists") {
    Server server({words.begin() + 2, words.end()});
    server.open(false);
    std::printf("%.2f\n", measure_lists(server, std::stoi(words[1])));
    return 0;
  }
  if (words.size() > 3 && words[0] == "pings") {
    measure_pings(std::stoi(words[1]), words[2], {words.begin() + 3, words.end()});
    return 0;
  }
  give_up("usage: see the first lines of load_stdio.cpp");
}
