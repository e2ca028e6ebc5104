// SPDX-License-Identifier: BSD-3-Clause
// DHIS2's formulas in names: "#{y7qh476Nmd3}/12" as "[CPN 1re visite]/12".
#pragma once

#include <string>
#include <string_view>

#include "dhis2/json.h"
#include "tools/uid_names.h"

namespace dhis2mcp {

// The grammar differs in one place: "#{a.b}" is a data element and an option combo in a formula of
// aggregate data (indicators, validation rules, predictors), a program stage and a data element in
// one of a program.
enum class FormulaKind { aggregate, program };

// Adds the UIDs of a formula to `wanted`, by the collection that holds them.
void formula_uids(std::string_view formula, FormulaKind kind, UidsByType& wanted);

// The formula with a name in brackets for each item: operands as "[Penta 1, Fixed <1y]", constants,
// groups, indicators and reporting rates ("[RMA REPORTING_RATE]") too. What has no name keeps its
// UID; everything else stays as it stands.
std::string formula_in_names(std::string_view formula, FormulaKind kind, const UidNames& names);

// Puts `numeratorInNames` and the like behind each formula of one object (indicator, program
// indicator, validation rule, predictor) that holds items; `type` is the name of its MetadataType.
// One request for each type of item, at once. True where anything was put.
bool decode_formulas(const std::string& type, Json& object, UidNames& names);

}  // namespace dhis2mcp
