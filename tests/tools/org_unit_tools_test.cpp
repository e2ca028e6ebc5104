// SPDX-License-Identifier: BSD-3-Clause
// Org units by any combination of words, place, level and group.
#include <gtest/gtest.h>

#include <tuple>

#include "tests/tools/instance.h"

namespace dhis2mcp::test {
namespace {

constexpr char kUnits[] = R"({"pager":{"page":1,"total":3,"pageSize":2,"pageCount":2},
  "organisationUnits":[{"id":"a","name":"Bo Central","level":4,"parent":{"name":"Bo"}},
                       {"id":"b","name":"Bo","level":2,"code":"OU_1"}]})";

std::string asked(const Instance& instance) {
  for (const Seen& seen : instance.server.seen()) {
    if (seen.path == "/api/organisationUnits") return percent_decode(seen.query);
  }
  return {};
}

TEST(OrgUnitFind, PutsExactNamesFirstAndGoesOn) {
  Instance instance;
  instance.server.get("/api/organisationUnits", kUnits);

  const Json answer = instance.answer("org_unit_find", R"({"query":"bo","limit":2})");

  EXPECT_EQ(answer["columns"], Json({"name", "level", "parent.name", "id", "code"}));
  EXPECT_EQ(answer["rows"], Json::parse(R"([["Bo",2,null,"b","OU_1"],
                                            ["Bo Central",4,"Bo","a",null]])"));
  EXPECT_EQ(answer["total"], 3);
  EXPECT_TRUE(answer["truncated"].get<bool>());
  EXPECT_NE(asked(instance).find("identifiable:token:bo"), std::string::npos);
}

TEST(OrgUnitFind, CombinesPlaceLevelAndGroup) {
  Instance instance;
  instance.server.get("/api/organisationUnits", kUnits);
  instance.server.get("/api/organisationUnitLevels",
                      R"({"organisationUnitLevels":[{"id":"x","name":"District","level":2}]})");
  instance.server.get("/api/organisationUnitGroups",
                      R"({"organisationUnitGroups":[{"id":"RXL3lPSK8oG","name":"Clinics"}]})");

  const Json answer = instance.answer(
      "org_unit_find", R"({"under":"O6uvpzGd5pU","level":"districts","group":"Clinics"})");

  const std::string query = asked(instance);
  EXPECT_NE(query.find("filter=path:like:O6uvpzGd5pU/"), std::string::npos) << query;
  EXPECT_NE(query.find("filter=level:eq:2"), std::string::npos) << query;
  EXPECT_NE(query.find("filter=organisationUnitGroups.id:eq:RXL3lPSK8oG"), std::string::npos);
  EXPECT_EQ(answer["read_as"],
            Json({"districts = level 2", "Clinics = organisationUnitGroup RXL3lPSK8oG"}));
}

TEST(OrgUnitFind, TellsUnknownLevelsWithTheKnownOnes) {
  Instance instance;
  instance.server.get("/api/organisationUnitLevels",
                      R"({"organisationUnitLevels":[{"id":"x","name":"District","level":2}]})");

  const ToolResult result = instance.call("org_unit_find", R"({"level":"Ward"})");

  ASSERT_TRUE(result.is_error);
  EXPECT_EQ(result.error->kind, ErrorKind::not_found);
  EXPECT_NE(result.text.find("District (2)"), std::string::npos);
}

