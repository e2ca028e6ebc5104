// SPDX-License-Identifier: BSD-3-Clause
// The built program over a replayed upstream: what a recorded server said is what DHIS2 says.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/recorded/recordings.h"

namespace recorded {

// Starts `dhis2-replay` over these exchanges and `dhis2-mcp http` with a profile on it (pii:
// allow), in a temporary DHIS2_MCP_HOME. Both end with the object. Not thread-safe.
class Product {
 public:
  explicit Product(const std::vector<const Exchange*>& exchanges);

  // Over an upstream that runs already; `pii` is allow or mask.
  explicit Product(const std::string& upstream, const std::string& pii = "allow");
  ~Product();

  // Another profile over an upstream of its own, beside "r".
  void add_profile(const std::string& name, const std::string& upstream);

  // One tools/call in the one-shot form. Returns the CallToolResult; throws when none came.
  Json call(const std::string& tool, const Json& arguments);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The exchanges split so that no request stands twice in one part: a replay then has one answer to
// each.
std::vector<std::vector<const Exchange*>> rounds(const std::vector<const Exchange*>& exchanges);

}  // namespace recorded
