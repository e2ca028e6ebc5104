// SPDX-License-Identifier: BSD-3-Clause
// Reads of metadata: lists, objects and single properties of any type.
#pragma once

#include <optional>

#include "tests/sandbox/schema.h"
#include "tests/sandbox/wire.h"

namespace sandbox {

// The answer to a request below a type's endpoint; empty when no type has that path.
std::optional<Reply> metadata(const Country& country, const Request& request);

// A page of `objects` under the type's plural with its pager, filtered, ordered and rendered as
// the request asks; `order` counts where the request names none.
Reply metadata_list(const Country& country, const Request& request, const Schema& schema,
                    std::vector<const Json*> objects, std::string_view order = "name:iasc");

}  // namespace sandbox
