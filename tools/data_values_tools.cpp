// SPDX-License-Identifier: BSD-3-Clause
// data_values_get: the values (one request, more for lists that do not fit one), then the names of
// what they are about, one request for each type; before them one for the facts of a data set.
#include <algorithm>
#include <utility>

#include "dhis2/error.h"
#include "dhis2/text_list.h"
#include "tools/almanac.h"
#include "tools/data_values_asked.h"
#include "tools/handlers.h"
#include "tools/value_table.h"

namespace dhis2mcp {
namespace {

std::vector<std::string> absent(const std::vector<std::string>& asked,
                                const std::deque<std::string>& came) {
  std::vector<std::string> out;
  for (const std::string& one : asked) {
    if (std::ranges::find(came, one) == came.end()) out.push_back(one);
  }
  return out;
}

// What was asked and has no value is told, for it would look as if it had not been asked.
void tell_absent(const ValuesAsked& asked, const HeldValues& values, const UidNames& names,
                 Answer& answer) {
  const auto periods = absent(asked.periods, values.ids(HeldValues::period));
  if (!periods.empty()) answer.notes.push_back("No values for " + some_of(periods) + ".");
  if (asked.children) return;
  std::vector<std::string> units = absent(asked.units, values.ids(HeldValues::unit));
  if (units.empty()) return;
  const std::size_t count = units.size();
  for (std::string& unit : units) unit = "\"" + names.of(unit) + "\"";
  answer.notes.push_back("No values at " + std::to_string(count) + " of " +
                         std::to_string(asked.units.size()) + " org units: " + some_of(units) +
                         ".");
}

// Of a data set DHIS2 gives its own elements alone: why there is nothing of the others.
void demand_own_elements(Call& call, const ValuesAsked& asked, const HeldValues& values,
                         UidNames& labels, Answer& answer) {
  std::vector<std::string> all;
  for (const auto& [uid, options] : asked.elements) all.push_back(uid);
  std::vector<std::string> others = absent(all, values.ids(HeldValues::element));
  if (!asked.data_set || others.empty()) return;
  for (const std::string& own : elements_of_set(call, asked.data_set->uid)) {
    std::erase(others, own);
  }
  if (others.empty()) return;
  labels.learn({{"dataElements", others}});
  const bool none = others.size() == all.size();
  for (std::string& uid : others) uid = "\"" + labels.of(uid) + "\"";
  const std::string told =
      "Not in the data set \"" + asked.data_set->name + "\": " + some_of(others) + ".";
  if (none) {
    throw Error(ErrorKind::bad_input, told, "Leave out `data_set`, or name data elements of it.");
  }
  answer.notes.push_back(told);
}

void tell_none(const ValuesAsked& asked, Answer& answer) {
  answer.notes.emplace_back("No value is stored for this, which is not zero.");
  if (!asked.children) {
    answer.notes.emplace_back(
        "Values are stored at the org unit that entered them: set `children` for all units below.");
  }
  if (!asked.period_type.empty()) {
    answer.notes.push_back("Its periods are " + asked.period_type + ".");
  }
}

}  // namespace

Answer data_values_get(Call& call) {
  Names names = names_of(call);
  UidNames labels(call.client(), call.patience());
  Answer answer = call.answer();
  ValuesAsked asked = read_values_asked(call, names, answer);
  asked.periods = read_period_ids(texts_of(call, "periods"), asked.period_type,
                                  almanac_of(call.client(), call.patience()), answer.read_as);
  asked.units = read_unit_ids(call, names, texts_of(call, "org_units"), labels, answer);

  HeldValues values(call.connections.places().results());
  each_value(call, asked, [&values](DataValue&& value) { values.add(std::move(value)); });
  values.settle();
  demand_own_elements(call, asked, values, labels, answer);
  if (values.size() == 0) {
    tell_none(asked, answer);
    answer.table = Table{{"Value"}, {}};
    answer.total = 0;
    return answer;
  }
  lay_out_values(call, values, labels, answer);
  tell_absent(asked, values, labels, answer);
  return answer;
}

}  // namespace dhis2mcp
