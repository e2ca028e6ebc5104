// SPDX-License-Identifier: BSD-3-Clause
// DHIS2's own analysis by validation rules.
#pragma once

#include "tests/sandbox/wire.h"

namespace sandbox {

// POST /api/dataAnalysis/validationRules: {startDate, endDate, ou, vrg?, persist?, maxResults?}.
// Rules over data elements and their option combos, by attribute option combo. `maxResults` counts
// from 2.41 on. What would be kept or sent (`persist`, `notification`) is not played.
Reply validation_analysis(const Country& country, const Request& request);

}  // namespace sandbox
