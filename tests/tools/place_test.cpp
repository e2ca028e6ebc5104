// SPDX-License-Identifier: BSD-3-Clause
// Places in people's words.
#include "tools/place.h"

#include <gtest/gtest.h>

#include "tests/tools/filtered_list.h"
#include "tests/tools/instance.h"

namespace dhis2mcp::test {
namespace {

class PlacesOf {
 public:
  PlacesOf() {
    serve(instance.server, "organisationUnits",
          R"([{"id":"O6uvpzGd5pU","name":"Bo","level":2,"path":"/ImspTQPwCqd/O6uvpzGd5pU"},
              {"id":"kJq2mPyFEHo","name":"Kenema","level":2,"path":"/ImspTQPwCqd/kJq2mPyFEHo"},
              {"id":"aaaaaaaaaa1","name":"Port of Bo","level":3,
               "path":"/ImspTQPwCqd/O6uvpzGd5pU/aaaaaaaaaa1"},
              {"id":"aaaaaaaaaa2","name":"Badjia","level":3,
               "path":"/ImspTQPwCqd/O6uvpzGd5pU/aaaaaaaaaa2"},
              {"id":"aaaaaaaaaa4","name":"All Saints","level":3,
               "path":"/ImspTQPwCqd/kJq2mPyFEHo/aaaaaaaaaa4"},
              {"id":"aaaaaaaaaa3","name":"Dama","level":3,
               "path":"/ImspTQPwCqd/kJq2mPyFEHo/aaaaaaaaaa3"}])");
    serve(instance.server, "organisationUnitLevels",
          R"([{"id":"wjP19dkFeIk","name":"District"},{"id":"tTUf91fCytl","name":"Chiefdom"},
              {"id":"m9lBJogzE95","name":"Facility"}])");
    serve(instance.server, "organisationUnitGroups",
          R"([{"id":"RXL3lPSK8oG","name":"Clinics"},{"id":"tDZVQ1WtwpA","name":"Hospital"},
              {"id":"CXw2yu5fodb","name":"Centre de soins"},{"id":"gggggggggg1","name":"District"}])");
    instance.server.get("/api/organisationUnits/O6uvpzGd5pU", R"({"level":2})");
    instance.server.get("/api/organisationUnitLevels/wjP19dkFeIk", R"({"level":2})");
    instance.server.get("/api/organisationUnitLevels/tTUf91fCytl", R"({"level":3})");
    instance.server.get("/api/organisationUnitLevels/wjP19dkFeIk", R"({"level":2})");
  }

  UnitsAsked asked(const std::vector<std::string>& texts) {
    const auto client = instance.connections.client("");
    Names names(*client, instance.registry.catalogue(), Patience{});
    return read_places(*client, names, texts, Patience{});
  }

  std::string items(const std::vector<std::string>& texts) {
    try {
      std::string out;
      for (const Named& one : asked(texts).units) out += (out.empty() ? "" : ";") + one.item;
      return out;
    } catch (const Error& error) {
      return std::string(to_string(error.kind)) + ": " + error.what();
    }
  }

  UnitCount count(const std::vector<std::string>& texts) {
    const auto client = instance.connections.client("");
    return count_units(*client, asked(texts).units, Patience{});
  }

  Instance instance;
};

TEST(Place, ReadsUnitsLevelsAndGroups) {
  PlacesOf of;
  const std::pair<std::vector<std::string>, const char*> cases[] = {
      {{"Bo"}, "O6uvpzGd5pU"},
      {{"Bo", "Kenema"}, "O6uvpzGd5pU;kJq2mPyFEHo"},
      {{"Port of Bo"}, "aaaaaaaaaa1"},
      {{"districts"}, "LEVEL-wjP19dkFeIk"},
      {{"all districts"}, "LEVEL-wjP19dkFeIk"},
      {{"All Saints"}, "aaaaaaaaaa4"},
      {{"chiefdoms in All Saints"}, "LEVEL-tTUf91fCytl;aaaaaaaaaa4"},
      {{"Facilities"}, "LEVEL-m9lBJogzE95"},
      {{"level 3"}, "LEVEL-3"},
      {{"Clinics"}, "OU_GROUP-RXL3lPSK8oG"},
      {{"Hospitals"}, "OU_GROUP-tDZVQ1WtwpA"},
      {{"USER_ORGUNIT"}, "USER_ORGUNIT"},
      {{"my org units"}, "USER_ORGUNIT"},
      {{"O6uvpzGd5pU"}, "O6uvpzGd5pU"},
  };
  for (const auto& [texts, items] : cases) EXPECT_EQ(of.items(texts), items) << texts[0];
}

