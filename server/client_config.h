// SPDX-License-Identifier: BSD-3-Clause
// What to paste into an MCP client, so that it starts this program over stdio.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "server/options.h"

namespace dhis2mcp {

// What the client is to start. A client has neither our working folder nor our environment, so
// `program` is absolute and `environment` names what must be carried over.
struct Launch {
  std::string program;
  std::vector<std::string> arguments;  // "stdio" and the options that differ from their defaults
  std::map<std::string, std::string> environment;
};

// This very executable with `stdio` and the given options. A relative --log-file becomes absolute.
// DHIS2_MCP_HOME is carried over where it is set: without it the client's server would look for its
// profiles elsewhere.
Launch this_program(const Options& options, const Environment& environment);

struct ClientConfig {
  std::string text;   // JSON, TOML, YAML or a command line; ends in a line end
  std::string place;  // where it belongs, as sentences for a person
};

// The clients that we know, by the names that the command line takes.
std::vector<std::string> known_clients();

// The shapes are those of the clients' own documentation as of November 2026. Throws bad_input for
// a client that we do not know, and for a path or argument that is not UTF-8, which no client's
// file could hold.
ClientConfig client_config(std::string_view client, const Launch& launch);

}  // namespace dhis2mcp
