// SPDX-License-Identifier: BSD-3-Clause
// The SubscriptionFilter of MCP 2026-07-28.
#include "server/filter.h"

#include "server/json_text.h"
#include "server/jsonrpc.h"

namespace dhis2mcp {
namespace {

[[noreturn]] void bad_filter(const std::string& what) {
  throw RpcError{kInvalidParams, "params.notifications" + what + ".", 400, {}};
}

bool flag(std::string_view wanted, std::string_view name) {
  const std::string_view value = member(wanted, name);
  if (value.empty()) return false;
  if (type_of(value) != JsonType::boolean) bad_filter("." + std::string(name) + " is a boolean");
  return value == "true";
}

}  // namespace

bool announces(const Toolbox& toolbox, Change::Kind kind) {
  switch (kind) {
    case Change::Kind::tools:
      return toolbox.announces_list();
    case Change::Kind::prompts:
      return toolbox.prompts() != nullptr && toolbox.prompts()->announces_list();
    case Change::Kind::resources:
      return toolbox.resources() != nullptr && toolbox.resources()->announces_list();
    default:
      return toolbox.resources() != nullptr && toolbox.resources()->announces_updates();
  }
}

bool Filter::lets(const Change& change) const {
  switch (change.kind) {
    case Change::Kind::tools:
      return tools;
    case Change::Kind::prompts:
      return prompts;
    case Change::Kind::resources:
      return resources;
    default:
      return uris.count(change.uri) > 0;
  }
}

Filter filter_of(std::string_view params, const Toolbox& toolbox) {
  const std::string_view wanted = params.empty() ? params : member(params, "notifications");
  if (wanted.empty() || type_of(wanted) != JsonType::object) bad_filter(" is a required object");
  Filter filter;
  const auto granted = [&](Change::Kind kind) { return announces(toolbox, kind); };
  filter.tools = flag(wanted, "toolsListChanged") && granted(Change::Kind::tools);
  filter.prompts = flag(wanted, "promptsListChanged") && granted(Change::Kind::prompts);
  filter.resources = flag(wanted, "resourcesListChanged") && granted(Change::Kind::resources);
  const std::string_view uris = member(wanted, "resourceSubscriptions");
  if (uris.empty()) return filter;
  if (type_of(uris) != JsonType::array) bad_filter(".resourceSubscriptions is a list of URIs");
  each_element(uris, [&](std::string_view uri) {
    if (type_of(uri) != JsonType::string) bad_filter(".resourceSubscriptions is a list of URIs");
    if (granted(Change::Kind::resource)) filter.uris.insert(unquoted(uri));
  });
  return filter;
}

}  // namespace dhis2mcp
