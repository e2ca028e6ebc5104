// SPDX-License-Identifier: BSD-3-Clause
// What an import, a validation or a delete says went wrong, from any of DHIS2's report shapes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dhis2/json.h"

namespace dhis2mcp {

// One reason and how often it came. Reports of thousands of rows mostly repeat a few reasons.
struct ReportedProblem {
  std::string code;     // "E5002", or empty
  std::string message;  // in DHIS2's words, as it came
  std::uint64_t count = 1;
};

struct ImportReport {
  std::vector<ReportedProblem> problems;  // in order of appearance, equal ones counted
  std::string counts;                     // "created 0, updated 1, ignored 2", or empty
  std::string description;                // of an import summary
};

// Reads objectReports and typeReports (metadata), conflicts and import summaries (data values),
// validationReport (tracker) and plain errorReports. From 2.38 on the report sits below `response`
// of a web message, before that it is the root: give the report itself.
ImportReport read_import_report(const Json& report);

}  // namespace dhis2mcp
