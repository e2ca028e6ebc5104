// SPDX-License-Identifier: BSD-3-Clause
// stdio as a client has it: two pipes to a server over the fake tools, bytes exactly as given.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

#include "server/stdio_transport.h"
#include "tests/server/fake_toolbox.h"

namespace dhis2mcp::test {

// The next answer, without its line end; nothing when none comes within ten seconds. `got` holds
// what was read of the one after.
inline std::optional<std::string> next_line(int output, std::string& got) {
  for (;;) {
    const std::size_t end = got.find('\n');
    if (end != std::string::npos) {
      std::string text = got.substr(0, end);
      got.erase(0, end + 1);
      return text;
    }
    pollfd wait{output, POLLIN, 0};
    if (poll(&wait, 1, 10'000) <= 0) return std::nullopt;
    std::array<char, 65536> piece;
    const ssize_t count = read(output, piece.data(), piece.size());
    if (count <= 0) return std::nullopt;
    got.append(piece.data(), static_cast<std::size_t>(count));
  }
}

// What a request of the modern era says of its client.
constexpr const char* kClaim = R"("_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
                               R"("io.modelcontextprotocol/clientCapabilities":{}})";

class Line {
 public:
  Line() {
    signal(SIGPIPE, SIG_IGN);
    if (pipe2(input_.data(), O_CLOEXEC) != 0 || pipe2(output_.data(), O_CLOEXEC) != 0) {
      throw std::runtime_error("no pipe");
    }
    const StdioOptions options{.input = input_[0], .output = output_[1]};
    thread_ = std::thread([this, options] { serve_stdio(fake.dispatcher, fake.pool, options); });
  }
  ~Line() {
    fake.toolbox.release();
    close(input_[1]);
    thread_.join();
    for (const int fd : {input_[0], output_[0], output_[1]}) close(fd);
  }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  // Blocks while the pipe is full, so a lot of text wants a thread of its own.
  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t count = write(input_[1], bytes.data(), bytes.size());
      if (count <= 0) throw std::runtime_error("the server reads no more");
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
  }

  std::optional<std::string> line() { return next_line(output_[0], got_); }

  std::string ask(std::string_view message) {
    send(std::string(message) + '\n');
    return line().value_or("nothing came");
  }

  FakeServer fake;

 private:
  std::array<int, 2> input_{}, output_{};
  std::thread thread_;
  std::string got_;
};

}  // namespace dhis2mcp::test
