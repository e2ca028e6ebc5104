// SPDX-License-Identifier: BSD-3-Clause
// Org units by any combination of words, place, level and group, and as a tree.
#include <gtest/gtest.h>

#include <tuple>

#include "tests/tools/filtered_list.h"
#include "tests/tools/instance.h"

namespace dhis2mcp::test {
namespace {

constexpr char kUnits[] = R"({"pager":{"page":1,"total":3,"pageSize":2,"pageCount":2},
  "organisationUnits":[{"id":"a","name":"Bo Central","level":4,"parent":{"name":"Bo"}},
                       {"id":"b","name":"Bo","level":2,"code":"OU_1"}]})";

TEST(OrgUnitFind, PutsExactNamesFirstAndGoesOn) {
  Instance instance;
  instance.server.get("/api/organisationUnits", kUnits);

  const Json answer = instance.answer("org_unit_find", R"({"query":"bo","limit":2})");

  EXPECT_EQ(answer["columns"], Json({"name", "level", "parent.name", "id", "code"}));
  EXPECT_EQ(answer["rows"], Json::parse(R"([["Bo",2,null,"b","OU_1"],
                                            ["Bo Central",4,"Bo","a",null]])"));
  EXPECT_EQ(answer["total"], 3);
  EXPECT_TRUE(answer["truncated"].get<bool>());
  EXPECT_NE(instance.asked("/api/organisationUnits").find("identifiable:token:bo"),
            std::string::npos);
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

  const std::string query = instance.asked("/api/organisationUnits");
  EXPECT_NE(query.find("filter=path:like:O6uvpzGd5pU/"), std::string::npos) << query;
  EXPECT_NE(query.find("filter=level:eq:2"), std::string::npos) << query;
  EXPECT_NE(query.find("filter=organisationUnitGroups.id:eq:RXL3lPSK8oG"), std::string::npos);
  EXPECT_EQ(answer["read_as"],
            Json({"districts = level 2", "Clinics = organisationUnitGroup RXL3lPSK8oG"}));
}

TEST(OrgUnitFind, FindsACodeThatLooksLikeAUid) {
  Instance instance;
  serve(instance.server, "organisationUnits",
        R"([{"id":"aaaaaaaaaa1","name":"Bo clinic","code":"Facility001","level":4}])");
  for (const char* query : {"Facility001", "aaaaaaaaaa1"}) {
    const Json answer = instance.answer("org_unit_find", Json{{"query", query}}.dump());
    ASSERT_EQ(answer["rows"].size(), 1u) << answer.dump();
    EXPECT_EQ(answer["rows"][0][0], "Bo clinic");
  }
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
  instance.server.on("GET", "/api/organisationUnitGroups", [](const Seen& seen) {
    const bool known = percent_decode(seen.query).find("name:eq:Clinic&") != std::string::npos;
    return Reply{200, known ? R"({"organisationUnitGroups":[{"id":"RXL3lPSK8oG","name":"Clinic"}]})"
                            : R"({"organisationUnitGroups":[]})"};
  });
  instance.server.get("/api/me", R"({"id":"M5zQapPyTZI","username":"admin","organisationUnits":[
      {"id":"O6uvpzGd5pU","name":"Bo"},{"id":"kJq2mPyFEHo","name":"Kenema"}]})");
}

TEST(OrgUnitFind, ReadsPlacesInWords) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {R"({"query":"chiefdoms in Bo"})", "filter=path:like:O6uvpzGd5pU/", "filter=level:eq:3"},
      {R"({"query":"level 3 in Bo"})", "filter=path:like:O6uvpzGd5pU/", "filter=level:eq:3"},
      {R"({"query":"chiefdoms"})", "filter=level:eq:3", ""},
      {R"({"query":"Clinics dans Bo"})", "filter=path:like:O6uvpzGd5pU/",
       "filter=organisationUnitGroups.id:eq:RXL3lPSK8oG"},
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

    EXPECT_NE(instance.asked("/api/organisationUnits").find(filter), std::string::npos)
        << arguments << instance.asked("/api/organisationUnits");
    EXPECT_NE(instance.asked("/api/organisationUnits").find(other), std::string::npos) << arguments;
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

