// SPDX-License-Identifier: BSD-3-Clause
// CLI11 reads the words; the table below says what they mean.
#include "server/commands.h"

#include <unistd.h>

#include <array>
#include <sstream>

#include <CLI/CLI.hpp>

#include "server/client_config.h"
#include "server/config_commands.h"
#include "server/serve_commands.h"
#include "server/tool_commands.h"

namespace dhis2mcp {
namespace {

constexpr const char* kExamples = R"(Examples:
  dhis2-mcp profile add demo --url https://play.im.dhis2.org/stable-2-42-3 --basic admin
  dhis2-mcp call system_info
  dhis2-mcp call metadata_find '{"query":"ANC 1st visit"}'
  dhis2-mcp tools analytics_query
  dhis2-mcp stdio          what an MCP client starts
  dhis2-mcp http           MCP at http://127.0.0.1:3447/mcp, for curl and web clients
COMMAND --help says more about each.)";

constexpr const char* kAddExamples =
    R"(The password or token is asked for, unless --secret-file, --secret-env or --secret-stdin
says where it is; it never stands on the command line. Examples:
  dhis2-mcp profile add demo --url https://play.im.dhis2.org/stable-2-42-3 --basic admin
  dhis2-mcp profile add hmis --url https://hmis.example.org/dhis --pat --secret-file token.txt)";

constexpr const char* kCallExamples = R"(Examples:
  dhis2-mcp call profile_list
  dhis2-mcp call org_unit_find '{"query":"Bo"}' --profile demo
  echo '{"path":"me","fields":"username"}' | dhis2-mcp call dhis2_query - --json)";

constexpr const char* kConfigExamples = R"(Global options go into what it prints. Examples:
  dhis2-mcp config claude-code
  dhis2-mcp config vscode --profile demo --read-only > .vscode/mcp.json)";

constexpr const char* kHttpExamples = R"TEXT(Example:
  dhis2-mcp http &
  TOKEN=$(cat ~/.config/dhis2-mcp/http-token)
  curl -s http://127.0.0.1:3447/mcp -H "Authorization: Bearer $TOKEN" \
    -H 'Content-Type: application/json' -d '{"jsonrpc":"2.0","id":1,"method":"tools/list"}')TEXT";

using Define = void (*)(CLI::App& command, CommandLine& line);
using Run = int (*)(const Console& console, const CommandLine& line);

struct CommandRow {
  const char* group;  // "profile", or empty
  const char* name;
  const char* summary;
  const char* footer;
  Define define;
  Run run;
};

void nothing(CLI::App&, CommandLine&) {}

void json_flag(CLI::App& command, CommandLine& line) {
  command.add_flag("--json", line.json, "Print JSON on one line");
}

void define_http(CLI::App& command, CommandLine& line) {
  command.add_option("--port", line.port, "Port; 0 takes any free one")->capture_default_str();
  command.add_option("--bind", line.bind, "Address of this machine")->capture_default_str();
  command.add_flag("--new-token", line.new_token, "Replace the token; clients need the new one");
}

void define_call(CLI::App& command, CommandLine& line) {
  command.add_option("tool", line.tool, "Name of the tool")->required();
  command.add_option("arguments", line.arguments, "JSON object, or - to read it from stdin");
  json_flag(command, line);
}

void define_tools(CLI::App& command, CommandLine& line) {
  command.add_option("name", line.tool, "Show one tool with its arguments");
  command.add_flag("--all", line.all_tools, "Also those that are not listed by default");
  json_flag(command, line);
}

void define_config(CLI::App& command, CommandLine& line) {
  command.add_option("client", line.client, "Which client")
      ->required()
      ->check(CLI::IsMember(known_clients()));
}

void profile_name(CLI::App& command, CommandLine& line) {
  command.add_option("name", line.profile.name, "Name of the profile")->required();
}

void profile_name_and_json(CLI::App& command, CommandLine& line) {
  profile_name(command, line);
  json_flag(command, line);
}

