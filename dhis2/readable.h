// SPDX-License-Identifier: BSD-3-Clause
// Which Web API paths a read may touch. In DHIS2 a GET can run SQL, call third parties or consume
// ids, so a list of paths decides, not the method.
#pragma once

#include <string>
#include <string_view>

#include "dhis2/query.h"

namespace dhis2mcp {

// A path that passed: below /api, without the version number ("/dataElements/abc"), and the query
// that was written inline.
struct ReadPath {
  std::string path;  // "/api/dataElements/fbfJHSPpUQD"
  Query query;
  std::string version;  // the number that was left out: "41"
};

// Normalises what a person or a model wrote: "dataElements", "/api/41/me?fields=id", "me.json".
// Throws `refused`, before any connection, naming the rule and what to use instead; `bad_input`
// when it is no path at all. The deny list wins over everything and compares names without case.
ReadPath readable(std::string_view path, const Query& query = {});

}  // namespace dhis2mcp
