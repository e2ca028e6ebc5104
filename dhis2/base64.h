// SPDX-License-Identifier: BSD-3-Clause
// Base64 as RFC 4648 section 4 has it, for credentials, blobs, cursors and headers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dhis2mcp {

void append_base64(std::string& out, std::string_view bytes);
std::string to_base64(std::string_view bytes);

// Strictly: padded, no other characters, no stray bits. Nothing otherwise.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace dhis2mcp
