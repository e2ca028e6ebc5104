// SPDX-License-Identifier: BSD-3-Clause
// An object of DHIS2 as Markdown: what a client attaches to a conversation by its address.
#pragma once

#include <string>
#include <string_view>

#include "dhis2/json.h"
#include "tools/catalogue.h"

namespace dhis2mcp {

// `answer` is the structuredContent of metadata_get, already masked and within its bounds. Names
// are headings and links, references lead to their own resource (dhis2://{profile}/{type}/{id})
// where their type is known, formulas stand in names below the formula itself. A line says that
// what follows was written by people of the instance. Text of the instance cannot end a line, open
// a link or begin a heading.
std::string object_page(const Json& answer, const Catalogue& catalogue, std::string_view profile);

// Text of the instance inside of Markdown: one line, its marks escaped.
std::string markdown_text(std::string_view text);

}  // namespace dhis2mcp
