// SPDX-License-Identifier: BSD-3-Clause
// One way to write JSON, for strangers' bytes too.
#include "dhis2/json.h"

#include <string>

namespace dhis2mcp {

std::string to_text(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace dhis2mcp
