// SPDX-License-Identifier: BSD-3-Clause
// A diagnosis as an object: for the tool doctor, and for --json on the command line.
#pragma once

#include "auth/diagnosis.h"
#include "dhis2/json.h"

namespace dhis2mcp {

// {"profile","url","good","user","version","latency_ms","steps":[{"step","good","seen"}],
// "warnings","remarks","cause","next","kind"}; what is not known is left out.
Json diagnosis_json(const Diagnosis& seen);

}  // namespace dhis2mcp
