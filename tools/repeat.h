// SPDX-License-Identifier: BSD-3-Clause
// Remembers which calls failed lately, so that an agent that repeats one is told so.
#pragma once

#include <cstdint>
#include <list>
#include <mutex>
#include <string_view>

namespace dhis2mcp {

// A call is its tool and its arguments' text, however it is laid out. Keeps the last 256 failed
// calls as hashes; nothing of an argument is kept. Safe to use from several threads.
class Repeats {
 public:
  // Notes a failure; returns how often this same call had failed before.
  int failed(std::string_view tool, std::string_view arguments);

  // Forgets the call: the server may have been mended.
  void succeeded(std::string_view tool, std::string_view arguments);

 private:
  struct Seen {
    std::uint64_t call;
    int times;
  };
  std::mutex mutex_;
  std::list<Seen> seen_;  // latest first
};

}  // namespace dhis2mcp
