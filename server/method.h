// SPDX-License-Identifier: BSD-3-Clause
// What the methods share: reading params, and the members that only some revisions know.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "dhis2/error.h"
#include "server/content.h"
#include "server/mcp.h"
#include "server/page.h"

namespace dhis2mcp {

// How long, and for whom, a result of 2026-07-28 may be kept.
enum class Caching { none, shared, own, never };

// `"resultType":...,"_meta":{...}` for 2026-07-28, with a comma before it; nothing for the others.
// `meta` is further members of `_meta`, raw; the older revisions get a `_meta` of those alone.
std::string closing_members(Revision revision, Caching caching, std::string_view meta = {});

// The raw value of a member of params; empty when there is none.
std::string_view param(const MethodCall& call, std::string_view name);

// One page of any list but that of tools; `append` writes an entry.
template <typename Entries, typename Append>
MethodAnswer list_result(const MethodCall& call, const Toolbox& toolbox, std::string_view name,
                         const Entries& entries, Append append, Caching caching) {
  constexpr std::size_t kUsual = 200;
  const std::size_t size = toolbox.page_size() == 0 ? kUsual : toolbox.page_size();
  const ListPage page = page_of(call.message.params, name, entries.size(), size);
  std::string result = R"({")" + std::string(name) + R"(":[)";
  for (std::size_t i = page.begin; i < page.end; ++i) {
    if (i > page.begin) result += ',';
    append(result, entries[i], call.revision);
  }
  result += ']';
  append_member(result, "nextCursor", page.next);
  return {{result.append(closing_members(call.revision, caching)) + "}"}};
}

// A string that must be there. Throws RpcError (-32602), naming the method and the member.
std::string text_param(const MethodCall& call, std::string_view name);

// An object of strings; empty when it is absent. Throws RpcError (-32602).
std::map<std::string, std::string> text_map(std::string_view raw, std::string_view what);

// What a resource, a prompt or a completion refuses. `data` replaces the error's own, when not
// empty.
[[noreturn]] void refuse(const Error& error, int not_found_code, std::string data = {});

}  // namespace dhis2mcp
