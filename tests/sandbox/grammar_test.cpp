// SPDX-License-Identifier: BSD-3-Clause
// Fields, filters, order and pages of metadata reads.
#include <gtest/gtest.h>

#include "tests/sandbox/fields.h"
#include "tests/sandbox/fixture_test.h"
#include "tests/sandbox/target.h"

namespace sandbox {
namespace {

constexpr const char* kElement = "/api/dataElements/y7qh476Nmd3?fields=";

// Encodes a parameter's value but for what stands for itself.
std::string encoded(const std::string& value) { return form_encoded(value); }

TEST(Fields, SelectAndTransform) {
  const std::pair<const char*, const char*> cases[] = {
      {"id,name", R"({"id":"y7qh476Nmd3","name":"CPN 1re visite"})"},
      {"nope", "{}"},
      {"ID", "{}"},
      {"id,categoryCombo", R"({"id":"y7qh476Nmd3","categoryCombo":{"id":"bjDvmb4bfuf"}})"},
      {"categoryCombo[name]", R"({"categoryCombo":{"name":"default"}})"},
      {"categoryCombo(name)", R"({"categoryCombo":{"name":"default"}})"},
      {"categoryCombo[name", R"({"categoryCombo":{"name":"default"}})"},
      {"dataElementGroups~size", R"({"dataElementGroups":1})"},
      {"dataElementGroups~isEmpty", R"({"dataElementGroups":false})"},
      {"legendSets~isNotEmpty", R"({"legendSets":false})"},
      {"dataElementGroups~pluck", R"({"dataElementGroups":["mvhAIYgQ54V"]})"},
      {"name|rename(label)", R"({"label":"CPN 1re visite"})"},
      {"name::rename(label)", R"({"label":"CPN 1re visite"})"},
      {"UGMlzxviySl", R"({"UGMlzxviySl":"ANC_N"})"},
      {"[name]", "{}"},
      {"dataSetElements[dataSet[id]]", R"({"dataSetElements":[{"dataSet":{"id":"lc4Jz2USVpu"}}]})"},
  };
  for (const auto& [fields, expected] : cases) {
    const HttpAnswer answer = get(server_of(43), kElement + encoded(fields));
    EXPECT_EQ(answer.json(), Json::parse(expected)) << fields << answer.body;
  }
}

TEST(Fields, KnowThePresets) {
  const Json all = get(server_of(43), kElement + encoded("*")).json();
  const Json owner = get(server_of(43), kElement + encoded(":owner")).json();
  const Json few = get(server_of(43), kElement + encoded(":identifiable,!code")).json();

  EXPECT_TRUE(all.contains("href") && all.contains("displayName") && all.contains("access"));
  EXPECT_FALSE(owner.contains("displayName"));
  EXPECT_TRUE(owner.contains("valueType"));
  EXPECT_TRUE(few.contains("name"));
  EXPECT_FALSE(few.contains("code"));
}

TEST(Fields, EndInSilenceWhenABracketIsTooMuch) {
  const std::string target = kElement + encoded("id]");
  EXPECT_EQ(get(server_of(43), target).body, "");
  EXPECT_EQ(get(server_of(43), target).status, 200);
  EXPECT_EQ(get(server_of(41), target).status, 500);
}

int total(int major, const std::string& parameters) {
  const HttpAnswer answer = get(server_of(major), "/api/dataElements?" + parameters);
  if (answer.status != 200) return -answer.status;
  return answer.json()["pager"]["total"].get<int>();
}

std::string filter(const std::string& text) { return "filter=" + encoded(text); }

TEST(Filters, KnowEveryOperator) {
  const std::pair<const char*, int> cases[] = {
      {"name:eq:CPN 1re visite", 1},
      {"name:eq:cpn 1re visite", 0},
      {"name:ieq:cpn 1re visite", 1},
      {"name:neq:x", 66},
      {"name:like:cpn", 0},
      {"name:like:CPN", 3},
      {"name:!like:CPN", 63},
      {"name:ilike:cpn", 3},
      {"name:like$:visite", 2},
      {"name:$like:CPN", 3},
      {"name:startsWith:cpn", 3},
      {"name:!ilike$:visite", 64},
      {"name:token:cpn visite", 3},
      {"name:in:[CPN 1re visite,CPN 4e visite]", 2},
      {"name:!in:[CPN 1re visite,CPN 4e visite]", 64},
      {"name:gt:P", 27},
      {"name:lt:B", 4},
      {"name:like:%", 66},
      {"name:!null", 66},
      {"name:empty", 0},
      {"dataElementGroups:empty", 45},
      {"dataElementGroups:!empty", 21},
      {"dataElementGroups:gt:1", 0},
      {"categoryCombo.id:eq:kqRvFgQq3ty", 3},
      {"zeroIsSignificant:eq:maybe", 66},
      {"UGMlzxviySl:like:ANC", 2},
      {"identifiable:token:cpn", 3},
      {"sharing.public:eq:rw------", 66},
      {"createdBy.username:eq:admin", 66},
      {"valueType:eq:NUMBER", 9},
      {"nope:eq:1", -400},
      {"name:bogus:x", -400},
      {"name", -400},
      {"name:eq", -500},
      {"attributeValues.value:eq:ANC_N", -400},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(total(43, filter(text)), expected) << text;
}

TEST(Filters, ReachIntoObjectsThatHaveNoSchema) {
  const auto names = [](int major, const std::string& filter) {
    const HttpAnswer answer =
        get(server_of(major), "/api/visualizations?fields=id&filter=" + encoded(filter));
    return answer.status == 200 ? static_cast<int>(answer.json()["visualizations"].size()) : -1;
  };
  for (const int major : {40, 43}) {
    EXPECT_EQ(names(major, "dataDimensionItems.dataElement.id:eq:y7qh476Nmd3"), 1) << major;
    EXPECT_EQ(names(major, "dataDimensionItems.indicator.id:eq:y7qh476Nmd3"), 0) << major;
    EXPECT_EQ(names(major, "name.dataElement.id:eq:y7qh476Nmd3"), -1) << major;
  }
}

TEST(Filters, JoinAsTheRequestAndTheVersionSay) {
  const std::string both = filter("code:eq:DE_ANC1") + "&" + filter("code:eq:DE_ANC4");
  EXPECT_EQ(total(43, both), 0);
  EXPECT_EQ(total(43, both + "&rootJunction=OR"), 2);
  EXPECT_EQ(total(43, both + "&rootJunction=or"), 2);
  EXPECT_EQ(total(41, both + "&rootJunction=or"), 0);
  EXPECT_EQ(total(43, "rootJunction=XOR"), -400);
  EXPECT_EQ(total(41, "rootJunction=XOR"), 66);
  // From 2.42 on a comma outside brackets begins another filter.
  EXPECT_EQ(total(43, filter("name:like:CPN,code:eq:DE_ANC1")), 1);
  EXPECT_EQ(total(41, filter("name:like:CPN,code:eq:DE_ANC1")), 0);
  EXPECT_EQ(total(43, "query=CPN"), 3);
  EXPECT_EQ(total(41, filter("name:!empty")), -400);
}

TEST(Order, FollowsTheDatabase) {
  const auto first = [](const std::string& order) {
    const HttpAnswer answer =
        get(server_of(43), "/api/dataElements?fields=name&pageSize=1&order=" + encoded(order));
    return answer.status == 200 ? answer.json()["dataElements"][0]["name"].get<std::string>()
                                : std::to_string(answer.status);
  };
  EXPECT_EQ(first("name:asc"), "ACT adulte - stock de cl\xc3\xb4ture");
  EXPECT_EQ(first("name:iasc"), "Accouchements assist\xc3\xa9s");
  EXPECT_EQ(first("nope:asc"), "400");
  EXPECT_EQ(get(server_of(42), "/api/dataElements?order=nope:asc").status, 200);
}

TEST(Pages, CarryThePagerOfTheVersion) {
  const Json first = get(server_of(43), "/api/dataElements?pageSize=20").json();
  EXPECT_EQ(first["pager"]["pageCount"], 4);
  EXPECT_EQ(first["dataElements"].size(), 20u);
  EXPECT_EQ(first["pager"]["nextPage"],
            server_of(43).base_url() + "/api/dataElements?page=2&pageSize=20");
  EXPECT_EQ(get(server_of(43), "/api/dataElements?page=99").json()["dataElements"].size(), 0u);
  EXPECT_FALSE(get(server_of(43), "/api/dataElements?paging=false").json().contains("pager"));
  EXPECT_EQ(get(server_of(43), "/api/dataElements?pageSize=-5").status, 400);
}

TEST(Objects, AreFoundMissedAndRefused) {
  struct Case {
    const char* target;
    int newest, older;
  };
  const Case cases[] = {{"/api/dataElements/y7qh476Nmd3", 200, 200},
                        {"/api/dataElements/y7qh476Nmd3/name", 200, 200},
                        {"/api/dataElements/abcdefghijk", 404, 404},
                        {"/api/dataElements/abc", 405, 404},
                        {"/api/dataElements/1bcdefghijk", 400, 404},
                        {"/api/indicators/y7qh476Nmd3", 404, 404},
                        {"/api/nosuch", 404, 404},
                        {"/api/44/me", 404, 404},
                        {"/api/38/me", 200, 200},
                        {"/api/icons", 501, 501},
                        {"/api//me", 400, 400}};
  for (const Case& one : cases) {
    EXPECT_EQ(get(server_of(43), one.target).status, one.newest) << one.target;
    EXPECT_EQ(get(server_of(41), one.target).status, one.older) << one.target;
  }
}

TEST(Targets, AreRefusedForCharactersThatTheContainerRefuses) {
  for (const char* target : {"/api/me?fields=[id]", "/api/me?fields=name|rename(x)", "/api//me",
                             "/api/me?x={y}", "/api/a%00b", "/api/me;x=1"}) {
    EXPECT_TRUE(Target::parse(target, Settings{}).malformed) << target;
  }
  EXPECT_FALSE(Target::parse("/api/me?fields=%5Bid%5D", Settings{}).malformed);
}

TEST(Targets, AreTakenApart) {
  const Target target = Target::parse("/api/42/me.json?a=1&b=x%20y+z&a=2", Settings{});
  EXPECT_EQ(target.path, "/me");
  EXPECT_EQ(target.extension, "json");
  EXPECT_EQ(target.version, "42");
  ASSERT_EQ(target.params.size(), 3u);
  EXPECT_EQ(target.params[1].second, "x y z");
  EXPECT_EQ(target.params[2].first, "a");
}

TEST(Units, AreListedByLevelUserAndKinship) {
  const auto count = [](const std::string& target) {
    return get(server_of(43), "/api/organisationUnits" + target).json()["pager"]["total"];
  };
  EXPECT_EQ(count("?level=3"), 14);
  EXPECT_EQ(count("?maxLevel=2"), 5);
  EXPECT_EQ(count("?userOnly=true"), 1);
  EXPECT_EQ(count("/CQChkRGX1me?includeChildren=true"), 10);
  EXPECT_EQ(count("/CQChkRGX1me/parents"), 2);
  EXPECT_EQ(count("/UvePRDui19N/descendants"), 138);
}

TEST(Negotiation, EndsInHtmlWhereJsonIsNotWanted) {
  httplib::Headers headers = basic("admin", "district");
  headers.emplace("Accept", "image/png");
  EXPECT_EQ(send(server_of(43), "GET", "/api/me", headers).status, 406);
  const HttpAnswer answer = send(server_of(43), "GET", "/api/dataElements/abcdefghijk", headers);
  EXPECT_EQ(answer.status, 500);
  EXPECT_TRUE(answer.header("Content-Type").starts_with("text/html"));
}

TEST(Schemas, DifferBetweenMajors) {
  const auto has = [](int major, const char* property) {
    const Json schema = get(server_of(major), "/api/schemas/trackedEntityAttribute").json();
    for (const Json& known : schema["properties"]) {
      if (known["name"] == property) return true;
    }
    return false;
  };
  EXPECT_TRUE(has(43, "trigramIndexable"));
  EXPECT_FALSE(has(40, "trigramIndexable"));
  EXPECT_EQ(get(server_of(43), "/api/schemas").json()["schemas"].size(), 116u);
  EXPECT_EQ(get(server_of(40), "/api/schemas").json()["schemas"].size(), 124u);
}

TEST(SystemInfo, NamesTheVersionAndTheClock) {
  const Json info = get(server_of(41), "/api/system/info").json();
  EXPECT_EQ(info["version"], "2.41.9.1");
  EXPECT_EQ(info["serverDate"], "2026-11-21T10:00:00.000");
  EXPECT_EQ(info["contextPath"], server_of(41).base_url());
  const Json plain =
      send(server_of(41), "GET", "/api/system/info", basic("analyste", "Baralia-2026!")).json();
  EXPECT_FALSE(plain.contains("javaVersion"));
}

}  // namespace
}  // namespace sandbox
