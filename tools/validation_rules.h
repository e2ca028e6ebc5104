// SPDX-License-Identifier: BSD-3-Clause
// DHIS2's validation rules, held against data values.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "tools/call.h"
#include "tools/formula_value.h"
#include "tools/held_values.h"
#include "tools/names.h"
#include "tools/uid_names.h"

namespace dhis2mcp {

struct RuleSide {
  std::string text;  // the formula as DHIS2 holds it
  Formula formula;
  MissingValues missing = MissingValues::never_skip;
};

struct ValidationRule {
  std::string uid, name, importance, instruction;
  std::string sign;         // "<=", or "compulsory_pair" and "exclusive_pair"
  std::string period_type;  // "Monthly"
  std::set<int> levels;     // of org units; empty means all
  RuleSide left, right;

  std::vector<FormulaItem> items() const;
  std::string in_names(const UidNames& names) const;  // "[CPN 4e visite] <= [CPN 1re visite]"
};

struct RulesAsked {
  std::vector<ValidationRule> rules;
  std::vector<std::string> read_as;
  // Rules that hold more than data values, constants and days, with what that is, in names.
  std::vector<std::string> left_out;
};

// The rules of a group, of those that touch a data set (DHIS2's own choice for a form), or all; by
// name, code or UID. Throws not_found where there is none.
RulesAsked read_rules(Call& call, Names& names, const std::string& group,
                      const std::string& data_set, UidNames& labels);

// What the rules look at: the periods in which the elements are entered, and which are numbers.
struct RuleElement {
  bool number = false;
  std::set<std::string> period_types;
};
std::map<std::string, RuleElement> read_elements(Call& call,
                                                 const std::vector<ValidationRule>& rules);

struct Violation {
  const ValidationRule* rule = nullptr;
  std::string unit, period, attribute_combo;
  std::optional<double> left, right;  // absent where a side has no value
};

// Sums up the values of one org unit, period and attribute option combo, and judges them as
// DataValidationRunner does (2.37 to 2.43; by its answers recorded on 2.40 to 2.43): a unit's own
// values alone; a value of a longer period counts where there is none of a shorter one; a unit with
// any value is judged by every rule of the run.
class RuleJudge {
 public:
  // All rules of one period type; they and the constants must outlive it.
  RuleJudge(std::vector<const ValidationRule*> rules,
            const std::map<std::string, double>& constants)
      : rules_(std::move(rules)), constants_(constants) {}

  // `period` is the rule's, `length` the days of the period of which the value is.
  void add(const DataValue& value, const std::string& period, int length);

  // `days` by period id.
  std::vector<Violation> violations(const std::map<std::string, double>& days) const;

  std::size_t values() const { return values_; }

 private:
  struct Held {
    double sum = 0;
    int length = 0;
  };
  struct Place {
    std::string unit, period, attribute_combo;
    auto operator<=>(const Place&) const = default;
  };
  using Values = std::unordered_map<std::string, Held>;  // by element, and by "element.combo"
  bool judge(const ValidationRule& rule, const Values& values, double days, Violation& out) const;

  std::vector<const ValidationRule*> rules_;
  const std::map<std::string, double>& constants_;
  std::map<Place, Values> places_;
  std::size_t values_ = 0;
};

}  // namespace dhis2mcp
