// SPDX-License-Identifier: BSD-3-Clause
// data_value_history: the value as it stands (dataValueSets) and DHIS2's audit of it, two requests
// once names are known. Up to 2.42 an audit keeps the value that was replaced, from 2.43 on the one
// that was written [recorded on 2.40 to 2.43]; both are told as what was there before and after.
#include <algorithm>
#include <utility>

#include "dhis2/error.h"
#include "dhis2/json_members.h"
#include "tools/almanac.h"
#include "tools/data_names.h"
#include "tools/data_refusal.h"
#include "tools/data_values_asked.h"
#include "tools/document.h"
#include "tools/handlers.h"
#include "tools/name_forms.h"

namespace dhis2mcp {
namespace {

constexpr int kAuditsTellNew = 43;
constexpr const char* kAuditsPerPage = "500";
constexpr int kMostPages = 10;
constexpr int kNotImplemented = 501;

struct Asked {
  Named element, option;  // option is empty where all are asked
  std::string period, unit;
};

// One entry of the audit, as DHIS2 sends it.
struct Audit {
  std::string option, attribute, when, who, change;
  Cell value;
};

// A value of one option combo, as it stands.
using Place = std::pair<std::string, std::string>;  // option, attribute

std::string id_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_object() ? as_text(*found, "id") : std::string();
}

std::string second_of(std::string time) {
  if (time.size() > 19) time.resize(19);
  if (time.size() > 10 && time[10] == 'T') time[10] = ' ';
  return time;
}

Named read_option(Call& call, const Named& element) {
  const std::string text = trimmed(call.arguments.text("option_combo"));
  if (text.empty() || (is_uid(text) && !may_be_word(text))) return {text, "", "", text};
  return option_combo(call, element, "option_combo", text);
}

Asked read_asked(Call& call, Answer& answer) {
  Names names = names_of(call);
  Asked asked;
  asked.element = names.object(call.arguments.text("data_element"), {"dataElement"});
  answer.read_as.push_back(asked.element.read_as());
  const auto periods = read_period_ids({call.arguments.text("period")}, "",
                                       almanac_of(call.client(), call.patience()), answer.read_as);
  UidNames labels(call.client(), call.patience());
  const auto units = read_unit_ids(call, names, {call.arguments.text("org_unit")}, labels, answer);
  if (periods.size() != 1 || units.size() != 1) {
    throw Error(ErrorKind::bad_input, "A value has one period and one org unit.",
                "Give one of each; data_values_get lists the values.");
  }
  asked.period = periods.front();
  asked.unit = units.front();
  asked.option = read_option(call, asked.element);
  if (!asked.option.name.empty()) answer.read_as.push_back(asked.option.read_as());
  return asked;
}

std::map<Place, DataValue> read_current(Call& call, const Asked& asked) {
  ValuesAsked question;
  question.elements[asked.element.uid];
  if (!asked.option.uid.empty()) question.elements[asked.element.uid] = {asked.option.uid};
  question.periods = {asked.period};
  question.units = {asked.unit};
  std::map<Place, DataValue> current;
  each_value(call, question, [&current](DataValue&& value) {
    Place place(value.option_combo, value.attribute_combo);
    current[place] = std::move(value);
  });
  return current;
}

std::vector<Audit> read_audits(Call& call, const Asked& asked, Answer& answer) {
  Query query;
  query.add("de", asked.element.uid).add("pe", asked.period).add("ou", asked.unit);
  if (!asked.option.uid.empty()) query.add("co", asked.option.uid);
  query.add("pageSize", kAuditsPerPage);
  std::vector<Audit> audits;
  const std::string path = "/api/audits/dataValue";
  for (int page = 1; page > 0;) {
    query.set("page", std::to_string(page));
    const Json found = call.client().get(path, query, call.patience());
    const Json rows = found.value("dataValueAudits", Json::array());
    for (const Json& row : rows) {
      const std::string value = as_text(row, "value");
      audits.push_back({id_of(row, "categoryOptionCombo"), id_of(row, "attributeOptionCombo"),
                        second_of(as_text(row, "created")), as_text(row, "modifiedBy"),
                        as_text(row, "auditType"), value.empty() ? Cell() : Cell::number(value)});
    }
    page = read_paging(found, rows.size(), path).next;
    if (page > kMostPages) {
      answer.truncated = true;
      answer.notes.push_back("Older changes than these " + std::to_string(audits.size()) +
                             " are not read.");
      break;
    }
  }
  return audits;
}

// What one value went through, newest first.
struct Change {
  std::string when, who, what;
  Cell after, before;
};

std::vector<Change> changes_of(const std::vector<const Audit*>& audits, const DataValue* current,
                               bool tells_new) {
  std::vector<Change> out;
  Cell after = current == nullptr ? Cell() : Cell::number(current->value);
  for (std::size_t i = 0; i < audits.size(); ++i) {
    const Audit& audit = *audits[i];
    Change change{audit.when, audit.who, audit.change, {}, {}};
    if (tells_new) {
      change.after = audit.value;
      if (i + 1 < audits.size()) change.before = audits[i + 1]->value;
    } else {
      change.before = audit.value;
      if (audit.change != "DELETE") change.after = after;
      after = audit.value;
    }
    out.push_back(std::move(change));
  }
  // The value stands as it was first entered, or was written without an audit.
  if (out.empty() && current != nullptr) {
    out.push_back(
        {current->updated, current->stored_by, "STORED", Cell::number(current->value), {}});
  }
  return out;
}

Cell text_or_absent(const std::string& text) { return text.empty() ? Cell() : Cell::text(text); }

class HistoryTable {
 public:
  HistoryTable(Call& call, const std::map<Place, DataValue>& current,
               const std::vector<Audit>& audits)
      : call_(call), current_(current), labels_(call.client(), call.patience()) {
    for (const Audit& audit : audits) audits_[{audit.option, audit.attribute}].push_back(&audit);
    for (const auto& [place, value] : current) audits_[place];
  }

