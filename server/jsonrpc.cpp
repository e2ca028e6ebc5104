// SPDX-License-Identifier: BSD-3-Clause
// Exact-case member names throughout: a reader that ignored case would let two readers differ.
#include "server/jsonrpc.h"

#include "server/json_text.h"

namespace dhis2mcp {
namespace {

constexpr std::string_view kMetaPrefix = "io.modelcontextprotocol/";

[[noreturn]] void refuse(std::string_view id, std::string message) {
  throw BadMessage{{kInvalidRequest, std::move(message), 400, {}}, id, false};
}

Claim read_claim(std::string_view params) {
  Claim claim;
  const std::string_view meta = member(params, "_meta");
  if (meta.empty() || type_of(meta) != JsonType::object) return claim;
  each_member(meta, [&](std::string_view name, std::string_view value) {
    if (name == "progressToken") claim.progress_token = value;
    if (!name.starts_with(kMetaPrefix)) return;
    name.remove_prefix(kMetaPrefix.size());
    if (name == "protocolVersion") claim.protocol_version = value;
    if (name == "clientCapabilities") claim.client_capabilities = value;
    if (name == "clientInfo") claim.client_info = value;
    if (name == "logLevel") claim.log_level = value;
  });
  return claim;
}

// An id longer than this is no id; it would be echoed and kept.
constexpr std::size_t kLongestId = 1024;

bool is_id(std::string_view raw) {
  return raw.size() <= kLongestId && (type_of(raw) == JsonType::string || is_integer(raw));
}

}  // namespace

Message read_message(std::string_view text) {
  text = without_space(text);
  if (type_of(text) != JsonType::object) refuse({}, "A message is a JSON object.");
  Message message;
  std::string_view version, method, result, error, params;
  each_member(text, [&](std::string_view name, std::string_view value) {
    if (name == "jsonrpc") version = value;
    if (name == "id") message.id = value;
    if (name == "method") method = value;
    if (name == "params") params = value;
    if (name == "result") result = value;
    if (name == "error") error = value;
  });
  if (!message.id.empty() && !is_id(message.id)) refuse({}, "An id is a string or an integer.");
  if (version != "\"2.0\"") refuse(message.id, "A message says \"jsonrpc\":\"2.0\".");
  if (method.empty()) {
    if (result.empty() == error.empty()) refuse(message.id, "A message has a method.");
    message.kind = MessageKind::response;
    message.result = result;
    return message;
  }
  if (type_of(method) != JsonType::string) refuse(message.id, "A method is a string.");
  message.method = unquoted(method);
  if (!params.empty()) {
    if (type_of(params) != JsonType::object) {
      throw BadMessage{
          {kInvalidParams, "params is an object.", 400, {}}, message.id, message.id.empty()};
    }
    message.params = params;
    message.claim = read_claim(params);
  }
  message.kind = message.id.empty() ? MessageKind::notification : MessageKind::request;
  return message;
}

std::string result_message(std::string_view id, std::string_view result) {
  std::string text;
  text.reserve(40 + id.size() + result.size());
  text.append(R"({"jsonrpc":"2.0","id":)").append(id).append(R"(,"result":)").append(result);
  return text += '}';
}

std::string error_message(std::string_view id, const RpcError& error, bool omit_id) {
  std::string text = R"({"jsonrpc":"2.0",)";
  if (!id.empty() || !omit_id) {
    text.append(R"("id":)").append(id.empty() ? "null" : id).append(",");
  }
  text.append(R"("error":{"code":)").append(std::to_string(error.code)).append(R"(,"message":)");
  append_quoted(text, error.message);
  if (!error.data.empty()) text.append(R"(,"data":)").append(error.data);
  return text.append("}}");
}

}  // namespace dhis2mcp
