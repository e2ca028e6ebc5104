// SPDX-License-Identifier: BSD-3-Clause
// HTTP answers as text.
#pragma once

#include <string>
#include <string_view>

#include "server/http_head.h"
#include "server/outlet.h"

namespace dhis2mcp {

// "Not Found" of 404.
std::string_view reason_phrase(int status);

// The head of an answer; `further` is header lines that end in CRLF.
std::string http_answer_head(int status, std::size_t length, std::string_view further,
                             bool keep_alive);

// A whole answer: the reply of a message, or the sentence of a refusal as a JSON-RPC error without
// an id, after which the connection is closed.
std::string http_answer(const Reply& reply, bool keep_alive);
std::string http_answer(const HttpRefusal& refusal);

// The head of an answer that is an event stream. Without `chunked` (HTTP/1.0) its end is the end of
// the connection.
std::string http_stream_head(bool chunked, bool keep_alive);

// One event as text/event-stream has it (WHATWG HTML 9.2); a comment for an event without text and
// id.
std::string stream_event(const Event& event);

// A piece of a chunked body (RFC 9112 7.1).
std::string http_chunk(std::string_view text);

}  // namespace dhis2mcp
