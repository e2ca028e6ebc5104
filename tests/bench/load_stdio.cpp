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
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "tests/bench/load.h"

extern char** environ;

namespace {

using bench::give_up;

class Server {
 public:
  explicit Server(std::vector<std::string> words) {
    std::array<int, 2> in{}, out{};
    if (pipe(in.data()) != 0 || pipe(out.data()) != 0) give_up("no pipe");
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    for (const int fd : {in[0], in[1], out[0], out[1]}) {
      posix_spawn_file_actions_addclose(&actions, fd);
    }
    if (posix_spawnp(&pid_, argv[0], &actions, nullptr, argv.data(), environ) != 0) {
      give_up("cannot start " + words[0]);
    }
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    in_ = in[1];
    out_ = out[0];
  }
  ~Server() {
    close(in_);
    close(out_);
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void send(std::string text) {
    text += '\n';
    if (write(in_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
      give_up("the server reads no more");
    }
  }

  std::string line() {
    for (;;) {
      const std::size_t end = got_.find('\n', at_);
      if (end != std::string::npos) {
        std::string text = got_.substr(at_, end - at_);
        at_ = end + 1;
        return text;
      }
      got_.erase(0, at_);
      at_ = 0;
      char piece[65536];
      const ssize_t count = read(out_, piece, sizeof piece);
      if (count <= 0) give_up("the server ended");
      got_.append(piece, static_cast<std::size_t>(count));
    }
  }

  // What the process has used of the processors so far, in us.
  double processor_time() const {
    clockid_t clock{};
    timespec used{};
    if (clock_getcpuclockid(pid_, &clock) != 0 || clock_gettime(clock, &used) != 0) {
      give_up("no processor time of the server");
    }
    return static_cast<double>(used.tv_sec) * 1e6 + static_cast<double>(used.tv_nsec) / 1e3;
  }

  void open(bool modern) {
    if (modern) return;
    send(bench::initialize());
    line();
    send(bench::kInitialized);
  }

 private:
  pid_t pid_ = 0;
  int in_ = -1, out_ = -1;
  std::string got_;
  std::size_t at_ = 0;
};

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
