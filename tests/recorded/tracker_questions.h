// SPDX-License-Identifier: BSD-3-Clause
// Recorded requests to the tracker and to event analytics, as calls of the tools.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/recorded/recordings.h"

namespace recorded {

// A recorded request as the tool that asks the same; `why` says why none can.
struct ToolQuestion {
  std::string tool, why;
  Json arguments = Json::object();

  bool askable() const { return why.empty(); }
};

// Name and value of each part of a query, decoded.
using Parts = std::vector<std::pair<std::string, std::string>>;
Parts parts_of(const std::string& query);

// `version` is the major of the server that answered: 40 to 43.
ToolQuestion question_of(const Exchange& exchange, int version);

// What two queries have to share: without what only says how an answer looks, and with the
// defaults that one of them may leave out.
std::vector<std::string> essence(const std::string& path, const Parts& parts);

}  // namespace recorded
