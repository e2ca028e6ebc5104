// SPDX-License-Identifier: BSD-3-Clause
// Which revision a message is to be read by: decided for each message anew, never pinned, since
// clients mix server/discover and initialize on one connection.
#pragma once

#include <optional>

#include "server/http_head.h"
#include "server/jsonrpc.h"
#include "server/revision.h"
#include "server/toolbox.h"

namespace dhis2mcp {

// What surrounds a message. Over HTTP `head` is set.
struct Surroundings {
  const HttpHead* head = nullptr;
  std::optional<Revision> session;  // of the session that the message belongs to, if any
};

// In order: a claim in `_meta` (2026-07-28), `initialize`, a session, and over HTTP the one-shot
// form, a tools/list or tools/call with none of these. Throws RpcError: a claim that is malformed
// (-32602), that the MCP headers contradict (-32020) or whose version we do not speak (-32022); a
// request that belongs nowhere (-32600), with both ways in.
Revision revision_of(const Message& message, const Surroundings& around);

// Mcp-Name must say which tool or prompt is called, or which resource is read (2026-07-28 over
// HTTP). Throws RpcError -32020.
void check_name_header(const Message& message, const HttpHead& head);

// As server/header_params.h, for a tools/call.
void check_param_headers(const Message& message, const HttpHead& head, const Toolbox& toolbox);

}  // namespace dhis2mcp
