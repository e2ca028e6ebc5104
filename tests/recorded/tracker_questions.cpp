// SPDX-License-Identifier: BSD-3-Clause
// Parameter by parameter: each has a word of the tools, or is the reason why it cannot be asked.
#include "tests/recorded/tracker_questions.h"

#include <algorithm>
#include <map>
#include <set>

#include <httplib.h>

namespace recorded {
namespace {

// How an answer looks: pages, columns, names.
const std::set<std::string> kLooks = {"fields",       "pageSize",
                                      "totalPages",   "paging",
                                      "skipPaging",   "displayProperty",
                                      "rowContext",   "includeMetadataDetails",
                                      "headers",      "hierarchyMeta",
                                      "skipRounding", "skipMeta",
                                      "asc",          "desc",
                                      "sortOrder",    "relativePeriodDate"};

std::vector<std::string> cut(const std::string& text, char mark) {
  std::vector<std::string> out;
  std::string one;
  for (const char c : text + mark) {
    if (c != mark) {
      one += c;
      continue;
    }
    while (!one.empty() && one.front() == ' ') one.erase(0, 1);
    if (!one.empty()) out.push_back(one);
    one.clear();
  }
  return out;
}

bool is_uid(const std::string& text) {
  return text.size() == 11 &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isalnum(c) != 0; });
}

std::string path_of(const Exchange& exchange) {
  return exchange.path.substr(0, exchange.path.find('?'));
}

Parts parts_of(const Exchange& exchange) {
  const auto query = exchange.path.find('?');
  return query == std::string::npos ? Parts() : recorded::parts_of(exchange.path.substr(query + 1));
}

void add(Json& arguments, const char* name, const std::string& value) {
  arguments[name].push_back(value);
}

ToolQuestion no(const std::string& why) { return {"", why, Json::object()}; }

// One list of the tracker.
class TrackerQuestion {
 public:
  TrackerQuestion(bool events, int version) : events_(events), version_(version) {
    question_.tool = events ? "event_find" : "tracker_find";
  }

  ToolQuestion of(const Parts& parts) {
    std::vector<std::string> units;
    std::string mode;
    for (const auto& [name, value] : parts) {
      if (name == (version_ < 41 || events_ ? "orgUnit" : "orgUnits")) {
        for (const std::string& unit : cut(value, events_ ? '|' : version_ < 41 ? ';' : ',')) {
          if (!is_uid(unit)) return no("org units that are no UIDs");
          units.push_back(unit);
        }
      } else if (name == (version_ < 41 ? "ouMode" : "orgUnitMode")) {
        mode = value;
      } else if (const std::string why = take(name, value); !why.empty()) {
        return no(why);
      }
    }
    if (events_ && !question_.arguments.contains("program")) return no("asks no program");
    if (!events_ && !question_.arguments.contains("program") &&
        !question_.arguments.contains("type")) {
      return no("asks neither program nor type");
    }
    return placed(units, mode);
  }

 private:
  ToolQuestion placed(const std::vector<std::string>& units, const std::string& mode) {
    const std::map<std::string, std::string> words = {{"DESCENDANTS", "under "},
                                                      {"CHILDREN", "children of "},
                                                      {"SELECTED", "only "},
                                                      {"", "only "}};
    if (units.empty() && mode.empty()) {
      return !events_ && version_ < 41 ? no("asks no org unit and no mode") : question_;
    }
    if (units.empty() && mode == "SELECTED") return no("asks a mode without its org unit");
    if (!units.empty() && !words.contains(mode)) return no("a mode that goes without org units");
    if (units.empty() && words.contains(mode)) return no("a mode without its org unit");
    if (units.empty() && mode != "ACCESSIBLE" && mode != "CAPTURE" && mode != "ALL") {
      return no("no mode of DHIS2");
    }
    if (mode == "CHILDREN" && !events_ && version_ >= 42) {
      return no("a mode that fails on this release and is asked otherwise");
    }
    if (units.empty()) add(question_.arguments, "org_units", mode);
    for (const std::string& unit : units) {
      add(question_.arguments, "org_units", words.at(mode) + unit);
    }
    return question_;
  }

