// SPDX-License-Identifier: BSD-3-Clause
// Who hears of changes: the streams of subscriptions/listen (2026-07-28) and the older sessions.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "server/exchange.h"
#include "server/filter.h"
#include "server/session.h"
#include "server/toolbox.h"

namespace dhis2mcp {

inline constexpr std::size_t kMostListeners = 256;

// Passes on what the toolbox announces, to those who asked for it and in the words of their
// revision. Safe to use from several threads.
class Listeners {
 public:
  explicit Listeners(const Toolbox& toolbox);
  ~Listeners();
  Listeners(const Listeners&) = delete;
  Listeners& operator=(const Listeners&) = delete;

  // Acknowledges, and keeps the exchange open until it is cancelled or close() comes. Throws
  // RpcError when there are too many.
  void listen(const std::shared_ptr<Exchange>& exchange, Filter filter);

  // A session that was opened; it is not kept alive.
  void remember(const std::shared_ptr<Session>& session);

  // Ends every subscriptions/listen with its result.
  void close();

 private:
  struct Listener {
    std::shared_ptr<Exchange> exchange;
    Filter filter;
  };
  void tell(const Change& change);
  void forget_the_gone();

  const Toolbox& toolbox_;
  std::mutex mutex_;
  std::vector<Listener> listeners_;
  std::vector<std::weak_ptr<Session>> sessions_;
  std::uint64_t number_;
};

}  // namespace dhis2mcp
