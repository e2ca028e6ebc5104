// SPDX-License-Identifier: BSD-3-Clause
// Takes and takes back registrations of complete data sets.
#include <algorithm>

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>

#include "tests/sandbox/analytics_query.h"
#include "tests/sandbox/data_values.h"
#include "tests/sandbox/fields.h"
#include "tests/sandbox/import_summary.h"
#include "tests/sandbox/period.h"

namespace sandbox {
namespace {

constexpr const char* kDone = "Import process complete.";

std::string text_of(const Json& object, const char* name) {
  const auto it = object.find(name);
  return it == object.end() || !it->is_string() ? "" : it->get<std::string>();
}

// One import: checks each registration and writes it.
class Registrations {
 public:
  Registrations(const Country& country, const Request& request)
      : country_(country),
        request_(request),
        major_(country.settings().major),
        database_(country.writable()),
        strategy_(request.param("importStrategy").value_or("CREATE_AND_UPDATE")),
        dry_(request.param("dryRun") == "true") {
    summary_.description = kDone;
  }

  ImportSummary take(const Json& list) {
    if (list.empty()) summary_.status = "ERROR";
    SQLite::Transaction transaction(database_);
    for (const Json& registration : list) {
      if (!take_one(registration)) return failed_;
    }
    if (!dry_) transaction.commit();
    const ImportCount& count = summary_.count;
    if (count.imported + count.updated + count.deleted == 0) summary_.status = "ERROR";
    return summary_;
  }

 private:
  bool refuse(const std::string& object, const std::string& why) {
    Json conflict = Json::object();
    if (!object.empty()) conflict["object"] = object;
    conflict["value"] = why;
    summary_.conflicts.push_back(conflict);
    ++summary_.count.ignored;
    return true;
  }

  // The whole import stops, and nothing of it is kept.
  bool fail(const std::string& why) {
    failed_.status = "ERROR";
    failed_.description = "The import process failed: " + why;
    return false;
  }

  bool take_one(const Json& registration) {
    const std::string set = text_of(registration, "dataSet");
    const std::string period = text_of(registration, "period");
    const std::string unit = text_of(registration, "organisationUnit");
    const Schema& schema = *Schemas::of(major_).by_plural("dataSets");
    const Json* data_set = country_.find("dataSets", set);
    if (!data_set || !may_read(*request_.user, schema, *data_set)) {
      return refuse(set, "Data set not found or not accessible");
    }
    if (major_ >= 43 && !period.empty() && (period.size() < 4 || period.size() > 11)) {
      return fail(
          "java.lang.IllegalArgumentException: Period must be have between 4 and 11 "
          "characters but got: `" +
          period + "`");
    }
    if (!parse_period(period, major_)) return refuse(period, "Period not valid");
    const OrgUnit* place = country_.unit(unit);
    if (!place) return refuse(unit, "Organisation unit not found or not accessible");
    if (!request_.user->org_units.empty() && !lies_below(*place, request_.user->org_units)) {
      return refuse(unit,
                    "Organisation unit is not in hierarchy of user: " + request_.user->username);
    }
    std::string combo = text_of(registration, "attributeOptionCombo");
    if (combo.empty()) combo = Country::kDefaultCombo;
    if (!country_.find("categoryOptionCombos", combo)) {
      return refuse(combo, "Attribute option combo not found or not accessible");
    }
    return write(registration, set, period, unit, combo);
  }

  bool exists(const std::string& set, const std::string& period, const std::string& unit,
              const std::string& combo) {
    SQLite::Statement statement(database_,
                                "SELECT 1 FROM completeness WHERE data_set=? AND period=? AND "
                                "org_unit=? AND attribute_option_combo=?");
    SQLite::bind(statement, set, period, unit, combo);
    return statement.executeStep();
  }

