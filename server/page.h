// SPDX-License-Identifier: BSD-3-Clause
// Which part of a list an answer carries.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dhis2mcp {

struct ListPage {
  std::size_t begin = 0, end = 0;
  std::string next;  // the cursor of the page after it; empty when this is the last
};

// `params` are those of the request. A cursor is of one list, named by `list`, and of no session.
// Throws RpcError (-32602) for one that is not ours. A size of 0 means a single page.
ListPage page_of(std::string_view params, std::string_view list, std::size_t entries,
                 std::size_t size);

}  // namespace dhis2mcp
