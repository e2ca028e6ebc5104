// SPDX-License-Identifier: BSD-3-Clause
// Measures how long a program takes from its launch to the first line of its answer, and what it
// holds in memory then: `start ROUNDS QUESTION-FILE COMMAND... -- COMMAND...`. The two commands
// take turns, so that a busy moment of the machine meets both. Prints two lines of medians:
// milliseconds, resident kB, private (anonymous) kB.
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace {

constexpr int kPatienceMs = 10'000;

struct Sample {
  double milliseconds = 0;
  double resident = 0;
  double anonymous = 0;
};

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "start: %s\n", why.c_str());
  std::exit(1);
}

// The number behind `name` in /proc/PID/status, in kB.
double status_of(pid_t pid, const std::string& name) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.compare(0, name.size(), name) == 0) return std::atof(line.c_str() + name.size() + 1);
  }
  give_up("no " + name + " of process " + std::to_string(pid));
}

pid_t launch(const std::vector<std::string>& command, int in, int out) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in, 0);
  posix_spawn_file_actions_adddup2(&actions, out, 1);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  pid_t pid = 0;
  if (posix_spawn(&pid, arguments[0], &actions, nullptr, arguments.data(), environ) != 0) {
    give_up("cannot start " + command[0]);
  }
  posix_spawn_file_actions_destroy(&actions);
  return pid;
}

void read_line(int from, const std::string& command) {
  std::array<char, 1 << 16> block{};
  pollfd ready{from, POLLIN, 0};
  while (true) {
    if (poll(&ready, 1, kPatienceMs) != 1) give_up(command + " did not answer in 10 s");
    const ssize_t got = read(from, block.data(), block.size());
    if (got <= 0) give_up(command + " ended without an answer");
    if (std::find(block.begin(), block.begin() + got, '\n') != block.begin() + got) return;
  }
}

Sample measure(const std::vector<std::string>& command, const std::string& question) {
  std::array<int, 2> in{};
  std::array<int, 2> out{};
  if (pipe2(in.data(), O_CLOEXEC) != 0 || pipe2(out.data(), O_CLOEXEC) != 0) give_up("no pipe");
  const auto begin = std::chrono::steady_clock::now();
  const pid_t pid = launch(command, in[0], out[1]);
  close(in[0]);
  close(out[1]);
  if (write(in[1], question.data(), question.size()) < 0) give_up(command[0] + " does not read");
  read_line(out[0], command[0]);
  const auto end = std::chrono::steady_clock::now();

  Sample sample;
  sample.milliseconds = std::chrono::duration<double, std::milli>(end - begin).count();
  sample.resident = status_of(pid, "VmRSS:");
  sample.anonymous = status_of(pid, "RssAnon:");
  close(in[1]);
  close(out[0]);
  waitpid(pid, nullptr, 0);
  return sample;
}

double median(const std::vector<Sample>& samples, double Sample::*member) {
  std::vector<double> values;
  for (const Sample& sample : samples) values.push_back(sample.*member);
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void print(const std::vector<Sample>& samples) {
  std::printf("%.3f %.0f %.0f\n", median(samples, &Sample::milliseconds),
              median(samples, &Sample::resident), median(samples, &Sample::anonymous));
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const auto divider = std::find(arguments.begin(), arguments.end(), "--");
  if (divider - arguments.begin() < 3 || arguments.end() - divider < 2) {
    give_up("usage: start ROUNDS QUESTION-FILE COMMAND... -- COMMAND...");
  }
  const int rounds = std::max(1, std::atoi(arguments[0].c_str()));
  std::ostringstream question;
  question << std::ifstream(arguments[1]).rdbuf();
  const std::vector<std::string> first(arguments.begin() + 2, divider);
  const std::vector<std::string> second(divider + 1, arguments.end());

  // The first launches fill the page cache.
  for (int i = 0; i < 3; ++i) {
    measure(first, question.str());
    measure(second, question.str());
  }
  std::vector<Sample> ones;
  std::vector<Sample> others;
  for (int i = 0; i < rounds; ++i) {
    ones.push_back(measure(first, question.str()));
    others.push_back(measure(second, question.str()));
  }
  print(ones);
  print(others);
  return 0;
}
