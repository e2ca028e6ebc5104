// SPDX-License-Identifier: BSD-3-Clause
// The ladder of MCP 2026-07-28 "Versioning" with the older handshake beside it.
#include "server/era.h"

#include "server/header_params.h"
#include "server/json_text.h"
#include "server/severity.h"

namespace dhis2mcp {
namespace {

constexpr std::string_view kBothWays =
    "Start with initialize, or send _meta[\"io.modelcontextprotocol/protocolVersion\"] "
    "(2026-07-28) and _meta[\"io.modelcontextprotocol/clientCapabilities\"] ({} for none) with "
    "each request.";

[[noreturn]] void bad_meta(std::string_view key, std::string_view expected) {
  throw RpcError{kInvalidParams,
                 "params._meta[\"io.modelcontextprotocol/" + std::string(key) + "\"] is " +
                     std::string(expected) + ".",
                 400,
                 {}};
}

void check_claim(const Claim& claim) {
  if (type_of(claim.protocol_version) != JsonType::string) {
    bad_meta("protocolVersion", "a string");
  }
  if (claim.client_capabilities.empty() || type_of(claim.client_capabilities) != JsonType::object) {
    bad_meta("clientCapabilities", "a required object");
  }
  if (!claim.client_info.empty()) {
    const bool object = type_of(claim.client_info) == JsonType::object;
    for (const std::string_view name : {"name", "version"}) {
      const std::string_view value = object ? member(claim.client_info, name) : "";
      if (value.empty() || type_of(value) != JsonType::string) {
        bad_meta("clientInfo", "an object with name and version");
      }
    }
  }
  if (!claim.log_level.empty() && !severity(claim.log_level)) {
    bad_meta("logLevel", "one of " + severities());
  }
}

[[noreturn]] void mismatch(std::string_view header, std::string_view expected) {
  throw RpcError{kHeaderMismatch,
                 "The header " + std::string(header) + " must be there and equal " +
                     std::string(expected) + ".",
                 400,
                 {}};
}

void check_header(std::string_view name, const std::optional<std::string_view>& value,
                  std::string_view expected, std::string_view in_body) {
  if (!value || header_text(*value) != expected) mismatch(name, in_body);
}

Revision claimed_revision(const Message& message, const HttpHead* head) {
  check_claim(message.claim);
  const std::string version = unquoted(message.claim.protocol_version);
  // The headers of a notification's POST are not defined by the revision.
  if (head != nullptr && message.kind == MessageKind::request) {
    check_header("MCP-Protocol-Version", head->protocol_version, version,
                 "the protocolVersion in _meta");
    check_header("Mcp-Method", head->mcp_method, message.method, "the method");
  }
  const std::optional<Revision> spoken = revision(version);
  if (!spoken || !is_modern(*spoken)) {
    throw RpcError{kUnsupportedVersion,
                   spoken ? "This protocol version starts with initialize."
                          : "This protocol version is not spoken here.",
                   400,
                   R"({"supported":)" + supported_versions() + R"(,"requested":)" +
                       std::string(message.claim.protocol_version) + "}"};
  }
  return *spoken;
}

// Without a claim, over HTTP: a modern version in the header means that the claim was forgotten.
void check_version_header(const Message& message, const Surroundings& around) {
  if (!around.head->protocol_version) return;
  const std::string_view text = *around.head->protocol_version;
  const std::optional<Revision> named = revision(text);
  if (named && is_modern(*named)) {
    if (message.method == "initialize") mismatch("MCP-Protocol-Version", "an older version");
    bad_meta("protocolVersion", "missing, though the header MCP-Protocol-Version says " +
                                    std::string(to_string(*named)));
  }
  // What initialize agreed on counts: clients are about that send another older version here.
  if (message.method == "initialize" || named) return;
  throw RpcError{
      kInvalidRequest, "The header MCP-Protocol-Version names no version spoken here.", 400, {}};
}

bool is_one_shot(const Message& message, const HttpHead& head) {
  return !head.session && !head.protocol_version &&
         (message.method == "tools/list" || message.method == "tools/call");
}

}  // namespace

Revision revision_of(const Message& message, const Surroundings& around) {
  if (message.claim.present()) return claimed_revision(message, around.head);
  if (around.head != nullptr) check_version_header(message, around);
  if (message.method == "initialize") return kNewestLegacy;
  if (around.session) return *around.session;
  if (message.kind == MessageKind::notification) return kNewestLegacy;
  if (around.head != nullptr ? is_one_shot(message, *around.head) : message.method == "ping") {
    return kNewestLegacy;
  }
  throw RpcError{kInvalidRequest, "No session. " + std::string(kBothWays), 400, {}};
}

void check_name_header(const Message& message, const HttpHead& head) {
  const bool reads = message.method == "resources/read";
  if (!reads && message.method != "tools/call" && message.method != "prompts/get") return;
  const std::string_view name = member(message.params, reads ? "uri" : "name");
  if (name.empty() || type_of(name) != JsonType::string) return;
  check_header("Mcp-Name", head.mcp_name, unquoted(name), reads ? "params.uri" : "params.name");
}

void check_param_headers(const Message& message, const HttpHead& head, const Toolbox& toolbox) {
  if (!toolbox.uses_headers() || message.method != "tools/call") return;
  const std::string_view name = member(message.params, "name");
  if (name.empty() || type_of(name) != JsonType::string) return;
  const Tool* tool = nullptr;
  try {
    tool = toolbox.find(unquoted(name));
  } catch (const Error&) {
    return;  // refused when it is called
  }
  if (tool == nullptr) return;
  const std::vector<HeaderParam> params = toolbox.header_params(*tool);
  if (!params.empty()) check_header_params(params, member(message.params, "arguments"), head);
}

}  // namespace dhis2mcp
