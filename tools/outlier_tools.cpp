// SPDX-License-Identifier: BSD-3-Clause
// outlier_find: one GET of /api/outlierDetection for each span of days and each hundred units.
//
// It reads stored values and has been there since 2.36, with the same parameters (ds, de, ou,
// startDate, endDate; no pe before 2.41) and, for the modified z-score, the name MOD_Z_SCORE on
// every major recorded (2.40 to 2.43). /api/analytics/outlierDetection (2.41) knows no min-max,
// calls that one MODIFIED_Z_SCORE and reads tables that may be old, so it is not asked.
#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <iterator>
#include <set>
#include <utility>

#include "dhis2/error.h"
#include "dhis2/json_members.h"
#include "tools/almanac.h"
#include "tools/data_names.h"
#include "tools/data_refusal.h"
#include "tools/data_scope.h"
#include "tools/day_span.h"
#include "tools/formula_value.h"
#include "tools/handlers.h"
#include "tools/name_forms.h"
#include "tools/parallel.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kUnitsPerRequest = 100;
constexpr std::size_t kElementsPerRequest = 150;
constexpr std::size_t kMostRequests = 60;
constexpr int kDefaultLimit = 100;
constexpr int kMedianSpreadSince = 41;

const std::vector<OtherType> kOthers = {
    {"indicator", "an indicator, and only data elements have stored values",
     "Name the data elements that it is made of: indicator_explain shows them."},
    {"programIndicator", "a program indicator, and only data elements have stored values",
     "Ask analytics_query for its figures."}};

struct Algorithm {
  std::string_view argument, parameter, middle, spread;
};

constexpr std::array<Algorithm, 3> kAlgorithms = {
    {{"z_score", "Z_SCORE", "Mean", "Standard deviation"},
     {"modified_z_score", "MOD_Z_SCORE", "Median", "Median deviation"},
     {"min_max", "MIN_MAX", "", ""}}};

struct OutliersAsked {
  std::vector<std::string> elements, sets, units;
  std::vector<DaySpan> spans;
  std::set<std::string> periods;
  const Algorithm* algorithm = nullptr;
  std::string threshold;
  int limit = kDefaultLimit;
};

struct Outlier {
  std::string element, element_name, unit, period, combo_name, attribute_name;
  Cell value, middle, spread, score, lower, upper;
  double rank = 0;  // what the rows are ordered by
  bool follow_up = false;
};

// Days that follow on one another are one request.
std::vector<DaySpan> spans_of(const std::vector<std::string>& periods, const Almanac& almanac) {
  std::vector<DaySpan> all;
  for (const std::string& id : periods) all.push_back(day_span({id}, almanac));
  std::ranges::sort(all, {}, [](const DaySpan& span) { return span.first; });
  std::vector<DaySpan> out;
  for (const DaySpan& span : all) {
    if (out.empty() || span.first > out.back().last + std::chrono::days(1)) {
      out.push_back(span);
    } else {
      out.back().last = std::max(out.back().last, span.last);
    }
  }
  return out;
}

void read_data(Call& call, Names& names, OutliersAsked& asked, Answer& answer) {
  for (const std::string& text : texts_of(call, "data")) {
    if (text.find('.') != std::string::npos && is_data_item(text)) {
      throw Error(ErrorKind::bad_input,
                  "data: \"" + clean_line(text) + "\" is one option combo of a data element.",
                  "Name the data element: every option combo is looked at by itself.");
    }
    const Named found =
        object_but(names, "data", text, {"dataElement", "dataSet", "dataElementGroup"}, kOthers);
    if (found.type == "dataElement") {
      asked.elements.push_back(found.uid);
    } else if (found.type == "dataSet") {
      asked.sets.push_back(found.uid);
    } else {
      std::ranges::move(elements_of_group(call, found.uid), std::back_inserter(asked.elements));
    }
    answer.read_as.push_back(found.read_as());
  }
  if (asked.elements.empty() && asked.sets.empty()) {
    throw Error(ErrorKind::bad_input, "data: nothing was given.",
                "Name data elements or a data set; metadata_find finds them.");
  }
}

// Which data one request is about: {"ds", uids}.
using DataPart = std::pair<const char*, std::vector<std::string>>;

