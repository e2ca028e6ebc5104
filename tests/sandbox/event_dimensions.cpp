// SPDX-License-Identifier: BSD-3-Clause
// What a query of event analytics can ask for: /query/dimensions and /aggregate/dimensions.
#include "tests/sandbox/event_dimensions.h"

#include <algorithm>
#include <cstdlib>
#include <set>

#include "tests/sandbox/filter.h"
#include "tests/sandbox/tracker_fields.h"

namespace sandbox {
namespace {

// Values that can be added up, counted or at least told apart by yes and no.
bool adds_up(const std::string& type) {
  return type.starts_with("INTEGER") || type == "NUMBER" || type == "PERCENTAGE" ||
         type == "UNIT_INTERVAL" || type == "BOOLEAN" || type == "TRUE_ONLY";
}

bool is_file(const std::string& type) { return type == "IMAGE" || type == "FILE_RESOURCE"; }

class EventDimensions {
 public:
  EventDimensions(const Country& country, const Request& request, EventKind kind, bool aggregate)
      : country_(country),
        request_(request),
        kind_(kind),
        aggregate_(aggregate),
        major_(country.settings().major) {}

  Reply answer();

 private:
  std::string word(const char* name) const { return request_.param(name).value_or(""); }
  void add(const char* type, const Json& object, const std::string& prefix);
  void add_elements(const Json& stage, const std::string& prefix);
  void add_attributes(const Json& program, std::set<std::string>& met);
  void add_indicators(const Json& program, const std::string& prefix);
  void add_program(const Json& program, bool named, std::set<std::string>& met);
  void collect();
  void filter();

  const Country& country_;
  const Request& request_;
  EventKind kind_;
  bool aggregate_;
  int major_;
  std::vector<Json> found_;
};

void EventDimensions::add(const char* type, const Json& object, const std::string& prefix) {
  const std::string uid = object.value("id", ""), name = object.value("name", "");
  Json dimension = Json::object();
  if (object.contains("valueType")) dimension["valueType"] = object["valueType"];
  if (major_ >= 43 && object.contains("aggregationType")) {
    dimension["aggregationType"] = object["aggregationType"];
  }
  dimension["dimensionType"] = type;
  dimension["created"] = dimension["lastUpdated"] = country_.settings().clock + ".000";
  dimension["name"] = dimension["displayName"] = name;
  dimension["id"] = prefix + uid;
  dimension["uid"] = uid;
  if (object.contains("code")) dimension["code"] = object["code"];
  if (object.contains("optionSet")) {
    dimension["optionSet"] = object["optionSet"]["id"];
  }
  dimension["displayShortName"] = object.value("shortName", name);
  found_.push_back(std::move(dimension));
}

void EventDimensions::add_elements(const Json& stage, const std::string& prefix) {
  std::set<std::string> members;
  for (const Json& one : stage.value("programStageDataElements", Json::array())) {
    members.insert(one["dataElement"].value("id", ""));
  }
  for (const Json& element : country_.list("dataElements")) {
    const std::string type = element.value("valueType", "");
    if (members.count(element.value("id", "")) == 0 || is_file(type)) continue;
    const bool numbers = aggregate_ && !(kind_ == EventKind::kEnrollments && major_ >= 43);
    if (!numbers || adds_up(type)) add("DATA_ELEMENT", element, prefix);
  }
}

void EventDimensions::add_attributes(const Json& program, std::set<std::string>& met) {
  if (aggregate_ && !(kind_ == EventKind::kEnrollments && major_ >= 43)) return;
  for (const Json& one : program.value("programTrackedEntityAttributes", Json::array())) {
    const std::string uid = one["trackedEntityAttribute"].value("id", "");
    const Json* attribute = country_.find("trackedEntityAttributes", uid);
    if (is_file(attribute->value("valueType", "")) || !met.insert(uid).second) continue;
    add("PROGRAM_ATTRIBUTE", *attribute, "");
  }
}

void EventDimensions::add_indicators(const Json& program, const std::string& prefix) {
  if (aggregate_) return;
  for (const Json& indicator : country_.list("programIndicators")) {
    if (indicator["program"].value("id", "") != program.value("id", "")) continue;
    Json shown = indicator;
    shown.erase("valueType");
    add("PROGRAM_INDICATOR", shown, prefix);
  }
}

void EventDimensions::add_program(const Json& program, bool named, std::set<std::string>& met) {
  const std::string prefix = named ? program.value("id", "") + "." : "";
  for (const Json& one : program.value("programStages", Json::array())) {
    const Json& stage = *country_.find("programStages", one.value("id", ""));
    add_elements(stage, prefix + stage.value("id", "") + ".");
  }
  add_attributes(program, met);
  add_indicators(program, prefix);
}

void EventDimensions::collect() {
  std::set<std::string> met;
  if (kind_ == EventKind::kEntities) {
    for (const Json& program : country_.list("programs")) {
      const bool of_type =
          program.contains("trackedEntityType") &&
          program["trackedEntityType"].value("id", "") == word("trackedEntityType");
      const bool meant = word("program").empty() || word("program") == program.value("id", "");
      if (of_type && meant) add_program(program, true, met);
    }
    return;
  }
  const Json* stage = country_.find("programStages", word("programStageId"));
  std::string program_uid = word("programId");
  if (stage != nullptr) program_uid = (*stage)["program"].value("id", "");
  const Json* program = country_.find("programs", program_uid);
  if (program == nullptr) {
    throw AnalyticsRefusal(409, "Either programId or programStageId must be specified", "E7235");
  }
  if (stage == nullptr) return add_program(*program, false, met);
  add_elements(*stage, stage->value("id", "") + ".");
  add_attributes(*program, met);
  add_indicators(*program, "");
}

// Only equality of texts, which is what dimension pickers use.
void EventDimensions::filter() {
  for (const std::string& text : request_.all("filter")) {
    const size_t first = text.find(':'), second = text.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string name = text.substr(0, first), op = text.substr(first + 1, second - first - 1);
    const std::string wanted = text.substr(second + 1);
    std::erase_if(found_, [&](const Json& dimension) {
      const std::string value = dimension.value(name, "");
      if (op == "ilike") return lowered(value).find(lowered(wanted)) == std::string::npos;
      return value != wanted;
    });
  }
}

Reply EventDimensions::answer() {
  collect();
  filter();
  const size_t size = static_cast<size_t>(
      std::max(1, std::atoi(word("pageSize").empty() ? "50" : word("pageSize").c_str())));
  const size_t page = static_cast<size_t>(
      std::max(1, std::atoi(word("page").empty() ? "1" : word("page").c_str())));
  const size_t first = std::min(found_.size(), (page - 1) * size);
  const size_t last = std::min(found_.size(), first + size);
  Json shown = Json::array();
  for (size_t i = first; i < last; ++i) shown.push_back(chosen(found_[i], request_, "*"));
  Json body = {{"pager",
                {{"page", page},
                 {"total", found_.size()},
                 {"pageSize", size},
                 {"pageCount", (found_.size() + size - 1) / size}}}};
  body["dimensions"] = shown;
  return json_reply(body);
}

}  // namespace

Reply event_dimensions(const Country& country, const Request& request, EventKind kind,
                       bool aggregate) {
  return EventDimensions(country, request, kind, aggregate).answer();
}

}  // namespace sandbox
