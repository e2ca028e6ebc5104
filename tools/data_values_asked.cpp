// SPDX-License-Identifier: BSD-3-Clause
// The parameters of dataValueSets that mean the same on 2.37 to 2.43, and the one that does not.
#include "tools/data_values_asked.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "dhis2/error.h"
#include "dhis2/json_members.h"
#include "dhis2/text_list.h"
#include "tools/data_names.h"
#include "tools/document.h"
#include "tools/name_forms.h"
#include "tools/uid_names.h"

namespace dhis2mcp {
namespace {

constexpr int kTakesElements = 39;  // dataElement= came with 2.39

// Of a request line of 8 KB, in bytes: "dataElement=" 24 each, "period=" 17, "orgUnit=" 20.
constexpr std::size_t kDataPerRequest = 80, kPeriodsPerRequest = 80, kUnitsPerRequest = 150;
constexpr std::uint64_t kProgressStep = 20'000;
constexpr std::chrono::minutes kExport{10};  // DHIS2 takes minutes for a million values

const std::vector<std::string> kDataTypes = {"dataElement", "dataElementGroup"};

constexpr const char* kAskFigures = "Ask analytics_query for its figures.";

const std::vector<OtherType> kOthers = {
    {"indicator", "an indicator, and only data elements have values", kAskFigures},
    {"programIndicator", "a program indicator, and only data elements have values", kAskFigures},
    {"dataSet", "a data set", "Give it as `data_set`."}};

void read_data_argument(Call& call, Names& names, ValuesAsked& asked, Answer& answer) {
  for (const std::string& text : texts_of(call, "data")) {
    const auto dot = text.find('.');
    if (dot == 11 && is_uid(text.substr(0, dot)) && is_uid(text.substr(dot + 1))) {
      const auto [element, fresh] = asked.elements.try_emplace(text.substr(0, dot));
      if (fresh || !element->second.empty()) element->second.insert(text.substr(dot + 1));
      continue;
    }
    const Named named = object_but(names, "data", text, kDataTypes, kOthers);
    answer.read_as.push_back(named.read_as());
    if (named.type == "dataElement") {
      asked.elements[named.uid].clear();
    } else {
      asked.groups.push_back(named.uid);
    }
  }
  // Elements of a data set are narrowed here, so a group is as good as its elements. One that goes
  // with elements, in a request of its own, would give those of both twice.
  if (!asked.data_set && asked.elements.empty()) return;
  for (const std::string& group : std::exchange(asked.groups, {})) {
    for (const std::string& uid : elements_of_group(call, group)) asked.elements[uid].clear();
  }
}

struct SetsOfElements {
  std::vector<std::string> sets;
  std::set<std::string> period_types;
};

std::vector<std::string> uids_of(const ValuesAsked& asked) {
  std::vector<std::string> uids;
  for (const auto& [uid, options] : asked.elements) uids.push_back(uid);
  return uids;
}

SetsOfElements sets_of(Call& call, const ValuesAsked& asked) {
  SetsOfElements out;
  for (const auto& some : in_parts(uids_of(asked), kUidsPerFilter)) {
    Query query;
    query.add("fields", "dataSetElements[dataSet[id,periodType]]");
    query.add("filter", "id:in:[" + joined(some, ",") + "]").add("paging", "false");
    const Json found = call.client().get("/api/dataElements", query, call.patience());
    for (const Json& element : list_of(found, "dataElements")) {
      for (const Json& member : list_of(element, "dataSetElements")) {
        const Json& set = member_of(member, "dataSet");
        const std::string uid = text_of(set, "id");
        if (uid.empty()) continue;
        if (std::ranges::find(out.sets, uid) == out.sets.end()) out.sets.push_back(uid);
        out.period_types.insert(text_of(set, "periodType"));
      }
    }
  }
  return out;
}

// What of the data one request names: {"dataSet", {uid}}.
struct DataPart {
  const char* parameter;
  std::vector<std::string> uids;
};

std::vector<DataPart> data_parts(Call& call, const ValuesAsked& asked) {
  std::vector<DataPart> parts;
  if (asked.data_set) {
    parts.push_back({"dataSet", {asked.data_set->uid}});
    return parts;
  }
  const auto add = [&parts](const char* parameter, const std::vector<std::string>& uids) {
    for (auto& part : in_parts(uids, kDataPerRequest)) {
      parts.push_back({parameter, std::move(part)});
    }
  };
  add("dataElementGroup", asked.groups);
  if (asked.elements.empty()) return parts;
  if (call.client().whoami(call.patience()).version.major >= kTakesElements) {
    add("dataElement", uids_of(asked));
    return parts;
  }
  const auto sets = asked.sets.empty() ? sets_of(call, asked).sets : asked.sets;
  if (sets.empty()) {
    throw Error(ErrorKind::unsupported_version,
                "This DHIS2 (before 2.39) gives values by data set only, and none holds these "
                "elements.",
                "Give a `data_set`.");
  }
  add("dataSet", sets);
  return parts;
}

bool wanted(const ValuesAsked& asked, const DataPart& part, const DataValue& value) {
  if (std::string_view(part.parameter) == "dataElementGroup" || asked.elements.empty()) return true;
  const auto found = asked.elements.find(value.data_element);
  return found != asked.elements.end() &&
         (found->second.empty() || found->second.contains(value.option_combo));
}

}  // namespace

ValuesAsked read_values_asked(Call& call, Names& names, Answer& answer) {
  ValuesAsked asked;
  if (call.arguments.has("data_set")) {
    asked.data_set = read_data_set(call, names, call.arguments.text("data_set"), false);
    asked.period_type = asked.data_set->period_type;
    answer.read_as.push_back(asked.data_set->read_as());
  }
  read_data_argument(call, names, asked, answer);
  if (!asked.data_set && asked.elements.empty() && asked.groups.empty()) {
    throw Error(ErrorKind::bad_input, "Neither `data_set` nor `data` is given.",
                "Name a data set, or data elements; metadata_find finds them.");
  }
  if (!asked.data_set && !asked.elements.empty()) {
    const SetsOfElements found = sets_of(call, asked);
    if (found.period_types.size() == 1) asked.period_type = *found.period_types.begin();
    asked.sets = found.sets;
  }
  asked.children = call.arguments.flag("children");
  return asked;
}

void each_value(Call& call, const ValuesAsked& asked,
                const std::function<void(DataValue&& value)>& on_value) {
  std::uint64_t taken = 0;
  Patience patience = call.patience();
  patience.budget = kExport;
  for (const DataPart& part : data_parts(call, asked)) {
    const auto take = [&](DataValue&& value) {
      if (!wanted(asked, part, value)) return;
      on_value(std::move(value));
      if (++taken % kProgressStep == 0 && call.context.progress) {
        call.context.progress(static_cast<double>(taken), {}, "values read");
      }
    };
    for (const auto& periods : in_parts(asked.periods, kPeriodsPerRequest)) {
      for (const auto& units : in_parts(asked.units, kUnitsPerRequest)) {
        Query query;
        for (const std::string& uid : part.uids) query.add(part.parameter, uid);
        for (const std::string& period : periods) query.add("period", period);
        for (const std::string& unit : units) query.add("orgUnit", unit);
        if (asked.children) query.add("children", "true");
        read_values(call.client(), query, patience, take);
      }
    }
  }
}

}  // namespace dhis2mcp
