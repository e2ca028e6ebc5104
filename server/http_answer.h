// SPDX-License-Identifier: BSD-3-Clause
// HTTP answers as text.
#pragma once

#include <string>
#include <string_view>

#include "server/http_head.h"
#include "server/outlet.h"

namespace dhis2mcp {

// The head of an answer; `further` is header lines that end in CRLF.
std::string http_answer_head(int status, std::size_t length, std::string_view further,
                             bool keep_alive);

// A whole answer: the reply of a message, or the sentence of a refusal as a JSON-RPC error without
// an id, after which the connection is closed.
std::string http_answer(const Reply& reply, bool keep_alive);
std::string http_answer(const HttpRefusal& refusal);

}  // namespace dhis2mcp
