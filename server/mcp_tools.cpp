// SPDX-License-Identifier: BSD-3-Clause
// tools/list and tools/call.
#include "auth/nearest.h"
#include "server/content.h"
#include "server/json_text.h"
#include "server/method.h"
#include "server/page.h"

namespace dhis2mcp {
namespace {

[[noreturn]] void unknown_tool(const std::string& name, const std::vector<std::string>& nearest) {
  const std::string meant = did_you_mean(nearest);
  throw RpcError{kInvalidParams,
                 "There is no tool " + json_quoted(name.substr(0, 80)) + ". " +
                     (meant.empty() ? "" : meant + " ") + "tools/list names them all.",
                 200, to_text({{"nearest", nearest}})};
}

// One page of a raw array.
std::string part_of(std::string_view list, const ListPage& page) {
  std::string text = "[";
  std::size_t at = 0;
  each_element(list, [&](std::string_view entry) {
    if (at >= page.begin && at < page.end) text.append(text.size() > 1 ? "," : "").append(entry);
    ++at;
  });
  return text + "]";
}

std::size_t count_of(std::string_view list) {
  std::size_t count = 0;
  each_element(list, [&](std::string_view) { ++count; });
  return count;
}

std::string log_word(const ToolResult& result) {
  if (!result.is_error) return "ok";
  if (!result.error) return "failed";
  if (result.error->kind == ErrorKind::cancelled) return "cancelled";
  return "failed " + std::string(to_string(result.error->kind));
}

// Nothing is serialised here but what is around the texts.
MethodOutcome outcome_of(ToolResult&& result, Revision revision) {
  if (!result.questions.empty()) return {{}, std::move(result.questions), result.bound_to};
  return {call_tool_result(result, revision), {}, {}, log_word(result)};
}

}  // namespace

MethodAnswer Mcp::tools_list(const MethodCall& call) const {
  const std::shared_ptr<const std::string> list = toolbox_.list(list_form(call.revision));
  const std::size_t size = toolbox_.page_size();
  const ListPage page =
      page_of(call.message.params, "tools", size == 0 ? 0 : count_of(*list), size);
  std::string result;
  result.reserve(list->size() + 256);
  result.append(R"({"tools":)");
  if (size == 0) {
    result.append(*list);
  } else {
    result.append(part_of(*list, page));
  }
  append_member(result, "nextCursor", page.next);
  result.append(closing_members(call.revision, Caching::shared));
  return {{result += '}'}};
}

MethodAnswer Mcp::tools_call(const MethodCall& call) const {
  std::string_view raw_name, arguments;
  if (!call.message.params.empty()) {
    each_member(call.message.params, [&](std::string_view name, std::string_view value) {
      if (name == "name") raw_name = value;
      if (name == "arguments") arguments = value;
    });
  }
  if (raw_name.empty() || type_of(raw_name) != JsonType::string) {
    throw RpcError{kInvalidParams, "tools/call needs params.name, a string.", 200, {}};
  }
  if (!arguments.empty() && type_of(arguments) == JsonType::null) arguments = {};
  if (!arguments.empty() && type_of(arguments) != JsonType::object) {
    throw RpcError{kInvalidParams, "params.arguments is an object.", 200, {}};
  }
  const std::string name = unquoted(raw_name);
  const Tool* tool = nullptr;
  try {
    tool = toolbox_.find(name);
  } catch (const Error& refused) {
    return {outcome_of({true, error_text(refused), {}, refused}, call.revision)};
  }
  if (tool == nullptr) unknown_tool(name, toolbox_.nearest(name));
  auto run = [this, tool, arguments, revision = call.revision](const CallContext& context) {
    try {
      return outcome_of(toolbox_.call(*tool, arguments, context), revision);
    } catch (NeedInput& need) {
      return MethodOutcome{{}, std::move(need.questions), {}};
    }
  };
  if (!tool->local) return {{}, std::move(run)};
  MethodAnswer answer{run(call.context)};
  if (!answer.outcome.questions.empty()) answer.work = std::move(run);
  return answer;
}

std::string call_tool_result(const ToolResult& result, Revision revision) {
  std::string text;
  text.reserve(result.text.size() + result.structured.size() + 256);
  text.append(R"({"content":[)");
  if (!result.text.empty() || result.content.empty()) {
    text.append(R"({"type":"text","text":)");
    append_quoted(text, result.text);
    text.append("}");
  }
  for (const Content& content : result.content) {
    if (text.back() != '[') text += ',';
    append_content(text, content, revision);
  }
  text.append("]");
  // An object was the only shape before 2026-07-28.
  const bool knows = is_modern(revision) ||
                     (knows_structured_content(revision) && result.structured.starts_with('{'));
  if (!result.structured.empty() && knows) {
    text.append(R"(,"structuredContent":)").append(result.structured);
  }
  if (result.is_error) text.append(R"(,"isError":true)");
  std::string meta;
  if (result.error) {
    meta = R"("io.github.dhis2-mcp/error":)" + to_text(error_object(*result.error));
  }
  return text.append(closing_members(revision, Caching::none, meta)) += '}';
}

}  // namespace dhis2mcp