std::vector<Query> questions(const OutliersAsked& asked) {
  std::vector<DataPart> data;
  if (!asked.sets.empty()) data.emplace_back("ds", asked.sets);
  for (auto& some : in_parts(asked.elements, kElementsPerRequest)) {
    data.emplace_back("de", std::move(some));
  }
  std::vector<Query> out;
  for (const auto& [parameter, uids] : data) {
    for (const auto& units : in_parts(asked.units, kUnitsPerRequest)) {
      for (const DaySpan& span : asked.spans) {
        Query query;
        for (const std::string& uid : uids) query.add(parameter, uid);
        for (const std::string& unit : units) query.add("ou", unit);
        query.add("startDate", iso_day(span.first)).add("endDate", iso_day(span.last));
        query.add("algorithm", std::string(asked.algorithm->parameter));
        if (!asked.threshold.empty()) query.add("threshold", asked.threshold);
        // By their distance alone the largest units would come first.
        if (!asked.algorithm->middle.empty()) query.add("orderBy", "Z_SCORE");
        query.add("maxResults", std::to_string(asked.limit));
        out.push_back(std::move(query));
      }
    }
  }
  if (out.size() > kMostRequests) {
    throw Error(ErrorKind::bad_input,
                "This would take " + std::to_string(out.size()) + " requests to DHIS2.",
                "Name fewer data elements, a unit above the others (units below it are looked at "
                "too), or one span of periods.");
  }
  return out;
}

std::vector<Json> ask(Call& call, const OutliersAsked& asked) {
  try {
    return ask_each(questions(asked), [&call](const Query& query) {
      return call.client().get("/api/outlierDetection", query, call.patience());
    });
  } catch (Error& error) {
    if (error.kind == ErrorKind::not_found && error.code.empty()) {
      throw Error(ErrorKind::unsupported_version,
                  std::string("This DHIS2 has no outlier detection: ") + error.what(),
                  "It came with DHIS2 2.36.");
    }
    if (error.code == "E2200") {
      error.hint =
          "None of these data elements holds numbers, or this account may not read their data.";
    }
    if (error.code == "E2203") error.hint = "Name org units that exist here: use org_unit_find.";
    throw_data_refusal(error);
  }
}

Cell figure(const Json& value, const char* member) {
  const auto found = value.find(member);
  return found != value.end() && found->is_number()
             ? Cell::number(number_text(found->get<double>()))
             : Cell();
}

Outlier outlier_of(const Json& value) {
  Outlier out;
  out.element = text_of(value, "de");
  out.element_name = line_of(value, "deName");
  out.unit = text_of(value, "ou");
  out.period = text_of(value, "pe");
  out.combo_name = line_of(value, "cocName");
  out.attribute_name = line_of(value, "aocName");
  out.value = figure(value, "value");
  out.middle = figure(value, value.contains("median") ? "median" : "mean");
  out.spread = figure(value, "stdDev");
  out.score = figure(value, "zScore");
  out.lower = figure(value, "lowerBound");
  out.upper = figure(value, "upperBound");
  const auto rank = value.find(out.score.absent() ? "absDev" : "zScore");
  if (rank != value.end() && rank->is_number()) out.rank = rank->get<double>();
  const auto follow_up = value.find("followup");
  out.follow_up = follow_up != value.end() && follow_up->is_boolean() && follow_up->get<bool>();
  return out;
}

// Each once, the most striking first.
std::vector<Outlier> read_outliers(const std::vector<Json>& answers, const OutliersAsked& asked,
                                   bool& cut) {
  std::vector<Outlier> out;
  std::set<std::string> known;
  for (const Json& answer : answers) {
    const Json values = list_of(answer, "outlierValues");
    cut = cut || values.size() >= static_cast<std::size_t>(asked.limit);
    for (const Json& value : values) {
      Outlier one = outlier_of(value);
      const std::string key =
          one.element + one.unit + one.period + text_of(value, "coc") + text_of(value, "aoc");
      if (known.insert(key).second) out.push_back(std::move(one));
    }
  }
  std::ranges::stable_sort(out, std::greater<>(), &Outlier::rank);
  if (out.size() > static_cast<std::size_t>(asked.limit)) {
    out.resize(static_cast<std::size_t>(asked.limit));
    cut = true;
  }
  return out;
}

