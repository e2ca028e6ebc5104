// SPDX-License-Identifier: BSD-3-Clause
// Reads the series of the data asked for and scores each value of the days asked for.
#include "tests/sandbox/outliers.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <set>
#include <tuple>

#include "tests/sandbox/period.h"

namespace sandbox {
namespace {

constexpr int kMedianOfDeviationsSince = 41;
constexpr double kNormal = 0.6745;  // the deviation that half of a normal distribution stays within

struct Refusal {
  int status;
  std::string message, code;
};

struct Question {
  std::set<std::string> elements;
  std::vector<std::string> roots;
  std::optional<Day> start, end, data_start, data_end;
  std::string algorithm, order;
  double threshold = 3;
  size_t most = 500;
};

struct Point {
  Period period;
  double value;
  bool follow_up;
};

struct Found {
  std::string element, unit, co, ao;
  Point point;
  double middle, spread, distance, score, lower, upper;
};

std::string text(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

bool is_number(const Country& country, const std::string& element) {
  const Json* found = country.find("dataElements", element);
  if (found == nullptr) return false;
  const std::string type = text(*found, "valueType");
  return type.starts_with("INTEGER") || type == "NUMBER" || type == "PERCENTAGE" ||
         type == "UNIT_INTERVAL";
}

std::string algorithm_of(const Country& country, const Request& request) {
  const std::string asked = request.param("algorithm").value_or("Z_SCORE");
  std::string known = "Z_SCORE, MIN_MAX, MOD_Z_SCORE";
  if (country.settings().major >= kMedianOfDeviationsSince) known += ", INVALID_NUMERIC";
  if ((", " + known + ",").find(", " + asked + ",") != std::string::npos) return asked;
  throw Refusal{400,
                "Value '" + asked + "' is not valid for parameter algorithm. Valid values are: [" +
                    known + "]",
                ""};
}

Question read(const Country& country, const Request& request) {
  Question question;
  question.algorithm = algorithm_of(country, request);
  for (const std::string& uid : request.all("ds")) {
    const Json* set = country.find("dataSets", uid);
    if (set == nullptr) continue;
    for (const Json& member : set->value("dataSetElements", Json::array())) {
      question.elements.insert(text(member["dataElement"], "id"));
    }
  }
  for (const std::string& uid : request.all("de")) question.elements.insert(uid);
  std::erase_if(question.elements,
                [&](const std::string& uid) { return !is_number(country, uid); });
  for (const std::string& uid : request.all("ou")) {
    if (country.unit(uid) != nullptr) question.roots.push_back(uid);
  }
  const auto day = [&](const char* name) { return day_of(request.param(name).value_or("")); };
  question.start = day("startDate");
  question.end = day("endDate");
  question.data_start = day("dataStartDate");
  question.data_end = day("dataEndDate");
  question.order = request.param("orderBy").value_or("MEAN_ABS_DEV");
  if (const auto asked = request.param("threshold")) question.threshold = std::stod(*asked);
  if (const auto asked = request.param("maxResults")) question.most = std::stoul(*asked);
  if (question.elements.empty()) {
    throw Refusal{409, "At least one data element must be specified", "E2200"};
  }
  if (!question.start || !question.end) {
    throw Refusal{409, "Start date and end date must be specified", "E2201"};
  }
  if (*question.start > *question.end) {
    throw Refusal{409, "Start date must be before end date", "E2202"};
  }
  if (question.roots.empty()) {
    throw Refusal{409, "At least one organisation unit must be specified", "E2203"};
  }
  if (question.threshold <= 0) {
    throw Refusal{409, "Threshold must be a positive number", "E2204"};
  }
  return question;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double deviation(const std::vector<double>& values) {
  const double middle = mean(values);
  double sum = 0;
  for (const double value : values) sum += (value - middle) * (value - middle);
  return std::sqrt(sum / static_cast<double>(values.size()));
}

double median_deviation(const std::vector<double>& values, double middle) {
  std::vector<double> distances;
  for (const double value : values) distances.push_back(std::abs(value - middle));
  return median(std::move(distances));
}

using Series =
    std::map<std::tuple<std::string, std::string, std::string, std::string>, std::vector<Point>>;

bool below_a_root(const Country& country, const Question& question, const std::string& uid) {
  const OrgUnit* unit = country.unit(uid);
  return unit != nullptr &&
         std::any_of(question.roots.begin(), question.roots.end(), [&](const std::string& root) {
           return unit->path.find("/" + root) != std::string::npos;
         });
}

Series read_series(const Country& country, const Question& question) {
  Series series;
  const auto database = country.stored();
  SQLite::Statement rows(database,
                         "SELECT data_element, org_unit, category_option_combo, "
                         "attribute_option_combo, period, value, follow_up FROM data_value "
                         "WHERE data_element = ?");
  for (const std::string& element : question.elements) {
    rows.reset();
    rows.bind(1, element);
    while (rows.executeStep()) {
      const std::string unit = rows.getColumn(1).getString();
      const auto period = parse_period(rows.getColumn(4).getString(), country.settings().major);
      if (!period || !below_a_root(country, question, unit)) continue;
      const std::string written = rows.getColumn(5).getString();
      char* end = nullptr;
      const double value = std::strtod(written.c_str(), &end);
      if (written.empty() || *end != '\0') continue;
      series[{element, unit, rows.getColumn(2).getString(), rows.getColumn(3).getString()}]
          .push_back({*period, value, rows.getColumn(6).getInt() != 0});
    }
  }
  return series;
}

std::vector<double> looked_at(const Question& question, const std::vector<Point>& points) {
  std::vector<double> values;
  for (const Point& point : points) {
    if (question.data_start && point.period.start < *question.data_start) continue;
    if (question.data_end && point.period.end > *question.data_end) continue;
    values.push_back(point.value);
  }
  return values;
}

std::vector<Found> find(const Country& country, const Question& question) {
  std::vector<Found> found;
  if (question.algorithm != "Z_SCORE" && question.algorithm != "MOD_Z_SCORE") return found;
  const bool by_median = question.algorithm == "MOD_Z_SCORE";
  const bool median_spread = by_median && country.settings().major >= kMedianOfDeviationsSince;
  for (const auto& [key, points] : read_series(country, question)) {
    const std::vector<double> values = looked_at(question, points);
    if (values.empty()) continue;
    const double middle = by_median ? median(values) : mean(values);
    const double spread = median_spread ? median_deviation(values, middle) : deviation(values);
    if (spread == 0) continue;
    const double scale = median_spread ? kNormal : 1;
    for (const Point& point : points) {
      if (point.period.start < *question.start || point.period.end > *question.end) continue;
      const double distance = std::abs(point.value - middle);
      const double score = scale * distance / spread;
      if (score < question.threshold) continue;
      const double reach = spread * question.threshold / scale;
      found.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key), std::get<3>(key),
                       point, middle, spread, distance, score, middle - reach, middle + reach});
    }
  }
  std::stable_sort(found.begin(), found.end(), [&](const Found& a, const Found& b) {
    return question.order == "Z_SCORE" ? a.score > b.score : a.distance > b.distance;
  });
  if (found.size() > question.most) found.resize(question.most);
  return found;
}

std::string name_of(const Country& country, const char* plural, const std::string& uid) {
  const Json* object = country.find(plural, uid);
  return object == nullptr ? "" : text(*object, "name");
}

Json row(const Country& country, const Found& found, bool by_median) {
  Json row = {{"de", found.element},
              {"deName", name_of(country, "dataElements", found.element)},
              {"pe", found.point.period.id},
              {"ou", found.unit},
              {"ouName", country.unit(found.unit)->name},
              {"coc", found.co},
              {"cocName", name_of(country, "categoryOptionCombos", found.co)},
              {"aoc", found.ao},
              {"value", found.point.value}};
  if (!by_median) row["mean"] = found.middle;
  row["stdDev"] = found.spread;
  row["absDev"] = found.distance;
  row["zScore"] = found.score;
  row["lowerBound"] = found.lower;
  row["upperBound"] = found.upper;
  row["aocName"] = name_of(country, "categoryOptionCombos", found.ao);
  if (by_median) row["median"] = found.middle;
  row["followup"] = found.point.follow_up;
  return row;
}

}  // namespace

Reply outliers(const Country& country, const Request& request) {
  if (!request.extension.empty() && request.extension != "json") {
    return country.settings().major <= 40 ? html_error(406) : not_played("that form of outliers");
  }
  try {
    const Question question = read(country, request);
    Json values = Json::array();
    for (const Found& found : find(country, question)) {
      values.push_back(row(country, found, question.algorithm == "MOD_Z_SCORE"));
    }
    Json about = {{"algorithm", question.algorithm}, {"threshold", question.threshold}};
    if (question.data_start)
      about["dataStartDate"] = iso_day(*question.data_start) + "T00:00:00.000";
    if (question.data_end) about["dataEndDate"] = iso_day(*question.data_end) + "T00:00:00.000";
    about["orderBy"] = question.order;
    about["maxResults"] = question.most;
    about["count"] = values.size();
    return json_reply({{"metadata", about}, {"outlierValues", values}});
  } catch (const Refusal& refusal) {
    return web_message(refusal.status, refusal.message, refusal.code);
  } catch (const std::logic_error&) {
    return web_message(400, "A number is not one");
  }
}

}  // namespace sandbox
