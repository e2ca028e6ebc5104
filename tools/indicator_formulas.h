// SPDX-License-Identifier: BSD-3-Clause
// An indicator and the indicators within it, with what their formulas hold.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tools/call.h"
#include "tools/formula_value.h"
#include "tools/names.h"
#include "tools/uid_names.h"

namespace dhis2mcp {

struct IndicatorFormula {
  std::string uid, name;
  std::string numerator_text, denominator_text;    // as DHIS2 holds them
  std::string numerator_about, denominator_about;  // the descriptions, which people wrote
  Formula numerator, denominator;
  std::string factor_name;  // of the indicator type: "Pourcentage"
  double factor = 1;
  bool annualized = false;  // times 365, divided by the days of the period
  std::optional<int> decimals;
};

// The first one is the indicator itself, the others those that stand as N{uid} in it, at any depth,
// each once.
struct IndicatorFormulas {
  std::vector<IndicatorFormula> all;
  const IndicatorFormula& asked() const { return all.front(); }
  const IndicatorFormula* find(const std::string& uid) const;

  // The items of all of them but N, each once: what has figures, a number or a count of its own.
  std::vector<FormulaItem> parts() const;

  // What keeps the indicator from being computed, in words with names; empty where nothing does.
  std::vector<std::string> beyond(const UidNames& names) const;
};

// An indicator by name, code or UID. One request for it (two for a name) and one for each depth of
// nesting. Throws as Names does, and not_found with near matches.
IndicatorFormulas read_indicator(Call& call, Names& names, const std::string& text);

// What an indicator is computed from that analytics does not give.
struct FixedParts {
  std::map<std::string, double> constants;  // by UID
  // The paths of the units of a group, by the group's UID: it counts those at or below a unit.
  std::map<std::string, std::vector<std::string>> members;
  std::optional<double> count(const std::string& group, const std::string& unit) const;
};

// One request for all constants and one for each group. What cannot be read is absent.
FixedParts read_fixed_parts(Call& call, const std::vector<FormulaItem>& parts);

// How the indicator is made, line by line and in names: itself, its two sides, the indicators
// within it, and each part with its kind and UID.
std::vector<std::string> in_words(const IndicatorFormulas& formulas, const FixedParts& fixed,
                                  const UidNames& names);

// "CPN 1re visite", "Penta 1, Fixed <1y", "RMA REPORTING_RATE".
std::string part_name(const FormulaItem& part, const UidNames& names);

}  // namespace dhis2mcp
