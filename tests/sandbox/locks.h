// SPDX-License-Identifier: BSD-3-Clause
// What keeps data entry closed or open: approvals and lock exceptions. Both live as long as the
// server.
#pragma once

#include "tests/sandbox/wire.h"

namespace sandbox {

// /api/dataApprovals with wf or ds, pe and ou: state, approve (POST), take back (DELETE). A unit
// may be approved on a level of the workflow once all units below it on the next level are. Lists
// of states are not played.
Reply data_approvals(const Country& country, const Request& request);

// /api/lockExceptions, listed with a filter by data set, made by ds, pe and ou, and removed.
Reply lock_exceptions(const Country& country, const Request& request);

}  // namespace sandbox
