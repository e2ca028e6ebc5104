// SPDX-License-Identifier: BSD-3-Clause
// tool_call's half that the registry needs: which tool it means, and with what.
#pragma once

#include <string>

#include "tools/arguments.h"
#include "tools/tool.h"

namespace dhis2mcp {

class Registry;

struct Forwarded {
  const Tool* tool;
  std::string arguments;  // JSON text
};

// The call that a forwarding tool's arguments ask for; its own `profile` goes to the tool unless
// that was given one. Throws bad_input for a tool that does not exist or that forwards itself,
// refused for one that changes anything: such a call must show its own name to whoever approves it.
Forwarded forwarded(const Registry& registry, const Arguments& arguments);

}  // namespace dhis2mcp
