// SPDX-License-Identifier: BSD-3-Clause
// The program: keeps stdout for messages before anything else can write to it, then runs a command.
#include "server/commands.h"
#include "server/process.h"

int main(int argc, char** argv) {
  const int messages = dhis2mcp::reserve_message_stream();
  dhis2mcp::harden_process();
  return dhis2mcp::run_command(argc, argv, dhis2mcp::Console(messages));
}
