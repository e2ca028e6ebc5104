// SPDX-License-Identifier: BSD-3-Clause
// Which changes a subscription is about.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "server/toolbox.h"

namespace dhis2mcp {

// Whether the toolbox ever announces changes of this kind.
bool announces(const Toolbox& toolbox, Change::Kind kind);

// What a subscriptions/listen asks for, less what we never announce.
struct Filter {
  bool tools = false, prompts = false, resources = false;
  std::set<std::string> uris;

  bool lets(const Change& change) const;
};

// From the raw params. Throws RpcError (-32602) for a wrong shape.
Filter filter_of(std::string_view params, const Toolbox& toolbox);

}  // namespace dhis2mcp
