// SPDX-License-Identifier: BSD-3-Clause
// Every unit with values is judged by all rules of its level.
#include "tests/sandbox/validation.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <set>
#include <tuple>

#include "tests/sandbox/expression.h"
#include "tests/sandbox/period.h"

namespace sandbox {
namespace {

constexpr size_t kMostResults = 500;
constexpr int kCountsResultsSince = 41;

struct Sign {
  std::string_view name, written;
  bool (*holds)(double left, double right);
};

constexpr std::array<Sign, 6> kSigns = {
    {{"equal_to", "==", [](double a, double b) { return a == b; }},
     {"not_equal_to", "!=", [](double a, double b) { return a != b; }},
     {"greater_than", ">", [](double a, double b) { return a > b; }},
     {"greater_than_or_equal_to", ">=", [](double a, double b) { return a >= b; }},
     {"less_than", "<", [](double a, double b) { return a < b; }},
     {"less_than_or_equal_to", "<=", [](double a, double b) { return a <= b; }}}};

std::string text(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

struct Side {
  explicit Side(const Json& side)
      : expression(text(side, "expression")),
        never_skips(text(side, "missingValueStrategy") == "NEVER_SKIP") {}
  Expression expression;
  bool never_skips;
};

struct Rule {
  explicit Rule(const Json& rule)
      : uid(text(rule, "id")),
        importance(text(rule, "importance")),
        period_type(text(rule, "periodType")),
        left(rule["leftSide"]),
        right(rule["rightSide"]) {
    for (const Json& level : rule.value("organisationUnitLevels", Json::array())) {
      levels.insert(level.get<int>());
    }
    for (const Sign& known : kSigns) {
      if (text(rule, "operator") == known.name) sign = &known;
    }
  }
  std::string uid, importance, period_type;
  std::set<int> levels;
  const Sign* sign = nullptr;
  Side left, right;
};

// By data element and by "element.combo".
using Sums = std::map<std::string, double>;

struct Place {
  std::string unit, period, ao;
  auto operator<=>(const Place&) const = default;
};

struct Question {
  std::vector<Rule> rules;
  const OrgUnit* root = nullptr;
  Day start, end;
  size_t most = kMostResults;
};

std::map<Place, Sums> read_sums(const Country& country, const Question& question) {
  std::set<std::string> elements, types;
  for (const Rule& rule : question.rules) {
    types.insert(rule.period_type);
    for (const Side* side : {&rule.left, &rule.right}) {
      for (const ExpressionItem& item : side->expression.items()) {
        elements.insert(item.id.substr(0, item.id.find('.')));
      }
    }
  }
  std::map<Place, Sums> sums;
  const auto database = country.stored();
  SQLite::Statement rows(database,
                         "SELECT org_unit, period, category_option_combo, attribute_option_combo, "
                         "value FROM data_value WHERE data_element = ?");
  for (const std::string& element : elements) {
    rows.reset();
    rows.bind(1, element);
    while (rows.executeStep()) {
      const OrgUnit* unit = country.unit(rows.getColumn(0).getString());
      const auto period = parse_period(rows.getColumn(1).getString(), country.settings().major);
      if (unit == nullptr || !period || unit->path.find(question.root->uid) == std::string::npos ||
          period->start < question.start || period->end > question.end ||
          !types.count(std::string(type_name(period->type)))) {
        continue;
      }
      Sums& sum = sums[{unit->uid, period->id, rows.getColumn(3).getString()}];
      const double value = std::atof(rows.getColumn(4).getString().c_str());
      sum[element] += value;
      sum[element + "." + rows.getColumn(2).getString()] += value;
    }
  }
  return sums;
}

std::optional<double> value_of(const Side& side, const Sums& sums, int days) {
  const auto value = side.expression.evaluate(
      [&sums](const ExpressionItem& item) -> std::optional<double> {
        const auto found = sums.find(item.id);
        return found == sums.end() ? std::nullopt : std::optional(found->second);
      },
      days);
  return value || !side.never_skips ? value : std::optional(0.0);
}

std::string ancestors(const Country& country, const OrgUnit& unit) {
  std::string names;
  for (const OrgUnit* above = country.unit(unit.parent); above != nullptr;
       above = country.unit(above->parent)) {
    names = above->name + " / " + names;
  }
  return names;
}

Json violation(const Country& country, const Rule& rule, const Place& place, const Period& period,
               double left, double right) {
  const OrgUnit& unit = *country.unit(place.unit);
  const Json* combo = country.find("categoryOptionCombos", place.ao);
  return {{"validationRuleId", rule.uid},
          {"organisationUnitId", unit.uid},
          {"organisationUnitDisplayName", unit.name},
          {"organisationUnitPath", unit.path},
          {"organisationUnitAncestorNames", ancestors(country, unit)},
          {"periodId", period.id},
          {"periodDisplayName", period_name(period)},
          {"attributeOptionComboId", place.ao},
          {"attributeOptionComboDisplayName", combo == nullptr ? "" : text(*combo, "name")},
          {"importance", rule.importance},
          {"leftSideValue", left},
          {"operator", rule.sign->written},
          {"rightSideValue", right}};
}

std::vector<Json> analyse(const Country& country, const Question& question) {
  std::vector<Json> found;
  for (const auto& [place, sums] : read_sums(country, question)) {
    const Period period = *parse_period(place.period, country.settings().major);
    for (const Rule& rule : question.rules) {
      const int level = country.unit(place.unit)->level;
      if (rule.sign == nullptr || rule.period_type != type_name(period.type)) continue;
      if (!rule.levels.empty() && !rule.levels.count(level)) continue;
      const auto left = value_of(rule.left, sums, period.days());
      const auto right = value_of(rule.right, sums, period.days());
      if (!left || !right || rule.sign->holds(*left, *right)) continue;
      found.push_back(violation(country, rule, place, period, *left, *right));
    }
  }
  const auto weight = [](const Json& row) {
    const std::string importance = text(row, "importance");
    return importance == "HIGH" ? 0 : importance == "MEDIUM" ? 1 : 2;
  };
  std::stable_sort(found.begin(), found.end(), [&](const Json& a, const Json& b) {
    const auto key = [&](const Json& row) {
      return std::tuple(text(row, "organisationUnitDisplayName"), text(row, "periodId"),
                        weight(row));
    };
    return key(a) < key(b);
  });
  if (found.size() > question.most) found.resize(question.most);
  return found;
}

void read_rules(const Country& country, const std::string& group, Question& question) {
  std::set<std::string> members;
  if (const Json* found = country.find("validationRuleGroups", group)) {
    for (const Json& rule : found->value("validationRules", Json::array())) {
      members.insert(text(rule, "id"));
    }
  }
  for (const Json& rule : country.list("validationRules")) {
    if (members.empty() || members.count(text(rule, "id"))) question.rules.emplace_back(rule);
  }
}

}  // namespace

Reply validation_analysis(const Country& country, const Request& request) {
  const Json asked = Json::parse(request.body, nullptr, false);
  if (!asked.is_object()) return not_played("that body of a validation analysis");
  Question question;
  question.root = country.unit(text(asked, "ou"));
  if (question.root == nullptr) return web_message(400, "No organisation unit defined");
  const auto start = day_of(text(asked, "startDate")), end = day_of(text(asked, "endDate"));
  if (!start || !end) return not_played("a validation analysis without days");
  question.start = *start;
  question.end = *end;
  if (country.settings().major >= kCountsResultsSince) {
    question.most = std::min(kMostResults, asked.value("maxResults", kMostResults));
  }
  read_rules(country, text(asked, "vrg"), question);
  Json rows = Json::array();
  for (Json& row : analyse(country, question)) rows.push_back(std::move(row));
  return json_reply(rows);
}

}  // namespace sandbox
