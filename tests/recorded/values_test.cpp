// SPDX-License-Identifier: BSD-3-Clause
// Contract tests of the tools for stored data: each recorded read of dataValueSets, of completeness
// and of a value's audit that they can express is asked as it was and read right; the others are
// listed with the reason.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <set>

#include "tests/recorded/exported.h"
#include "tests/recorded/product.h"

namespace recorded {
namespace {

constexpr char kValues[] = "/api/dataValueSets", kAudits[] = "/api/audits/dataValue";
constexpr char kRegistrations[] = "/api/completeDataSetRegistrations";

struct Asked {
  const Exchange* exchange = nullptr;
  std::string path;
  Parameters query;

  std::vector<std::string> of(const std::string& name) const {
    std::vector<std::string> out;
    for (const auto& [key, value] : query) {
      if (key == name) out.push_back(value);
    }
    return out;
  }
};

// Why the tools cannot ask this; empty where they can.
std::string inexpressible(const Asked& asked) {
  static const std::map<std::string, std::set<std::string>> expressed = {
      {kValues, {"dataSet", "dataElement", "period", "orgUnit", "children"}},
      {kRegistrations, {"dataSet", "period", "orgUnit", "children"}},
      {kAudits, {"de", "pe", "ou", "co"}}};
  static const std::map<std::string, std::string> reasons = {
      {"/api/dataValues", "one value without its context: dataValueSets tells more"},
      {"/api/dataEntry", "of the data entry app; its values and audits are read from their own"},
      {"/api/dataSets", "the form of a data set: metadata_get and dhis2_query"},
      {"/api/minMaxDataElements", "limits of values: dhis2_query"},
      {"/api/audits", "audits of approvals, files and tracked entities: dhis2_query"}};
  const auto known = expressed.find(asked.path);
  if (known == expressed.end()) {
    for (const auto& [path, reason] : reasons) {
      if (asked.path == path || asked.path.starts_with(path + "/")) return reason;
    }
    return "a format other than JSON: dhis2_query";
  }
  for (const auto& [name, value] : asked.query) {
    if (!known->second.contains(name)) return "the parameter " + name + ": dhis2_query";
  }
  if (!asked.exchange->accept.empty()) return "a format other than JSON: dhis2_query";
  const bool whole = asked.path == kAudits
                         ? asked.of("pe").size() == 1 && asked.of("ou").size() == 1
                         : !asked.of("period").empty() && !asked.of("orgUnit").empty() &&
                               !asked.of("dataSet").empty();
  if (!whole) return "the tools ask for no question without data, period and unit";
  // What the tools judge before they ask.
  for (const std::string& period : asked.of("period")) {
    if (period.find_first_not_of("0123456789QSW") != std::string::npos ||
        period.find('X') != std::string::npos || period.size() < 4) {
      return "a period that the tools refuse themselves";
    }
  }
  return {};
}

Json arguments_of(const Asked& asked) {
  if (asked.path == kAudits) {
    Json out = {{"data_element", asked.of("de")[0]},
                {"period", asked.of("pe")[0]},
                {"org_unit", asked.of("ou")[0]}};
    if (!asked.of("co").empty()) out["option_combo"] = asked.of("co")[0];
    return out;
  }
  Json out = {{"data_set", asked.of("dataSet")[0]},
              {"periods", asked.of("period")},
              {"org_units", asked.of("orgUnit")}};
  if (asked.path == kRegistrations) {
    out["missing"] = true;
    return out;
  }
  if (!asked.of("dataElement").empty()) out["data"] = asked.of("dataElement");
  if (!asked.of("children").empty()) out["children"] = true;
  return out;
}

std::string tool_for(const std::string& path) {
  return path == kValues   ? "data_values_get"
         : path == kAudits ? "data_value_history"
                           : "reporting_rates";
}

// A number as the tools write it.
std::string plain(std::string text) {
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text;
}

std::string text_of(const Json& cell) {
  if (cell.is_null()) return {};
  return plain(cell.is_string() ? cell.get<std::string>() : cell.dump());
}

std::string judge_values(const Asked& asked, const Json& structured, const ExportServer& dhis2) {
  std::multiset<std::string> expected;
  std::set<std::string> names;
  const std::vector<std::string> only = asked.of("dataElement");
  for (const Json& value : asked.exchange->body.value("dataValues", Json::array())) {
    const std::string element = value.value("dataElement", "");
    if (!only.empty() && std::ranges::find(only, element) == only.end()) continue;
    expected.insert(plain(value.value("value", "")));
    names.insert(dhis2.object(element).value("name", "?"));
  }
  const std::string said = structured.dump();
  for (const std::string& name : names) {
    const std::string quoted = Json(name).dump();
    if (said.find(quoted.substr(1, quoted.size() - 2)) == std::string::npos) {
      return "a data element is not named: " + name;
    }
  }
  // Headings are names and periods; every other cell is a value.
  std::size_t headings = 0;
  for (const Json& column : structured["columns"]) {
    static const std::set<std::string> titles = {"Org unit", "Period", "Data element",
                                                 "Option combo", "Attribute combo"};
    if (titles.contains(column.get<std::string>())) ++headings;
  }
  const bool comments = said.find("\"Comment\"") != std::string::npos;
  std::multiset<std::string> found;
  for (const Json& row : structured["rows"]) {
    const std::size_t end = comments ? headings + 1 : row.size();
    for (std::size_t i = headings; i < end; ++i) {
      if (!row[i].is_null()) found.insert(text_of(row[i]));
    }
  }
  return found == expected ? "" : "the values differ";
}

std::string judge_missing(const Asked& asked, const Json& structured, const ExportServer& dhis2) {
  std::set<std::pair<std::string, std::string>> came;
  const Json rows = asked.exchange->body.value("completeDataSetRegistrations", Json::array());
  for (const Json& row : rows)
    came.insert({row.value("organisationUnit", ""), row.value("period", "")});
  std::multiset<std::string> expected;
  for (const Json& reference : dhis2.object(asked.of("dataSet")[0])["organisationUnits"]) {
    const Json& unit = dhis2.object(reference.value("id", ""));
    const std::string path = unit.value("path", "");
    const auto roots = asked.of("orgUnit");
    if (std::ranges::none_of(roots,
                             [&](const auto& root) { return path.find(root) != path.npos; })) {
      continue;
    }
    for (const std::string& period : asked.of("period")) {
      if (came.contains({unit.value("id", ""), period})) continue;
      const std::string closed = unit.value("closedDate", "9999");
      if (closed.substr(0, 7) >= period.substr(0, 4) + "-" + period.substr(4, 2)) {
        expected.insert(unit.value("name", ""));
      }
    }
  }
  std::multiset<std::string> found;
  for (const Json& row : structured["rows"]) found.insert(row[1].get<std::string>());
  return found == expected ? "" : "other units are missing";
}

std::string judge_history(const Asked& asked, const Json& structured, int major) {
  std::multiset<std::string> expected, found;
  for (const Json& audit : asked.exchange->body["dataValueAudits"]) {
    if (audit.contains("value")) expected.insert(plain(audit["value"].get<std::string>()));
  }
  const std::string column = major >= 43 ? "Value" : "Before";
  std::size_t at = 0;
  for (const Json& title : structured["columns"]) {
    if (title == column) break;
    ++at;
  }
  for (const Json& row : structured["rows"]) {
    if (!row[at].is_null()) found.insert(text_of(row[at]));
  }
  if (structured["rows"].size() != asked.exchange->body["dataValueAudits"].size()) {
    return "another number of changes";
  }
  // Blank values are absent in the table.
  std::erase_if(expected, [](const std::string& one) {
    return one.find_first_not_of(' ') == std::string::npos;
  });
  std::erase_if(found, [](const std::string& one) {
    return one.find_first_not_of(' ') == std::string::npos;
  });
  return found == expected ? "" : "the audited values differ";
}

std::string judge_failure(const Asked& asked, const Json& result) {
  if (!result.value("isError", false)) return "a failure was read as a success";
  const Json error =
      result.value("_meta", Json::object()).value("io.github.dhis2-mcp/error", Json::object());
  if (asked.exchange->body.is_object() && error.value("http", 0) != asked.exchange->status) {
    return "status " + std::to_string(asked.exchange->status) + " told as " + error.dump();
  }
  return error.value("hint", "").empty() ? "no next step" : "";
}

std::string judge(const Asked& asked, const Json& result, const ExportServer& dhis2, int major) {
  const bool refused = asked.exchange->status >= 300 || asked.exchange->body.is_null();
  if (refused) return judge_failure(asked, result);
  if (result.value("isError", false)) return "an error: " + result["content"][0].value("text", "");
  const Json& structured = result["structuredContent"];
  if (asked.path == kValues) return judge_values(asked, structured, dhis2);
  if (asked.path == kAudits) return judge_history(asked, structured, major);
  return judge_missing(asked, structured, dhis2);
}

// Whether the tool asked what was recorded; `children` stands in every question for registrations.
std::string asked_otherwise(const Asked& asked, const Parameters& sent) {
  for (const auto& [name, value] : asked.query) {
    if (name == "dataElement") continue;  // joined by or, so it is narrowed afterwards
    bool same = false;
    for (const auto& [key, other] : sent) same = same || (key == name && other == value);
    if (!same) return "asked without " + name + "=" + value;
  }
  return {};
}

class StoredDataOf : public testing::TestWithParam<const char*> {};

TEST_P(StoredDataOf, EachReadThatTheToolsExpressIsAskedAndReadRight) {
  NEED_RECORDINGS();
  const std::string below = GetParam();
  const int major = std::stoi(below.substr(5));
  ExportServer dhis2(exported(below));
  Product product(dhis2.url());
  std::map<std::string, int> left_out;
  int right = 0;
  for (const char* file :
       {"dataValueSets.jsonl.gz", "dataValues.jsonl", "completeness.jsonl", "dataEntry.jsonl"}) {
    for (const Exchange& exchange : read_exchanges(folder() / below / file)) {
      if (exchange.method != "GET" || exchange.status == 401) continue;
      const auto cut = exchange.path.find('?');
      Asked asked{&exchange, exchange.path.substr(0, cut), {}};
      if (cut != std::string::npos) asked.query = parameters_of(exchange.path.substr(cut));
      if (const std::string why = inexpressible(asked); !why.empty()) {
        ++left_out[why];
        continue;
      }
      dhis2.answer(kValues, Exchange{.status = 200, .body = Json{{"dataValues", Json::array()}}});
      dhis2.answer(asked.path, exchange);
      const Json result = product.call(tool_for(asked.path), arguments_of(asked));
      const bool unknown_unit =
          exchange.path.find("abcdefghijk") != std::string::npos && result.value("isError", false);
      if (unknown_unit) {
        ++left_out["an id that the tools look up and refuse themselves"];
        continue;
      }
      EXPECT_EQ(asked_otherwise(asked, dhis2.asked(asked.path)), "") << exchange.id;
      const std::string wrong = judge(asked, result, dhis2, major);
      EXPECT_EQ(wrong, "") << exchange.id << " " << exchange.path << "\n"
                           << result.dump().substr(0, 1'500);
      if (wrong.empty()) ++right;
    }
  }
  std::cout << below << ": " << right << " reads asked and read right; not asked by these tools:\n";
  for (const auto& [why, count] : left_out) std::cout << "  " << count << " x " << why << "\n";
  EXPECT_GE(right, 10);
}

INSTANTIATE_TEST_SUITE_P(Majors, StoredDataOf,
                         testing::Values("own_240", "own_241", "own_242", "own_243"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace recorded
