// SPDX-License-Identifier: BSD-3-Clause
// What the practice DHIS2 answers before anyone has signed in.
#pragma once

#include <optional>

#include "tests/sandbox/target.h"
#include "tests/sandbox/wire.h"

namespace sandbox {

// ping, loginConfig and files that a login page needs. Empty for everything else.
std::optional<Reply> public_page(const Country& country, const Request& request,
                                 const Target& target);

}  // namespace sandbox
