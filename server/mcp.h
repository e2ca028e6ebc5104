// SPDX-License-Identifier: BSD-3-Clause
// The methods of MCP: what each is answered with. Knows no transport, no thread and no session.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "server/jsonrpc.h"
#include "server/revision.h"
#include "server/toolbox.h"

namespace dhis2mcp {

// A request to answer. Lives until its answer is complete.
struct MethodCall {
  const Message& message;
  Revision revision;
  std::stop_token stop;
};

// What `initialize` agreed on.
struct Opened {
  Revision revision;
  std::string client;  // "name version", at most 80 characters
};

// Either the raw result, or the work that makes it and that may wait for DHIS2. The work may throw
// RpcError, as the method itself may.
struct MethodAnswer {
  std::string result;
  std::function<std::string()> later;
  std::optional<Opened> opened;
};

class Mcp {
 public:
  // The toolbox must live longer.
  explicit Mcp(const Toolbox& tools) : tools_(tools) {}

  // Whether clients of this revision may call the method.
  bool knows(std::string_view method, Revision revision) const;

  // Throws RpcError; -32601 for a method that `knows` denies.
  MethodAnswer answer(const MethodCall& call) const;

 private:
  struct Method;
  static const Method* find(std::string_view name, Revision revision);

  MethodAnswer initialize(const MethodCall& call) const;
  MethodAnswer discover(const MethodCall& call) const;
  MethodAnswer ping(const MethodCall& call) const;
  MethodAnswer tools_list(const MethodCall& call) const;
  MethodAnswer tools_call(const MethodCall& call) const;

  const Toolbox& tools_;
};

// The CallToolResult of a finished call, as a client of the revision may receive it.
std::string call_tool_result(const ToolResult& result, Revision revision);

}  // namespace dhis2mcp
