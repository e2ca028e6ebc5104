// SPDX-License-Identifier: BSD-3-Clause
// An indicator's figures, worked out from its parts beside those that DHIS2 gives.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tools/grid.h"
#include "tools/indicator_formulas.h"
#include "tools/period.h"

namespace dhis2mcp {

// What is asked of analytics: items of the ou and pe dimensions.
struct FiguresAsked {
  std::vector<std::string> units, periods;
};

// One unit and period.
struct IndicatorCell {
  std::map<FormulaItem, double> parts;                       // what analytics gave
  std::optional<double> value, numerator, denominator;       // DHIS2's own
  std::string value_text, numerator_text, denominator_text;  // in its digits
};

class IndicatorFigures {
 public:
  // One request for the indicator and all its parts, unrounded: DHIS2 works a rounded figure out
  // from rounded parts, which no recomputation would meet. Where it refuses the parts (texts, data
  // that this account may not read) the indicator alone is asked, and refused() says why. Throws
  // what DHIS2 tells of the indicator itself, and bad_input for what does not fit one request.
  IndicatorFigures(Call& call, const IndicatorFormulas& formulas, const FiguresAsked& asked);

  bool any() const { return any_; }
  const std::vector<std::string>& units() const { return units_; }
  const std::vector<std::string>& periods() const { return periods_; }
  Grid names() const { return {headers_, metadata_}; }

  // nullptr where nothing came for it.
  const IndicatorCell* cell(const std::string& unit, const std::string& period) const;

  // Parts of which DHIS2 gave nothing whatsoever, for it did not take them.
  const std::vector<FormulaItem>& untaken() const { return untaken_; }
  const std::string& refused() const { return refused_; }

 private:
  Json ask(Call& call, const std::string& data, const FiguresAsked& asked) const;
  void read(const Json& answer, const std::string& indicator,
            const std::vector<FormulaItem>& parts);

  Json headers_, metadata_;
  std::vector<std::string> units_, periods_;
  std::map<std::pair<std::string, std::string>, IndicatorCell> cells_;
  std::vector<FormulaItem> untaken_;
  std::string refused_;
  bool any_ = false;
};

// One indicator at one unit and period, as DHIS2 computes it: the sides by SKIP_IF_ALL values
// missing, no figure where a side has none or the denominator is 0.
struct Recomputed {
  std::optional<double> numerator, denominator, value;
};

// `days` of the period; indicators within are computed likewise, and a ring of them has no value.
Recomputed recomputed(const IndicatorFormulas& formulas, const FixedParts& fixed,
                      const IndicatorCell& cell, const std::string& unit, double days);

// Whether two figures are the same but for the last digits of a double.
bool same_figure(double a, double b);

}  // namespace dhis2mcp
