// SPDX-License-Identifier: BSD-3-Clause
// Whether a credential may travel to an address at all, decided before any connection.
#pragma once

#include <optional>

#include "auth/profile.h"
#include "dhis2/error.h"

namespace dhis2mcp {

// Nothing over https and to loopback. Over plain http elsewhere a password is refused whatever the
// profile says, and a token unless the profile says insecure_http.
std::optional<Error> transport_refusal(const Profile& profile);

}  // namespace dhis2mcp
