// SPDX-License-Identifier: BSD-3-Clause
// A cursor is the name of its list and a position, in base64 so that nobody counts on it.
#include "server/page.h"

#include <algorithm>
#include <charconv>

#include "dhis2/base64.h"
#include "server/json_text.h"
#include "server/jsonrpc.h"

namespace dhis2mcp {
namespace {

[[noreturn]] void unknown_cursor() {
  throw RpcError{kInvalidParams, "The cursor is unknown; list again without one.", 200, {}};
}

std::size_t position_of(std::string_view raw, std::string_view list) {
  if (type_of(raw) != JsonType::string) unknown_cursor();
  const std::string text = from_base64(unquoted(raw)).value_or("");
  if (text.size() < list.size() + 2 || !text.starts_with(list) || text[list.size()] != ' ') {
    unknown_cursor();
  }
  std::size_t at = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data() + list.size() + 1, end, at);
  if (failed != std::errc{} || stop != end) unknown_cursor();
  return at;
}

}  // namespace

ListPage page_of(std::string_view params, std::string_view list, std::size_t entries,
                 std::size_t size) {
  ListPage page{0, entries, {}};
  const std::string_view cursor = params.empty() ? params : member(params, "cursor");
  if (!cursor.empty() && type_of(cursor) != JsonType::null) {
    page.begin = position_of(cursor, list);
    if (size == 0 || page.begin == 0 || page.begin >= entries || page.begin % size != 0) {
      unknown_cursor();
    }
  }
  if (size == 0) return page;
  page.end = std::min(entries, page.begin + size);
  if (page.end < entries)
    append_base64(page.next, std::string(list) + " " + std::to_string(page.end));
  return page;
}

}  // namespace dhis2mcp