  // Empty when the parameter was taken.
  std::string take(const std::string& name, const std::string& value) {
    Json& arguments = question_.arguments;
    if (kLooks.contains(name)) return "";
    if (name == "program") return put("program", value);
    if (name == "trackedEntityType" && !events_) return put("type", value);
    if (name == "programStage" && events_) return put("stage", value);
    if (name == "status" && events_) return put("status", value);
    if (name == "updatedAfter" && !events_) return put("updated_since", value);
    if (name == "updatedWithin" && !events_) return put("updated_since", value);
    const bool newer = name == "enrollmentStatus" && version_ >= 42;
    if (newer || (name == "programStatus" && version_ < 42)) {
      return filter("enrollment status = " + value);
    }
    if (name == "eventStatus") return filter("event status = " + value);
    if (name == "followUp") return filter("follow up = " + value);
    for (const auto& [parameter, words] :
         {std::pair("enrollmentEnrolled", "enrolled"),
          std::pair("enrollmentOccurred", "incident date"),
          std::pair("eventOccurred", "event date"), std::pair("occurred", "event date"),
          std::pair("scheduled", "scheduled"), std::pair("updated", "updated")}) {
      if (name == std::string(parameter) + "After") return filter(words + (" since " + value));
      if (name == std::string(parameter) + "Before") return filter(words + (" until " + value));
    }
    if (name == "filter" || name == "filterAttributes") {
      // Commas part conditions, unless they are escaped.
      std::string one;
      for (std::size_t i = 0; i <= value.size(); ++i) {
        const bool escaped = i > 0 && value[i - 1] == '/';
        if (i == value.size() || (value[i] == ',' && !escaped)) {
          if (one.find(':') == std::string::npos) return "a filter that compares with nothing";
          add(arguments, "filter", one);
          one.clear();
        } else {
          one += value[i];
        }
      }
      return "";
    }
    return "no tool takes " + name;
  }

  std::string put(const char* name, const std::string& value) {
    question_.arguments[name] = value;
    return "";
  }

  std::string filter(const std::string& text) {
    add(question_.arguments, "filter", text);
    return "";
  }

  bool events_;
  int version_;
  ToolQuestion question_;
};

ToolQuestion entity_question(const std::string& uid, const Exchange& exchange) {
  ToolQuestion question{"tracker_get", "", {{"tracked_entity", uid}}};
  for (const auto& [name, value] : parts_of(exchange)) {
    if (name == "program") {
      question.arguments["program"] = value;
    } else if (name != "fields") {
      return no("no tool takes " + name);
    } else if (exchange.status == 200 && value != "*") {
      return no("its fields leave out what tracker_get reads");
    }
  }
  if (exchange.status == 200 && !exchange.body.contains("trackedEntity")) {
    return no("its fields leave out the uid");
  }
  return question;
}

// One question to analytics.
class AnalyticsQuestion {
 public:
  AnalyticsQuestion(bool enrollments, bool counts) : enrollments_(enrollments), counts_(counts) {
    question_.tool = "analytics_events";
    question_.arguments["of"] = enrollments ? "enrollments" : "events";
    question_.arguments["shape"] = counts ? "count" : "list";
  }

  ToolQuestion of(const std::string& program, const Parts& parts) {
    question_.arguments["program"] = program;
    for (const auto& [name, value] : parts) {
      if (const std::string why = take(name, value); !why.empty()) return no(why);
    }
    if (!start_.empty()) add(question_.arguments, "periods", start_ + " to " + end_);
    for (const std::string& period : periods_) {
      const bool filter = filter_periods_;
      if (time_.empty() && enrollments_ && !counts_) return no("enrollments listed by event dates");
      add(question_.arguments, "periods",
          !time_.empty() ? time_ + ": " + period : (filter ? "over " : "") + period);
    }
    if (!question_.arguments.contains("periods")) return no("asks no period");
    if (!question_.arguments.contains("org_units")) return no("asks no org unit");
    if (!value_.empty()) add(question_.arguments, "dimensions", aggregation_ + " of " + value_);
    if (by_stage_ && enrollments_ && counts_ && !output_enrollment_) {
      return no("enrollments counted by stage, asked otherwise");
    }
    return question_;
  }

  void counts_enrollments_of_events() {
    enrollments_ = output_enrollment_ = true;
    question_.arguments["of"] = "enrollments";
  }

