// SPDX-License-Identifier: BSD-3-Clause
// The request of the tests that look at the answer alone.
#pragma once

#include "dhis2/exchange.h"

namespace dhis2mcp {

inline Request get_it() {
  Request request;
  request.path = "/api/x";
  return request;
}

}  // namespace dhis2mcp
