// SPDX-License-Identifier: BSD-3-Clause
// A short list searched from its front: failures are few, and repeats follow each other closely.
#include "tools/repeat.h"

#include <algorithm>
#include <functional>
#include <string>

namespace dhis2mcp {
namespace {

constexpr std::size_t kRemembered = 256;

// Spaces between the members say nothing.
std::string without_layout(std::string_view json) {
  std::string out;
  bool in_string = false, escaped = false;
  for (const char c : json) {
    const bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!space || in_string) out += c;
    if (c == '"' && !escaped) in_string = !in_string;
    escaped = in_string && c == '\\' && !escaped;
  }
  return out == "{}" ? std::string() : out;
}

std::uint64_t call_key(std::string_view tool, std::string_view arguments) {
  const std::hash<std::string_view> hash;
  return hash(tool) * 1'000'003U ^ hash(without_layout(arguments));
}

}  // namespace

int Repeats::failed(std::string_view tool, std::string_view arguments) {
  const std::uint64_t key = call_key(tool, arguments);
  const std::lock_guard lock(mutex_);
  const auto found =
      std::find_if(seen_.begin(), seen_.end(), [&](const Seen& one) { return one.call == key; });
  if (found == seen_.end()) {
    seen_.push_front({key, 1});
    if (seen_.size() > kRemembered) seen_.pop_back();
    return 0;
  }
  seen_.splice(seen_.begin(), seen_, found);
  return seen_.front().times++;
}

void Repeats::succeeded(std::string_view tool, std::string_view arguments) {
  {
    const std::lock_guard lock(mutex_);
    if (seen_.empty()) return;
  }
  const std::uint64_t key = call_key(tool, arguments);
  const std::lock_guard lock(mutex_);
  seen_.remove_if([&](const Seen& one) { return one.call == key; });
}

}  // namespace dhis2mcp
