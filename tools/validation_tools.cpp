// SPDX-License-Identifier: BSD-3-Clause
// validation_check: rules held against the values as stored, here and not by DHIS2.
//
// DHIS2 runs its own analysis by POST /api/dataAnalysis/validationRules alone: a method that this
// program does not send, that a token for reading may not use, and that keeps its violations where
// one member of the body says so. It also stops at 500 of them with no word on the rest. Its GET,
// /api/validation/dataSet, takes one unit and one period. So the values are read (data value sets,
// streamed) and judged here; on the recorded data of 2.40 to 2.42 that gives the very violations of
// the POST (187 of 187).
#include <algorithm>
#include <tuple>
#include <utility>

#include "dhis2/error.h"
#include "dhis2/json_members.h"
#include "dhis2/text_list.h"
#include "tools/almanac.h"
#include "tools/calendar.h"
#include "tools/data_refusal.h"
#include "tools/data_values_asked.h"
#include "tools/day_span.h"
#include "tools/handlers.h"
#include "tools/indicator_formulas.h"
#include "tools/parallel.h"
#include "tools/period_type.h"
#include "tools/validation_rules.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kMostValues = 2'000'000;
constexpr std::size_t kToldRules = 30;
constexpr std::size_t kUnitsPerRequest = 200;

using RulesByType = std::map<std::string, std::vector<const ValidationRule*>>;

// A rule over texts or dates, or over data that this account may not see, is left out by name.
void leave_out(RulesAsked& asked, const std::map<std::string, RuleElement>& elements,
               const UidNames& labels) {
  std::erase_if(asked.rules, [&](const ValidationRule& rule) {
    for (const FormulaItem& item : rule.items()) {
      if (item.letters != "#") continue;
      const auto found = elements.find(item.inner.substr(0, item.inner.find('.')));
      if (found != elements.end() && found->second.number) continue;
      asked.left_out.push_back("\"" + rule.name + "\" (" + part_name(item, labels) +
                               (found == elements.end() ? " cannot be read)" : " is no number)"));
      return true;
    }
    return false;
  });
}

// One period of a rule, and how long the period of a value is that counts in it.
struct Counted {
  std::string period;
  int length = 0;
};

int days_in(const std::string& id, const Almanac& almanac) {
  const DaySpan span = day_span({id}, almanac);
  return static_cast<int>((span.last - span.first).count()) + 1;
}

// By the period of a value: the periods asked for, and those of longer types around them in which
// elements of these rules are entered.
std::map<std::string, std::vector<Counted>> counted_periods(
    const std::vector<std::string>& periods, const std::vector<const ValidationRule*>& rules,
    const std::map<std::string, RuleElement>& elements, const Almanac& almanac) {
  std::set<std::string> types;
  for (const ValidationRule* rule : rules) {
    for (const FormulaItem& item : rule->items()) {
      const auto found = elements.find(item.inner.substr(0, item.inner.find('.')));
      if (found != elements.end()) types.merge(std::set(found->second.period_types));
    }
  }
  const Calendar* calendar = Calendar::named(almanac.calendar);
  std::map<std::string, std::vector<Counted>> out;
  for (const std::string& id : periods) {
    const int length = days_in(id, almanac);
    out[id].push_back({id, length});
    for (const std::string& type : types) {
      const PeriodType* longer = PeriodType::named(type);
      if (longer == nullptr || calendar == nullptr) continue;
      const auto around = PeriodCount(*calendar).containing(*longer, day_span({id}, almanac).first);
      if (!around || around->id() == id || days_in(around->id(), almanac) <= length) continue;
      out[around->id()].push_back({id, days_in(around->id(), almanac)});
    }
  }
  return out;
}

// What one run is about.
struct Run {
  Call& call;
  const std::vector<std::string>& units;
  const std::map<std::string, RuleElement>& elements;
  const std::map<std::string, double>& constants;
  const Almanac& almanac;
  std::size_t values = 0;
  std::set<std::string> periods;
};

