// SPDX-License-Identifier: BSD-3-Clause
// A request target in the one form under which recordings are looked up.
#include "tests/replay/target.h"

#include <algorithm>
#include <cctype>

namespace replay {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The byte of an escape at `at`, or -1 when there is none.
int escaped_byte(std::string_view text, std::size_t at) {
  if (text[at] != '%' || at + 2 >= text.size()) return -1;
  const int high = hex_digit(text[at + 1]);
  const int low = hex_digit(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

std::string decode_path(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int byte = escaped_byte(text, i);
    if (byte < 0) {
      decoded += text[i];
      continue;
    }
    const bool keeps_meaning = byte != '/' && byte != '%' && byte != 0 && byte != ';';
    if (keeps_meaning) {
      decoded += static_cast<char>(byte);
    } else {
      decoded += '%';
      decoded += static_cast<char>(std::toupper(static_cast<unsigned char>(text[i + 1])));
      decoded += static_cast<char>(std::toupper(static_cast<unsigned char>(text[i + 2])));
    }
    i += 2;
  }
  return decoded;
}

std::string decode_query(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int byte = escaped_byte(text, i);
    if (byte >= 0) {
      decoded += static_cast<char>(byte);
      i += 2;
    } else {
      decoded += text[i] == '+' ? ' ' : text[i];
    }
  }
  return decoded;
}

std::vector<std::pair<std::string, std::string>> read_query(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> query;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (part.empty()) continue;
    const std::size_t equals = std::min(part.find('='), part.size());
    const std::string_view value = part.substr(std::min(equals + 1, part.size()));
    query.emplace_back(decode_query(part.substr(0, equals)), decode_query(value));
  }
  std::sort(query.begin(), query.end());
  return query;
}

// Takes the version number out of /api/NN or /api/NN/... and returns it.
int take_version(std::string* path) {
  const std::string& p = *path;
  const bool two_digits = p.size() >= 7 && p.compare(0, 5, "/api/") == 0 &&
                          std::isdigit(static_cast<unsigned char>(p[5])) != 0 &&
                          std::isdigit(static_cast<unsigned char>(p[6])) != 0 &&
                          (p.size() == 7 || p[7] == '/');
  if (!two_digits) return 0;
  const int version = (p[5] - '0') * 10 + (p[6] - '0');
  if (version < 25 || version > 59) return 0;
  path->erase(4, 3);
  return version;
}

}  // namespace

Target read_target(std::string_view text) {
  text = text.substr(0, text.find('#'));
  const std::size_t question = std::min(text.find('?'), text.size());
  Target target;
  target.path = decode_path(text.substr(0, question));
  target.api_version = take_version(&target.path);
  target.query = read_query(text.substr(std::min(question + 1, text.size())));
  return target;
}

std::string key_of(const Target& target) {
  // NUL cannot stand in a decoded path, and in a query it only separates what it separates.
  std::string key = target.path;
  for (const auto& [name, value] : target.query) {
    key += '\0';
    key += name;
    key += '\0';
    key += value;
  }
  return key;
}

int likeness(const Target& one, const Target& other) {
  const std::size_t shorter = std::min(one.path.size(), other.path.size());
  std::size_t common = 0;
  while (common < shorter && one.path[common] == other.path[common]) ++common;
  int score = static_cast<int>(2 * common) - static_cast<int>(one.path.size()) -
              static_cast<int>(other.path.size());
  if (one.path == other.path) score += 1000;
  for (const auto& pair : one.query) {
    if (std::binary_search(other.query.begin(), other.query.end(), pair)) score += 10;
  }
  return score - static_cast<int>(other.query.size());
}

}  // namespace replay
