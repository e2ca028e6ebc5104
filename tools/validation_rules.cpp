// SPDX-License-Identifier: BSD-3-Clause
// Rules come in one request, with the members of a group or of a data set beside them.
#include "tools/validation_rules.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <utility>

#include "dhis2/error.h"
#include "dhis2/json_members.h"
#include "dhis2/text_list.h"
#include "tools/data_scope.h"
#include "tools/document.h"
#include "tools/formula.h"
#include "tools/name_forms.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

constexpr const char* kRuleFields =
    "id,displayName,importance,operator,periodType,displayInstruction,organisationUnitLevels,"
    "leftSide[expression,missingValueStrategy],rightSide[expression,missingValueStrategy]";
constexpr std::size_t kPerRequest = 200;

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kSigns = {
    {{"equal_to", "=="},
     {"not_equal_to", "!="},
     {"greater_than", ">"},
     {"greater_than_or_equal_to", ">="},
     {"less_than", "<"},
     {"less_than_or_equal_to", "<="}}};

std::string sign_of(const std::string& name) {
  for (const auto& [operator_name, sign] : kSigns) {
    if (name == operator_name) return std::string(sign);
  }
  return name;
}

RuleSide side_of(const Json& rule, const char* member) {
  const Json side = rule.value(member, Json::object());
  const std::string text = text_of(side, "expression");
  const std::string missing = text_of(side, "missingValueStrategy");
  return {text, Formula(text),
          missing == "NEVER_SKIP"                  ? MissingValues::never_skip
          : missing == "SKIP_IF_ANY_VALUE_MISSING" ? MissingValues::skip_if_any
                                                   : MissingValues::skip_if_all};
}

ValidationRule rule_of(const Json& object) {
  ValidationRule rule{text_of(object, "id"),
                      line_of(object, "displayName"),
                      text_of(object, "importance"),
                      line_of(object, "displayInstruction"),
                      sign_of(text_of(object, "operator")),
                      text_of(object, "periodType"),
                      {},
                      side_of(object, "leftSide"),
                      side_of(object, "rightSide")};
  for (const Json& level : list_of(object, "organisationUnitLevels")) {
    if (level.is_number_integer()) rule.levels.insert(level.get<int>());
  }
  return rule;
}

// "de" of "de", "de.coc" and "de.*".
std::string element_of(const FormulaItem& item) {
  return item.inner.substr(0, item.inner.find('.'));
}

// Whether values of data elements, constants and days are all that the item needs.
bool is_plain(const FormulaItem& item) {
  if (item.letters == "C") return true;
  return item.letters == "#" && std::ranges::count(item.inner, '.') <= 1;
}

std::vector<std::string> beyond(const ValidationRule& rule) {
  std::vector<std::string> out;
  for (const RuleSide* side : {&rule.left, &rule.right}) {
    out.insert(out.end(), side->formula.beyond().begin(), side->formula.beyond().end());
    for (const FormulaItem& item : side->formula.items()) {
      if (!is_plain(item)) out.push_back(item.text());
    }
  }
  return out;
}

Json ask_rules(Call& call, Names& names, const std::string& group, RulesAsked& out) {
  if (group.empty()) {
    const Json all = call.client().get("/api/validationRules",
                                       Query().add("fields", kRuleFields).add("paging", "false"),
                                       call.patience());
    return list_of(all, "validationRules");
  }
  const std::string written = trimmed(group);
  const std::string uid =
      is_uid(written) ? written : names.object(written, {"validationRuleGroup"}).uid;
  const Json found = call.client().get(
      "/api/validationRuleGroups/" + uid,
      Query().add("fields", std::string("id,displayName,validationRules[") + kRuleFields + "]"),
      call.patience());
  out.read_as.push_back(line_of(found, "displayName") + " = validationRuleGroup " + uid);
  return list_of(found, "validationRules");
}

bool holds(double left, const std::string& sign, double right) {
  if (sign == "==") return left == right;
  if (sign == "!=") return left != right;
  if (sign == ">") return left > right;
  if (sign == ">=") return left >= right;
  if (sign == "<") return left < right;
  return left <= right;
}

}  // namespace

std::vector<FormulaItem> ValidationRule::items() const {
  std::vector<FormulaItem> out = left.formula.items();
  for (const FormulaItem& item : right.formula.items()) {
    if (std::ranges::find(out, item) == out.end()) out.push_back(item);
  }
  return out;
}

std::string ValidationRule::in_names(const UidNames& names) const {
  const std::string a = formula_in_names(left.text, FormulaKind::aggregate, names);
  const std::string b = formula_in_names(right.text, FormulaKind::aggregate, names);
  if (sign == "compulsory_pair") return a + " and " + b + ": both or neither";
  if (sign == "exclusive_pair") return a + " and " + b + ": never both";
  return a + " " + sign + " " + b;
}

