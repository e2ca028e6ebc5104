// SPDX-License-Identifier: BSD-3-Clause
// prompts/* and completion/complete.
#include <algorithm>

#include "server/content.h"
#include "server/json_text.h"
#include "server/method.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kMostValues = 100;

const Prompt& named(const std::vector<Prompt>& prompts, const std::string& name) {
  const auto found = std::find_if(prompts.begin(), prompts.end(),
                                  [&](const Prompt& each) { return each.name == name; });
  if (found != prompts.end()) return *found;
  throw RpcError{
      kInvalidParams, "There is no prompt " + json_quoted(name.substr(0, 80)) + ".", 200, {}};
}

void demand_arguments(const Prompt& prompt, const std::map<std::string, std::string>& given) {
  std::string missing;
  for (const PromptArgument& argument : prompt.arguments) {
    if (!argument.required || given.count(argument.name) > 0) continue;
    missing.append(missing.empty() ? "" : ", ").append(argument.name);
  }
  if (missing.empty()) return;
  throw RpcError{
      kInvalidParams, "The prompt " + prompt.name + " needs arguments: " + missing + ".", 200, {}};
}

std::string prompt_result(const FilledPrompt& prompt, Revision revision) {
  std::string result = "{";
  append_member(result, "description", prompt.description);
  result.append(result.size() > 1 ? "," : "").append(R"("messages":[)");
  for (const PromptMessage& message : prompt.messages) {
    if (result.back() != '[') result += ',';
    result.append(message.assistant ? R"({"role":"assistant","content":)"
                                    : R"({"role":"user","content":)");
    append_content(result, message.content, revision);
    result += '}';
  }
  return result.append("]").append(closing_members(revision, Caching::none)) + "}";
}

std::string completion_result(const Completion& completion, Revision revision) {
  std::string result = R"({"completion":{"values":[)";
  const std::size_t count = std::min(completion.values.size(), kMostValues);
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) result += ',';
    append_quoted(result, completion.values[i]);
  }
  result += ']';
  if (completion.total) result.append(R"(,"total":)").append(std::to_string(*completion.total));
  const bool more = completion.has_more || completion.values.size() > count;
  result.append(more ? R"(,"hasMore":true})" : R"(,"hasMore":false})");
  return result.append(closing_members(revision, Caching::none)) + "}";
}

std::string text_of(std::string_view object, std::string_view name, std::string_view what) {
  const bool is_object = !object.empty() && type_of(object) == JsonType::object;
  const std::string_view raw = is_object ? member(object, name) : "";
  if (raw.empty() || type_of(raw) != JsonType::string) {
    throw RpcError{kInvalidParams,
                   "params." + std::string(what) + "." + std::string(name) + " is a string.",
                   200,
                   {}};
  }
  return unquoted(raw);
}

CompletionPlace place_of(const MethodCall& call) {
  const std::string_view ref = param(call, "ref");
  const std::string type = text_of(ref, "type", "ref");
  if (type != "ref/prompt" && type != "ref/resource") {
    throw RpcError{kInvalidParams, "params.ref.type is ref/prompt or ref/resource.", 200, {}};
  }
  const bool prompt = type == "ref/prompt";
  return {prompt, text_of(ref, prompt ? "name" : "uri", "ref"),
          text_of(param(call, "argument"), "name", "argument")};
}

}  // namespace

MethodAnswer Mcp::prompts_list(const MethodCall& call) const {
  return list_result(call, toolbox_, "prompts", toolbox_.prompts()->list(), append_prompt,
                     Caching::shared);
}

MethodAnswer Mcp::prompts_get(const MethodCall& call) const {
  const std::string name = text_param(call, "name");
  const auto arguments = text_map(param(call, "arguments"), "params.arguments");
  demand_arguments(named(toolbox_.prompts()->list(), name), arguments);
  auto get = [this, name, arguments,
              revision = call.revision](const CallContext& context) -> MethodOutcome {
    try {
      return {prompt_result(toolbox_.prompts()->get(name, arguments, context), revision), {}, {}};
    } catch (NeedInput& need) {
      return {{}, std::move(need.questions), {}};
    } catch (const Error& error) {
      refuse(error, kInvalidParams);
    }
  };
  return {{}, std::move(get)};
}

MethodAnswer Mcp::complete(const MethodCall& call) const {
  const CompletionPlace place = place_of(call);
  const std::string value = text_of(param(call, "argument"), "value", "argument");
  const std::string_view context = param(call, "context");
  const bool filled = !context.empty() && type_of(context) == JsonType::object;
  const auto others =
      text_map(filled ? member(context, "arguments") : context, "params.context.arguments");
  auto complete = [this, place, value, others,
                   revision = call.revision](const CallContext& given) -> MethodOutcome {
    try {
      return {completion_result(toolbox_.completions()->complete(place, value, others, given),
                                revision),
              {},
              {}};
    } catch (const Error& error) {
      refuse(error, kInvalidParams);
    }
  };
  return {{}, std::move(complete)};
}

}  // namespace dhis2mcp
