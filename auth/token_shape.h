// SPDX-License-Identifier: BSD-3-Clause
// Tells a mistyped or cut personal access token before it is sent.
#pragma once

#include <string>
#include <string_view>

namespace dhis2mcp {

// A sentence that says what looks wrong, or empty. A doubt, not a verdict: DHIS2 decides, and a
// prefix that is not known here is left alone. Reads the two shapes of DHIS2's ApiTokenType:
// "d2pat_" + 32 characters + CRC-32 in 10 decimal digits (issued up to 2.40), and "d2p_" + 44
// characters + CRC-32 in 6 base-62 digits (issued from 2.41 on). The text never holds the token.
std::string token_doubt(std::string_view token);

}  // namespace dhis2mcp
