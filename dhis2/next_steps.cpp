// SPDX-License-Identifier: BSD-3-Clause
// One row for each code, in order, so that a missing one is seen.
#include "dhis2/next_steps.h"

#include <algorithm>

namespace dhis2mcp {
namespace {

constexpr NextStep kSteps[] = {
    {"E2001", "Name a data set, a data element group or a data element."},
    {"E2002", "Name periods, or a start and an end date."},
    {"E2006", "Name an organisation unit or a group of them."},
    {"E2012", "Ask for organisation units that this user may see."},
    {"E2016", "Take one of the values that the message lists."},
    {"E2034", "Filter by another property; metadata_describe names those of a type."},
    {"E2037", "Order by another property; metadata_describe names those of a type."},

    // Aggregate analytics
    {"E7100", "Name data, periods and org units."},
    {"E7101", "Name at least one dimension: data, periods or org units."},
    {"E7102", "Name data: data elements, indicators, program indicators or reporting rates."},
    {"E7103", "Give this dimension once: to see it (`by`) or to narrow by it (`filter`)."},
    {"E7104", "Give period ids such as 202608, 2026Q3 or 2026, or LAST_12_MONTHS."},
    {"E7105", "Give periods, or a start and an end date, not both."},
    {"E7106", "Swap the dates: the start comes first."},
    {"E7107", "Reporting rates take periods (202608, LAST_12_MONTHS), no dates."},
    {"E7108", "Ask for the indicators as data, or filter by one of them."},
    {"E7109", "Ask for the reporting rates as data, or filter by one of them."},
    {"E7110",
     "Break down by option combos with `by` instead of filtering by them, or filter by a "
     "category."},
    {"E7111", "Give each dimension once, with all its items."},
    {"E7112", "Reporting rates cannot be broken down so: leave out `by`, or ask them alone."},
    {"E7113", "Name data elements: only they can be broken down by categories."},
    {"E7114", "Ask for the data elements alone when breaking down by categories."},
    {"E7115",
     "Texts, dates and yes/no values have no aggregate: read them with data_values_get, "
     "or choose a number."},
    {"E7116", "An administrator has to mend the indicator: its formula refers to itself."},
    {"E7117", "Name data (dx): this form of the answer needs data, periods and org units."},
    {"E7118", "Name periods (pe): this form of the answer needs data, periods and org units."},
    {"E7119", "Name org units (ou): this form of the answer needs data, periods and org units."},
    {"E7120", "Ask for units that this account may see: USER_ORGUNIT, or units below it."},
    {"E7121", "This account may not read these data: ask an administrator for data read access."},
    {"E7122", "Leave the approval level out, or name one that exists (dataApprovalLevels)."},
    {"E7123",
     "This account sees no item of that dimension: ask an administrator for access to its "
     "category options."},
    {"E7124",
     "What was given for this dimension does not exist here, is of the wrong kind, or may not be "
     "read by this account: look it up with metadata_find."},
    {"E7125",
     "`by` takes categories and group sets that are data dimensions: find one with "
     "metadata_find."},
    {"E7126", "Put only dimensions of the question into `columns`."},
    {"E7127", "Put only dimensions of the question into `rows`."},
    {"E7128",
     "Ask for less at once: fewer periods, a higher level of org units, or fewer data items."},
    {"E7129", "Find the program with metadata_find (type program)."},
    {"E7130", "Find the stage with metadata_get of the program."},
    {"E7131", "It took too long: ask for fewer periods, units or data items, or again later."},
    {"E7132", "A denominator is zero for some of these: ask for periods or units with data."},
    {"E7133",
     "A formula does not fit the values: ask for the data elements one by one to see "
     "which; an administrator can mend it."},
    {"E7136", "It took too long: ask for fewer periods, units or data items, or again later."},
    {"E7143",
     "Look the unit, level or group up with org_unit_find; levels are LEVEL-3 or by name."},
    {"E7144",
     "The analytics tables are missing: an administrator has to run analytics (Data "
     "Administration app) before figures can be read."},
    {"E7145",
     "DHIS2 made a query of this that its database refuses, often for a value of the "
     "wrong kind or an `order`: leave options out one by one."},
    {"E7146", "Give period ids such as 202608, 2026Q3 or 2026, or LAST_12_MONTHS."},

    // Events, enrolments and tracked entities
    {"E7200", "Name at least one org unit, or USER_ORGUNIT."},
    {"E7201", "Give each dimension once, with all its items."},
    {"E7202", "Give each item once; put several conditions behind one another."},
    {"E7203", "Take the value's item out of the dimensions, or take another value."},
    {"E7204", "Name the value that is to be aggregated, or leave the aggregation out."},
    {"E7205", "Give periods (LAST_12_MONTHS, 202608), or a start and an end date."},
    {"E7206", "Swap the dates: the start comes first."},
    {"E7207", "Pages count from 1: give page 1 or more."},
    {"E7208", "Give a page size of 1 or more."},
    {"E7209", "Ask for fewer rows at once."},
    {"E7210",
     "Take another time field: EVENT_DATE, ENROLLMENT_DATE, LAST_UPDATED; OCCURRED_DATE "
     "from 2.42 on."},
    {"E7211", "Name an attribute or data element whose values are org units."},
    {"E7215", "Ask for the item with its legend set or with its options, not both."},
    {"E7216", "This item cannot be counted so: list it (query), or choose a number or an option."},
    {"E7217",
     "This account may not see these figures: ask an administrator for the authority to "
     "view event analytics."},
    {"E7222", "Write item:OPERATOR:value with EQ, NE, GT, GE, LT, LE, LIKE, ILIKE or IN."},
    {"E7223", "Take a number of the program as value: metadata_get of its stage names them."},
    {"E7224",
     "Take an item of the program: metadata_get of the program and its stages names them."},
    {"E7225", "Write stage.dataElement: an enrolment may have several stages."},
    {"E7226", "Take a dimension of the program: metadata_get of it names them."},
    {"E7229", "Ask for missing values with EQ, NE or IN and NV."},
    {"E7230", "Leave `headers` out, or take names of columns that the answer has."},
    {"E7235", "Name the program or one of its stages."},

    {"E7300", "Name at least one org unit."},
    {"E7301", "Name at least one org unit group set."},
    {"E7400", "Name one data element, one period and one org unit at least."},
    {"E7500", "Look the unit up with org_unit_find."},
    {"E7501", "Find the rule with metadata_find (type validationRule)."},
    {"E7502", "Give period ids such as 202608 or 2026Q3."},
    {"E7503", "Give a date such as 2026-08-31."},
    {"E7600", "Find the data set with metadata_find (type dataSet)."},
    {"E7610", "Find the data element with metadata_find."},
    {"E7611", "Give period ids such as 202608, 2026Q3 or 2026, or LAST_12_MONTHS."},
    {"E7612", "Look the unit up with org_unit_find."},
    {"E7613", "Leave the option combo out, or take one of the data element's own."},
};

}  // namespace

std::span<const NextStep> next_steps() { return kSteps; }

std::string_view next_step(std::string_view code) {
  const auto found = std::ranges::lower_bound(kSteps, code, {}, &NextStep::code);
  return found != std::end(kSteps) && found->code == code ? found->words : std::string_view();
}

}  // namespace dhis2mcp
