// SPDX-License-Identifier: BSD-3-Clause
// A terminal with the program on it and a person before it.
#pragma once

#include <pty.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "tests/sign_in/shell.h"

namespace dhis2mcp::test {

// Why a test that wants a terminal is skipped; empty where there are any.
inline std::string why_no_terminal() {
  int person = -1, program = -1;
  if (openpty(&person, &program, nullptr, nullptr, nullptr) != 0) {
    return "there are no pseudo-terminals here: mount devpts at /dev/pts";
  }
  close(person);
  close(program);
  return {};
}

class Terminal {
 public:
  explicit Terminal(std::vector<std::string> words, const std::string& file = product_binary()) {
    words.insert(words.begin(), file);
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    pid_ = forkpty(&screen_, nullptr, nullptr, nullptr);
    if (pid_ < 0) throw std::runtime_error("no terminal");
    if (pid_ == 0) {
      execv(argv[0], argv.data());
      _exit(127);
    }
  }
  ~Terminal() {
    close(screen_);
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  // Reads on until the screen shows that; false when the program ends first.
  bool shows(const std::string& text) {
    while (shown_.find(text) == std::string::npos) {
      char piece[4096];
      const ssize_t count = read(screen_, piece, sizeof piece);
      if (count <= 0) return false;
      shown_.append(piece, static_cast<std::size_t>(count));
    }
    return true;
  }

  void type(const std::string& line) { press(line + "\n"); }
  void press(const std::string& keys) {
    if (write(screen_, keys.data(), keys.size()) < 0) throw std::runtime_error("cannot type");
  }

  // Whether the screen shows what is typed.
  bool echoes() const {
    termios state{};
    return tcgetattr(screen_, &state) == 0 && (state.c_lflag & ECHO) != 0;
  }

  // Reads to the end; the exit code.
  int end() {
    shows("\n\n\n\n never shown");
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  const std::string& shown() const { return shown_; }

 private:
  pid_t pid_ = -1;
  int screen_ = -1;
  std::string shown_;
};

}  // namespace dhis2mcp::test
