// SPDX-License-Identifier: BSD-3-Clause
// The JSON value of the project: members keep their order, so equal answers are equal bytes.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace dhis2mcp {

using Json = nlohmann::ordered_json;

// Serialises on one line. Bytes that are not UTF-8 become U+FFFD instead of throwing.
std::string to_text(const Json& value);

// A text as a JSON string, without building a value; broken UTF-8 becomes U+FFFD here, too.
void append_quoted(std::string& out, std::string_view text);
std::string json_quoted(std::string_view text);

}  // namespace dhis2mcp
