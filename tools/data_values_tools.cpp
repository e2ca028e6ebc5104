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

// "a", "b" and 3 more, by their names.
std::string quoted(std::vector<std::string> uids, const UidNames& names) {
  for (std::string& uid : uids) uid = "\"" + names.of(uid) + "\"";
  return some_of(uids);
}

// What was asked and has no value is told, for it would look as if it had not been asked.
void tell_absent(const ValuesAsked& asked, const HeldValues& values,
                 const std::vector<std::string>& elements, UidNames& names, Answer& answer) {
  if (!elements.empty()) {
    names.learn({{"dataElements", elements}});
    answer.notes.push_back("No values of " + quoted(elements, names) + ".");
  }
  const auto periods = absent(asked.periods, values.ids(HeldValues::period));
  if (!periods.empty()) answer.notes.push_back("No values for " + some_of(periods) + ".");
  if (asked.children) return;
  const auto units = absent(asked.units, values.ids(HeldValues::unit));
  if (units.empty()) return;
  answer.notes.push_back("No values at " + std::to_string(units.size()) + " of " +
                         std::to_string(asked.units.size()) +
                         " org units: " + quoted(units, names) + ".");
}

// The elements that were asked for and have no value. Of a data set DHIS2 gives its own alone: the
// others are told apart, for that is why there is nothing of them.
std::vector<std::string> without_value(Call& call, const ValuesAsked& asked,
                                       const HeldValues& values, UidNames& labels, Answer& answer) {
  std::vector<std::string> all;
  for (const auto& [uid, options] : asked.elements) all.push_back(uid);
  std::vector<std::string> out = absent(all, values.ids(HeldValues::element));
  if (!asked.data_set || out.empty()) return out;
  std::vector<std::string> others = out;
  for (const std::string& own : elements_of_set(call, asked.data_set->uid)) {
    std::erase(others, own);
  }
  if (others.empty()) return out;
  labels.learn({{"dataElements", others}});
  const std::string told =
      "Not in the data set \"" + asked.data_set->name + "\": " + quoted(others, labels) + ".";
  if (others.size() == all.size()) {
    throw Error(ErrorKind::bad_input, told, "Leave out `data_set`, or name data elements of it.");
  }
  answer.notes.push_back(told);
  return absent(out, {others.begin(), others.end()});
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
  const auto elements = without_value(call, asked, values, labels, answer);
  if (values.size() == 0) {
    tell_none(asked, answer);
    answer.table = Table{{"Value"}, {}};
    answer.total = 0;
    return answer;
  }
  lay_out_values(call, values, labels, answer);
  tell_absent(asked, values, elements, labels, answer);
  return answer;
}

}  // namespace dhis2mcp
