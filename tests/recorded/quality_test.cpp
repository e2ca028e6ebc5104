// SPDX-License-Identifier: BSD-3-Clause
// Contract tests of the tools for data quality: recorded answers of outlierDetection are read as
// they stand, and the violations of a recorded analysis are found anew from the values alone.
#include <gtest/gtest.h>

#include <iostream>
#include <map>
#include <set>

#include "tests/recorded/exported.h"
#include "tests/recorded/product.h"
#include "tests/support/practice.h"

namespace recorded {
namespace {

std::vector<Exchange> area(const std::string& below, const std::string& name) {
  std::vector<Exchange> out;
  for (const std::filesystem::path& file : exchange_files(below)) {
    if (file.filename().string().substr(0, file.filename().string().find('.')) != name) continue;
    for (Exchange& exchange : read_exchanges(file)) out.push_back(std::move(exchange));
  }
  return out;
}

// Every row of an answer, page by page.
Json all_rows(Product& product, Json answer) {
  Json rows = answer["rows"];
  while (answer.value("truncated", false) && answer.contains("result")) {
    const Json next =
        product.call("result_page", {{"result", answer["result"]}, {"from_row", rows.size()}});
    answer = next.value("structuredContent", Json::object());
    if (!answer.contains("rows") || answer["rows"].empty()) break;
    for (const Json& row : answer["rows"]) rows.push_back(row);
  }
  return rows;
}

// Why outlier_find cannot ask this; empty where it can.
std::string inexpressible(const Exchange& exchange, const Parameters& query) {
  if (!exchange.path.starts_with("/api/outlierDetection?")) {
    return "another address: dhis2_query";
  }
  for (const auto& [name, value] : query) {
    const std::set<std::string> known = {"ds",        "ou",        "startDate",  "endDate",
                                         "algorithm", "threshold", "maxResults", "orderBy"};
    if (!known.contains(name)) return "the parameter " + name + ": dhis2_query";
    if (name == "maxResults" && std::stoi(value) > 500) return "more than 500 rows";
  }
  const std::map<std::string, std::string> given(query.begin(), query.end());
  if (!given.contains("ds") || !given.contains("startDate") ||
      given.at("startDate") != "2026-01-01" || given.at("endDate") != "2026-12-31") {
    return "a question that the tool refuses itself";
  }
  if (given.contains("threshold") && given.at("threshold").starts_with("-")) {
    return "a question that the tool refuses itself";
  }
  const std::string algorithm = given.contains("algorithm") ? given.at("algorithm") : "Z_SCORE";
  if (algorithm != "Z_SCORE" && algorithm != "MOD_Z_SCORE" && algorithm != "MIN_MAX") {
    return "an algorithm of another name";
  }
  return {};
}

Json arguments_of(const Parameters& query, const ExportServer& dhis2) {
  const std::map<std::string, std::string> given(query.begin(), query.end());
  static const std::map<std::string, std::string> algorithms = {
      {"Z_SCORE", "z_score"}, {"MOD_Z_SCORE", "modified_z_score"}, {"MIN_MAX", "min_max"}};
  Json out = {{"data", {dhis2.object(given.at("ds")).value("name", "")}},
              {"periods", {"2026"}},
              {"org_units", {given.at("ou")}}};
  if (given.contains("algorithm")) out["algorithm"] = algorithms.at(given.at("algorithm"));
  if (given.contains("threshold")) out["threshold"] = std::stod(given.at("threshold"));
  if (given.contains("maxResults")) out["limit"] = std::stoi(given.at("maxResults"));
  return out;
}

// The value and the bounds of each row, whatever the order.
std::multiset<std::string> expected_rows(const Exchange& exchange) {
  std::multiset<std::string> out;
  for (const Json& value : exchange.body["outlierValues"]) {
    out.insert(value["pe"].get<std::string>() + " " + value["value"].dump() + " " +
               value["lowerBound"].dump() + " " + value["upperBound"].dump());
  }
  return out;
}

std::multiset<std::string> found_rows(const Json& answer, const Json& rows) {
  const auto place = [&answer](const std::vector<std::string>& names) {
    for (std::size_t at = 0; at < answer["columns"].size(); ++at) {
      for (const std::string& name : names) {
        if (answer["columns"][at] == name) return at;
      }
    }
    return std::size_t{0};
  };
  const std::size_t period = place({"Period"}), value = place({"Value"});
  const std::size_t lower = place({"Lower bound", "Min"}), upper = place({"Upper bound", "Max"});
  const auto number = [](const Json& cell) { return Json(cell.get<double>()).dump(); };
  std::multiset<std::string> out;
  for (const Json& row : rows) {
    out.insert(row[period].get<std::string>() + " " + number(row[value]) + " " +
               number(row[lower]) + " " + number(row[upper]));
  }
  return out;
}

TEST(RecordedOutliers, AreReadAsTheyStand) {
  NEED_RECORDINGS();
  std::map<std::string, std::size_t> left_out;
  std::size_t asked = 0;
  for (const char* below : {"own_240", "own_241", "own_242", "own_243"}) {
    ExportServer dhis2(exported(below));
    Product product(dhis2.url());
    for (const Exchange& exchange : area(below, "outliers")) {
      const auto mark = exchange.path.find('?');
      const Parameters query =
          parameters_of(exchange.path.substr(std::min(mark, exchange.path.size())));
      if (const std::string why = inexpressible(exchange, query); !why.empty()) {
        ++left_out[why];
        continue;
      }
      dhis2.answer("/api/outlierDetection", exchange);
      const Json result = product.call("outlier_find", arguments_of(query, dhis2));
      ASSERT_FALSE(result.value("isError", false)) << exchange.id << result.dump();
      const Json& answer = result["structuredContent"];
      EXPECT_EQ(found_rows(answer, all_rows(product, answer)), expected_rows(exchange))
          << exchange.id << answer.dump();
      ++asked;
    }
  }
  EXPECT_GE(asked, 15u);
  std::cout << asked << " recorded answers of outlierDetection asked for and read\n";
  for (const auto& [why, count] : left_out)
    std::cout << "  " << count << " left out: " << why << "\n";
}

// One violation, by everything that both name alike.
std::string violation(const std::string& rule, const std::string& unit, const Json& left,
                      const Json& right) {
  return rule + " | " + unit + " | " + Json(left.get<double>()).dump() + " | " +
         Json(right.get<double>()).dump();
}

std::multiset<std::string> recorded_violations(const Exchange& exchange,
                                               const ExportServer& dhis2) {
  std::multiset<std::string> out;
  for (const Json& row : exchange.body) {
    const Json& rule = dhis2.object(row.value("validationRuleId", ""));
    out.insert(violation(rule.value("name", "?"), row.value("organisationUnitDisplayName", ""),
                         row["leftSideValue"], row["rightSideValue"]));
  }
  return out;
}

// The server of 2.43 was loaded with other figures than the practice country has for 2.42.
TEST(RecordedValidation, IsFoundAnewFromTheValues) {
  NEED_RECORDINGS();
  std::size_t compared = 0;
  for (const std::string major : {"40", "41", "42"}) {
    const ExportServer names(exported("own_2" + major));
    const dhis2mcp::test::Practice practice("2." + major);
    Product product(practice.url());
    for (const Exchange& exchange : area("own_2" + major, "validation")) {
      if (exchange.path != "/api/dataAnalysis/validationRules" || !exchange.body.is_array())
        continue;
      const Json request = Json::parse(exchange.line)["request"]["body"];
      // Members of other names are not read, and `maxResults` cuts.
      if (request.contains("validationRuleGroupId") || !request.contains("startDate")) continue;
      const std::string month = request.value("startDate", "").substr(0, 7);
      Json arguments = {{"periods", {month}}, {"org_units", {request.value("ou", "")}}};
      if (request.contains("vrg")) arguments["rule_group"] = request["vrg"];
      const Json result = product.call("validation_check", arguments);
      ASSERT_FALSE(result.value("isError", false)) << exchange.id << result.dump();
      const Json& answer = result["structuredContent"];
      std::multiset<std::string> found;
      for (const Json& row : all_rows(product, answer)) {
        // Units of one name are told apart by the unit above.
        std::string unit = row[2].get<std::string>();
        if (unit.ends_with(")")) unit.resize(unit.rfind(" ("));
        found.insert(violation(row[0].get<std::string>(), unit, row[4], row[6]));
      }
      EXPECT_EQ(found, recorded_violations(exchange, names)) << exchange.id;
      EXPECT_GT(found.size(), 100u);
      ++compared;
    }
  }
  EXPECT_EQ(compared, 6u);
}

}  // namespace
}  // namespace recorded
