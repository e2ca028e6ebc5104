// SPDX-License-Identifier: BSD-3-Clause
// Runs a program with pipes on its three standard descriptors, as an MCP client does.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct pollfd;

namespace dhis2mcp::test {

// What a program left behind.
struct Ended {
  int status = -1;  // exit code; 128 + signal when a signal ended it
  std::string out, err;
};

// Killed by the destructor if it still runs. Not thread-safe.
class Program {
 public:
  using Milliseconds = std::chrono::milliseconds;
  using Variables = std::map<std::string, std::string>;

  // `variables` are set beside those of this process.
  Program(const std::string& file, const std::vector<std::string>& arguments,
          const Variables& variables = {});
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  pid_t pid() const { return pid_; }
  void send_signal(int number) const;

  // False when the program no longer reads. Reads its output while it is not ready to take more.
  bool write(std::string_view text);

  void close_input();

  // The next line of stdout without its end; nothing at the end of the output or of the patience.
  std::optional<std::string> line(Milliseconds patience = Milliseconds(10'000));
  std::optional<std::string> error_line(Milliseconds patience = Milliseconds(10'000));

  // Closes stdin and waits for the end; what was not read yet is in the result. Throws when the
  // program does not end in time.
  Ended end(Milliseconds patience = Milliseconds(10'000));

  Ended wait(Milliseconds patience = Milliseconds(10'000));

 private:
  std::optional<std::string> line_of(std::string& text, Milliseconds patience);

  // Takes what the program wrote. False when nothing happened in time.
  bool pump(bool writing, Milliseconds patience);

  // False once the program closed its end.
  static bool take(const pollfd& from, std::string& into);

  pid_t pid_ = -1;
  int in_ = -1, out_ = -1, err_ = -1;
  bool open_ = true, reaped_ = false;
  Ended got_;
};

// The built dhis2-mcp, or the one that DHIS2_MCP_BIN names.
std::string product_binary();

// Runs it to its end, which has to come within 20 seconds.
Ended run_product(const std::vector<std::string>& words, const std::string& input = {},
                  const Program::Variables& variables = {});

}  // namespace dhis2mcp::test
