// SPDX-License-Identifier: BSD-3-Clause
// The command line: one table of sub-commands, one place where a failure becomes an exit code.
#pragma once

#include <cstdint>
#include <string>

#include "server/console.h"
#include "server/login_commands.h"
#include "server/options.h"
#include "server/profile_commands.h"
#include "server/serve_commands.h"
#include "server/token_commands.h"

namespace dhis2mcp {

// Everything that the command line can say, whichever command it was.
struct CommandLine {
  Options options;
  bool json = false;

  std::uint16_t port = 3447;  // http
  std::string bind = "127.0.0.1";
  bool new_token = false;

  ProxyRequest proxy;  // proxy

  std::string tool, arguments;  // call; tools
  bool all_tools = false;

  std::string mcp_client;  // config

  ProfileRequest profile;  // profile ..., doctor
  LoginRequest login;      // profile login
  std::string message;     // doctor
  PatRequest pat;          // pat ...
  ClientRequest client;    // oauth2-client ...
};

// Reads the command line and runs the command. Never throws; the result is main's.
int run_command(int argc, char** argv, const Console& console);

}  // namespace dhis2mcp
