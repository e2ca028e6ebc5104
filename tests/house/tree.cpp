// SPDX-License-Identifier: BSD-3-Clause
// The files of this repository as the house rules see them.
#include "tests/house/tree.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <regex>

namespace house {
namespace {

namespace fs = std::filesystem;

bool is_left_out(const fs::path& folder) {
  const std::string name = folder.filename().string();
  return name == "build" || name == ".git" || name == "node_modules";
}

bool is_text_of_ours(const fs::path& file) {
  constexpr std::array endings = {".h", ".cpp", ".cmake", ".txt", ".mjs", ".sh", ".md", ".json"};
  const std::string name = file.filename().string();
  const bool known = std::any_of(endings.begin(), endings.end(),
                                 [&](const char* end) { return file.extension() == end; });
  if (known) return true;
  // Commands have no ending; their first line tells.
  std::string first;
  std::ifstream input(file);
  return file.extension().empty() && std::getline(input, first) && first.rfind("#!", 0) == 0;
}

File read(const fs::path& file, const std::string& path) {
  File read_file{path, {}};
  std::ifstream input(file, std::ios::binary);
  for (std::string line; std::getline(input, line);) read_file.lines.push_back(line);
  return read_file;
}

std::vector<File> read_tree() {
  const fs::path top = HOUSE_FOLDER;
  std::vector<File> files;
  for (auto entry = fs::recursive_directory_iterator(top);
       entry != fs::recursive_directory_iterator(); ++entry) {
    if (entry->is_directory() && is_left_out(entry->path())) {
      entry.disable_recursion_pending();
    } else if (entry->is_regular_file() && is_text_of_ours(entry->path())) {
      files.push_back(read(entry->path(), entry->path().lexically_relative(top).string()));
    }
  }
  std::sort(files.begin(), files.end(),
            [](const File& one, const File& other) { return one.path < other.path; });
  return files;
}

}  // namespace

bool File::below(std::string_view folder) const {
  return path.compare(0, folder.size(), folder) == 0;
}

bool File::ends_with(std::string_view end) const {
  return path.size() >= end.size() && path.compare(path.size() - end.size(), end.size(), end) == 0;
}

bool File::is_cpp() const { return ends_with(".h") || ends_with(".cpp"); }

bool File::is_source() const {
  const bool command = !lines.empty() && lines.front().rfind("#!", 0) == 0;
  return is_cpp() || command || ends_with(".cmake") || ends_with("CMakeLists.txt") ||
         ends_with(".mjs") || ends_with(".sh");
}

const std::vector<File>& tree() {
  static const std::vector<File> files = read_tree();
  return files;
}

std::vector<Include> includes_of(const File& file) {
  static const std::regex pattern(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
  std::vector<Include> includes;
  for (const std::string& line : file.lines) {
    std::smatch match;
    if (line.find("include") != std::string::npos && std::regex_search(line, match, pattern)) {
      includes.push_back({match[2].str(), match[1].str() == "\""});
    }
  }
  return includes;
}

std::string code_of(const std::string& line) {
  std::string code;
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote != 0) {
      if (c == '\\') ++i;
      if (c == quote) {
        quote = 0;
        code += c;
      }
    } else if (c == '/' && i + 1 < line.size() && line[i + 1] == '/') {
      break;
    } else {
      // A quote mark between digits separates thousands.
      const bool separator =
          c == '\'' && i > 0 && std::isalnum(static_cast<unsigned char>(line[i - 1]));
      if ((c == '"' || c == '\'') && !separator) quote = c;
      code += c;
    }
  }
  return code;
}

}  // namespace house
