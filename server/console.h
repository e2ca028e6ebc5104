// SPDX-License-Identifier: BSD-3-Clause
// The terminal of a person: answers on stdout, everything else on stderr, secrets without echo.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "auth/secret.h"
#include "dhis2/error.h"

namespace dhis2mcp {

// What a command ends with.
enum ExitCode : int {
  kDone = 0,
  kRefused = 1,        // a tool or DHIS2 said no
  kUsage = 2,          // the command line is wrong
  kConfiguration = 3,  // a profile, file, key or store is wrong
  kSignIn = 4,         // sign-in is needed or was refused
  kUnreachable = 5,    // DNS, TLS, time-out
  kPortTaken = 6,
  kBug = 70,
  kInterrupted = 130,
};

ExitCode exit_code(const Error& error);

// For a failure that DHIS2 or a tool reported: what is wrong in the call is its refusal, not a
// wrong command line.
ExitCode exit_code_of_call(const Error& error);

class Console {
 public:
  // `answers` is the descriptor that reserve_message_stream() returned.
  explicit Console(int answers) : answers_(answers) {}

  int answers() const { return answers_; }

  // Writes a whole answer; adds the line end. Throws Error(refused) when it cannot be written
  // whole.
  void answer(std::string_view text) const;

  // Writes a line for the person.
  void say(std::string_view text) const;

  // The message and what to do next.
  void explain(const Error& error) const;

 private:
  int answers_;
};

// Everything on stdin, at most `most` bytes. Throws bad_input beyond, and when it cannot be read.
std::string read_stdin(std::size_t most);

// The next line, without its end; what is beyond `most` bytes of it is left out. Nothing at the end
// of the input, or when it is not there by then.
std::optional<std::string> read_line(
    int fd, std::size_t most,
    std::chrono::steady_clock::time_point until = std::chrono::steady_clock::time_point::max());

// Where a secret is to come from. At most one is set; none: the person is asked.
struct SecretSource {
  std::string file, variable;
  std::optional<Secret> value;  // of the variable, where it is set
  bool from_stdin = false;
  std::string option = "--secret";  // before -file, -env and -stdin, for what a person is told

  bool given() const { return !file.empty() || !variable.empty() || from_stdin; }
};

// `what` names it in the prompt on /dev/tty. A line end behind the secret is not part of it. Throws
// bad_input when it is empty, cannot be read, or when there is no terminal to ask on.
Secret read_secret(const SecretSource& source, const std::string& what);

}  // namespace dhis2mcp
