// SPDX-License-Identifier: BSD-3-Clause
// A server under measurement, on two pipes.
#pragma once

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

#include "tests/bench/load.h"

extern char** environ;

namespace bench {

// Ends it with SIGTERM when it goes.
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

}  // namespace bench
