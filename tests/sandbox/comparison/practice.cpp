// SPDX-License-Identifier: BSD-3-Clause
// Process and socket of a practice DHIS2.
#include "tests/sandbox/comparison/practice.h"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

namespace comparison {
namespace {

constexpr int kSeconds = 30;

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what); }

pid_t start(const std::filesystem::path& program, const std::vector<std::string>& arguments,
            int& output) {
  int ends[2];
  if (pipe(ends) != 0) fail("no pipe for " + program.string());
  std::vector<std::string> texts = {program.string()};
  texts.insert(texts.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& text : texts) argv.push_back(text.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addclose(&actions, ends[0]);
  posix_spawn_file_actions_addclose(&actions, ends[1]);
  pid_t process = -1;
  const int error = posix_spawn(&process, program.c_str(), &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  output = ends[0];
  if (error != 0) {
    close(ends[0]);
    fail("cannot start " + program.string());
  }
  return process;
}

std::string first_line(int from) {
  std::string line;
  for (char c = 0; read(from, &c, 1) == 1 && c != '\n';) line += c;
  return line;
}

struct Connection {
  explicit Connection(int port) : socket(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval limit{kSeconds, 0};
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      close(socket);
      fail("the practice DHIS2 does not take connections");
    }
  }
  ~Connection() { close(socket); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void send_all(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t sent = send(socket, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;  // an answer may be there before the whole request is read
      text.remove_prefix(static_cast<size_t>(sent));
    }
  }

  std::string receive_all() const {
    std::string raw;
    char piece[65536];
    while (true) {
      const ssize_t count = recv(socket, piece, sizeof piece, 0);
      if (count < 0 && raw.empty()) fail("no answer within " + std::to_string(kSeconds) + " s");
      if (count <= 0) return raw;
      raw.append(piece, static_cast<size_t>(count));
    }
  }

  int socket;
};

std::string unchunked(std::string_view text) {
  std::string body;
  while (!text.empty()) {
    const size_t end = text.find("\r\n");
    if (end == std::string_view::npos) fail("a chunk without a size");
    const size_t size = std::strtoul(std::string(text.substr(0, end)).c_str(), nullptr, 16);
    text.remove_prefix(end + 2);
    if (size == 0) return body;
    if (size + 2 > text.size()) fail("the last chunk is missing");
    body.append(text.substr(0, size));
    text.remove_prefix(size + 2);
  }
  fail("the last chunk is missing");
}

}  // namespace

Message parse_answer(const std::string& raw, bool without_body) {
  const size_t end = raw.find("\r\n\r\n");
  if (end == std::string::npos || !raw.starts_with("HTTP/1.")) fail("the answer has no head");
  Message answer;
  answer.status = std::atoi(raw.c_str() + std::min<size_t>(raw.find(' '), end));
  size_t at = raw.find("\r\n") + 2;
  while (at < end) {
    const size_t stop = std::min(raw.find("\r\n", at), end);
    const std::string line = raw.substr(at, stop - at);
    const size_t colon = line.find(':');
    if (colon != std::string::npos) {
      const size_t value = line.find_first_not_of(' ', colon + 1);
      answer.headers.emplace_back(line.substr(0, colon),
                                  value == std::string::npos ? "" : line.substr(value));
    }
    at = stop + 2;
  }
  if (without_body) return answer;
  const std::string_view rest = std::string_view(raw).substr(end + 4);
  if (answer.header("Transfer-Encoding") == "chunked") {
    answer.body = unchunked(rest);
    return answer;
  }
  const std::string length = answer.header("Content-Length");
  if (!length.empty() && std::strtoul(length.c_str(), nullptr, 10) != rest.size()) {
    fail("the answer is not as long as it says");
  }
  answer.body = rest;
  return answer;
}

Practice::Practice(const std::filesystem::path& program,
                   const std::vector<std::string>& arguments) {
  int output = -1;
  process_ = start(program, arguments, output);
  base_url_ = first_line(output);
  close(output);
  const size_t colon = base_url_.find(':', 7);
  if (!base_url_.starts_with("http://") || colon == std::string::npos) {
    waitpid(process_, nullptr, 0);
    process_ = -1;
    fail(program.string() + " did not say where it listens");
  }
  port_ = std::atoi(base_url_.c_str() + colon + 1);
}

Practice::~Practice() {
  if (process_ < 0) return;
  kill(process_, SIGTERM);
  waitpid(process_, nullptr, 0);
}

Message Practice::ask(const Message& request) const {
  const Connection connection(port_);
  std::string head = request.method + " " + request.target +
                     " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port_) +
                     "\r\nConnection: close\r\n";
  for (const auto& [name, value] : request.headers) {
    if (name != "Content-Length" && name != "Host") head += name + ": " + value + "\r\n";
  }
  const bool bodied =
      !request.body.empty() || (request.method != "GET" && request.method != "HEAD");
  if (bodied) head += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  connection.send_all(head + "\r\n" + request.body);
  return parse_answer(connection.receive_all(), request.method == "HEAD");
}

}  // namespace comparison
