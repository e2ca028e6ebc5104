// SPDX-License-Identifier: BSD-3-Clause
// The files of this repository as the house rules see them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace house {

struct File {
  std::string path;  // from the top folder: "dhis2/url.h"
  std::vector<std::string> lines;

  bool below(std::string_view folder) const;  // "tests/replay/"; a folder ends with a slash
  bool ends_with(std::string_view end) const;
  bool is_cpp() const;     // .h or .cpp
  bool is_source() const;  // anything that people write and a machine runs or builds from
};

struct Include {
  std::string name;  // "dhis2/url.h", "httplib.h"
  bool quoted = false;
};

// Every text file of ours but data, read once: build output, fetched packages and .git are left
// out.
const std::vector<File>& tree();

std::vector<Include> includes_of(const File& file);

// A line of C++ without its comment and with its string literals emptied, so that a rule about code
// is not met by prose. Raw strings that span lines are not understood.
std::string code_of(const std::string& line);

}  // namespace house