void lay_out(Call& call, const OutliersAsked& asked, const std::vector<Outlier>& found,
             const UidNames& labels, Answer& answer) {
  const bool scored = !asked.algorithm->middle.empty();
  const auto any = [&found](const auto& of) { return std::ranges::any_of(found, of); };
  const bool combos = any([](const Outlier& one) { return one.combo_name != "default"; });
  const bool attributes = any([](const Outlier& one) { return one.attribute_name != "default"; });
  const bool follow_ups = any([](const Outlier& one) { return one.follow_up; });
  std::vector<std::string> columns = {"Data"};
  if (combos) columns.emplace_back("Option combo");
  if (attributes) columns.emplace_back("Attributes");
  columns.insert(columns.end(), {"Org unit", "Period", "Value"});
  if (scored) {
    columns.emplace_back(asked.algorithm->middle);
    columns.emplace_back(asked.algorithm->spread);
    columns.emplace_back("Score");
  }
  columns.insert(columns.end(), {scored ? "Lower bound" : "Min", scored ? "Upper bound" : "Max"});
  if (follow_ups) columns.emplace_back("Follow-up");
  RowCollector collector(call.results, call.owner(), std::move(columns));
  for (const Outlier& one : found) {
    Row row = {Cell::text(one.element_name.empty() ? one.element : one.element_name)};
    if (combos) row.push_back(Cell::text(one.combo_name));
    if (attributes) row.push_back(Cell::text(one.attribute_name));
    row.insert(row.end(), {Cell::text(labels.of(one.unit)), Cell::text(one.period), one.value});
    if (scored) row.insert(row.end(), {one.middle, one.spread, one.score});
    row.insert(row.end(), {one.lower, one.upper});
    if (follow_ups) row.push_back(one.follow_up ? Cell::text("marked") : Cell());
    collector.add(std::move(row));
  }
  collector.finish(answer);
}

void tell(Call& call, const OutliersAsked& asked, bool none, bool cut, Answer& answer) {
  const bool scored = !asked.algorithm->middle.empty();
  const std::string threshold = asked.threshold.empty() ? "3" : asked.threshold;
  answer.notes.push_back(
      scored ? "Each value is held against all others of its data element, option combo and org "
               "unit, of every period; told from a score of " +
                   threshold + " on."
             : std::string("Each value is held against the min-max values that are stored for its "
                           "data element, option combo and org unit."));
  if (asked.algorithm->argument == "modified_z_score" &&
      call.client().whoami(call.patience()).version.major < kMedianSpreadSince) {
    answer.notes.emplace_back(
        "Before 2.41 DHIS2 divides by the standard deviation here, not by the median deviation: "
        "the column shows the former, and scores are lower than those of later versions.");
  }
  if (none && !scored) {
    answer.notes.emplace_back(
        "Where no min-max values were entered or generated, nothing can be outside of them: see "
        "/api/minMaxDataElements with dhis2_query, or use z_score.");
  }
  if (cut) {
    answer.total.reset();
    answer.truncated = true;
    const std::string shown =
        asked.limit == 1 ? "This is the most striking one"
                         : "These are the " + std::to_string(asked.limit) + " most striking ones";
    answer.notes.push_back(shown +
                           ", and there are or may be more: raise `limit` (up "
                           "to 500) or `threshold`, or ask for part of it.");
  }
}

}  // namespace

Answer outlier_find(Call& call) {
  Names names = names_of(call);
  UidNames labels(call.client(), call.patience());
  Answer answer = call.answer();
  const Almanac almanac = almanac_of(call.client(), call.patience());
  OutliersAsked asked;
  std::vector<std::string> period_lines;
  const auto periods = read_period_ids(texts_of(call, "periods"), "", almanac, period_lines);
  asked.spans = spans_of(periods, almanac);
  const std::string algorithm = call.arguments.text("algorithm", "z_score");
  asked.algorithm = std::ranges::find(kAlgorithms, algorithm, &Algorithm::argument);
  if (const Json* threshold = call.arguments.value("threshold")) {
    asked.threshold = to_text(*threshold);
    if (threshold->get<double>() <= 0) {
      throw Error(ErrorKind::bad_input, "threshold: it has to be above 0.", "Leave it out for 3.");
    }
  }
  asked.limit = static_cast<int>(call.arguments.integer("limit", kDefaultLimit));
  read_data(call, names, asked, answer);
  answer.read_as.insert(answer.read_as.end(), period_lines.begin(), period_lines.end());
  std::vector<std::string> places = texts_of(call, "org_units");
  if (places.empty()) places = {"USER_ORGUNIT"};
  asked.units = read_unit_ids(call, names, places, labels, answer);

  bool cut = false;
  const std::vector<Outlier> found = read_outliers(ask(call, asked), asked, cut);
  std::set<std::string> units;
  for (const Outlier& one : found) units.insert(one.unit);
  labels.learn({{"organisationUnits", {units.begin(), units.end()}}});
  lay_out(call, asked, found, labels, answer);
  tell(call, asked, found.empty(), cut, answer);
  return answer;
}

}  // namespace dhis2mcp
