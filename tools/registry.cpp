// SPDX-License-Identifier: BSD-3-Clause
// One of the two places where an Error is caught: here it becomes a tool result.
#include "tools/registry.h"

#include <algorithm>

#include "auth/nearest.h"
#include "dhis2/json_guard.h"
#include "tools/request_tool.h"
#include "tools/tool_tools.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

Json annotations(const Tool& tool) {
  const bool reads = tool.effect == Effect::read;
  return {{"readOnlyHint", reads},
          {"destructiveHint", tool.effect == Effect::destroy},
          {"idempotentHint", reads},
          {"openWorldHint", !tool.local}};
}

Json listed(const Tool& tool, const ListForm& form) {
  Json entry = {{"name", tool.name}};
  if (form.titles) entry["title"] = tool.title;
  entry["description"] = tool.description;
  entry["inputSchema"] = tool.input_schema;
  if (form.output_schemas) entry["outputSchema"] = tool.output_schema;
  if (form.annotations) {
    entry["annotations"] = annotations(tool);
    if (!form.titles) entry["annotations"]["title"] = tool.title;
  }
  return entry;
}

void demand_version(const Tool& tool, Call& call) {
  if (tool.since == 0 && tool.until == 0) return;
  const Whoami& who = call.client().whoami(call.patience());
  const bool young = tool.since != 0 && who.version.major < tool.since;
  const bool old = tool.until != 0 && who.version.major >= tool.until;
  if (!young && !old) return;
  throw Error(ErrorKind::unsupported_version,
              tool.name + " needs DHIS2 " +
                  (young ? "2." + std::to_string(tool.since) + " or newer"
                         : "before 2." + std::to_string(tool.until)) +
                  "; this instance is " + who.version_text + ".",
              "Choose another profile, or read the data with dhis2_query.");
}

std::string repeated(int times, const Error& error) {
  std::string note = "This same call failed before (" + std::to_string(times + 1) +
                     " times now). Sending it unchanged will hardly help: ";
  switch (error.kind) {
    case ErrorKind::unavailable:
    case ErrorKind::rate_limited:
      return note + "wait, ask for less, or look at profile_status.";
    case ErrorKind::sign_in_required:
    case ErrorKind::forbidden:
      return note + "look at profile_status, or use another profile (profile_list).";
    default:
      return note + "change the arguments, or ask the person.";
  }
}

Error foreign_error(const Tool& tool) {
  return {ErrorKind::internal, tool.name + " failed for a reason of its own; DHIS2 did not say no.",
          "This is a defect of dhis2-mcp. Other arguments may work; please report it."};
}

}  // namespace

Registry::Registry(const Catalogue& catalogue, const Exposure& exposure, Connections& connections,
                   Results& results, NameIndexes* indexes)
    : catalogue_(catalogue),
      exposure_(exposure),
      connections_(connections),
      results_(results),
      indexes_(indexes) {
  const std::vector<const Tool*> set = catalogue_.toolset(exposure_.toolsets);
  const std::vector<std::string> named = comma_list(exposure_.tools);
  for (const std::string& name : named) {
    if (catalogue_.find(name) == nullptr) {
      throw Error(ErrorKind::bad_input, "There is no tool \"" + clean_line(name) + "\".",
                  did_you_mean(nearest(name)));
    }
  }
  for (const Tool& tool : catalogue_.tools()) {
    const bool chosen = std::find(set.begin(), set.end(), &tool) != set.end() ||
                        std::find(named.begin(), named.end(), tool.name) != named.end();
    const bool allowed = !exposure_.read_only || tool.effect == Effect::read;
    if (chosen && allowed) visible_.push_back(&tool);
  }
}

const std::string& Registry::list(const ListForm& form) const {
  const std::lock_guard lock(lists_mutex_);
  std::string& text = lists_[form];
  if (text.empty()) {
    Json tools = Json::array();
    for (const Tool* tool : visible_) tools.push_back(listed(*tool, form));
    text = to_text(tools);
  }
  return text;
}

const Tool* Registry::find(std::string_view name) const {
  const Tool* tool = catalogue_.find(name);
  if (tool != nullptr) demand_allowed(*tool);
  return tool;
}