std::vector<Violation> check(Run& run, const std::vector<const ValidationRule*>& rules,
                             const std::vector<std::string>& periods) {
  const auto counted = counted_periods(periods, rules, run.elements, run.almanac);
  ValuesAsked asked;
  for (const ValidationRule* rule : rules) {
    for (const FormulaItem& item : rule->items()) {
      if (item.letters == "#") asked.elements[item.inner.substr(0, item.inner.find('.'))];
    }
  }
  for (const auto& [id, where] : counted) asked.periods.push_back(id);
  asked.units = run.units;
  asked.children = true;
  RuleJudge judge(rules, run.constants);
  each_value(run.call, asked, [&](DataValue&& value) {
    const auto where = counted.find(value.period);
    if (where == counted.end()) return;
    for (const Counted& one : where->second) judge.add(value, one.period, one.length);
    if (run.values + judge.values() > kMostValues) {
      throw Error(ErrorKind::bad_input, "These are more than 2,000,000 values to check.",
                  "Ask for fewer periods, for part of the org units, or for one `data_set`.");
    }
  });
  run.values += judge.values();
  run.periods.insert(periods.begin(), periods.end());
  std::map<std::string, double> days;
  for (const std::string& id : periods) days[id] = days_in(id, run.almanac);
  return judge.violations(days);
}

// The levels of units, for rules that are meant for some levels alone.
std::map<std::string, int> levels_of(Call& call, const std::set<std::string>& units) {
  std::map<std::string, int> out;
  if (units.empty()) return out;
  const auto answers =
      ask_each(in_parts({units.begin(), units.end()}, kUnitsPerRequest),
               [&call](const std::vector<std::string>& some) {
                 return call.client().get("/api/organisationUnits",
                                          Query()
                                              .add("fields", "id,level")
                                              .add("filter", "id:in:[" + joined(some, ",") + "]")
                                              .add("paging", "false"),
                                          call.patience());
               });
  for (const Json& answer : answers) {
    for (const Json& unit : list_of(answer, "organisationUnits")) {
      out[text_of(unit, "id")] = unit.value("level", 0);
    }
  }
  return out;
}

void drop_other_levels(Call& call, std::vector<Violation>& violations) {
  std::set<std::string> units;
  for (const Violation& one : violations) {
    if (!one.rule->levels.empty()) units.insert(one.unit);
  }
  const std::map<std::string, int> levels = levels_of(call, units);
  std::erase_if(violations, [&levels](const Violation& one) {
    if (one.rule->levels.empty()) return false;
    const auto found = levels.find(one.unit);
    return found == levels.end() || !one.rule->levels.contains(found->second);
  });
}

int rank(const std::string& importance) {
  return importance == "HIGH" ? 0 : importance == "MEDIUM" ? 1 : 2;
}

void learn_places(const std::vector<Violation>& violations, UidNames& labels) {
  std::set<std::string> units, combos;
  for (const Violation& one : violations) {
    units.insert(one.unit);
    combos.insert(one.attribute_combo);
  }
  labels.learn({{"organisationUnits", {units.begin(), units.end()}},
                {"categoryOptionCombos", {combos.begin(), combos.end()}}});
}

void lay_out(Call& call, std::vector<Violation>& violations, const UidNames& labels,
             Answer& answer) {
  std::ranges::sort(violations, {}, [&labels](const Violation& one) {
    return std::tuple(rank(one.rule->importance), one.rule->name, labels.of(one.unit), one.unit,
                      one.period, one.attribute_combo);
  });
  const bool split = std::ranges::any_of(violations, [&labels](const Violation& one) {
    return labels.of(one.attribute_combo) != "default";
  });
  std::vector<std::string> columns = {"Rule", "Importance", "Org unit", "Period"};
  if (split) columns.emplace_back("Attributes");
  columns.insert(columns.end(), {"Left side", "Must be", "Right side"});
  RowCollector collector(call.results, call.owner(), std::move(columns));
  const auto cell = [](const std::optional<double>& value) {
    return value ? Cell::number(number_text(*value)) : Cell();
  };
  for (const Violation& one : violations) {
    Row row = {Cell::text(one.rule->name), Cell::text(one.rule->importance),
               Cell::text(labels.of(one.unit)), Cell::text(one.period)};
    if (split) row.push_back(Cell::text(labels.of(one.attribute_combo)));
    row.push_back(cell(one.left));
    row.push_back(Cell::text(one.rule->sign));
    row.push_back(cell(one.right));
    collector.add(std::move(row));
  }
  collector.finish(answer);
}