// A server where words find nothing, and filters of levels, groups and paths find one unit.
void serve_places(Instance& instance) {
  instance.server.on("GET", "/api/organisationUnits", [](const Seen& seen) {
    const std::string query = percent_decode(seen.query);
    const bool exact = query.find("name:eq:Bo&") != std::string::npos;
    const bool filtered = query.find("identifiable:token") == std::string::npos &&
                          query.find("rootJunction") == std::string::npos &&
                          query.find("displayName") == std::string::npos;
    return Reply{200, exact      ? R"({"organisationUnits":[{"id":"O6uvpzGd5pU","name":"Bo"}]})"
                      : filtered ? R"({"pager":{"page":1,"pageCount":1,"total":1},
                          "organisationUnits":[{"id":"aaaaaaaaaa1","name":"Badjia","level":3}]})"
                                 : R"({"pager":{"total":0},"organisationUnits":[]})"};
  });
  instance.server.on("GET", "/api/organisationUnitLevels", [](const Seen& seen) {
    const bool known = seen.query.find("rootJunction") == std::string::npos ||
                       percent_decode(seen.query).find("hiefdom&") != std::string::npos;
    return Reply{200, known ? R"({"organisationUnitLevels":[{"id":"tTUf91fCytl","name":"Chiefdom",
                                   "level":3}]})"
                            : R"({"organisationUnitLevels":[]})"};
  });
  instance.server.get("/api/organisationUnitGroups", R"({"organisationUnitGroups":[]})");
  instance.server.get("/api/me", R"({"id":"M5zQapPyTZI","username":"admin","organisationUnits":[
      {"id":"O6uvpzGd5pU","name":"Bo"},{"id":"kJq2mPyFEHo","name":"Kenema"}]})");
}

std::string last_asked(const Instance& instance) {
  std::string out;
  for (const Seen& seen : instance.server.seen()) {
    if (seen.path == "/api/organisationUnits") out = percent_decode(seen.query);
  }
  return out;
}

TEST(OrgUnitFind, ReadsPlacesInWords) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {R"({"query":"chiefdoms in Bo"})", "filter=path:like:O6uvpzGd5pU/", "filter=level:eq:3"},
      {R"({"query":"level 3 in Bo"})", "filter=path:like:O6uvpzGd5pU/", "filter=level:eq:3"},
      {R"({"query":"chiefdoms"})", "filter=level:eq:3", ""},
      {R"({"query":"my chiefdoms"})", "filter=path:like:kJq2mPyFEHo/", "filter=level:eq:3"},
      {R"({"query":"my org units"})", "filter=id:in:[O6uvpzGd5pU,kJq2mPyFEHo]", ""},
      {R"({"level":"chiefdoms","under":"my org units"})", "filter=path:like:kJq2mPyFEHo/",
       "filter=level:eq:3"},
      {R"({"level":"Chiefdom","under":"Bo"})", "filter=path:like:O6uvpzGd5pU/",
       "filter=level:eq:3"}};
  for (const auto& [arguments, filter, other] : cases) {
    Instance instance;
    serve_places(instance);

    const Json answer = instance.answer("org_unit_find", arguments);

    EXPECT_NE(last_asked(instance).find(filter), std::string::npos)
        << arguments << last_asked(instance);
    EXPECT_NE(last_asked(instance).find(other), std::string::npos) << arguments;
    ASSERT_FALSE(answer.value("rows", Json::array()).empty()) << arguments << answer.dump();
    EXPECT_EQ(answer["rows"][0][0], "Badjia") << arguments;
    EXPECT_FALSE(answer["read_as"].empty()) << arguments;
  }
}

TEST(OrgUnitFind, SaysWhenNothingFits) {
  Instance instance;
  instance.server.get("/api/organisationUnits", R"({"pager":{"total":0},"organisationUnits":[]})");

  const Json answer = instance.answer("org_unit_find", R"({"query":"nowhere","level":"3"})");

  EXPECT_EQ(answer["total"], 0);
  EXPECT_NE(answer["notes"].dump().find("No org unit fits"), std::string::npos);
}

TEST(OrgUnitFind, NamesTheLevelsWhereThereIsNoSuchLevel) {
  for (const char* level : {"-1", "0", "9", "99999999999999999999"}) {
    Instance instance;
    instance.server.get("/api/organisationUnits",
                        R"({"pager":{"total":0},"organisationUnits":[]})");
    instance.server.get("/api/organisationUnitLevels",
                        R"({"organisationUnitLevels":[{"id":"x","name":"District","level":2}]})");

    const ToolResult result =
        instance.call("org_unit_find", R"({"level":)" + std::string(level) + "}");

    ASSERT_TRUE(result.is_error) << level;
    EXPECT_EQ(result.error->kind, ErrorKind::not_found) << result.text;
    EXPECT_NE(result.text.find("District (2)"), std::string::npos) << result.text;
  }
}

}  // namespace
}  // namespace dhis2mcp::test
