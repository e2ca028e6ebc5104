// SPDX-License-Identifier: BSD-3-Clause
// Asks a server several things at once, within the bound of requests in flight.
#pragma once

#include <algorithm>
#include <atomic>
#include <future>
#include <vector>

namespace dhis2mcp {

// Requests of one call that may be in flight at once; the client bounds those of a host likewise.
inline constexpr std::size_t kInFlight = 4;

// `ask` of each item, in the order of the items. It runs on up to four threads, so it must only
// touch what is safe there. Rethrows the first failure after all have ended.
template <typename Item, typename Ask>
auto ask_each(const std::vector<Item>& items, const Ask& ask) {
  using Result = decltype(ask(items.front()));
  std::vector<Result> results(items.size());
  if (items.size() == 1) {
    results[0] = ask(items[0]);
    return results;
  }
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < items.size(); i = next++) results[i] = ask(items[i]);
  };
  std::vector<std::future<void>> workers;
  for (std::size_t i = 0; i < std::min(kInFlight, items.size()); ++i) {
    workers.push_back(std::async(std::launch::async, work));
  }
  for (std::future<void>& worker : workers) worker.wait();
  for (std::future<void>& worker : workers) worker.get();
  return results;
}

}  // namespace dhis2mcp