  void put_into(Answer& answer) {
    learn_names();
    std::vector<std::string> columns;
    if (several_options_) columns.emplace_back("Option combo");
    if (several_attributes_) columns.emplace_back("Attribute combo");
    for (const char* title : {"When", "By", "Change", "Value", "Before"}) {
      columns.emplace_back(title);
    }
    const bool comments = std::ranges::any_of(
        current_, [](const auto& entry) { return !entry.second.comment.empty(); });
    if (comments) columns.emplace_back("Comment");
    const bool tells_new = call_.client().whoami(call_.patience()).version.major >= kAuditsTellNew;
    RowCollector collector(call_.results, call_.owner(), std::move(columns));
    for (const auto& [place, audits] : audits_) {
      const auto found = current_.find(place);
      const DataValue* now = found == current_.end() ? nullptr : &found->second;
      for (const Change& change : changes_of(audits, now, tells_new)) {
        Row row = heading(place);
        row.insert(row.end(), {text_or_absent(change.when), text_or_absent(change.who),
                               Cell::text(change.what), change.after, change.before});
        if (comments) row.push_back(now == nullptr ? Cell() : text_or_absent(now->comment));
        now = nullptr;  // the comment is that of the value as it stands
        collector.add(std::move(row));
      }
    }
    tell_now(answer);
    const bool cut = answer.truncated;
    collector.finish(answer);
    answer.truncated = answer.truncated || cut;
  }

 private:
  void learn_names() {
    std::set<std::string> options, attributes;
    for (const auto& [place, audits] : audits_) {
      options.insert(place.first);
      attributes.insert(place.second);
    }
    several_options_ = options.size() > 1;
    several_attributes_ = attributes.size() > 1;
    std::vector<std::string> uids;
    if (several_options_) uids.assign(options.begin(), options.end());
    if (several_attributes_) uids.insert(uids.end(), attributes.begin(), attributes.end());
    if (!uids.empty()) labels_.learn({{"categoryOptionCombos", uids}});
  }

  Row heading(const Place& place) const {
    Row row;
    if (several_options_) row.push_back(Cell::text(labels_.of(place.first)));
    if (several_attributes_) row.push_back(Cell::text(labels_.of(place.second)));
    return row;
  }

  void tell_now(Answer& answer) const {
    if (audits_.empty()) {
      answer.notes.emplace_back("No value is stored there, and no change of one is recorded.");
    } else if (current_.empty()) {
      answer.notes.emplace_back("No value is stored there now.");
    }
    const bool marked =
        std::ranges::any_of(current_, [](const auto& entry) { return entry.second.follow_up; });
    if (marked) answer.notes.emplace_back("A value is marked for follow-up.");
    const bool unaudited =
        std::ranges::any_of(audits_, [](const auto& entry) { return entry.second.empty(); });
    if (unaudited) {
      answer.notes.emplace_back(
          "STORED: no change is recorded, since the value was entered or because this server does "
          "not audit.");
    }
  }

  Call& call_;
  const std::map<Place, DataValue>& current_;
  UidNames labels_;
  std::map<Place, std::vector<const Audit*>> audits_;
  bool several_options_ = false, several_attributes_ = false;
};

}  // namespace

Answer data_value_history(Call& call) {
  Answer answer = call.answer();
  const Asked asked = read_asked(call, answer);
  const std::map<Place, DataValue> current = read_current(call, asked);
  std::vector<Audit> audits;
  try {
    audits = read_audits(call, asked, answer);
  } catch (const Error& error) {
    // Some servers keep audits from ordinary accounts, and some have none; the value itself is
    // still worth telling.
    const bool closed = error.kind == ErrorKind::forbidden || error.kind == ErrorKind::not_found;
    if (!closed && error.http != kNotImplemented) throw_data_refusal(error);
    answer.notes.push_back(std::string("The audit could not be read: ") + error.what());
  }
  HistoryTable(call, current, audits).put_into(answer);
  return answer;
}

}  // namespace dhis2mcp
