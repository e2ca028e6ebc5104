// SPDX-License-Identifier: BSD-3-Clause
// A short list searched from its front: failures are few, and repeats follow each other closely.
#include "tools/repeat.h"

#include <algorithm>
#include <functional>

namespace dhis2mcp {
namespace {

constexpr std::size_t kRemembered = 256;

std::uint64_t call_key(std::string_view tool, std::string_view arguments) {
  const std::hash<std::string_view> hash;
  return hash(tool) * 1'000'003U ^ hash(arguments);
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
  const std::uint64_t key = call_key(tool, arguments);
  const std::lock_guard lock(mutex_);
  if (seen_.empty()) return;
  seen_.remove_if([&](const Seen& one) { return one.call == key; });
}

}  // namespace dhis2mcp
