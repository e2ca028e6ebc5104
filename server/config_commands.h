// SPDX-License-Identifier: BSD-3-Clause
// `config CLIENT`: how an MCP client is told to start this program.
#pragma once

#include <string>

#include "server/console.h"
#include "server/options.h"

namespace dhis2mcp {

// The snippet on stdout, so that it can be redirected into a file; where it belongs on stderr.
// Writes no file: those of the clients belong to their users. Throws bad_input for an unknown one.
int print_client_config(const Console& console, const Options& options, const std::string& client);

}  // namespace dhis2mcp
