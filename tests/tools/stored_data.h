// SPDX-License-Identifier: BSD-3-Clause
// A scripted DHIS2 with a monthly data set, three clinics in two districts, and values, in the
// shape of either side of 2.43.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/tools/filtered_list.h"
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

  // Scripts a collection that can be filtered.
  void objects(const std::string& collection,
               const std::vector<std::pair<std::string, std::string>>& all) {
    static const std::map<std::string, std::string> parents = {
        {kUpper, "North"}, {kLower, "North"}, {kTwin, "South"}};
    Json rows = Json::array();
    for (const auto& [uid, name] : all) {
      Json row = {{"id", uid}, {"name", name}, {"displayName", name}};
      if (parents.contains(uid)) row["parent"] = {{"displayName", parents.at(uid)}};
      if (collection == "dataElements") {
        row["dataSetElements"] =
            Json::parse(R"([{"dataSet":{"id":"SetOfMonth1","periodType":"Monthly"}}])");
      }
      rows.push_back(std::move(row));
    }
    serve(instance.server, collection, rows.dump());
  }

  // What /api/dataValueSets answers to everything.
  void values(const std::string& body) { instance.server.get("/api/dataValueSets", body); }

  // The parameters of the last request for a path, in order.
  Query asked(const std::string& path) const {
    return Query::parse(instance.server.last(path).query);
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
};

}  // namespace dhis2mcp::test