TEST(Place, BoundsLevelsAndGroups) {
  PlacesOf of;
  const std::pair<std::vector<std::string>, const char*> cases[] = {
      {{"chiefdoms in Bo"}, "LEVEL-tTUf91fCytl;O6uvpzGd5pU"},
      {{"all chiefdoms under Bo"}, "LEVEL-tTUf91fCytl;O6uvpzGd5pU"},
      {{"level 3 in Bo"}, "LEVEL-3;O6uvpzGd5pU"},
      {{"LEVEL-3-O6uvpzGd5pU"}, "LEVEL-3;O6uvpzGd5pU"},
      {{"Clinics of Bo and Kenema"}, "OU_GROUP-RXL3lPSK8oG;O6uvpzGd5pU;kJq2mPyFEHo"},
      {{"Clinics in Bo", "Hospital in Bo"},
       "OU_GROUP-RXL3lPSK8oG;OU_GROUP-tDZVQ1WtwpA;O6uvpzGd5pU"},
      {{"hospitals in Bo"}, "OU_GROUP-tDZVQ1WtwpA;O6uvpzGd5pU"},
      {{"Centres de soins dans Bo"}, "OU_GROUP-CXw2yu5fodb;O6uvpzGd5pU"},
      {{"children of Bo"}, "LEVEL-3;O6uvpzGd5pU"},
      {{"children of my org units"}, "USER_ORGUNIT_CHILDREN"},
      {{"my districts"}, "LEVEL-wjP19dkFeIk;USER_ORGUNIT"},
  };
  for (const auto& [texts, items] : cases) EXPECT_EQ(of.items(texts), items) << texts[0];
}

TEST(Place, ListsTheUnitsWhereBoundsDiffer) {
  PlacesOf of;
  EXPECT_EQ(of.items({"chiefdoms in Bo", "Kenema"}), "aaaaaaaaaa1;aaaaaaaaaa2;kJq2mPyFEHo");
  EXPECT_EQ(of.items({"level 3 in Bo", "level 3 in Kenema"}),
            "aaaaaaaaaa1;aaaaaaaaaa2;aaaaaaaaaa4;aaaaaaaaaa3");
  EXPECT_TRUE(of.items({"my districts", "Bo"}).starts_with("bad_input: "));
}

TEST(Place, TellsThatUnitsBesideALevelBoundIt) {
  PlacesOf of;
  EXPECT_EQ(of.items({"Bo", "chiefdoms"}), "LEVEL-tTUf91fCytl;O6uvpzGd5pU");
  EXPECT_EQ(of.asked({"Bo", "chiefdoms"}).notes.size(), 1u);
  EXPECT_TRUE(of.asked({"chiefdoms in Bo"}).notes.empty());
}

TEST(Place, NamesWhatItDoesNotKnow) {
  PlacesOf of;
  for (const char* text : {"Nowhere", "chiefdoms in Nowhere", "wards in Bo", "in Bo", " in "}) {
    EXPECT_TRUE(of.items({text}).starts_with("not_found: ")) << text << of.items({text});
  }
  EXPECT_TRUE(of.items({""}).starts_with("bad_input: ")) << of.items({""});
}

TEST(Place, CountsUnits) {
  PlacesOf of;
  EXPECT_EQ(of.count({"Bo", "Kenema"}).units, 2u);
  EXPECT_EQ(of.count({"level 3"}).units, 4u);
  EXPECT_EQ(of.count({"chiefdoms in Bo"}).units, 2u);
  EXPECT_EQ(of.count({"chiefdoms in Bo and Kenema"}).units, 4u);
  EXPECT_TRUE(of.count({"chiefdoms in Bo and Kenema"}).exact);
  EXPECT_FALSE(of.count({"my districts"}).exact);
}

}  // namespace
}  // namespace dhis2mcp::test
