// SPDX-License-Identifier: BSD-3-Clause
// The JSON guard: what it lets through, a whole JSON parser reads, too, and reads as the same.
#include <cstdint>
#include <string>
#include <string_view>

#include "dhis2/error.h"
#include "dhis2/json_guard.h"
#include "dhis2/utf8.h"
#include "server/json_text.h"
#include "tests/fuzz/demand.h"

namespace {

using dhis2mcp::Json;
using dhis2mcp::JsonType;

// The readers of raw text agree with the value of the parser, member by member.
void compare(std::string_view raw, const Json& value) {
  raw = dhis2mcp::without_space(raw);
  switch (dhis2mcp::type_of(raw)) {
    case JsonType::object: {
      DEMAND(value.is_object());
      auto next = value.begin();
      dhis2mcp::each_member(raw, [&](std::string_view name, std::string_view member) {
        DEMAND(next != value.end() && next.key() == name);
        compare(member, next.value());
        DEMAND(dhis2mcp::member(raw, name) == member);
        ++next;
      });
      DEMAND(next == value.end());
      break;
    }
    case JsonType::array: {
      DEMAND(value.is_array());
      std::size_t at = 0;
      dhis2mcp::each_element(raw, [&](std::string_view element) {
        DEMAND(at < value.size());
        compare(element, value[at++]);
      });
      DEMAND(at == value.size());
      break;
    }
    case JsonType::string:
      DEMAND(value.is_string() && value == dhis2mcp::unquoted(raw));
      DEMAND(!dhis2mcp::check_json(dhis2mcp::json_quoted(dhis2mcp::unquoted(raw))));
      break;
    case JsonType::number:
      DEMAND(value.is_number());
      break;
    case JsonType::boolean:
      DEMAND(value.is_boolean());
      break;
    case JsonType::null:
      DEMAND(value.is_null());
      break;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const bool good = !dhis2mcp::check_json(text);
  DEMAND(dhis2mcp::is_utf8(text) || !good);
  try {
    const Json value = dhis2mcp::parse_json(text);
    DEMAND(good);
    compare(text, value);
  } catch (const dhis2mcp::Error& error) {
    // The guard keeps numbers as text; the parser refuses those that no double holds.
    DEMAND(!good || std::string_view(error.what()).find("number") != std::string_view::npos);
  }
  return 0;
}