 private:
  std::string take(const std::string& name, const std::string& value) {
    Json& arguments = question_.arguments;
    if (kLooks.contains(name)) return "";
    if (name == "outputType") return value == "TRACKED_ENTITY_INSTANCE" ? "counts of persons" : "";
    if (name == "stage") {
      by_stage_ = true;
      arguments["stage"] = value;
      return "";
    }
    if (name == "dimension" || name == "filter") {
      for (const std::string& one : cut(value, ',')) {
        if (const std::string why = item(one, name == "filter"); !why.empty()) return why;
      }
      return "";
    }
    if (name == "startDate") return set(start_, value);
    if (name == "endDate") return set(end_, value);
    if (name == "page" && value == "1") return "";
    for (const auto& [parameter, words] :
         {std::pair("eventDate", "event date"), std::pair("enrollmentDate", "enrolled"),
          std::pair("incidentDate", "incident date"), std::pair("scheduledDate", "scheduled"),
          std::pair("lastUpdated", "updated")}) {
      if (name != parameter) continue;
      for (const std::string& one : cut(value, ',')) {
        add(arguments, "periods", std::string(words) + ": " + one);
      }
      return "";
    }
    if (name == "timeField") {
      if (value == "CREATED") return set(time_, "created");
      return is_uid(value) ? set(time_, value)
                           : "periods by " + value + ", asked by a date of its own";
    }
    if (name == "eventStatus" || name == "programStatus") {
      std::string statuses = value;
      std::ranges::replace(statuses, ',', ';');
      add(arguments, "dimensions",
          (name == "eventStatus" ? "event status in " : "enrollment status in ") + statuses);
      return "";
    }
    if (name == "ouMode") {
      if (value == "DESCENDANTS") return "";
      only_ = value == "SELECTED";
      return only_ ? "" : "the org unit mode " + value;
    }
    if (name == "value") return set(value_, value);
    if (name == "aggregationType") {
      const std::map<std::string, std::string> words = {
          {"AVERAGE", "average"}, {"SUM", "sum"}, {"MIN", "min"}, {"MAX", "max"}};
      if (!words.contains(value)) return "the aggregation " + value;
      return set(aggregation_, words.at(value));
    }
    return "no tool takes " + name;
  }

  static std::string set(std::string& member, const std::string& value) {
    member = value;
    return "";
  }

  std::string item(const std::string& text, bool filter) {
    Json& arguments = question_.arguments;
    const std::string items = text.substr(std::min(text.find(':') + 1, text.size()));
    if (text.starts_with("ou:")) {
      for (const std::string& unit : cut(items, ';')) {
        add(arguments, "org_units", (only_ ? "only " : filter && counts_ ? "over " : "") + unit);
      }
      return "";
    }
    if (text.starts_with("pe:")) {
      periods_ = cut(items, ';');
      filter_periods_ = filter;
      return filter && !counts_ ? "periods that narrow a list without a column" : "";
    }
    if (text.find('.') == 11 && text.find('_') != std::string::npos &&
        text.find('_') < text.find(':')) {
      return "dates and states of one stage";
    }
    if (text.find('_') < text.find(':') && text.find(':') != std::string::npos) {
      return "dates, states and places as dimensions";
    }
    add(arguments, "dimensions", (filter ? "where " : "") + text);
    return "";
  }

  bool enrollments_, counts_, only_ = false, filter_periods_ = false, by_stage_ = false;
  bool output_enrollment_ = false;
  std::string start_, end_, time_, value_, aggregation_;
  std::vector<std::string> periods_;
  ToolQuestion question_;
};

std::string value_of(const Parts& parts, const std::string& name) {
  for (const auto& [key, value] : parts) {
    if (key == name) return value;
  }
  return {};
}

ToolQuestion analytics_question(const Exchange& exchange,
                                const std::vector<std::string>& segments) {
  // analytics, events|enrollments, query|aggregate, program
  if (segments.size() != 4 || (segments[2] != "query" && segments[2] != "aggregate")) {
    return no("no tool for " +
              (segments.size() > 2 ? segments[1] + "/" + segments[2] : segments[0]));
  }
  if (segments[1] == "trackedEntities") return no("line lists of tracked entities: tracker_find");
  if (!is_uid(segments[3])) return no("another form or a further path");
  Parts parts = parts_of(exchange);
  std::stable_partition(parts.begin(), parts.end(),
                        [](const auto& part) { return part.first == "ouMode"; });
  AnalyticsQuestion question(segments[1] == "enrollments", segments[2] == "aggregate");
  if (segments[1] == "events" && value_of(parts, "outputType") == "ENROLLMENT") {
    if (value_of(parts, "stage").empty()) return no("enrollments counted without a stage");
    question.counts_enrollments_of_events();
  }
  return question.of(segments[3], parts);
}

}  // namespace

