// SPDX-License-Identifier: BSD-3-Clause
// A profile that is not there yet is told, not refused: people write the client's file first, too.
#include "server/config_commands.h"

#include "server/app.h"
#include "server/client_config.h"

namespace dhis2mcp {

int print_client_config(const Console& console, const Options& options, const std::string& client) {
  const ClientConfig config = client_config(client, this_program(options, environment_variable));
  console.answer(config.text);
  console.say(config.place);
  if (options.profile.empty()) return kDone;
  try {
    Ground(options).connections.choose("");
  } catch (const Error& error) {
    console.explain(error);
  }
  return kDone;
}

}  // namespace dhis2mcp
