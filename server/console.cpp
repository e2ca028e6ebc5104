// SPDX-License-Identifier: BSD-3-Clause
// Blocking input and output of the short commands.
#include "server/console.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <optional>

#include "server/http_transport.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kLongestSecret = 64 * 1024;

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written < 0 && errno != EINTR) return;
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::string read_all(int fd, std::size_t most) {
  std::string text;
  char piece[16 * 1024];
  for (;;) {
    const ssize_t count = read(fd, piece, sizeof piece);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return text;
    text.append(piece, static_cast<std::size_t>(count));
    if (text.size() > most) {
      throw Error(ErrorKind::bad_input, "The input is over " + std::to_string(most) + " bytes.",
                  "Give less.");
    }
  }
}

// Echo is off while this lives. Ctrl-C in between: the terminal of an interactive shell is reset by
// the shell.
class Hidden {
 public:
  explicit Hidden(int terminal) : terminal_(terminal) {
    tcgetattr(terminal_, &before_);
    termios hidden = before_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    hidden.c_lflag |= ECHONL;
    tcsetattr(terminal_, TCSAFLUSH, &hidden);
  }
  ~Hidden() { tcsetattr(terminal_, TCSAFLUSH, &before_); }
  Hidden(const Hidden&) = delete;
  Hidden& operator=(const Hidden&) = delete;

 private:
  int terminal_;
  termios before_{};
};

std::string ask(const std::string& what) {
  const int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
  if (terminal < 0) {
    throw Error(ErrorKind::bad_input, "There is no terminal to ask for the " + what + " on.",
                "Give --secret-file FILE, --secret-env VARIABLE or --secret-stdin.");
  }
  write_all(terminal, what + ": ");
  std::string line;
  {
    const Hidden while_typing(terminal);
    char c = 0;
    while (line.size() < kLongestSecret && read(terminal, &c, 1) == 1 && c != '\n') line += c;
  }
  close(terminal);
  return line;
}

std::string read_file(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    throw Error(ErrorKind::bad_input, "Cannot read the secret file " + path + ".",
                "Give --secret-file a file that you may read.");
  }
  std::string text = read_all(fd, kLongestSecret);
  close(fd);
  return text;
}

std::string read_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) {
    throw Error(ErrorKind::bad_input, "The environment variable " + name + " is not set.",
                "Export it, or give --secret-file FILE.");
  }
  std::string text = value;
  unsetenv(name.c_str());
  return text;
}

std::string raw_secret(const SecretSource& source, const std::string& what) {
  if (!source.file.empty()) return read_file(source.file);
  if (!source.variable.empty()) return read_variable(source.variable);
  if (source.from_stdin) return read_stdin(kLongestSecret);
  return ask(what);
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
  write_all(answers_, line);
}

void Console::say(std::string_view text) const {
  write_all(STDERR_FILENO, std::string(text) + "\n");
}

void Console::explain(const Error& error) const {
  say("dhis2-mcp: " + std::string(error.what()));
  if (!error.hint.empty()) say(error.hint);
}

std::string read_stdin(std::size_t most) { return read_all(STDIN_FILENO, most); }

Secret read_secret(const SecretSource& source, const std::string& what) {
  std::string text = raw_secret(source, what);
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  if (text.empty()) {
    throw Error(ErrorKind::bad_input, "The " + what + " is empty.",
                "Give --secret-file FILE, --secret-env VARIABLE or --secret-stdin.");
  }
  return Secret(std::move(text));
}

}  // namespace dhis2mcp