Parts parts_of(const std::string& query) {
  Parts out;
  for (const std::string& part : cut(query, '&')) {
    const auto equals = part.find('=');
    out.emplace_back(part.substr(0, equals),
                     equals == std::string::npos
                         ? ""
                         : httplib::decode_query_component(part.substr(equals + 1), true));
  }
  return out;
}

ToolQuestion question_of(const Exchange& exchange, int version) {
  if (exchange.method != "GET") return no("no read");
  if (exchange.cut || exchange.binary) return no("kept in part, or no text");
  if (!exchange.accept.empty() && exchange.accept.find("json") == std::string::npos) {
    return no("another form than JSON");
  }
  std::vector<std::string> segments = cut(path_of(exchange), '/');
  if (segments.size() < 2 || segments[0] != "api") return no("no path of the API");
  segments.erase(segments.begin());
  if (std::ranges::all_of(segments[0], [](unsigned char c) { return std::isdigit(c) != 0; })) {
    segments.erase(segments.begin());
  }
  if (segments.back().ends_with(".json")) segments.back().resize(segments.back().size() - 5);
  if (segments[0] == "analytics") return analytics_question(exchange, segments);
  if (segments[0] != "tracker" || segments.size() < 2) return no("another path of the API");
  const Parts parts = parts_of(exchange);
  for (const auto& [name, value] : parts) {
    if (name == "page" && value != "1") return no("a page: the tools go on by `result`");
    if (name == "pageSize" &&
        !std::ranges::all_of(value, [](unsigned char c) { return std::isdigit(c) != 0; })) {
      return no("a page: the tools go on by `result`");
    }
  }
  if (segments[1] == "trackedEntities" && segments.size() == 3) {
    return entity_question(segments[2], exchange);
  }
  if (segments.size() != 2) return no("one object or a further path of " + segments[1]);
  if (segments[1] == "trackedEntities") return TrackerQuestion(false, version).of(parts);
  if (segments[1] == "events") return TrackerQuestion(true, version).of(parts);
  return no("no tool lists " + segments[1]);
}

std::vector<std::string> essence(const std::string& path, const Parts& parts) {
  const bool analytics = path.find("/analytics/") != std::string::npos;
  const std::string stage = value_of(parts, "stage");
  std::vector<std::string> out;
  bool unit = false, mode = false;
  for (auto [name, value] : parts) {
    if (kLooks.contains(name) || name == "page") continue;
    if (name == "outputType" && value == "EVENT") continue;
    if (name == "outputType" && path.find("/enrollments/") != std::string::npos) continue;
    unit = unit || name == "orgUnit" || name == "orgUnits";
    mode = mode || name == "orgUnitMode" || name == "ouMode";
    if (analytics && (name == "value" || name == "timeField"))
      value = value.substr(value.rfind('.') + 1);
    if (analytics && name == "ouMode" && value == "DESCENDANTS") continue;
    const bool list = analytics && (name == "dimension" || name == "filter");
    if (!list && name != "filter" && name != "filterAttributes") {
      out.push_back(name + "=" + value);
      continue;
    }
    for (std::string one : list || value.find("/,") == std::string::npos
                               ? cut(value, ',')
                               : std::vector<std::string>{value}) {
      // A data element stands behind its stage, or without where one was given beside it.
      if (list && one.find('.') == 11 && (stage.empty() || one.starts_with(stage))) {
        one = one.substr(12);
      }
      std::ranges::transform(one, one.begin(), [](unsigned char c) { return std::tolower(c); });
      for (auto at = one.find("//"); at != std::string::npos; at = one.find("//")) one.erase(at, 1);
      // A list of one, which old versions need where the value is an option.
      const auto in = one.find(":in:");
      if (in != std::string::npos && one.find(';') == std::string::npos) one.replace(in, 4, ":eq:");
      out.push_back((name == "filterAttributes" ? "filter" : name) + "=" + one);
    }
  }
  if (!analytics && !mode) {
    const bool events = path.ends_with("/events");
    if (unit) out.emplace_back("mode=SELECTED");
    if (!unit && !events && value_of(parts, "trackedEntities").empty())
      out.emplace_back("mode=ACCESSIBLE");
  }
  for (std::string& one : out) {
    for (const char* name : {"orgUnitMode=", "ouMode="}) {
      if (!analytics && one.starts_with(name)) one = "mode=" + one.substr(std::string(name).size());
    }
  }
  std::ranges::sort(out);
  return out;
}

}  // namespace recorded