TEST(OrgUnitTree, ShowsEachUnitBeforeThoseBelowIt) {
  Instance instance;
  instance.server.get("/api/organisationUnits", R"({
    "pager":{"page":1,"pageCount":1,"total":5,"pageSize":300},
    "organisationUnits":[
      {"id":"ImspTQPwCqd","name":"Sierra Leone","level":1,"childCount":2},
      {"id":"O6uvpzGd5pu","name":"Bo","level":2,"parent":{"id":"ImspTQPwCqd"},"childCount":2},
      {"id":"fdc6uOvgoji","name":"Bombali","level":2,"parent":{"id":"ImspTQPwCqd"},"childCount":0},
      {"id":"YuQRtpLP10I","name":"Badjia","level":3,"parent":{"id":"O6uvpzGd5pu"},"childCount":1},
      {"id":"dGheVylzol6","name":"Baoma","level":3,"parent":{"id":"O6uvpzGd5pu"},"childCount":4}]})");
  const Json answer = instance.answer("org_unit_tree");
  std::vector<std::string> names;
  for (const Json& row : answer["rows"]) names.push_back(row[0]);

  EXPECT_EQ(names, (std::vector<std::string>{"Sierra Leone", "Bo", "Badjia", "Baoma", "Bombali"}));
  EXPECT_EQ(answer["rows"][1], Json::parse(R"(["Bo",2,2,"O6uvpzGd5pu"])"));
  EXPECT_EQ(answer["truncated"], false);
  const Query asked = Query::parse(instance.server.seen().back().query);
  EXPECT_EQ(*asked.find("filter"), "level:le:3");
}

TEST(OrgUnitTree, StartsAtAUnitAndTellsACut) {
  Instance instance;
  instance.server.get("/api/organisationUnits/O6uvpzGd5pu",
                      R"({"id":"O6uvpzGd5pu","name":"Bo","level":2})");
  instance.server.get("/api/organisationUnits", R"({
    "pager":{"page":1,"pageCount":9,"total":17,"pageSize":2},
    "organisationUnits":[
      {"id":"O6uvpzGd5pu","name":"Bo","level":2,"parent":{"id":"ImspTQPwCqd"},"childCount":16},
      {"id":"YuQRtpLP10I","name":"Badjia","level":3,"parent":{"id":"O6uvpzGd5pu"},"childCount":1}]})");
  const Json answer =
      instance.answer("org_unit_tree", R"({"under":"O6uvpzGd5pu","depth":1,"limit":2})");

  EXPECT_EQ(answer["rows"].size(), 2U) << answer;
  EXPECT_EQ(answer["total"], 17);
  EXPECT_EQ(answer["truncated"], true);
  EXPECT_NE(answer["notes"].dump().find("first 2 of 17"), std::string::npos);
  std::vector<std::string> filters;
  const Query asked = Query::parse(instance.server.seen().back().query);
  for (const auto& [name, value] : asked.items()) {
    if (name == "filter") filters.push_back(value);
  }
  EXPECT_EQ(filters, (std::vector<std::string>{"path:like:O6uvpzGd5pu", "level:le:3"}));
}

TEST(OrgUnitTree, EndsWithAHierarchyThatBitesItsTail) {
  Instance instance;
  instance.server.get("/api/organisationUnits", R"({"organisationUnits":[
      {"id":"aaaaaaaaaaa","name":"A","level":1,"parent":{"id":"bbbbbbbbbbb"}},
      {"id":"bbbbbbbbbbb","name":"B","level":2,"parent":{"id":"aaaaaaaaaaa"}}]})");

  EXPECT_TRUE(instance.answer("org_unit_tree").contains("rows"));
}

}  // namespace
}  // namespace dhis2mcp::test
