// SPDX-License-Identifier: BSD-3-Clause
// What the periods of a connected instance depend on.
#pragma once

#include <string>
#include <vector>

#include "auth/signed_client.h"
#include "tools/period.h"

namespace dhis2mcp {

// Calendar and version as DHIS2 told them at sign-in; today by this machine's clock. The month with
// which financial years begin is asked (analyticsFinancialYearStart) when a text depends on it. The
// client must outlive the almanac.
Almanac almanac_of(SignedClient& client, const Patience& patience);

// How one text was read, for `read_as`: "FY 2024 = 2024Oct (2024-10 to 2025-09)". Empty when it is
// the id itself and shows its bounds.
std::string period_read_as(const std::string& written, const std::vector<std::string>& ids,
                           const Almanac& almanac);

}  // namespace dhis2mcp
