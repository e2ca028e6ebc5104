// SPDX-License-Identifier: BSD-3-Clause
// A scripted DHIS2 with a monthly data set, three clinics in two districts, and values, in the
// shape of either side of 2.43.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/tools/instance.h"

namespace dhis2mcp::test {

inline constexpr char kSet[] = "SetOfMonth1", kCases[] = "CasesOfMal1", kTests[] = "TestsOfMal1";
inline constexpr char kNorth[] = "NorthDistr1", kSouth[] = "SouthDistr1",
                      kCountry[] = "Countryyyy1";
inline constexpr char kUpper[] = "UpperClinc1", kLower[] = "LowerClinc1", kTwin[] = "UpperClinc2";
inline constexpr char kDefault[] = "DefaultCoc1", kMale[] = "MaleeeeCoc1",
                      kFemale[] = "FemaleeCoc1";

class StoredData {
 public:
  explicit StoredData(const std::string& version = "2.43.1") : instance(version) {
    objects("dataElements", {{kCases, "Malaria cases"}, {kTests, "Malaria tests"}});
    objects("indicators", {{"Indicatorr1", "Positivity"}});
    objects("categoryOptionCombos",
            {{kDefault, "default"}, {kMale, "Male, <5y"}, {kFemale, "Female, <5y"}});
    objects("organisationUnits", {{kCountry, "Baralia"},
                                  {kNorth, "North"},
                                  {kSouth, "South"},
                                  {kUpper, "Clinic"},
                                  {kLower, "Lower clinic"},
                                  {kTwin, "Clinic"}});
    parents_ = {{kUpper, "North"}, {kLower, "North"}, {kTwin, "South"}};
    objects("dataSets", {{kSet, "Monthly report"}});
    for (const char* none : {"dataElementGroups", "programIndicators", "organisationUnitLevels",
                             "organisationUnitGroups"}) {
      objects(none, {});
    }
    instance.server.get("/api/dataSets/SetOfMonth1", R"({"id":"SetOfMonth1",
      "displayName":"Monthly report","periodType":"Monthly","categoryCombo":{"name":"default"},
      "organisationUnits":[
        {"id":"UpperClinc1","displayName":"Clinic","path":"/Countryyyy1/NorthDistr1/UpperClinc1",
         "openingDate":"2000-01-01T00:00:00.000"},
        {"id":"LowerClinc1","displayName":"Lower clinic",
         "path":"/Countryyyy1/NorthDistr1/LowerClinc1","openingDate":"2026-09-01T00:00:00.000"},
        {"id":"UpperClinc2","displayName":"Clinic","path":"/Countryyyy1/SouthDistr1/UpperClinc2",
         "openingDate":"2000-01-01T00:00:00.000","closedDate":"2026-08-31T00:00:00.000"}]})");
  }

  // Scripts a collection: narrowed by the ids, codes and names of its filters.
  void objects(const std::string& collection,
               const std::vector<std::pair<std::string, std::string>>& all) {
    instance.server.on("GET", "/api/" + collection, [this, collection, all](const Seen& seen) {
      const Query query = Query::parse(seen.query);
      Json rows = Json::array();
      for (const auto& [uid, name] : all) {
        if (!fits(query, uid, name)) continue;
        Json row = {{"id", uid}, {"name", name}, {"displayName", name}};
        if (parents_.contains(uid)) row["parent"] = {{"displayName", parents_.at(uid)}};
        if (collection == "dataElements") {
          row["dataSetElements"] =
              Json::parse(R"([{"dataSet":{"id":"SetOfMonth1","periodType":"Monthly"}}])");
        }
        rows.push_back(std::move(row));
      }
      return Reply{200, Json{{"pager", {{"total", rows.size()}}}, {collection, rows}}.dump()};
    });
  }

  // What /api/dataValueSets answers to everything.
  void values(const std::string& body) { instance.server.get("/api/dataValueSets", body); }

  // The parameters of the last GET of a path, in order.
  Query asked(const std::string& path) const {
    Query last;
    for (const Seen& seen : instance.server.seen()) {
      if (seen.path == path) last = Query::parse(seen.query);
    }
    return last;
  }
  std::vector<std::string> asked_all(const std::string& path, const std::string& name) const {
    std::vector<std::string> out;
    const Query last = asked(path);
    for (const auto& [key, value] : last.items()) {
      if (key == name) out.push_back(value);
    }
    return out;
  }

  Instance instance;

 private:
  static bool fits(const Query& query, const std::string& uid, const std::string& name) {
    bool any = false;
    for (const auto& [key, value] : query.items()) {
      if (key != "filter") continue;
      any = true;
      if (value.starts_with("id:in:") && value.find(uid) != std::string::npos) return true;
      if (value == "id:eq:" + uid || value == "name:eq:" + name) return true;
    }
    return !any;
  }

  std::map<std::string, std::string> parents_;
};

}  // namespace dhis2mcp::test