void define_add(CLI::App& command, CommandLine& line) {
  ProfileRequest& request = line.profile;
  profile_name(command, line);
  command.add_option("--url", request.url, "Address of the instance")->required();
  CLI::Option_group& method = *command.add_option_group("METHOD");
  method.add_option("--basic", request.basic_user, "User name; signs in with a password");
  method.add_flag("--pat", request.pat, "Sign in with a personal access token");
  method.require_option(1);
  CLI::Option_group& secret = *command.add_option_group("SECRET");
  secret.add_option("--secret-file", request.secret.file, "Read the secret from a file");
  secret.add_option("--secret-env", request.secret.variable, "Read it from a variable");
  secret.add_flag("--secret-stdin", request.secret.from_stdin, "Read it from stdin");
  secret.require_option(0, 1);
  command.add_option("--referer", request.referer, "Referer header that a token is limited to");
  command.add_option("--ca-file", request.ca_file, "PEM certificates to trust as well");
  command.add_flag("--insecure-http", request.insecure_http, "Let a token travel over plain http");
  command.add_option("--write", request.write, "Whether tools may write")
      ->check(CLI::IsMember({"off", "confirm"}))
      ->capture_default_str();
  command.add_flag("--protected", request.is_protected, "Ask more before anything changes");
  command.add_option("--pii", request.pii, "Attributes of persons")
      ->check(CLI::IsMember({"mask", "allow"}))
      ->capture_default_str();
  command.add_flag("--default", request.make_default, "Use it where no profile is named");
  command.add_flag("--no-verify", request.no_verify, "Save without asking the server");
}

template <typename Command>
int on_ground(const CommandLine& line, Command command) {
  Ground ground(line.options);
  return command(ground);
}

int run_add(const Console& console, const CommandLine& line) {
  return on_ground(line, [&](Ground& g) { return add_profile(console, g, line.profile); });
}
int run_list(const Console& console, const CommandLine& line) {
  return on_ground(line, [&](Ground& g) { return list_profiles(console, g, line.json); });
}
int run_show(const Console& console, const CommandLine& line) {
  return on_ground(
      line, [&](Ground& g) { return show_profile(console, g, line.profile.name, line.json); });
}
int run_default(const Console& console, const CommandLine& line) {
  return on_ground(line,
                   [&](Ground& g) { return make_default_profile(console, g, line.profile.name); });
}
int run_verify(const Console& console, const CommandLine& line) {
  return on_ground(
      line, [&](Ground& g) { return verify_profile(console, g, line.profile.name, line.json); });
}
int run_remove(const Console& console, const CommandLine& line) {
  return on_ground(line, [&](Ground& g) { return remove_profile(console, g, line.profile.name); });
}

int run_stdio(const Console& console, const CommandLine& line) {
  return serve_stdio_command(console, line.options);
}
int run_http(const Console& console, const CommandLine& line) {
  return serve_http_command(console, line.options, {line.bind, line.port, line.new_token});
}
int run_call(const Console& console, const CommandLine& line) {
  return call_tool_command(console, line.options, line.tool, line.arguments, line.json);
}
int run_tools(const Console& console, const CommandLine& line) {
  return list_tools_command(console, line.options, line.tool, line.all_tools, line.json);
}
int run_config(const Console& console, const CommandLine& line) {
  return print_client_config(console, line.options, line.client);
}

constexpr std::array kCommands = {
    CommandRow{"", "stdio", "Speak MCP on stdin and stdout until the input ends", "", nothing,
               run_stdio},
    CommandRow{"", "http", "Speak MCP at http://127.0.0.1:PORT/mcp", kHttpExamples, define_http,
               run_http},
    CommandRow{"", "call", "Call one tool and print its answer", kCallExamples, define_call,
               run_call},
    CommandRow{"", "tools", "Show the tools, or one of them", "", define_tools, run_tools},
    CommandRow{"", "config", "Show how an MCP client is told to start this program",
               kConfigExamples, define_config, run_config},
    CommandRow{"profile", "add", "Check an instance and an account, and save them", kAddExamples,
               define_add, run_add},
    CommandRow{"profile", "list", "Show all profiles", "", json_flag, run_list},
    CommandRow{"profile", "show", "Show one profile; secrets stay hidden", "",
               profile_name_and_json, run_show},
    CommandRow{"profile", "default", "Use a profile where none is named", "", profile_name,
               run_default},
    CommandRow{"profile", "verify", "Say step by step whether a profile works", "",
               profile_name_and_json, run_verify},
    CommandRow{"profile", "remove", "Forget a profile and its secret", "", profile_name,
               run_remove},
};

