// SPDX-License-Identifier: BSD-3-Clause
// What a call tells its client while it runs: progress, and lines of a log.
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "server/exchange.h"
#include "server/toolbox.h"
#include "tools/call.h"

namespace dhis2mcp {

// Lets progress through that increases, at most four times a second but for the first few.
class ProgressGate {
 public:
  using Time = std::chrono::steady_clock::time_point;
  bool pass(double done, Time now);

 private:
  std::optional<double> last_;
  Time filled_{};
  int tokens_ = 0;
};

// Fills in `progress`, `log`, `elicitation_done` and `let_client_poll`, each only where the client
// asked for it or can take it.
void add_reports(CallContext& context, const std::shared_ptr<Exchange>& exchange,
                 const Toolbox& toolbox);

}  // namespace dhis2mcp
