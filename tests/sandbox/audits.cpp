// SPDX-License-Identifier: BSD-3-Clause
// Answers from the stored data values.
#include "tests/sandbox/audits.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <cstdlib>

#include "tests/sandbox/pages.h"
#include "tests/sandbox/period.h"

namespace sandbox {
namespace {

constexpr int kCreatesSince = 43;  // the first release whose imports are audited

// A column with the values that a request leaves of it; none: all.
struct Restriction {
  const char* column;
  std::vector<std::string> values;
};

std::vector<std::string> elements_of(const Country& country, const Request& request) {
  std::vector<std::string> found = request.all("de");
  for (const std::string& uid : request.all("ds")) {
    const Json* set = country.find("dataSets", uid);
    if (set == nullptr) continue;
    for (const Json& one : set->value("dataSetElements", Json::array())) {
      found.push_back(one["dataElement"].value("id", ""));
    }
  }
  return found;
}

std::string conditions(const std::vector<Restriction>& restrictions) {
  std::string sql;
  for (const Restriction& one : restrictions) {
    if (one.values.empty()) continue;
    sql += (sql.empty() ? " WHERE " : " AND ") + std::string(one.column) + " IN (";
    for (size_t i = 0; i < one.values.size(); ++i) sql += i == 0 ? "?" : ",?";
    sql += ")";
  }
  return sql;
}

void bind(SQLite::Statement& statement, const std::vector<Restriction>& restrictions) {
  int place = 1;
  for (const Restriction& one : restrictions) {
    for (const std::string& value : one.values) statement.bind(place++, value);
  }
}

Json reference(SQLite::Statement& row, int column) {
  return {{"id", row.getColumn(column).getString()}};
}

Json audit(const Country& country, SQLite::Statement& row) {
  const auto period = parse_period(row.getColumn(1).getString(), country.settings().major);
  Json when = {{"id", row.getColumn(1).getString()}};
  if (period) {
    when = {{"periodType", type_name(period->type)},
            {"endDate", iso_day(period->end) + "T00:00:00.000"},
            {"startDate", iso_day(period->start) + "T00:00:00.000"}};
  }
  return {{"created", country.settings().clock + ".000"},
          {"modifiedBy", row.getColumn(6).getString()},
          {"auditType", "CREATE"},
          {"value", row.getColumn(5).getString()},
          {"period", when},
          {"organisationUnit", reference(row, 2)},
          {"attributeOptionCombo", reference(row, 4)},
          {"categoryOptionCombo", reference(row, 3)},
          {"dataElement", reference(row, 0)}};
}

size_t number(const Request& request, const char* name, size_t otherwise) {
  const int value = std::atoi(request.param(name).value_or("").c_str());
  return value > 0 ? static_cast<size_t>(value) : otherwise;
}

Reply data_value_audits(const Country& country, const Request& request) {
  const std::vector<Restriction> wanted = {{"data_element", elements_of(country, request)},
                                           {"period", request.all("pe")},
                                           {"org_unit", request.all("ou")},
                                           {"category_option_combo", request.all("co")},
                                           {"attribute_option_combo", request.all("cc")}};
  const std::vector<std::string> types = request.all("auditType");
  const bool creations =
      country.settings().major >= kCreatesSince &&
      (types.empty() || std::find(types.begin(), types.end(), "CREATE") != types.end());
  size_t total = 0;
  const size_t size = number(request, "pageSize", 50), page = number(request, "page", 1);
  const bool whole = request.param("paging") == "false" || request.param("skipPaging") == "true";
  Json found = Json::array();
  if (creations) {
    const auto database = country.stored();
    const std::string rest = " FROM data_value" + conditions(wanted);
    SQLite::Statement count(database, "SELECT COUNT(*)" + rest);
    bind(count, wanted);
    count.executeStep();
    total = static_cast<size_t>(count.getColumn(0).getInt64());
    SQLite::Statement rows(database,
                           "SELECT data_element, period, org_unit, category_option_combo, "
                           "attribute_option_combo, value, stored_by" +
                               rest + " ORDER BY period DESC, data_element, org_unit LIMIT " +
                               (whole ? "-1" : std::to_string(size)) + " OFFSET " +
                               (whole ? "0" : std::to_string((page - 1) * size)));
    bind(rows, wanted);
    while (rows.executeStep()) found.push_back(audit(country, rows));
  }
  Json body = Json::object();
  if (!whole) {
    body["pager"] = {{"page", page},
                     {"pageCount", (total + size - 1) / size},
                     {"total", total},
                     {"pageSize", size}};
  }
  body["dataValueAudits"] = found;
  return json_reply(body);
}

}  // namespace

Reply audits(const Country& country, const Request& request) {
  const int major = country.settings().major;
  if (request.path == "/audits/dataValue") return data_value_audits(country, request);
  if (request.path == "/audits/dataApproval") {
    return json_reply({{"pager", {{"page", 1}, {"pageCount", 0}, {"total", 0}, {"pageSize", 50}}},
                       {"dataApprovalAudits", Json::array()}});
  }
  if (request.path == "/audits/trackedEntity" && major >= 41) {
    if (major >= 42 && !request.param("trackedEntities")) {
      return told(major, 500,
                  "Cannot invoke \"java.util.Collection.stream()\" because "
                  "\"uids\" is null");
    }
    return json_reply({{"trackedEntityAudits", Json::array()}});
  }
  static const std::string kFiles = "/audits/files/";
  if (request.path.starts_with(kFiles)) {
    return told(major, 404, "No file found with uid '" + request.path.substr(kFiles.size()) + "'");
  }
  return html_error(404, "No static resource api" + request.path + ".");
}

}  // namespace sandbox
