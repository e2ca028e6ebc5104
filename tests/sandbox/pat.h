// SPDX-License-Identifier: BSD-3-Clause
// Personal access tokens: their two formats with checksums, and the rules that a token carries.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sandbox/wire.h"

namespace sandbox {

// What a server keeps of a token. It would keep a hash; the practice server keeps the text.
struct Pat {
  std::string uid, key, owner, code, created, updated;
  long long expire = 0;             // epoch milliseconds
  Json attributes = Json::array();  // as sent: IpAllowedList, MethodAllowedList, RefererAllowedList
};

// "d2pat_" + 32 characters + CRC32 in decimal, or "d2p_" + 44 + CRC32 in base 62. Servers of 2.41
// and later run the CRC over the body and the zero bytes of an unfilled buffer (3 and 4 of them);
// 2.40 and earlier over the body alone.
std::string v1_token(std::string_view body, int major);
std::string v2_token(std::string_view body);

// Whether a server of this major takes the text for a token at all.
bool good_checksum(std::string_view token, int major);

// The text after "ApiToken "; empty when a token is missing or has characters that none has.
// No value at all when the header is not one of ours.
std::optional<std::string> token_of(std::string_view authorization);

// Why the rules of a token refuse a request, in DHIS2's words; empty when they do not.
std::string refusal_of(const Pat& pat, const Request& request);

// The tokens that every practice server knows; README.md lists them.
std::vector<Pat> practice_pats(const Settings& settings);

// "2026-11-21T10:00:00" as epoch milliseconds.
long long milliseconds_of(std::string_view iso);

}  // namespace sandbox
