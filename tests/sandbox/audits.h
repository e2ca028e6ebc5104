// SPDX-License-Identifier: BSD-3-Clause
// What the server remembers of changes: /api/audits.
#pragma once

#include "tests/sandbox/wire.h"

namespace sandbox {

// GET /audits/dataValue by de, ds, ou, pe, co, cc and auditType, in pages.
// From 2.43 on an import leaves a CREATE for each value; before, only changes
// leave something, and nothing was changed. /audits/dataApproval and
// /audits/trackedEntity are the empty lists of a server that audits none.
Reply audits(const Country& country, const Request& request);

}  // namespace sandbox
