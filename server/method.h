// SPDX-License-Identifier: BSD-3-Clause
// What the methods share: reading params, and the members that only some revisions know.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "dhis2/error.h"
#include "server/mcp.h"

namespace dhis2mcp {

// How long, and for whom, a result of 2026-07-28 may be kept.
enum class Caching { none, shared, own, never };

// `"resultType":...,"_meta":{...}` for 2026-07-28, with a comma before it; nothing for the others.
// `meta` is further members of `_meta`, raw; the older revisions get a `_meta` of those alone.
std::string closing_members(Revision revision, Caching caching, std::string_view meta = {});

// The raw value of a member of params; empty when there is none.
std::string_view param(const MethodCall& call, std::string_view name);

// A string that must be there. Throws RpcError (-32602), naming the method and the member.
std::string text_param(const MethodCall& call, std::string_view name);

// An object of strings; empty when it is absent. Throws RpcError (-32602).
std::map<std::string, std::string> text_map(std::string_view raw, std::string_view what);

// What a resource, a prompt or a completion refuses. `data` replaces the error's own, when not
// empty.
[[noreturn]] void refuse(const Error& error, int not_found_code, std::string data = {});

}  // namespace dhis2mcp
