// SPDX-License-Identifier: BSD-3-Clause
// What can be written behind the commands that sign in: profile, doctor, pat, oauth2-client.
#pragma once

#include "server/commands.h"

namespace CLI {
class App;
}

namespace dhis2mcp {

// Each binds the words of one command to its members of the line, which must live as long.
void define_profile_add(CLI::App& command, CommandLine& line);
void define_profile_login(CLI::App& command, CommandLine& line);
void define_doctor(CLI::App& command, CommandLine& line);
void define_pat_create(CLI::App& command, CommandLine& line);
void define_pat_revoke(CLI::App& command, CommandLine& line);
void define_client_create(CLI::App& command, CommandLine& line);
void define_client_show(CLI::App& command, CommandLine& line);

void json_flag(CLI::App& command, CommandLine& line);
void profile_name(CLI::App& command, CommandLine& line);
void profile_name_and_json(CLI::App& command, CommandLine& line);

inline constexpr char kAddExamples[] =
    R"(The password, token or client secret is asked for, unless --secret-file, --secret-env,
--secret-stdin or their --client-secret twins say where it is; it never stands on the command
line. To add a name again at the same URL keeps what is not named. Examples:
  dhis2-mcp profile add demo --url https://play.im.dhis2.org/stable-2-42-3 --basic admin
  dhis2-mcp profile add hmis --url https://hmis.example.org/dhis --pat --secret-file token.txt
  dhis2-mcp profile add me --url https://hmis.example.org/dhis --oauth2 --client-id agent
  dhis2-mcp profile login me)";

inline constexpr char kPatExamples[] = R"(Examples:
  dhis2-mcp pat create --profile demo --as demo-token
  dhis2-mcp pat create --profile demo --out token.txt --days 90 --ip 192.0.2.7
  dhis2-mcp pat create --profile demo --out app.txt --context browser \
    --referrer https://app.example.org)";

inline constexpr char kClientExamples[] = R"(Needs an administrator's profile. Examples:
  dhis2-mcp oauth2-client create --profile admin --client-id agent --as me
  dhis2-mcp profile login me)";

}  // namespace dhis2mcp