void tell_rules(const RulesAsked& asked, const std::vector<Violation>& violations,
                const UidNames& labels, bool any_value, Answer& answer) {
  std::map<const ValidationRule*, std::size_t> counts;
  for (const Violation& one : violations) ++counts[one.rule];
  std::vector<std::string> kept;
  for (const ValidationRule& rule : asked.rules) {
    const auto found = counts.find(&rule);
    if (found == counts.end() && asked.rules.size() > kToldRules) continue;
    std::string line = rule.name + " = validationRule " + rule.uid + ": " + rule.in_names(labels);
    if (!rule.instruction.empty()) line += " (" + rule.instruction + ")";
    answer.read_as.push_back(std::move(line));
    if (found == counts.end()) {
      kept.push_back("\"" + rule.name + "\"");
    } else {
      answer.notes.push_back("\"" + rule.name + "\": " + std::to_string(found->second) +
                             (found->second == 1 ? " violation." : " violations."));
    }
  }
  if (!kept.empty() && any_value) answer.notes.push_back("No violation of: " + some_of(kept) + ".");
  if (!asked.left_out.empty()) {
    answer.notes.push_back(
        "Not checked, for they hold more than data values: " + some_of(asked.left_out) + ".");
  }
}

RulesByType by_type(const RulesAsked& asked) {
  RulesByType out;
  for (const ValidationRule& rule : asked.rules) out[rule.period_type].push_back(&rule);
  return out;
}

std::vector<Violation> check_all(Run& run, const RulesAsked& asked,
                                 const std::vector<std::string>& texts, Answer& answer) {
  std::vector<Violation> out;
  std::optional<Error> unfit;
  std::vector<std::string> unfit_types;
  for (const auto& [type, rules] : by_type(asked)) {
    std::vector<std::string> periods, unused;
    try {
      periods = read_period_ids(texts, type, run.almanac, unused);
    } catch (const Error& error) {
      if (error.kind != ErrorKind::bad_input) throw;
      unfit = error;
      unfit_types.push_back(type);
      std::vector<std::string> names;
      for (const ValidationRule* rule : rules) names.push_back("\"" + rule->name + "\"");
      answer.notes.push_back("Not checked, for these periods hold none of theirs (" + type +
                             "): " + some_of(names) + ".");
      continue;
    }
    std::vector<Violation> found = check(run, rules, periods);
    std::ranges::move(found, std::back_inserter(out));
  }
  if (unfit && run.periods.empty()) {
    throw Error(ErrorKind::bad_input, "periods: none of these rules is for periods this short.",
                "Their periods are " + some_of(unfit_types) + ". " + unfit->hint);
  }
  return out;
}

}  // namespace

Answer validation_check(Call& call) {
  Names names = names_of(call);
  UidNames labels(call.client(), call.patience());
  Answer answer = call.answer();
  const Almanac almanac = almanac_of(call.client(), call.patience());
  const auto texts = texts_of(call, "periods");
  std::vector<std::string> period_lines;
  read_period_ids(texts, "", almanac, period_lines);
  RulesAsked asked = read_rules(call, names, call.arguments.text("rule_group", ""),
                                call.arguments.text("data_set", ""), labels);
  answer.read_as = asked.read_as;
  answer.read_as.insert(answer.read_as.end(), period_lines.begin(), period_lines.end());
  const auto units = read_unit_ids(call, names, texts_of(call, "org_units"), labels, answer);
  const auto elements = read_elements(call, asked.rules);
  leave_out(asked, elements, labels);
  std::vector<FormulaItem> constants;
  for (const ValidationRule& rule : asked.rules) {
    for (FormulaItem& item : rule.items()) {
      if (item.letters == "C") constants.push_back(std::move(item));
    }
  }
  const FixedParts fixed = read_fixed_parts(call, constants);

  Run run{call, units, elements, fixed.constants, almanac, 0, {}};
  std::vector<Violation> violations = check_all(run, asked, texts, answer);
  drop_other_levels(call, violations);
  learn_places(violations, labels);
  answer.notes.insert(
      answer.notes.begin(),
      std::to_string(violations.size()) + (violations.size() == 1 ? " violation" : " violations") +
          " among " + std::to_string(run.values) + " values of " +
          std::to_string(run.periods.size()) + " periods, by " +
          std::to_string(asked.rules.size()) +
          " rules, at these org units and all below them; values as stored now, and nothing was "
          "stored or sent.");
  if (run.values == 0) {
    answer.notes.emplace_back("No value is stored there, so nothing could be checked.");
  }
  tell_rules(asked, violations, labels, run.values > 0, answer);
  lay_out(call, violations, labels, answer);
  return answer;
}

}  // namespace dhis2mcp
