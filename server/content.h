// SPDX-License-Identifier: BSD-3-Clause
// Content, resources and prompts as JSON, in the shape that a revision knows.
#pragma once

#include <string>

#include "server/revision.h"
#include "tools/offer.h"

namespace dhis2mcp {

// One content block. What the revision does not know becomes text: a link its URI, audio a line
// that says so.
void append_content(std::string& out, const Content& content, Revision revision);

void append_contents(std::string& out, const ResourceContents& contents);

void append_resource(std::string& out, const Resource& resource, Revision revision);
void append_template(std::string& out, const ResourceTemplate& resource, Revision revision);
void append_prompt(std::string& out, const Prompt& prompt, Revision revision);

// `"name":"value"` with a comma before it, unless the object has just begun; empty values are left
// out.
void append_member(std::string& out, std::string_view name, std::string_view value);

}  // namespace dhis2mcp
