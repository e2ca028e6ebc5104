// SPDX-License-Identifier: BSD-3-Clause
// What stands beside tracker: generated attribute values, potential duplicates, program messages,
// and the older tracker endpoints as far as they refuse.
#pragma once

#include <optional>

#include "tests/sandbox/wire.h"

namespace sandbox {

// Empty for every other path, so that metadata may answer.
std::optional<Reply> tracker_side(const Country& country, const Request& request);

}  // namespace sandbox
