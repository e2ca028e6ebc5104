// SPDX-License-Identifier: BSD-3-Clause
// JSON-RPC 2.0: reads one message's envelope and builds the answers. Params stay raw text.
#pragma once

#include <string>
#include <string_view>

namespace dhis2mcp {

// Codes of JSON-RPC and of MCP 2026-07-28.
enum RpcCode : int {
  kParseError = -32700,
  kInvalidRequest = -32600,
  kMethodNotFound = -32601,
  kInvalidParams = -32602,
  kInternalError = -32603,
  kResourceNotFound = -32002,  // before 2026-07-28
  kHeaderMismatch = -32020,
  kMissingCapability = -32021,
  kUnsupportedVersion = -32022,
};

// A protocol error. Thrown by handlers, answered in one place.
struct RpcError {
  int code = kInternalError;
  std::string message;
  int http = 200;    // status over HTTP; stdio has none
  std::string data;  // raw JSON; empty for none
};

// What a request says about itself in `params._meta` (2026-07-28): raw values, empty when absent.
struct Claim {
  std::string_view protocol_version, client_capabilities, client_info, log_level, progress_token;

  bool present() const { return !protocol_version.empty(); }
};

enum class MessageKind { request, notification, response };

// One message. The views look into the text that it was read from.
struct Message {
  MessageKind kind = MessageKind::request;
  std::string_view id;  // as it was written: `7` or `"a"`; empty when there is none
  std::string method;
  std::string_view params;  // a raw object; empty when absent
  std::string_view result;  // of a response; empty when it is an error
  Claim claim;
};

// What could be read of a message that is no valid one.
struct BadMessage {
  RpcError error;
  std::string_view id;        // empty when it could not be read
  bool notification = false;  // it asks for no answer; only a transport that must answer does
};

// Reads text that check_json passed. Throws BadMessage: not an object, no "jsonrpc":"2.0", an id
// that is neither string nor integer, params that are no object.
Message read_message(std::string_view text);

// `{"jsonrpc":"2.0","id":...,"result":...}`; the result is raw JSON.
std::string result_message(std::string_view id, std::string_view result);

// An empty id is written as null, or left out when `omit_id`.
std::string error_message(std::string_view id, const RpcError& error, bool omit_id = false);

}  // namespace dhis2mcp
