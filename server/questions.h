// SPDX-License-Identifier: BSD-3-Clause
// Questions to a client on the wire: what it declared that it answers, how it is asked, and what
// its answers mean.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/jsonrpc.h"
#include "server/revision.h"
#include "tools/offer.h"

namespace dhis2mcp {

// From a raw ClientCapabilities object, empty for none. What the revision does not know cannot be
// asked: forms since 2025-06-18, URLs since 2025-11-25. `elicitation: {}` means forms.
Askable askable_of(std::string_view capabilities, Revision revision);

// `elicitation/create`, `sampling/createMessage` or `roots/list`, and its params.
std::string_view question_method(Question::Kind kind);
std::string question_params(const Question& question, Revision revision);

// `{"elicitation":{"url":{}}}`: what a client would have to declare.
std::string required_capabilities(const std::vector<Question>& questions);

// Throws RpcError (-32602) for a raw answer that is none to this kind of question.
InputAnswer read_answer(Question::Kind kind, std::string_view raw);

// An answer to nobody's question: its kind is guessed from its shape.
InputAnswer read_unasked(std::string_view raw);

}  // namespace dhis2mcp
