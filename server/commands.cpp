// SPDX-License-Identifier: BSD-3-Clause
// CLI11 reads the words; the table below says what they mean.
#include "server/commands.h"

#include <unistd.h>

#include <array>
#include <map>
#include <sstream>

#include <CLI/CLI.hpp>

#include "server/client_config.h"
#include "server/config_commands.h"
#include "server/sign_in_options.h"
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
  dhis2-mcp proxy --origin https://app.example.org    DHIS2 for web pages of another site
COMMAND --help says more about each.)";

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

constexpr const char* kProxyExamples = R"TEXT(Example, and how the page asks:
  dhis2-mcp proxy --origin https://app.example.org
  fetch('http://127.0.0.1:3448/demo/api/me', { headers: { Authorization: 'Bearer TOKEN' } })
TOKEN is shown when the origin is named for the first time, and never again.)TEXT";

using Define = void (*)(CLI::App& command, CommandLine& line);
using Run = int (*)(const Console& console, const CommandLine& line);

struct CommandRow {
  const char* group;  // one of kGroups, or empty
  const char* name;
  const char* summary;
  const char* footer;
  Define define;
  Run run;
};

void nothing(CLI::App&, CommandLine&) {}

void define_http(CLI::App& command, CommandLine& line) {
  command.add_option("--port", line.port, "Port; 0 takes any free one")->capture_default_str();
  command.add_option("--bind", line.bind, "Address of this machine")->capture_default_str();
  command.add_flag("--new-token", line.new_token, "Replace the token; clients need the new one");
}

void define_proxy(CLI::App& command, CommandLine& line) {
  command
      .add_option("--origin", line.proxy.origins, "Site of the pages, as https://app.example.org")
      ->required();
  command.add_option("--port", line.proxy.port, "Port; 0 takes any free one")
      ->capture_default_str();
  command.add_option("--new-token", line.proxy.new_tokens,
                     "Replace the token of that site; its pages need the new one");
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
  command.add_option("client", line.mcp_client, "Which client")
      ->required()
      ->check(CLI::IsMember(known_clients()));
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
int run_login(const Console& console, const CommandLine& line) {
  return on_ground(
      line, [&](Ground& g) { return login_profile(console, g, line.profile.name, line.login); });
}
int run_logout(const Console& console, const CommandLine& line) {
  return on_ground(line, [&](Ground& g) { return logout_profile(console, g, line.profile.name); });
}
int run_doctor(const Console& console, const CommandLine& line) {
  return on_ground(line, [&](Ground& g) {
    return doctor(console, g, line.profile.name, line.message, line.json);
  });
}
int run_pat_create(const Console& console, const CommandLine& line) {
  return on_ground(line, [&](Ground& g) { return create_pat(console, g, line.pat, line.json); });
}
int run_pat_list(const Console& console, const CommandLine& line) {
  return on_ground(line, [&](Ground& g) { return list_pats(console, g, line.json); });
}
int run_pat_revoke(const Console& console, const CommandLine& line) {
  return on_ground(line, [&](Ground& g) { return revoke_pat(console, g, line.pat); });
}
int run_client_create(const Console& console, const CommandLine& line) {
  return on_ground(
      line, [&](Ground& g) { return create_oauth2_client(console, g, line.client, line.json); });
}
int run_client_list(const Console& console, const CommandLine& line) {
  return on_ground(line, [&](Ground& g) { return list_oauth2_clients(console, g, line.json); });
}
int run_client_show(const Console& console, const CommandLine& line) {
  return on_ground(
      line, [&](Ground& g) { return show_oauth2_client(console, g, line.client, line.json); });
}
int run_rekey(const Console& console, const CommandLine& line) {
  return on_ground(line, [&](Ground& g) { return rekey_store(console, g); });
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
int run_proxy(const Console& console, const CommandLine& line) {
  return serve_proxy_command(console, line.options, line.proxy);
}
int run_call(const Console& console, const CommandLine& line) {
  return call_tool_command(console, line.options, line.tool, line.arguments, line.json);
}
int run_tools(const Console& console, const CommandLine& line) {
  return list_tools_command(console, line.options, line.tool, line.all_tools, line.json);
}
int run_config(const Console& console, const CommandLine& line) {
  return print_client_config(console, line.options, line.mcp_client);
}

constexpr std::array kCommands = {
    CommandRow{"", "stdio", "Speak MCP on stdin and stdout until the input ends", "", nothing,
               run_stdio},
    CommandRow{"", "http", "Speak MCP at http://127.0.0.1:PORT/mcp", kHttpExamples, define_http,
               run_http},
    CommandRow{"", "proxy", "Let web pages of other sites read DHIS2", kProxyExamples, define_proxy,
               run_proxy},
    CommandRow{"", "call", "Call one tool and print its answer", kCallExamples, define_call,
               run_call},
    CommandRow{"", "tools", "Show the tools, or one of them", "", define_tools, run_tools},
    CommandRow{"", "config", "Show how an MCP client is told to start this program",
               kConfigExamples, define_config, run_config},
    CommandRow{"profile", "add", "Check an instance and an account, and save them", kAddExamples,
               define_profile_add, run_add},
    CommandRow{"profile", "list", "Show all profiles", "", json_flag, run_list},
    CommandRow{"profile", "show", "Show one profile; secrets stay hidden", "",
               profile_name_and_json, run_show},
    CommandRow{"profile", "default", "Use a profile where none is named", "", profile_name,
               run_default},
    CommandRow{"profile", "verify", "Say step by step whether a profile works", "",
               profile_name_and_json, run_verify},
    CommandRow{"profile", "remove", "Forget a profile and its secret", "", profile_name,
               run_remove},
    CommandRow{"profile", "login", "Sign in to an OAuth2 profile with a browser", "",
               define_profile_login, run_login},
    CommandRow{"profile", "logout", "Take an OAuth2 sign-in back and forget it", "", profile_name,
               run_logout},
    CommandRow{"", "doctor", "Say step by step why a profile works or fails, and what to do", "",
               define_doctor, run_doctor},
    CommandRow{"pat", "create", "Make a personal access token, read-only by default", kPatExamples,
               define_pat_create, run_pat_create},
    CommandRow{"pat", "list", "Show the tokens of this user", "", json_flag, run_pat_list},
    CommandRow{"pat", "revoke", "Withdraw a token", "", define_pat_revoke, run_pat_revoke},
    CommandRow{"oauth2-client", "create", "Register an OAuth2 client, as an administrator",
               kClientExamples, define_client_create, run_client_create},
    CommandRow{"oauth2-client", "list", "Show the registered clients", "", json_flag,
               run_client_list},
    CommandRow{"oauth2-client", "show", "Show one client", "", define_client_show, run_client_show},
    CommandRow{"store", "rekey", "Move the key of the store to the best place there is", "",
               nothing, run_rekey},
};

constexpr std::pair<const char*, const char*> kGroups[] = {
    {"profile", "Servers and accounts: add, list, show, login, ..."},
    {"pat", "Personal access tokens: create, list, revoke"},
    {"oauth2-client", "OAuth2 clients of a server: create, list, show"},
    {"store", "Secrets on this computer: rekey"},
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
  std::map<std::string_view, CLI::App*> groups;
  for (const auto& [name, summary] : kGroups) {
    groups[name] = app.add_subcommand(name, summary);
    groups[name]->require_subcommand(1);
    groups[name]->footer(std::string("dhis2-mcp ") + name +
                         " COMMAND --help says more about each.");
  }
  for (const CommandRow& row : kCommands) {
    CLI::App* parent = *row.group == '\0' ? &app : groups.at(row.group);
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
