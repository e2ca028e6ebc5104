// SPDX-License-Identifier: BSD-3-Clause
// `call` and `tools`: the tools without an MCP client.
#pragma once

#include <string>

#include "server/console.h"
#include "server/options.h"

namespace dhis2mcp {

// Prints the answer's text, or with `json` the CallToolResult on one line. `arguments` is a JSON
// object, "-" to read one from stdin, or empty. A refusal's text goes to stderr.
int call_tool_command(const Console& console, const Options& options, const std::string& tool,
                      const std::string& arguments, bool json);

// The listed tools, all of them, or one with its arguments.
int list_tools_command(const Console& console, const Options& options, const std::string& name,
                       bool all, bool json);

}  // namespace dhis2mcp
