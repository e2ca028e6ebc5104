// SPDX-License-Identifier: BSD-3-Clause
// Conditions as people write them: "Age >= 5", "First name like Ama", "Sex in Female;Male".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dhis2/query.h"
#include "tools/program_scheme.h"

namespace dhis2mcp {

// One comparison. `op` is DHIS2's word in lower case: eq ieq ne gt ge lt le like ilike nlike sw ew
// in null !null, and what else was written in DHIS2's own form (!eq, !ilike). `in` has any number
// of values, null and !null none, the rest one.
struct Test {
  std::string op;
  std::vector<std::string> values;
  bool exact = false;  // written in DHIS2's own form: it is sent as it stands

  bool operator==(const Test&) const = default;
};

// What follows a name: ">= 5", "is not Female", "between 5 and 10", "after 2024-01-01", "> 5 and
// <= 10", "is empty", "like Ama", ": Female;Male", DHIS2's ":ge:5:lt:10" with its escapes. Nothing
// gives no test. Throws bad_input for what is none of these; `whole` is told there.
std::vector<Test> read_tests(std::string_view rest, std::string_view whole);

// Throws bad_input where the parameter holds another value already, for DHIS2 takes one of it;
// `told` is how a person wrote it.
void set_once(Query& query, const std::string& parameter, std::string value, std::string_view told);

// What stands behind a name at the beginning of a text, in any case; nothing when the text does
// not begin with it as a whole.
std::optional<std::string> after_name(std::string_view text, std::string_view name);

// The item of a program whose uid, name, code or other name begins the text (the longest one), and
// the rest. "stage.item" with both uids or names is understood. Items of `stage` come first where
// it is given. Empty where none fits; throws ambiguous where two items share that name.
struct Subject {
  const ProgramItem* item = nullptr;
  const ProgramStage* stage = nullptr;  // where it was written, or where the item is alone
  std::string rest;
};
std::optional<Subject> read_subject(std::string_view text, const ProgramScheme& scheme,
                                    const ProgramStage* stage);

// not_found, with the names that come nearest and the other words that are understood.
Error unknown_item(std::string_view text, const ProgramScheme& scheme, const ProgramStage* stage,
                   std::string_view also);

// The values of tests of an item as DHIS2 stores them: the code of an option that was named, true
// and false, the uid of an org unit, the rest as it is. An AGE compared with years is compared by
// date of birth, and dates written as periods ("1998", "March 2026") by their first and last days.
// Throws not_found with the options for one that does not exist, bad_input for a date that is none.
void store_values(Call& call, const ProgramItem& item, std::vector<Test>& tests);

}  // namespace dhis2mcp
