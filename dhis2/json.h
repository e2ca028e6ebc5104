// SPDX-License-Identifier: BSD-3-Clause
// The JSON value of the project: members keep their order, so equal answers are equal bytes.
#pragma once

#include <nlohmann/json.hpp>

namespace dhis2mcp {

using Json = nlohmann::ordered_json;

// Serialises on one line. Bytes that are not UTF-8 become U+FFFD instead of throwing.
std::string to_text(const Json& value);

}  // namespace dhis2mcp