void define_globals(CLI::App& app, Options& options) {
  app.add_option("--profile", options.profile, "Which DHIS2 instance and account to use");
  app.add_option("--toolsets", options.toolsets,
                 "core, metadata, analytics, data, tracker, admin, or default, compact, all")
      ->capture_default_str();
  app.add_option("--tools", options.tools, "Tools to list as well, a comma list");
  app.add_flag("--read-only", options.read_only, "No tool may write, whatever else is set");
  app.add_option("--log-level", options.log_level, "trace, debug, info, warn, error, off");
  app.add_option("--log-format", options.log_format, "text or json")->capture_default_str();
  app.add_option("--log-file", options.log_file, "A file instead of stderr");
}

// The table as CLI11 knows it; `chosen` becomes the row that the words named.
void define(CLI::App& app, CommandLine& line, const CommandRow*& chosen) {
  app.name("dhis2-mcp");
  app.description("Gives AI assistants, editors and scripts safe access to DHIS2 instances.");
  app.footer(kExamples);
  app.set_version_flag("--version", "dhis2-mcp " DHIS2_MCP_VERSION);
  app.require_subcommand(0, 1);
  app.fallthrough();
  define_globals(app, line.options);
  CLI::App* profile = nullptr;
  for (const CommandRow& row : kCommands) {
    CLI::App* parent = &app;
    if (*row.group != '\0') {
      if (profile == nullptr) {
        profile = app.add_subcommand(row.group, "Servers and accounts: add, list, show, ...");
        profile->require_subcommand(1);
      }
      parent = profile;
    }
    CLI::App* command = parent->add_subcommand(row.name, row.summary);
    command->footer(row.footer);
    row.define(*command, line);
    command->callback([&chosen, &row] { chosen = &row; });
  }
}

int run_row(const CommandRow& row, const Console& console, const CommandLine& line) {
  check(line.options);
  return row.run(console, line);
}

int read_and_run(int argc, char** argv, const Console& console) {
  CommandLine line;
  line.options = options_from(environment_variable);
  // The way MCP clients start us: no command line to read.
  const bool bare = argc == 1 && isatty(STDIN_FILENO) == 0;
  if (bare || (argc == 2 && std::string_view(argv[1]) == kCommands.front().name)) {
    return run_row(kCommands.front(), console, line);
  }
  CLI::App app;
  const CommandRow* chosen = nullptr;
  define(app, line, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& stop) {
    std::ostringstream out, err;
    const int status = app.exit(stop, out, err);
    if (status == 0) {
      console.answer(out.str());
      return kDone;
    }
    console.say(std::string("dhis2-mcp: ") + stop.what() + "\nSee: dhis2-mcp --help");
    return kUsage;
  }
  if (chosen == nullptr && argc > 1 && isatty(STDIN_FILENO) == 0) chosen = &kCommands.front();
  if (chosen == nullptr) {
    console.say(app.help());
    return kUsage;
  }
  return run_row(*chosen, console, line);
}

}  // namespace

int run_command(int argc, char** argv, const Console& console) {
  int status = kBug;
  try {
    status = read_and_run(argc, argv, console);
  } catch (const Error& error) {
    console.explain(error);
    status = exit_code(error);
  } catch (const std::exception& bug) {
    console.say(std::string("dhis2-mcp: a mistake of ours: ") + bug.what());
  }
  stop_log();
  return status;
}

}  // namespace dhis2mcp
