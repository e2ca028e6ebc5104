// SPDX-License-Identifier: BSD-3-Clause
// dhis2-replay: serves recorded answers of real DHIS2 servers. The first line on stdout is the base
// URL; it serves until SIGINT or SIGTERM.
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "tests/replay/server.h"

namespace {

constexpr const char* kUsage =
    "usage: dhis2-replay FILE... [--port 0] [--context /dhis]\n"
    "FILE: recorded exchanges, one JSON object a line, plain or gzip\n";

struct Options {
  std::vector<std::string> files;
  int port = 0;
  std::string context;
};

// False when the arguments make no sense.
bool read_options(const std::vector<std::string>& arguments, Options* options) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument.rfind("--", 0) != 0) {
      options->files.push_back(argument);
      continue;
    }
    if (i + 1 == arguments.size()) return false;
    const std::string& value = arguments[++i];
    if (argument == "--port") {
      char* end = nullptr;
      const long port = std::strtol(value.c_str(), &end, 10);
      if (value.empty() || *end != '\0' || port < 0 || port > 65535) return false;
      options->port = static_cast<int>(port);
    } else if (argument == "--context") {
      if (value.empty() || value.front() != '/' || value.back() == '/') return false;
      options->context = value;
    } else {
      return false;
    }
  }
  return !options->files.empty();
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!read_options({argv + 1, argv + argc}, &options)) {
    std::cerr << kUsage;
    return 2;
  }
  // Blocked here, so that the server's threads inherit it and sigwait below gets the signal.
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGINT);
  sigaddset(&stop, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  try {
    std::vector<replay::Recording> recordings;
    for (const std::string& file : options.files) {
      for (replay::Recording& recording : replay::read_recordings(file)) {
        recordings.push_back(std::move(recording));
      }
    }
    replay::Tape tape(std::move(recordings));
    const replay::Server server(tape, options.port, options.context);
    std::cout << server.base_url() << std::endl;
    std::cerr << tape.size() << " recordings\n";
    int signal = 0;
    sigwait(&stop, &signal);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "dhis2-replay: " << error.what() << "\n";
    return 1;
  }
}
