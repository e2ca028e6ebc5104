// SPDX-License-Identifier: BSD-3-Clause
// A person at a shell with a home of their own, and everything that the program said and left
// there.
#pragma once

#include <httplib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/practice_oauth2.h"
#include "tests/support/program.h"
#include "tests/support/temp_home.h"

namespace dhis2mcp::test {

class Shell {
 public:
  std::string said;  // by every run so far, both streams

  Ended run(std::vector<std::string> arguments, const std::string& input = {},
            const Program::Variables& variables = {}) {
    arguments.insert(arguments.begin(), {"--log-level", "trace"});
    Ended ended = run_product(arguments, input, variables);
    said += ended.out + ended.err;
    return ended;
  }

  // In a session without a terminal.
  static Ended alone(std::vector<std::string> words) {
    words.insert(words.begin(), {"--wait", product_binary()});
    return Program("/usr/bin/setsid", words).end(std::chrono::milliseconds(20'000));
  }

  // `profile login NAME` with a browser that signs in as that user.
  Ended log_in(const std::string& name, PracticeOAuth2& dhis2, const std::string& user) {
    Program program(product_binary(), {"--log-level", "trace", "profile", "login", name});
    const std::string url = address_in(program);
    visit(dhis2.approve(url, user));
    Ended ended = program.wait(std::chrono::milliseconds(20'000));
    said += ended.out + ended.err + url;
    return ended;
  }

  // The address to open, out of what the program says on stderr.
  std::string address_in(Program& program) {
    while (const auto line = program.error_line()) {
      said += *line + "\n";
      if (line->rfind("http", 0) == 0) return *line;
    }
    return {};
  }

  void visit(const std::string& address) {
    const std::size_t path = address.find('/', 7);
    httplib::Client browser(address.substr(0, path));
    if (const auto page = browser.Get(address.substr(path))) said += page->body;
  }

  // Every file below the home.
  std::string files() const {
    std::ostringstream all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(home_.path())) {
      if (entry.is_regular_file()) {
        all << entry.path().string() << std::ifstream(entry.path(), std::ios::binary).rdbuf();
      }
    }
    return all.str();
  }

  const std::filesystem::path& home() const { return home_.path(); }

 private:
  TempHome home_;
};

}  // namespace dhis2mcp::test
