// SPDX-License-Identifier: BSD-3-Clause
// tool_find (no request) and what tool_call passes on.
#include "tools/tool_tools.h"

#include <algorithm>

#include "auth/nearest.h"
#include "dhis2/error.h"
#include "tools/handlers.h"
#include "tools/registry.h"
#include "tools/untrusted.h"
#include "tools/word_search.h"

namespace dhis2mcp {
namespace {

constexpr std::int64_t kDefaultLimit = 5;
constexpr std::size_t kMostBytes =
    16UL * 1024;  // an answer that had to be cut would need a profile

// What a word counts for by its place: `also` holds what people call the same thing.
constexpr double kInName = 6, kInAlso = 5, kInTitle = 4, kInDescription = 2, kInArgument = 1;

std::string_view effect_word(Effect effect) {
  return effect == Effect::read ? "read" : effect == Effect::write ? "write" : "destroy";
}

// `profile` is an argument of every tool and told once.
Json described(const Tool& tool) {
  Json schema = tool.input_schema;
  schema["properties"].erase("profile");
  Json entry = {{"name", tool.name}, {"effect", effect_word(tool.effect)}};
  entry["description"] = tool.description;
  if (tool.since != 0) entry["since"] = "2." + std::to_string(tool.since);
  if (tool.until != 0) entry["until"] = "2." + std::to_string(tool.until);
  entry["inputSchema"] = std::move(schema);
  return entry;
}

// The tools that these two lead to: not themselves.
std::vector<const Tool*> others(const Call& call) {
  std::vector<const Tool*> tools = call.registry.allowed();
  std::erase_if(tools, [&](const Tool* tool) { return tool == &call.tool || tool->forwards; });
  return tools;
}

WordWeights weights_of(const Tool& tool) {
  WordWeights weights;
  weights.add(tool.name, kInName).add(tool.title, kInTitle).add(tool.toolset, kInArgument);
  weights.add(tool.description, kInDescription);
  for (const std::string& word : tool.also) weights.add(word, kInAlso);
  const Json properties = tool.input_schema.value("properties", Json::object());
  for (const auto& [name, schema] : properties.items()) {
    if (name == "profile") continue;  // every tool has it
    weights.add(name, kInArgument).add(schema.value("description", ""), kInArgument);
  }
  return weights;
}

// Best first; a tool that is named outright comes before all others.
std::vector<const Tool*> search(const std::vector<const Tool*>& tools, const std::string& query) {
  std::vector<WordWeights> weights;
  weights.reserve(tools.size());
  for (const Tool* tool : tools) weights.push_back(weights_of(*tool));
  std::vector<const Tool*> found;
  for (const std::size_t place : ranked_by_words(weights, query)) found.push_back(tools[place]);
  std::stable_partition(found.begin(), found.end(),
                        [&](const Tool* tool) { return tool->name == query; });
  return found;
}

std::string names_of(const std::vector<const Tool*>& tools) {
  std::string names;
  for (const Tool* tool : tools) names += (names.empty() ? "" : ", ") + tool->name;
  return names;
}

}  // namespace

Answer tool_find(Call& call) {
  const std::string query = call.arguments.text("query");
  const std::vector<const Tool*> tools = others(call);
  const std::vector<const Tool*> found = search(tools, query);
  const auto limit = static_cast<std::size_t>(
      std::max<std::int64_t>(1, call.arguments.integer("limit", kDefaultLimit)));

  Answer answer;
  answer.source = "dhis2-mcp";
  answer.from_instance = false;
  Json list = Json::array();
  std::size_t bytes = 0;
  for (const Tool* tool : found) {
    Json entry = described(*tool);
    bytes += entry.dump().size();
    if (list.size() == limit || (bytes > kMostBytes && !list.empty())) break;
    list.push_back(std::move(entry));
  }
  if (found.empty()) {
    answer.notes.push_back("No tool has these words. There are " + names_of(tools) +
                           "; dhis2_query reads what no other tool covers.");
  } else {
    answer.notes.emplace_back(
        "Each also takes `profile`. Call one by its name, or a read tool through tool_call.");
  }
  if (found.size() > list.size()) {
    const std::vector<const Tool*> rest(found.begin() + static_cast<std::ptrdiff_t>(list.size()),
                                        found.end());
    answer.notes.push_back("Also found: " + names_of(rest) + ".");
  }
  answer.object = Json{{"tools", std::move(list)}};
  return answer;
}

Forwarded forwarded(const Registry& registry, const Arguments& arguments) {
  const std::string name = arguments.text("tool");
  const Tool* tool = registry.find(name);
  if (tool == nullptr) {
    const std::string near = did_you_mean(registry.nearest(name));
    throw Error(ErrorKind::bad_input, "There is no tool \"" + clean_line(name) + "\".",
                near.empty() ? "Find one with tool_find." : near);
  }
  if (tool->forwards) {
    throw Error(ErrorKind::bad_input, tool->name + " calls other tools only.",
                "Name the tool to call in `tool`, and what it takes in `arguments`.");
  }
  if (tool->effect != Effect::read) {
    throw Error(ErrorKind::refused,
                tool->name + " changes things, and tool_call calls tools that only read.",
                "Call " + tool->name + " by its own name; start the server with --tools " +
                    tool->name + " if the client does not list it.");
  }
  Json given = Json::object();
  if (const Json* inner = arguments.value("arguments")) given = *inner;
  if (arguments.has("profile")) {
    Json& profile = given["profile"];
    if (profile.is_null()) profile = arguments.text("profile");
    if (profile != arguments.text("profile")) {
      throw Error(ErrorKind::bad_input, "`profile` and the profile in `arguments` differ.",
                  "Give one of them, or the same twice; nothing was run.");
    }
  }
  return {tool, to_text(given)};
}

}  // namespace dhis2mcp
