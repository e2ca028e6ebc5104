// SPDX-License-Identifier: BSD-3-Clause
// One row for each code; the words are those of DHIS2's own ErrorCode, 2.37 to 2.43.
#include "tools/data_refusal.h"

#include <array>
#include <string_view>
#include <utility>

namespace dhis2mcp {
namespace {

struct NextStep {
  std::string_view code, hint;
};

constexpr std::string_view kUnits =
    "Ask for units that this account may see: USER_ORGUNIT, or units below it.";
constexpr std::string_view kReadAccess =
    "This account may not read these data: ask an administrator for data read access.";
constexpr std::string_view kPeriod = "Give period ids such as 202608, 2026Q3 or 2026.";
constexpr std::string_view kLookUp =
    "It does not exist here, or this account may not see it: look it up with metadata_find.";

constexpr std::array<NextStep, 23> kNextSteps = {{
    {"E2001", "Give `data_set` or `data`."},
    {"E2002", kPeriod},
    {"E2006", "None of these org units exists here for this account: use org_unit_find."},
    {"E2007", "Leave out `children` for a group of org units."},
    {"E2008", "Name an org unit beside `children`."},
    {"E2010", kReadAccess},
    {"E2011", kReadAccess},
    {"E2012", kUnits},
    {"E2013", kLookUp},
    {"E1005", "No value is stored there."},
    {"E1100", kLookUp},
    {"E1101", kPeriod},
    {"E1102", kUnits},
    {"E1103", kLookUp},
    {"E1104", kLookUp},
    {"E1105", kLookUp},
    {"E8127", kLookUp},
    {"E7120", kUnits},
    {"E7121", kReadAccess},
    {"E7124", kLookUp},
    {"E7128", "Ask for fewer periods, or for a higher level of org units."},
    {"E7143", "Look the unit, level or group up with org_unit_find."},
    {"E7144",
     "The analytics tables are missing: an administrator has to run analytics (Data Administration "
     "app). `missing` reads what is stored now."},
}};

}  // namespace

void throw_data_refusal(Error error) {
  for (const NextStep& step : kNextSteps) {
    if (error.code == step.code) error.hint = step.hint;
  }
  throw error;
}

}  // namespace dhis2mcp
