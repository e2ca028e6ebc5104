// SPDX-License-Identifier: BSD-3-Clause
// The method table and its few handlers. Results are put together as text: what a tool answered is
// serialised already.
#include "server/mcp.h"

#include <array>

#include "server/json_text.h"

namespace dhis2mcp {
namespace {

// The list changes only with the options of this process.
constexpr std::string_view kCacheable = R"("ttlMs":300000,"cacheScope":"public",)";

constexpr std::string_view kCapabilities = R"({"tools":{}})";

// The members that only 2026-07-28 knows, ready to follow the `{` of a result.
std::string modern_members(Revision revision, std::string_view further_meta = {}) {
  std::string text = R"("resultType":"complete","_meta":{)";
  text.append(further_meta);
  return text + R"("io.modelcontextprotocol/serverInfo":)" + server_info(revision) + "}";
}

std::string text_member(std::string_view object, std::string_view name) {
  const std::string_view raw = object.empty() ? "" : member(object, name);
  return raw.empty() || type_of(raw) != JsonType::string ? std::string() : unquoted(raw);
}

std::string client_name(std::string_view params) {
  const std::string_view client = params.empty() ? "" : member(params, "clientInfo");
  if (client.empty() || type_of(client) != JsonType::object) return {};
  return (text_member(client, "name") + " " + text_member(client, "version")).substr(0, 80);
}

[[noreturn]] void unknown_tool(const std::string& name, const std::vector<std::string>& nearest) {
  std::string message = "There is no tool " + json_quoted(name.substr(0, 80)) + ".";
  std::string data = R"({"nearest":[)";
  for (std::size_t i = 0; i < nearest.size(); ++i) {
    message.append(i == 0 ? " Did you mean " : " or ").append(nearest[i]);
    data.append(i == 0 ? "" : ",").append(json_quoted(nearest[i]));
  }
  if (!nearest.empty()) message += '?';
  throw RpcError{kInvalidParams, message + " tools/list names them all.", 200, data + "]}"};
}

}  // namespace

struct Mcp::Method {
  enum class Era { legacy, modern, both };

  std::string_view name;
  Era era;
  MethodAnswer (Mcp::*run)(const MethodCall&) const;
};

const Mcp::Method* Mcp::find(std::string_view name, Revision revision) {
  using enum Method::Era;
  static constexpr std::array kMethods = {
      Method{"initialize", legacy, &Mcp::initialize},
      Method{"ping", legacy, &Mcp::ping},
      Method{"server/discover", modern, &Mcp::discover},
      Method{"tools/list", both, &Mcp::tools_list},
      Method{"tools/call", both, &Mcp::tools_call},
  };
  for (const Method& method : kMethods) {
    if (method.name != name) continue;
    const bool fits = method.era == both || (method.era == modern) == is_modern(revision);
    return fits ? &method : nullptr;
  }
  return nullptr;
}

bool Mcp::knows(std::string_view method, Revision revision) const {
  return find(method, revision) != nullptr;
}

MethodAnswer Mcp::answer(const MethodCall& call) const {
  const Method* method = find(call.message.method, call.revision);
  if (method == nullptr) {
    throw RpcError{kMethodNotFound,
                   "There is no method " + json_quoted(call.message.method.substr(0, 80)) + " in " +
                       std::string(to_string(call.revision)) + ".",
                   is_modern(call.revision) ? 404 : 200,
                   {}};
  }
  return (this->*method->run)(call);
}

MethodAnswer Mcp::initialize(const MethodCall& call) const {
  const std::string wish = text_member(call.message.params, "protocolVersion");
  if (wish.empty()) {
    throw RpcError{kInvalidParams, "initialize needs params.protocolVersion.", 200, {}};
  }
  const std::optional<Revision> known = revision(wish);
  const Revision agreed = known && !is_modern(*known) ? *known : kNewestLegacy;
  std::string result = R"({"protocolVersion":")";
  result.append(to_string(agreed)).append(R"(","capabilities":)").append(kCapabilities);
  result.append(R"(,"serverInfo":)").append(server_info(agreed)).append(R"(,"instructions":)");
  append_quoted(result, tools_.instructions());
  return {result + "}", nullptr, Opened{agreed, client_name(call.message.params)}};
}

MethodAnswer Mcp::discover(const MethodCall& call) const {
  std::string result = R"({"supportedVersions":)" + supported_versions() + R"(,"capabilities":)";
  result.append(kCapabilities).append(R"(,"instructions":)");
  append_quoted(result, tools_.instructions());
  result.append(",").append(kCacheable).append(modern_members(call.revision));
  return {result + "}", nullptr, std::nullopt};
}

MethodAnswer Mcp::ping(const MethodCall&) const { return {"{}", nullptr, std::nullopt}; }

MethodAnswer Mcp::tools_list(const MethodCall& call) const {
  if (!call.message.params.empty()) {
    const std::string_view cursor = member(call.message.params, "cursor");
    if (!cursor.empty() && type_of(cursor) != JsonType::null) {
      throw RpcError{kInvalidParams,
                     "The cursor is unknown; the list of tools is one page, ask without it.",
                     200,
                     {}};
    }
  }
  const std::shared_ptr<const std::string> list = tools_.list(list_form(call.revision));
  const std::string& tools = *list;
  std::string result;
  result.reserve(tools.size() + 256);
  result.append(R"({"tools":)").append(tools);
  if (is_modern(call.revision)) {
    result.append(",").append(kCacheable).append(modern_members(call.revision));
  }
  return {result += '}', nullptr, std::nullopt};
}

MethodAnswer Mcp::tools_call(const MethodCall& call) const {
  const std::string_view params = call.message.params;
  std::string_view raw_name, arguments;
  if (!params.empty()) {
    each_member(params, [&](std::string_view name, std::string_view value) {
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
    tool = tools_.find(name);
  } catch (const Error& refused) {
    return {call_tool_result({true, error_text(refused), {}, refused}, call.revision), nullptr,
            std::nullopt};
  }
  if (tool == nullptr) unknown_tool(name, tools_.nearest(name));
  auto run = [this, tool, arguments, stop = call.stop, revision = call.revision] {
    return call_tool_result(tools_.call(*tool, arguments, {.stop = stop}), revision);
  };
  if (tool->local) return {run(), nullptr, std::nullopt};
  return {{}, std::move(run), std::nullopt};
}

std::string call_tool_result(const ToolResult& result, Revision revision) {
  std::string text;
  text.reserve(result.text.size() + result.structured.size() + 256);
  text.append(R"({"content":[{"type":"text","text":)");
  append_quoted(text, result.text);
  text.append("}]");
  if (!result.structured.empty() && knows_structured_content(revision)) {
    text.append(R"(,"structuredContent":)").append(result.structured);
  }
  if (result.is_error) text.append(R"(,"isError":true)");
  std::string meta;
  if (result.error) {
    meta = R"("io.github.dhis2-mcp/error":)" + to_text(error_object(*result.error));
  }
  if (is_modern(revision)) {
    text.append(",").append(modern_members(revision, meta.empty() ? meta : meta + ","));
  } else if (!meta.empty()) {
    text.append(R"(,"_meta":{)").append(meta).append("}");
  }
  return text += '}';
}

}  // namespace dhis2mcp
