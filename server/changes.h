// SPDX-License-Identifier: BSD-3-Clause
// News for those who listen: a list that changed, a resource that has new contents.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>

namespace dhis2mcp {

struct Change {
  enum class Kind { tools, prompts, resources, resource };

  Kind kind = Kind::tools;
  std::string uri;  // of the resource
};

// Announce only what really changed. Safe to use from several threads; listeners are called on the
// thread that announces, one at a time, and not any more once remove() returned.
class Changes {
 public:
  using Listener = std::function<void(const Change&)>;

  void announce(const Change& change);
  std::uint64_t add(Listener listener);
  void remove(std::uint64_t number);

 private:
  std::mutex mutex_;
  std::map<std::uint64_t, Listener> listeners_;
  std::uint64_t next_ = 1;
};

}  // namespace dhis2mcp
