// SPDX-License-Identifier: BSD-3-Clause
// What the practice DHIS2 answers before anyone has signed in.
#pragma once

#include <optional>
#include <string_view>

#include "tests/sandbox/target.h"
#include "tests/sandbox/wire.h"

namespace sandbox {

// ping, loginConfig, the login page and the redirect to it from other web pages. Empty for what
// needs a login.
std::optional<Reply> public_page(const Country& country, const Request& request,
                                 const Target& target, std::string_view login_page);

}  // namespace sandbox
