// SPDX-License-Identifier: BSD-3-Clause
// Reads of aggregate data: /api/dataValueSets and /api/completeDataSetRegistrations.
#pragma once

#include "tests/sandbox/wire.h"

namespace sandbox {

// GET /dataValueSets as JSON, CSV and XML, streamed. Up to 2.42 the form follows the extension,
// `format` or Accept; 2.43 ignores Accept. ADX and compressed files answer 501. Rows come ordered
// by period and data element, which DHIS2 does not promise.
Reply data_value_sets(const Country& country, const Request& request);

// GET /completeDataSetRegistrations as JSON and XML.
Reply complete_registrations(const Country& country, const Request& request);

// POST and DELETE of the same.
Reply write_registrations(const Country& country, const Request& request);

}  // namespace sandbox
