// SPDX-License-Identifier: BSD-3-Clause
// A count for each server that is being asked right now.
#include "dhis2/gate.h"

#include <condition_variable>
#include <map>
#include <mutex>

#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

struct Counts {
  std::mutex mutex;
  std::condition_variable_any freed;
  std::map<std::string, int> in_flight;
};

Counts& counts() {
  static Counts all;
  return all;
}

}  // namespace

Place::Place(const std::string& host_and_port, Deadline deadline, const std::stop_token& stop)
    : where_(host_and_port) {
  Counts& all = counts();
  std::unique_lock lock(all.mutex);
  const bool free = all.freed.wait_until(lock, stop, deadline,
                                         [&] { return all.in_flight[where_] < kInFlightPerHost; });
  if (stop.stop_requested()) throw Error(ErrorKind::cancelled, "the call was cancelled");
  if (!free) {
    Error error(ErrorKind::unavailable,
                "earlier calls kept " + where_ + " busy until this one ran out of time",
                "Ask fewer things at a time, or wait for the earlier ones.");
    error.retry = true;
    throw error;
  }
  ++all.in_flight[where_];
}

Place::~Place() {
  Counts& all = counts();
  {
    const std::lock_guard lock(all.mutex);
    const auto entry = all.in_flight.find(where_);
    if (--entry->second == 0) all.in_flight.erase(entry);
  }
  all.freed.notify_all();
}

}  // namespace dhis2mcp
