// SPDX-License-Identifier: BSD-3-Clause
// Reads the items of event analytics with their conditions.
#include <algorithm>
#include <cstdlib>

#include "tests/sandbox/event_query.h"

namespace sandbox {
namespace {

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> pieces(1);
  for (const char c : text) {
    if (c == at) {
      pieces.emplace_back();
    } else {
      pieces.back() += c;
    }
  }
  return pieces;
}

[[noreturn]] void unknown_item(const std::string& id) {
  throw AnalyticsRefusal(409,
                         "Item identifier does not reference any data element, attribute or "
                         "indicator part of the program: `" +
                             id + "`",
                         "E7224");
}

void check_operator(const std::string& op) {
  static const std::set<std::string> kOperators = {"EQ",    "!EQ",    "NEQ", "NE",  "IEQ",  "!IEQ",
                                                   "GT",    "GE",     "LT",  "LE",  "LIKE", "!LIKE",
                                                   "ILIKE", "!ILIKE", "IN",  "NULL"};
  if (kOperators.count(op) > 0) return;
  throw AnalyticsRefusal(400, "No enum constant org.hisp.dhis.common.QueryOperator." + op);
}

// Numbers have no LIKE: the database refuses the query, with the place of the error in its text.
void check_like(const Country& country, const EventItem& item) {
  if (!item.object || !item.object->value("valueType", "").starts_with("INTEGER")) return;
  const int major = country.settings().major;
  for (const auto& [op, value] : item.conditions) {
    if (op != "LIKE" && op != "ILIKE") continue;
    const std::string sign = op == "LIKE" ? "~~" : "~~*";
    AnalyticsRefusal refusal(409, "Query failed because of a syntax error (SqlState: 42883)",
                             "E7145");
    refusal.dev = major <= 41
                      ? "SqlState: 42883"
                      : "ERROR: operator does not exist: bigint " + sign +
                            " unknown\n  Hint: No operator matches the given name and argument "
                            "types. You might need to add explicit type casts.\n  Position: " +
                            (major == 42 ? "468" : "674");
    throw refusal;
  }
}

bool part_of(const Json& owner, const char* list, const char* reference, const std::string& uid) {
  const Json members = owner.value(list, Json::array());
  return std::any_of(members.begin(), members.end(), [&](const Json& member) {
    return member.contains(reference) && member[reference].value("id", "") == uid;
  });
}

// Finds what `uid` names inside the query's program; false when it names nothing there.
bool find_object(const Country& country, const EventQuery& query, EventItem& item) {
  if ((item.object = country.find("trackedEntityAttributes", item.uid)) != nullptr) {
    item.what = EventItem::What::kAttribute;
    return query.kind == EventKind::kEntities ||
           (query.program != nullptr && part_of(*query.program, "programTrackedEntityAttributes",
                                                "trackedEntityAttribute", item.uid));
  }
  if ((item.object = country.find("programIndicators", item.uid)) != nullptr) {
    item.what = EventItem::What::kIndicator;
    return true;
  }
  item.object = country.find("dataElements", item.uid);
  if (item.object == nullptr) return false;
  if (!item.stage.empty()) {
    const Json* stage = country.find("programStages", item.stage);
    return stage != nullptr && part_of(*stage, "programStageDataElements", "dataElement", item.uid);
  }
  if (query.program == nullptr) return false;
  for (const Json& one : query.program->value("programStages", Json::array())) {
    const Json* stage = country.find("programStages", one.value("id", ""));
    if (stage && part_of(*stage, "programStageDataElements", "dataElement", item.uid)) return true;
  }
  return false;
}

// Takes "stage[-1].element-legend" apart.
void read_name(const std::string& id, EventItem& item) {
  item.name = id;
  std::vector<std::string> parts = split(id, '.');
  item.uid = parts.back();
  if (const size_t dash = item.uid.find('-'); dash != std::string::npos) {
    item.legend_set = item.uid.substr(dash + 1);
    item.uid.resize(dash);
    item.name.resize(item.name.size() - item.legend_set.size() - 1);
  }
  if (parts.size() >= 2) item.stage = parts[parts.size() - 2];
  if (parts.size() >= 3) item.program = parts[parts.size() - 3];
  item.key = item.name;
  if (const size_t bracket = item.stage.find('['); bracket != std::string::npos) {
    item.offset = std::atoi(item.stage.c_str() + bracket + 1);
    item.stage.resize(bracket);
    item.key.erase(item.key.find('['), item.key.find(']') - item.key.find('[') + 1);
  }
}

// stage.EVENT_DATE and stage.EVENT_STATUS, which 2.43 brought.
bool read_pseudo(const Country& country, const std::vector<std::string>& words, EventItem& item) {
  if (country.settings().major < 43 || item.stage.empty() || words.size() != 2) return false;
  if (item.uid == "EVENT_STATUS") {
    item.what = EventItem::What::kStatus;
    item.conditions.emplace_back("IN", words[1]);
    item.name = item.key = item.stage + ".eventstatus";
    return true;
  }
  if (item.uid != "EVENT_DATE") return false;
  item.what = EventItem::What::kDate;
  item.name = item.key = item.stage + ".eventdate";
  const auto relative = relative_periods(words[1], *day_of(country.settings().today()));
  if (relative) {
    item.periods = *relative;
  } else if (const auto period = parse_period(words[1], country.settings().major)) {
    item.periods.push_back(*period);
  }
  return true;
}

}  // namespace

std::string EventItem::option_set() const {
  if (object == nullptr || !object->contains("optionSet")) return "";
  return (*object)["optionSet"].value("id", "");
}

EventItem read_event_item(const Country& country, const EventQuery& query,
                          const std::string& text) {
  const std::vector<std::string> words = split(text, ':');
  EventItem item;
  read_name(words[0], item);
  if (read_pseudo(country, words, item)) return item;
  if (words.size() % 2 == 0) {
    throw AnalyticsRefusal(409, "Query item or filter is invalid: `" + text + "`", "E7222");
  }
  for (size_t i = 1; i + 1 < words.size(); i += 2) {
    check_operator(words[i]);
    item.conditions.emplace_back(words[i], words[i + 1]);
  }
  if (!find_object(country, query, item)) unknown_item(words[0]);
  check_like(country, item);
  return item;
}

}  // namespace sandbox
