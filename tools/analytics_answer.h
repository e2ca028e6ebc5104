// SPDX-License-Identifier: BSD-3-Clause
// The answer of analytics_query, for tools that show the same figures in another form.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tools/call.h"

namespace dhis2mcp {

// What DHIS2 named in its answer, in its order: the id, and the name as it stands in the rows.
struct AnalyticsSeen {
  std::vector<std::pair<std::string, std::string>> data, units;
  bool judge_sums = false;  // to be set before: DHIS2 is asked for what `no_sum` needs
  std::string no_sum;       // why figures of these data do not add up; empty where they do
};

// Asks with the arguments of the call that analytics_query has. `seen` may be null.
Answer analytics_answer(Call& call, AnalyticsSeen* seen = nullptr);

}  // namespace dhis2mcp