  bool write(const Json& registration, const std::string& set, const std::string& period,
             const std::string& unit, const std::string& combo) {
    const bool there = exists(set, period, unit, combo);
    if (strategy_ == "DELETE" || strategy_ == "DELETES") {
      if (there) erase(set, period, unit, combo);
      ++(there ? summary_.count.deleted : summary_.count.ignored);
      return true;
    }
    const bool only_new = strategy_ == "CREATE" || strategy_ == "NEW";
    const bool only_old = strategy_ == "UPDATE" || strategy_ == "UPDATES";
    if ((there && only_new) || (!there && only_old)) {
      ++summary_.count.ignored;
      return true;
    }
    // 2.43 trips over a period that the database has never seen.
    if (!there && !dry_ && major_ >= 43 && !period_is_known(period)) {
      return fail("Failed to flush BatchHandler");
    }
    erase(set, period, unit, combo);
    if (registration.value("completed", true)) insert(registration, set, period, unit, combo);
    ++(there ? summary_.count.updated : summary_.count.imported);
    return true;
  }

  bool period_is_known(const std::string& period) {
    SQLite::Statement statement(database_,
                                "SELECT 1 FROM completeness WHERE period=?1 UNION ALL SELECT 1 "
                                "FROM data_value WHERE period=?1 LIMIT 1");
    statement.bind(1, period);
    return statement.executeStep();
  }

  void erase(const std::string& set, const std::string& period, const std::string& unit,
             const std::string& combo) {
    SQLite::Statement statement(database_,
                                "DELETE FROM completeness WHERE data_set=? AND period=? AND "
                                "org_unit=? AND attribute_option_combo=?");
    SQLite::bind(statement, set, period, unit, combo);
    statement.exec();
  }

  void insert(const Json& registration, const std::string& set, const std::string& period,
              const std::string& unit, const std::string& combo) {
    std::string date = text_of(registration, "date");
    if (date.empty()) date = country_.settings().today();
    std::string by = text_of(registration, "storedBy");
    if (by.empty()) by = request_.user->username;
    SQLite::Statement statement(
        database_,
        "INSERT INTO completeness(data_set, period, org_unit, attribute_option_combo, date, "
        "stored_by, created) VALUES(?,?,?,?,?,?,?)");
    SQLite::bind(statement, set, period, unit, combo, date, by, country_.settings().clock + ".000");
    statement.exec();
  }

  const Country& country_;
  const Request& request_;
  int major_;
  SQLite::Database database_;
  std::string strategy_;
  bool dry_;
  ImportSummary summary_, failed_;
};

Reply delete_registration(const Country& country, const Request& request) {
  for (const char* name : {"ds", "pe", "ou"}) {
    if (!request.param(name)) {
      return html_error(400, "Required parameter '" + std::string(name) + "' is not present.");
    }
  }
  const auto database = country.writable();
  SQLite::Statement statement(database,
                              "DELETE FROM completeness WHERE data_set=? AND period=? AND "
                              "org_unit=? AND attribute_option_combo=?");
  SQLite::bind(statement, *request.param("ds"), *request.param("pe"), *request.param("ou"),
               std::string(Country::kDefaultCombo));
  statement.exec();
  Reply reply;
  reply.status = 204;
  reply.content_type.clear();
  return reply;
}

}  // namespace

Reply write_registrations(const Country& country, const Request& request) {
  if (request.method == "DELETE") return delete_registration(country, request);
  const int major = country.settings().major;
  const Json options = import_options(request, major);
  const Json sent = Json::parse(request.body, nullptr, false);
  if (!sent.is_object()) return web_message(409, "The body is no JSON object");
  const bool waits = request.param("async") == "true";
  if (waits && major >= 41) {
    return import_job("COMPLETE_DATA_SET_REGISTRATION_IMPORT", options, country.settings(),
                      request.base_url);
  }
  const Json list = sent.value("completeDataSetRegistrations", Json::array());
  const ImportSummary summary = Registrations(country, request).take(list);
  if (waits)
    return import_job("COMPLETE_DATA_SET_REGISTRATION_IMPORT", options, country.settings(),
                      request.base_url);
  return import_reply(summary, options, major);
}

}  // namespace sandbox
