// SPDX-License-Identifier: BSD-3-Clause
// One row for each client: how its file is written and where it lies.
#include "server/client_config.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "dhis2/ascii.h"
#include "dhis2/error.h"
#include "dhis2/json.h"
#include "dhis2/text_list.h"

namespace dhis2mcp {
namespace {

namespace fs = std::filesystem;

// The name under which clients list us, and with which they begin the names of our tools.
constexpr const char* kServer = "dhis2";

std::string dump(const Json& value, int indent = -1) {
  try {
    return value.dump(indent);
  } catch (const Json::exception&) {
    throw Error(ErrorKind::bad_input, "A path or an option is not UTF-8; no client can read it.",
                "Move the program or the file to a path in UTF-8.");
  }
}

// {"command":...,"args":[...],"env":{...}}, which nearly every client reads; `env` only where there
// is something to carry over.
Json entry(const Launch& launch) {
  Json json = {{"command", launch.program}, {"args", launch.arguments}};
  if (!launch.environment.empty()) json["env"] = launch.environment;
  return json;
}

Json with_first(const char* name, const char* value, const Json& rest) {
  Json json = {{name, value}};
  json.update(rest);
  return json;
}

std::string below(const char* member, const Json& server) {
  const Json file = {{member, {{kServer, server}}}};
  return dump(file, 2) + "\n";
}

std::string plain(const Launch& launch) { return below("mcpServers", entry(launch)); }

std::string typed(const Launch& launch) {
  return below("mcpServers", with_first("type", "stdio", entry(launch)));
}

std::string vscode(const Launch& launch) {
  return below("servers", with_first("type", "stdio", entry(launch)));
}

// Releases of 2025 refuse an entry without `source`; later ones ignore it.
std::string zed(const Launch& launch) {
  return below("context_servers", with_first("source", "custom", entry(launch)));
}

// In single quotes unless no shell could see anything in it.
std::string shell_word(const std::string& word) {
  const bool bare = !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return is_letter_or_digit(c) || std::string_view("_-./=:,@+").find(c) != std::string_view::npos;
  });
  if (bare) return word;
  std::string quoted = "'";
  for (const char c : word) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

// --env takes every word that follows, so another option stands between it and the name.
std::string claude_code(const Launch& launch) {
  dump(entry(launch));  // refuses what is not UTF-8
  std::string command = "claude mcp add";
  for (const auto& [name, value] : launch.environment) {
    command += " --env " + shell_word(name + "=" + value);
  }
  command += std::string(" --transport stdio --scope user ") + kServer + " -- ";
  command += shell_word(launch.program);
  for (const std::string& argument : launch.arguments) command += " " + shell_word(argument);
  return command + "\n";
}

// A JSON string is a TOML basic string but for DEL, which TOML wants escaped.
std::string toml(const Json& value) {
  std::string text;
  for (const char c : dump(value)) {
    if (c == '\x7f') {
      text += "\\u007f";
    } else {
      text += c;
    }
  }
  return text;
}

std::string codex(const Launch& launch) {
  std::string text = std::string("[mcp_servers.") + kServer + "]\n";
  text += "command = " + toml(launch.program) + "\n";
  text += "args = " + toml(launch.arguments) + "\n";
  if (launch.environment.empty()) return text;
  text += std::string("\n[mcp_servers.") + kServer + ".env]\n";
  for (const auto& [name, value] : launch.environment) text += name + " = " + toml(value) + "\n";
  return text;
}

// JSON in one line is YAML too, so nothing needs quoting by hand.
std::string goose(const Launch& launch) {
  std::string text = std::string("extensions:\n  ") + kServer + ":\n";
  const auto line = [&](const char* name, const Json& value) {
    text.append("    ").append(name).append(": ").append(dump(value)).append("\n");
  };
  line("enabled", true);
  line("type", "stdio");
  line("name", kServer);
  line("description", "Any DHIS2 instance: metadata, data and analytics");
  line("cmd", launch.program);
  line("args", launch.arguments);
  line("timeout", 300);
  line("env_keys", Json::array());
  line("envs", Json(launch.environment.empty() ? Json::object() : Json(launch.environment)));
  return text;
}

struct KnownClient {
  const char* name;
  std::string (*write)(const Launch& launch);
  const char* place;
};

constexpr std::array kClients = {
    KnownClient{"claude-desktop", plain,
                "Settings > Developer > Edit Config opens the file, claude_desktop_config.json "
                "(Linux: ~/.config/Claude, macOS: ~/Library/Application Support/Claude, "
                "Windows: %APPDATA%\\Claude). Restart Claude Desktop afterwards."},
    KnownClient{"claude-code", claude_code,
                "Run this command. --scope project instead of user writes .mcp.json for a team."},
    KnownClient{
        "cursor", typed,
        "Put it into ~/.cursor/mcp.json for all projects, or into .cursor/mcp.json of one."},
    KnownClient{"vscode", vscode,
                "The command \"MCP: Open User Configuration\" opens mcp.json for all projects; "
                "for one project put it into .vscode/mcp.json."},
    KnownClient{"zed", zed,
                "Put it into settings.json (command \"zed: open settings\", "
                "~/.config/zed/settings.json)."},
    KnownClient{"windsurf", plain,
                "Put it into ~/.codeium/windsurf/mcp_config.json, then refresh."},
    KnownClient{
        "gemini", plain,
        "Put it into ~/.gemini/settings.json for all projects, or into .gemini/settings.json "
        "of one."},
    KnownClient{"goose", goose,
                "Put it into ~/.config/goose/config.yaml (Windows: "
                "%APPDATA%\\Block\\goose\\config\\config.yaml)."},
    KnownClient{"codex", codex, "Put it into ~/.codex/config.toml."},
    KnownClient{
        "jetbrains", plain,
        "Settings > Tools > AI Assistant > Model Context Protocol (MCP) > Add > As JSON takes "
        "it."},
};

// Each option that differs from what a run without any option has.
void add_options(const Options& options, std::vector<std::string>& words) {
  const Options usual;
  const auto add = [&](const char* flag, const std::string& value, const std::string& standard) {
    if (value != standard) words.insert(words.end(), {flag, value});
  };
  add("--profile", options.profile, usual.profile);
  add("--toolsets", options.toolsets, usual.toolsets);
  add("--tools", options.tools, usual.tools);
  if (options.read_only) words.emplace_back("--read-only");
  add("--log-level", options.log_level, usual.log_level);
  add("--log-format", options.log_format, usual.log_format);
  if (!options.log_file.empty()) {
    add("--log-file", fs::absolute(options.log_file).lexically_normal().string(), "");
  }
}

}  // namespace

Launch this_program(const Options& options, const Environment& environment) {
  Launch launch{fs::read_symlink("/proc/self/exe").string(), {"stdio"}, {}};
  add_options(options, launch.arguments);
  if (const auto home = environment("DHIS2_MCP_HOME")) {
    launch.environment["DHIS2_MCP_HOME"] = fs::absolute(*home).lexically_normal().string();
  }
  return launch;
}

std::vector<std::string> known_clients() {
  std::vector<std::string> names;
  for (const KnownClient& client : kClients) names.emplace_back(client.name);
  return names;
}

ClientConfig client_config(std::string_view client, const Launch& launch) {
  for (const KnownClient& row : kClients) {
    if (client == row.name) return {row.write(launch), row.place};
  }
  throw Error(ErrorKind::bad_input, "There is no client \"" + std::string(client) + "\" here.",
              "Name one of: " + joined(known_clients(), ", ") + ".");
}

}  // namespace dhis2mcp
