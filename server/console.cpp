// SPDX-License-Identifier: BSD-3-Clause
// Blocking input and output of the short commands.
#include "server/console.h"

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <system_error>

#include "server/http_transport.h"

namespace dhis2mcp {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kLongestSecret = 64 * 1024;

// Whether a call that failed may be made again, after a wait where the descriptor does not block.
bool try_again(int fd, short events) {
  if (errno == EINTR) return true;
  pollfd wait{fd, events, 0};
  return errno == EAGAIN && poll(&wait, 1, -1) >= 0;
}

// False when the rest cannot be written; errno says why.
bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written < 0 && !try_again(fd, POLLOUT)) return false;
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// `what` names the source, as "The input". errno says why.
[[noreturn]] void fail_to_read(const std::string& what) {
  throw Error(ErrorKind::bad_input,
              what + " cannot be read: " + std::generic_category().message(errno) + ".",
              "Give a file that you may read.");
}

std::string read_all(int fd, std::size_t most, const std::string& what) {
  std::string text;
  char piece[16 * 1024];
  for (;;) {
    const ssize_t count = read(fd, piece, sizeof piece);
    if (count == 0) return text;
    if (count < 0 && !try_again(fd, POLLIN)) fail_to_read(what);
    if (count < 0) continue;
    text.append(piece, static_cast<std::size_t>(count));
    if (text.size() > most) {
      throw Error(ErrorKind::bad_input, what + " is over " + std::to_string(most) + " bytes.",
                  "Give less.");
    }
  }
}

// As poll() wants it: milliseconds, -1 for ever.
int patience_until(Clock::time_point until) {
  if (until == Clock::time_point::max()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, std::numeric_limits<int>::max()));
}

// What the handler below needs: the terminal and its state before the echo was off.
int hidden_terminal = -1;
termios shown_state{};

// tcsetattr may be called in a handler (POSIX 2.4.3). The signal then does what it always does.
extern "C" void show_and_end(int signal) {
  tcsetattr(hidden_terminal, TCSAFLUSH, &shown_state);
  raise(signal);
}

// Echo is off while this lives, and on again when a signal ends the process in between: not every
// shell resets the terminal. One at a time.
class Hidden {
 public:
  explicit Hidden(int terminal) {
    hidden_terminal = terminal;
    tcgetattr(terminal, &shown_state);
    for (std::size_t i = 0; i < kEnding.size(); ++i) catch_signal(kEnding[i], before_[i]);
    termios hidden = shown_state;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    hidden.c_lflag |= ECHONL;
    tcsetattr(terminal, TCSAFLUSH, &hidden);
  }
  ~Hidden() {
    tcsetattr(hidden_terminal, TCSAFLUSH, &shown_state);
    for (std::size_t i = 0; i < kEnding.size(); ++i) sigaction(kEnding[i], &before_[i], nullptr);
  }
  Hidden(const Hidden&) = delete;
  Hidden& operator=(const Hidden&) = delete;

 private:
  static constexpr std::array kEnding = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

  static void catch_signal(int signal, struct sigaction& before) {
    struct sigaction action {};
    action.sa_handler = show_and_end;
    action.sa_flags = SA_RESETHAND;
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, &before);
    // nohup and the like chose this one to be ignored.
    if (before.sa_handler == SIG_IGN) sigaction(signal, &before, nullptr);
  }

  std::array<struct sigaction, kEnding.size()> before_{};
};

std::string ways_to_give(const SecretSource& source) {
  const std::string& option = source.option;
  if (!source.file.empty()) return "Give " + option + "-file a file that holds it.";
  return "Give " + option + "-file FILE, " + option + "-env VARIABLE or " + option + "-stdin.";
}

std::string ask(const SecretSource& source, const std::string& what) {
  const int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
  if (terminal < 0) {
    throw Error(ErrorKind::bad_input, "There is no terminal to ask for the " + what + " on.",
                ways_to_give(source));
  }
  write_all(terminal, what + ": ");
  std::optional<std::string> line;
  {
    const Hidden while_typing(terminal);
    line = read_line(terminal, kLongestSecret);
  }
  close(terminal);
  return line.value_or("");
}

std::string read_file(const std::string& path) {
  const std::string what = "The secret file " + path;
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) fail_to_read(what);
  std::string text = read_all(fd, kLongestSecret, what);
  close(fd);
  return text;
}

std::string read_variable(const SecretSource& source) {
  const std::string& name = source.variable;
  if (!source.value) {
    throw Error(ErrorKind::bad_input, "The environment variable " + name + " is not set.",
                "Export it, or give " + source.option + "-file FILE.");
  }
  unsetenv(name.c_str());
  return std::string(source.value->reveal());
}

std::string raw_secret(const SecretSource& source, const std::string& what) {
  if (!source.file.empty()) return read_file(source.file);
  if (!source.variable.empty()) return read_variable(source);
  if (source.from_stdin) return read_stdin(kLongestSecret);
  return ask(source, what);
}

}  // namespace

ExitCode exit_code(const Error& error) {
  if (error.kind == ErrorKind::bad_input &&
      dynamic_cast<const ConfigurationError*>(&error) == nullptr) {
    return kUsage;
  }
  return exit_code_of_call(error);
}

ExitCode exit_code_of_call(const Error& error) {
  if (dynamic_cast<const PortTaken*>(&error) != nullptr) return kPortTaken;
  if (dynamic_cast<const ConfigurationError*>(&error) != nullptr) return kConfiguration;
  switch (error.kind) {
    case ErrorKind::sign_in_required:
      return kSignIn;
    case ErrorKind::unavailable:
      return kUnreachable;
    case ErrorKind::internal:
      return kBug;
    default:
      return kRefused;
  }
}

void Console::answer(std::string_view text) const {
  std::string line(text);
  if (!line.ends_with('\n')) line += '\n';
  if (write_all(answers_, line)) return;
  throw Error(ErrorKind::refused,
              "The answer could not be written: " + std::generic_category().message(errno) + ".",
              "What the command did stays done; only its words are lost. Send stdout to a place "
              "with room.");
}

void Console::say(std::string_view text) const {
  write_all(STDERR_FILENO, std::string(text) + "\n");
}

void Console::explain(const Error& error) const {
  say("dhis2-mcp: " + std::string(error.what()));
  if (!error.hint.empty()) say(error.hint);
}

std::optional<std::string> read_line(int fd, std::size_t most, Clock::time_point until) {
  std::string line;
  for (;;) {
    pollfd wait{fd, POLLIN, 0};
    const int ready = poll(&wait, 1, patience_until(until));
    if (ready < 0 && errno == EINTR) continue;
    if (ready == 0) return std::nullopt;
    char letter = 0;
    if (ready < 0 || read(fd, &letter, 1) != 1) break;
    if (letter == '\n') return line;
    if (line.size() < most) line += letter;
  }
  return line.empty() ? std::nullopt : std::optional(std::move(line));
}

std::string read_stdin(std::size_t most) { return read_all(STDIN_FILENO, most, "The input"); }

Secret read_secret(const SecretSource& source, const std::string& what) {
  std::string text = raw_secret(source, what);
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  if (text.empty()) {
    throw Error(ErrorKind::bad_input, "The " + what + " is empty.", ways_to_give(source));
  }
  return Secret(std::move(text));
}

}  // namespace dhis2mcp
