// SPDX-License-Identifier: BSD-3-Clause
// The methods of MCP: what each is answered with. Knows no transport, no thread and no session.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/filter.h"
#include "server/jsonrpc.h"
#include "server/questions.h"
#include "server/revision.h"
#include "server/toolbox.h"

namespace dhis2mcp {

// A request to answer. Lives until its answer is complete.
struct MethodCall {
  const Message& message;
  Revision revision;
  const CallContext& context;  // for the first entry of the work; later ones are given theirs
};

// What `initialize` agreed on.
struct Opened {
  Revision revision;
  std::string client;  // "name version", at most 80 characters
  Askable askable;
};

struct Subscription {
  std::string uri;
  bool on;
};

// What one entry of the work came to: the raw result, or questions.
struct MethodOutcome {
  std::string result;
  std::vector<Question> questions;
  std::string bound_to;        // the profile that the questions are about
  std::string log_word{"ok"};  // how the call ended: "ok", "failed KIND" or "cancelled"
};

// May wait for DHIS2. May throw RpcError, as the method itself may.
using Work = std::function<MethodOutcome(const CallContext&)>;

// Without `work` the outcome is the answer. With it the outcome holds questions that the work has
// already, or nothing: it was not entered yet. The rest is for the session to remember.
struct MethodAnswer {
  MethodOutcome outcome;
  Work work;
  std::optional<Opened> opened;
  std::optional<LogSeverity> log_level;
  std::optional<Subscription> subscription;
  std::optional<Filter> listen;  // the request stays open
};

class Mcp {
 public:
  // The toolbox must live longer.
  explicit Mcp(const Toolbox& toolbox) : toolbox_(toolbox) {}

  const Toolbox& toolbox() const { return toolbox_; }

  // Whether clients of this revision may call the method, and whether its work looks at a context.
  enum class Knowledge { unknown, plain, works };
  Knowledge knows(std::string_view method, Revision revision) const;

  // Throws RpcError; -32601 for a method that is unknown.
  MethodAnswer answer(const MethodCall& call) const;

 private:
  struct Method;
  const Method* find(std::string_view name, Revision revision) const;

  MethodAnswer initialize(const MethodCall& call) const;
  MethodAnswer discover(const MethodCall& call) const;
  MethodAnswer ping(const MethodCall& call) const;
  MethodAnswer set_level(const MethodCall& call) const;
  MethodAnswer listen(const MethodCall& call) const;
  MethodAnswer tools_list(const MethodCall& call) const;
  MethodAnswer tools_call(const MethodCall& call) const;
  MethodAnswer resources_list(const MethodCall& call) const;
  MethodAnswer templates_list(const MethodCall& call) const;
  MethodAnswer resources_read(const MethodCall& call) const;
  MethodAnswer subscribe(const MethodCall& call) const;
  MethodAnswer unsubscribe(const MethodCall& call) const;
  MethodAnswer prompts_list(const MethodCall& call) const;
  MethodAnswer prompts_get(const MethodCall& call) const;
  MethodAnswer complete(const MethodCall& call) const;

  const Toolbox& toolbox_;
};

// The CallToolResult of a finished call, as a client of the revision may receive it.
std::string call_tool_result(const ToolResult& result, Revision revision);

}  // namespace dhis2mcp
