// SPDX-License-Identifier: BSD-3-Clause
// Values far from the others of their series.
#pragma once

#include "tests/sandbox/wire.h"

namespace sandbox {

// /api/outlierDetection over stored values: Z_SCORE, MOD_Z_SCORE and MIN_MAX (the practice country
// has no min-max values, so that one finds nothing). Deviations are those of the whole population;
// up to 2.40 the modified score divides by the standard deviation, from 2.41 on by the median of
// the deviations over 0.6745.
Reply outliers(const Country& country, const Request& request);

}  // namespace sandbox