std::vector<const Tool*> Registry::allowed() const {
  std::vector<const Tool*> tools;
  for (const Tool& tool : catalogue_.tools()) {
    if (!exposure_.read_only || tool.effect == Effect::read) tools.push_back(&tool);
  }
  return tools;
}

std::string Registry::hidden_because(const Tool& tool) const {
  if (std::find(visible_.begin(), visible_.end(), &tool) != visible_.end()) return {};
  if (exposure_.read_only && tool.effect != Effect::read) {
    return tool.name + " changes data, and --read-only hides such tools.";
  }
  const std::string chosen =
      exposure_.toolsets.empty() ? "--tools" : "--toolsets " + exposure_.toolsets;
  return tool.name + " is not listed with " + chosen + "; --toolsets " + tool.toolset +
         " or --tools " + tool.name + " lists it. It runs when it is called by name" +
         (tool.effect == Effect::read ? ", or through tool_call." : ".");
}

void Registry::demand_allowed(const Tool& tool) const {
  if (!exposure_.read_only || tool.effect == Effect::read) return;
  throw Error(ErrorKind::refused, tool.name + " changes data, and this server runs --read-only.",
              "Start it without --read-only, or do without the change.");
}

std::vector<std::string> Registry::nearest(std::string_view name) const {
  std::vector<std::string> names;
  for (const Tool& tool : catalogue_.tools()) names.push_back(tool.name);
  return nearest_names(name, names);
}

ToolResult Registry::call(const Tool& tool, std::string_view arguments,
                          const CallContext& context) const {
  try {
    demand_allowed(tool);
    Json given = arguments.empty() ? Json::object() : parse_json(arguments);
    Arguments checked(tool.input_schema, std::move(given));
    if (tool.forwards) {
      const Forwarded other = forwarded(*this, checked);
      return this->call(*other.tool, other.arguments, context);
    }
    Call call(tool, std::move(checked), *this, connections_, results_, context);
    try {
      demand_version(tool, call);
      Answer answer = tool.request ? run_request(call) : tool.handler(call);
      fit(answer, call);
      Rendered rendered = render(answer);
      repeats_.succeeded(tool.name, arguments);
      return {false,
              std::move(rendered.text),
              std::move(rendered.structured),
              {},
              std::move(call.content)};
    } catch (NeedInput& need) {
      ToolResult result;
      result.questions = std::move(need.questions);
      result.bound_to = call.bound_to();
      return result;
    }
  } catch (const Error& error) {
    return failed(tool, arguments, error, context);
  } catch (const std::exception&) {
    return failed(tool, arguments, foreign_error(tool), context);
  }
}

ToolResult Registry::failed(const Tool& tool, std::string_view arguments, const Error& error,
                            const CallContext& context) const {
  ToolResult result{true, error_text(error), {}, error};
  if (error.kind == ErrorKind::cancelled) return result;
  if (context.log) {
    const bool ours = error.kind == ErrorKind::internal;
    context.log(
        ours ? LogSeverity::error : LogSeverity::warning,
        tool.name + ": " + std::string(to_string(error.kind)) + ": " + clean_line(error.what()));
  }
  const int before = repeats_.failed(tool.name, arguments);
  if (before > 0) result.text += repeated(before, error) + "\n";
  return result;
}

Json error_object(const Error& error) {
  Json candidates = Json::array();
  for (const Candidate& one : error.candidates) {
    candidates.push_back({{"name", clean_line(one.name)},
                          {"type", clean_line(one.type)},
                          {"uid", clean_line(one.uid)},
                          {"parent", clean_line(one.parent)}});
  }
  return {{"kind", to_string(error.kind)},
          {"code", clean_line(error.code)},
          {"http", error.http},
          {"message", clean(error.what())},
          {"hint", clean(error.hint)},
          {"candidates", std::move(candidates)},
          {"retry", error.retry}};
}

std::string error_text(const Error& error) {
  std::string text = clean(error.what()) + "\n";
  for (const Candidate& one : error.candidates) {
    text += "- " + clean_line(one.name) + " = " + clean_line(one.type) + " " + clean_line(one.uid);
    if (!one.parent.empty()) text += ", in " + clean_line(one.parent);
    text += '\n';
  }
  if (!error.hint.empty()) text += "Next: " + clean(error.hint) + "\n";
  return text;
}

}  // namespace dhis2mcp
