// SPDX-License-Identifier: BSD-3-Clause
// Pipes that are read while they are written, so that neither side waits for the other for ever.
#include "tests/support/program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <stdexcept>

namespace dhis2mcp::test {
namespace {

std::vector<std::string> environment_with(const Program::Variables& variables) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (variables.count(std::string(text.substr(0, text.find('=')))) == 0) all.emplace_back(text);
  }
  for (const auto& [name, value] : variables) all.push_back(name + "=" + value);
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

// Not by fork: tests have threads, and a child of fork waits for ever for a lock, be it the
// allocator's, that one of them held.
int spawn(pid_t& pid, std::vector<std::string>& words, std::vector<std::string>& environment,
          const std::array<int, 3>& standard) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (int fd = 0; fd < 3; ++fd) {
    posix_spawn_file_actions_adddup2(&actions, standard[static_cast<std::size_t>(fd)], fd);
  }
  sigset_t defaults;
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  const int error = posix_spawn(&pid, words.front().c_str(), &actions, &attributes,
                                pointers(words).data(), pointers(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

}  // namespace

Program::Program(const std::string& file, const std::vector<std::string>& arguments,
                 const Variables& variables) {
  signal(SIGPIPE, SIG_IGN);
  std::array<std::array<int, 2>, 3> pipes{};
  for (auto& pair : pipes) {
    if (pipe2(pair.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  }
  std::vector<std::string> words = {file};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> environment = environment_with(variables);
  const int error = spawn(pid_, words, environment, {pipes[0][0], pipes[1][1], pipes[2][1]});
  close(pipes[0][0]);
  close(pipes[1][1]);
  close(pipes[2][1]);
  in_ = pipes[0][1];
  out_ = pipes[1][0];
  err_ = pipes[2][0];
  if (error != 0) throw std::runtime_error("cannot start " + file);
}

Program::~Program() {
  close_input();
  if (!reaped_) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  close(out_);
  close(err_);
}

void Program::send_signal(int number) const { kill(pid_, number); }

bool Program::write(std::string_view text) {
  fcntl(in_, F_SETFL, O_NONBLOCK);
  while (!text.empty()) {
    const ssize_t count = ::write(in_, text.data(), text.size());
    if (count > 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno != EAGAIN || !pump(true, Milliseconds(10'000))) {
      return false;
    }
  }
  return true;
}

void Program::close_input() {
  if (in_ >= 0) close(in_);
  in_ = -1;
}

std::optional<std::string> Program::line(Milliseconds patience) {
  return line_of(got_.out, patience);
}

std::optional<std::string> Program::error_line(Milliseconds patience) {
  return line_of(got_.err, patience);
}

Ended Program::end(Milliseconds patience) {
  close_input();
  return wait(patience);
}

Ended Program::wait(Milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (open_ && std::chrono::steady_clock::now() < deadline) pump(false, Milliseconds(20));
  int status = 0;
  while (waitpid(pid_, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() >= deadline) throw std::runtime_error("did not end");
    pump(false, Milliseconds(5));
  }
  reaped_ = true;
  got_.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return got_;
}

std::optional<std::string> Program::line_of(std::string& text, Milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (;;) {
    const std::size_t end = text.find('\n');
    if (end != std::string::npos) {
      std::string line = text.substr(0, end);
      text.erase(0, end + 1);
      return line;
    }
    if (!open_ || std::chrono::steady_clock::now() >= deadline) return std::nullopt;
    pump(false, Milliseconds(20));
  }
}

bool Program::pump(bool writing, Milliseconds patience) {
  std::array<pollfd, 3> wait = {{{out_, POLLIN, 0}, {err_, POLLIN, 0}, {in_, POLLOUT, 0}}};
  if (poll(wait.data(), writing ? 3 : 2, static_cast<int>(patience.count())) <= 0) return false;
  const bool out_open = take(wait[0], got_.out);
  const bool err_open = take(wait[1], got_.err);
  open_ = out_open || err_open;
  return true;
}

bool Program::take(const pollfd& from, std::string& into) {
  if (from.revents == 0) return true;
  std::array<char, 64 * 1024> piece;
  const ssize_t count = read(from.fd, piece.data(), piece.size());
  if (count > 0) into.append(piece.data(), static_cast<std::size_t>(count));
  return count > 0;
}

std::string product_binary() {
  const char* const chosen = std::getenv("DHIS2_MCP_BIN");
  return chosen != nullptr ? chosen : DHIS2_MCP_PROGRAM;
}

Ended run_product(const std::vector<std::string>& words, const std::string& input,
                  const Program::Variables& variables) {
  Program program(product_binary(), words, variables);
  program.write(input);
  return program.end(std::chrono::milliseconds(20'000));
}

}  // namespace dhis2mcp::test
