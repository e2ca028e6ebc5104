// SPDX-License-Identifier: BSD-3-Clause
// JSON as text: checks a message once, then finds its members without building values.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "dhis2/json_guard.h"

namespace dhis2mcp {

struct JsonFault {
  std::size_t at = 0;  // byte position
  std::string reason;
};

// Checks that the text is exactly one JSON value (RFC 8259) within the limits: grammar, UTF-8,
// paired surrogates, no NUL, no name twice in one object. Nothing when it is good. What passes here
// passes dhis2/json_guard.h too, but for numbers that no double holds.
std::optional<JsonFault> check_json(std::string_view text, const JsonLimits& limits = {});

enum class JsonType { object, array, string, number, boolean, null };

// The functions below read text that check_json has passed; on other text the answer is undefined,
// but they stay inside of it.

// `raw` has no white space around it.
JsonType type_of(std::string_view raw);
bool is_integer(std::string_view raw);  // "-7", never "7.0" or "7e1"

// Calls with each name (decoded) and the raw text of its value, in order.
void each_member(std::string_view object,
                 const std::function<void(std::string_view name, std::string_view value)>& take);
void each_element(std::string_view array, const std::function<void(std::string_view value)>& take);

// The raw text of a member; empty when the object has no such member.
std::string_view member(std::string_view object, std::string_view name);

// The text of a raw string, escapes resolved.
std::string unquoted(std::string_view raw);

std::string_view without_space(std::string_view text);

}  // namespace dhis2mcp
