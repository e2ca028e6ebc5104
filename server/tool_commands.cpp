// SPDX-License-Identifier: BSD-3-Clause
// Runs a tool on this thread; Ctrl-C ends the process.
#include "server/tool_commands.h"

#include <algorithm>

#include "auth/nearest.h"
#include "server/app.h"
#include "server/json_text.h"
#include "server/login_commands.h"
#include "server/shutdown.h"

namespace dhis2mcp {
namespace {

std::string arguments_text(const std::string& given) {
  constexpr std::size_t kMost = 4 * 1024 * 1024;
  const std::string text = given == "-" ? read_stdin(kMost) : given;
  if (without_space(text).empty()) return {};
  if (const std::optional<JsonFault> fault = check_json(text)) {
    throw Error(ErrorKind::bad_input,
                "The arguments are not JSON: " + fault->reason + " at byte " +
                    std::to_string(fault->at) + ".",
                "Give one object in single quotes: dhis2-mcp call metadata_find "
                "'{\"query\":\"ANC\"}'");
  }
  if (type_of(without_space(text)) != JsonType::object) {
    throw Error(ErrorKind::bad_input, "The arguments are not a JSON object.",
                "Give one in single quotes: dhis2-mcp call metadata_find '{\"query\":\"ANC\"}'");
  }
  return std::string(without_space(text));
}

const Tool& wanted_tool(const Registry& registry, const std::string& name) {
  if (const Tool* tool = registry.find(name)) return *tool;
  const std::string meant = did_you_mean(registry.nearest(name));
  throw Error(ErrorKind::not_found,
              "There is no tool " + name + "." + (meant.empty() ? "" : " " + meant),
              "See them all: dhis2-mcp tools --all");
}

std::string profile_of_call(App& app, const std::string& arguments) {
  const Json given = arguments.empty() ? Json::object() : parse_json(arguments);
  return app.connections.choose(given.value("profile", std::string()));
}

std::string_view effect_word(Effect effect) {
  return effect == Effect::read ? "read" : effect == Effect::write ? "write" : "destroy";
}

Json tool_json(const Tool& tool) {
  Json json = {{"name", tool.name},
               {"toolset", tool.toolset},
               {"effect", effect_word(tool.effect)},
               {"title", tool.title},
               {"description", tool.description},
               {"inputSchema", tool.input_schema}};
  if (!tool.output_schema.is_null()) json["outputSchema"] = tool.output_schema;
  return json;
}

// "query (required): text to look for"
std::string argument_lines(const Tool& tool) {
  const Json properties = tool.input_schema.value("properties", Json::object());
  const Json required = tool.input_schema.value("required", Json::array());
  std::string text;
  for (const auto& [name, schema] : properties.items()) {
    const bool needed = std::find(required.begin(), required.end(), name) != required.end();
    text.append("  ").append(name).append(" (").append(schema.value("type", "any"));
    text.append(needed ? ", required)" : ")");
    const std::string about = schema.value("description", "");
    text.append(about.empty() ? "" : ": " + about).append("\n");
  }
  return text.empty() ? "Takes no arguments.\n" : "Arguments:\n" + text;
}

std::string tool_page(const Tool& tool) {
  return tool.name + " - " + tool.title + " (" + tool.toolset + ", " +
         std::string(effect_word(tool.effect)) + ")\n" + tool.description + "\n" +
         argument_lines(tool);
}

}  // namespace

int call_tool_command(const Console& console, const Options& options, const std::string& tool,
                      const std::string& arguments, bool json) {
  exit_130_on_interrupt();
  start_log(log_options(options, LogLevel::warn));
  App app(options);
  app.connections.profiles();  // a broken profiles.json is a matter of configuration, not of a tool
  const std::string text = arguments_text(arguments);
  const ToolResult result = app.registry.call(wanted_tool(app.registry, tool), text, {});
  if (json) {
    console.answer(call_tool_result(result, kNewestLegacy));
  } else if (result.is_error) {
    console.say(result.text);
  } else {
    console.answer(result.text);
  }
  if (!result.is_error) {
    // The address to open was printed; this process has to be there when the browser comes back.
    if (tool == "profile_login") wait_for_login(console, app, profile_of_call(app, text));
    return kDone;
  }
  return result.error ? exit_code_of_call(*result.error) : kRefused;
}

int list_tools_command(const Console& console, const Options& options, const std::string& name,
                       bool all, bool json) {
  const App app(options);
  if (!name.empty()) {
    const Tool& tool = wanted_tool(app.registry, name);
    const std::string hidden = app.registry.hidden_because(tool);
    console.answer(json ? to_text(tool_json(tool))
                        : tool_page(tool) + (hidden.empty() ? "" : hidden + "\n"));
    return kDone;
  }
  std::vector<const Tool*> tools = app.registry.visible();
  if (all) {
    tools.clear();
    for (const Tool& tool : app.registry.catalogue().tools()) tools.push_back(&tool);
  }
  Json list = Json::array();
  std::string text;
  for (const Tool* tool : tools) {
    if (json) list.push_back(tool_json(*tool));
    const std::size_t gap = tool->name.size() < 20 ? 20 - tool->name.size() : 1;
    text.append(tool->name).append(gap, ' ').append(tool->title).append("\n");
  }
  console.answer(json ? to_text(list) : text + "More about one: dhis2-mcp tools NAME");
  return kDone;
}

}  // namespace dhis2mcp