RulesAsked read_rules(Call& call, Names& names, const std::string& group,
                      const std::string& data_set, UidNames& labels) {
  RulesAsked out;
  std::set<std::string> in_set;
  if (!data_set.empty()) {
    const DataSetAsked set = read_data_set(call, names, data_set, false);
    out.read_as.push_back(set.read_as());
    std::ranges::move(elements_of_set(call, set.uid), std::inserter(in_set, in_set.end()));
  }
  std::vector<ValidationRule> all;
  UidsByType wanted;
  for (const Json& object : ask_rules(call, names, group, out)) {
    ValidationRule rule = rule_of(object);
    const auto items = rule.items();
    const bool touches = std::ranges::any_of(items, [&in_set](const FormulaItem& item) {
      return item.letters == "#" && in_set.contains(element_of(item));
    });
    if (!data_set.empty() && !touches) continue;
    formula_uids(rule.left.text, FormulaKind::aggregate, wanted);
    formula_uids(rule.right.text, FormulaKind::aggregate, wanted);
    all.push_back(std::move(rule));
  }
  if (all.empty()) {
    throw Error(ErrorKind::not_found,
                "There is no validation rule " +
                    std::string(group.empty() && data_set.empty() ? "on this instance"
                                : group.empty()                   ? "that looks at this data set"
                                                                  : "in what was asked for") +
                    " that this account may see.",
                "List them with metadata_find (type \"validation rule\").");
  }
  labels.learn(wanted);
  for (ValidationRule& rule : all) {
    const std::vector<std::string> why = beyond(rule);
    if (why.empty()) {
      out.rules.push_back(std::move(rule));
      continue;
    }
    std::string list;
    for (const std::string& one : why) {
      list += (list.empty() ? "" : ", ") + formula_in_names(one, FormulaKind::aggregate, labels);
    }
    out.left_out.push_back("\"" + rule.name + "\" (" + list + ")");
  }
  return out;
}

std::map<std::string, RuleElement> read_elements(Call& call,
                                                 const std::vector<ValidationRule>& rules) {
  std::set<std::string> uids;
  for (const ValidationRule& rule : rules) {
    for (const FormulaItem& item : rule.items()) {
      if (item.letters == "#") uids.insert(element_of(item));
    }
  }
  std::map<std::string, RuleElement> out;
  for (const auto& some : in_parts({uids.begin(), uids.end()}, kPerRequest)) {
    const Json answer =
        call.client().get("/api/dataElements",
                          Query()
                              .add("fields", "id,valueType,dataSetElements[dataSet[periodType]]")
                              .add("filter", "id:in:[" + joined(some, ",") + "]")
                              .add("paging", "false"),
                          call.patience());
    for (const Json& element : list_of(answer, "dataElements")) {
      RuleElement& known = out[text_of(element, "id")];
      const std::string type = text_of(element, "valueType");
      known.number = type == "NUMBER" || type == "PERCENTAGE" || type == "UNIT_INTERVAL" ||
                     type.starts_with("INTEGER");
      for (const Json& member : list_of(element, "dataSetElements")) {
        known.period_types.insert(text_of(member.value("dataSet", Json::object()), "periodType"));
      }
    }
  }
  return out;
}

void RuleJudge::add(const DataValue& value, const std::string& period, int length) {
  const auto number = number_in(value.value);
  if (!number) return;
  ++values_;
  Values& values = places_[{value.org_unit, period, value.attribute_combo}];
  for (const std::string& item :
       {value.data_element, value.data_element + "." + value.option_combo}) {
    Held& held = values[item];
    if (held.length != 0 && held.length < length) continue;
    if (held.length > length) held.sum = 0;
    held.sum += *number;
    held.length = length;
  }
}

bool RuleJudge::judge(const ValidationRule& rule, const Values& values, double days,
                      Violation& out) const {
  const auto value_of = [&](const FormulaItem& item) -> std::optional<double> {
    if (item.letters == "C") {
      const auto found = constants_.find(item.inner);
      return found == constants_.end() ? std::nullopt : std::optional(found->second);
    }
    std::string key = item.inner;
    if (key.ends_with(".*")) key.resize(key.size() - 2);
    const auto found = values.find(key);
    return found == values.end() ? std::nullopt : std::optional(found->second.sum);
  };
  out.left = rule.left.formula.value(value_of, days, rule.left.missing);
  out.right = rule.right.formula.value(value_of, days, rule.right.missing);
  if (rule.sign == "compulsory_pair") return out.left.has_value() != out.right.has_value();
  if (rule.sign == "exclusive_pair") return out.left.has_value() && out.right.has_value();
  const auto side = [](const RuleSide& asked, std::optional<double>& value) {
    if (!value && asked.missing == MissingValues::never_skip) value = 0;
    return value.has_value();
  };
  if (!side(rule.left, out.left) || !side(rule.right, out.right)) return false;
  return !holds(*out.left, rule.sign, *out.right);
}

std::vector<Violation> RuleJudge::violations(const std::map<std::string, double>& days) const {
  std::vector<Violation> out;
  for (const auto& [place, values] : places_) {
    const auto length = days.find(place.period);
    for (const ValidationRule* rule : rules_) {
      Violation found{rule, place.unit, place.period, place.attribute_combo, {}, {}};
      if (judge(*rule, values, length == days.end() ? 0 : length->second, found)) {
        out.push_back(std::move(found));
      }
    }
  }
  return out;
}

}  // namespace dhis2mcp
