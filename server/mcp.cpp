// SPDX-License-Identifier: BSD-3-Clause
// The method table, and the methods that are about the conversation itself.
#include "server/mcp.h"

#include <array>

#include "server/json_text.h"
#include "server/method.h"
#include "server/severity.h"

namespace dhis2mcp {
namespace {

std::string text_member(std::string_view object, std::string_view name) {
  const std::string_view raw = object.empty() ? "" : member(object, name);
  return raw.empty() || type_of(raw) != JsonType::string ? std::string() : unquoted(raw);
}

std::string client_name(std::string_view client) {
  if (client.empty() || type_of(client) != JsonType::object) return {};
  return (text_member(client, "name") + " " + text_member(client, "version")).substr(0, 80);
}

// What is true of the toolbox, less what the revision has no word for.
std::string capabilities(const Toolbox& toolbox, Revision revision) {
  constexpr std::string_view kChanges = R"({"listChanged":true})", kPlain = "{}";
  std::string text = R"({"tools":)";
  text.append(toolbox.announces_list() ? kChanges : kPlain);
  if (const Resources* resources = toolbox.resources()) {
    std::string inner;
    if (resources->announces_updates()) inner = R"("subscribe":true)";
    if (resources->announces_list()) {
      inner.append(inner.empty() ? "" : ",").append(R"("listChanged":true)");
    }
    text.append(R"(,"resources":{)").append(inner).append("}");
  }
  if (const Prompts* prompts = toolbox.prompts()) {
    text.append(R"(,"prompts":)").append(prompts->announces_list() ? kChanges : kPlain);
  }
  if (toolbox.completions() != nullptr && revision >= Revision::r2025_03_26) {
    text.append(R"(,"completions":{})");
  }
  if (toolbox.logs()) text.append(R"(,"logging":{})");
  return text + "}";
}

void append_instructions(std::string& out, const Toolbox& toolbox) {
  if (toolbox.instructions().empty()) return;
  out.append(R"(,"instructions":)");
  append_quoted(out, toolbox.instructions());
}

}  // namespace

struct Mcp::Method {
  enum class Era { legacy, modern, both };
  using Offered = bool (*)(const Toolbox&);

  std::string_view name;
  Era era;
  bool works;
  MethodAnswer (Mcp::*run)(const MethodCall&) const;
  Offered offered = [](const Toolbox&) { return true; };
};

const Mcp::Method* Mcp::find(std::string_view name, Revision revision) const {
  using enum Method::Era;
  static constexpr Method::Offered kResources = [](const Toolbox& t) {
    return t.resources() != nullptr;
  };
  static constexpr Method::Offered kUpdates = [](const Toolbox& t) {
    return t.resources() != nullptr && t.resources()->announces_updates();
  };
  static constexpr Method::Offered kPrompts = [](const Toolbox& t) {
    return t.prompts() != nullptr;
  };
  static constexpr Method::Offered kCompletions = [](const Toolbox& t) {
    return t.completions() != nullptr;
  };
  static constexpr Method::Offered kLogs = [](const Toolbox& t) { return t.logs(); };
  static constexpr std::array kMethods = {
      Method{"tools/call", both, true, &Mcp::tools_call},
      Method{"tools/list", both, false, &Mcp::tools_list},
      Method{"initialize", legacy, false, &Mcp::initialize},
      Method{"ping", legacy, false, &Mcp::ping},
      Method{"server/discover", modern, false, &Mcp::discover},
      Method{"subscriptions/listen", modern, false, &Mcp::listen},
      Method{"resources/list", both, false, &Mcp::resources_list, kResources},
      Method{"resources/templates/list", both, false, &Mcp::templates_list, kResources},
      Method{"resources/read", both, true, &Mcp::resources_read, kResources},
      Method{"resources/subscribe", legacy, false, &Mcp::subscribe, kUpdates},
      Method{"resources/unsubscribe", legacy, false, &Mcp::unsubscribe, kUpdates},
      Method{"prompts/list", both, false, &Mcp::prompts_list, kPrompts},
      Method{"prompts/get", both, true, &Mcp::prompts_get, kPrompts},
      Method{"completion/complete", both, true, &Mcp::complete, kCompletions},
      Method{"logging/setLevel", legacy, false, &Mcp::set_level, kLogs},
  };
  for (const Method& method : kMethods) {
    if (method.name != name) continue;
    const bool fits = method.era == both || (method.era == modern) == is_modern(revision);
    return fits && method.offered(toolbox_) ? &method : nullptr;
  }
  return nullptr;
}

Mcp::Knowledge Mcp::knows(std::string_view method, Revision revision) const {
  const Method* found = find(method, revision);
  if (found == nullptr) return Knowledge::unknown;
  return found->works ? Knowledge::works : Knowledge::plain;
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
  const std::string wish = text_param(call, "protocolVersion");
  const std::optional<Revision> known = revision(wish);
  const Revision agreed = known && !is_modern(*known) ? *known : kNewestLegacy;
  std::string result = R"({"protocolVersion":")";
  result.append(to_string(agreed)).append(R"(","capabilities":)");
  result.append(capabilities(toolbox_, agreed)).append(R"(,"serverInfo":)");
  result.append(server_info(agreed));
  append_instructions(result, toolbox_);
  MethodAnswer answer{{result + "}"}};
  answer.opened = {agreed, client_name(param(call, "clientInfo")),
                   askable_of(param(call, "capabilities"), agreed)};
  return answer;
}

MethodAnswer Mcp::discover(const MethodCall& call) const {
  std::string result = R"({"supportedVersions":)" + supported_versions() + R"(,"capabilities":)";
  result.append(capabilities(toolbox_, call.revision));
  append_instructions(result, toolbox_);
  return {{result.append(closing_members(call.revision, Caching::shared)) + "}"}};
}

MethodAnswer Mcp::ping(const MethodCall&) const { return {{"{}"}}; }

MethodAnswer Mcp::set_level(const MethodCall& call) const {
  MethodAnswer answer{{"{}"}};
  answer.log_level = severity(param(call, "level"));
  if (!answer.log_level) {
    throw RpcError{kInvalidParams, "params.level is one of " + severities() + ".", 200, {}};
  }
  return answer;
}

MethodAnswer Mcp::listen(const MethodCall& call) const {
  MethodAnswer answer;
  answer.listen = filter_of(call.message.params, toolbox_);
  return answer;
}

}  // namespace dhis2mcp
