// SPDX-License-Identifier: BSD-3-Clause
// profile_list, profile_status and system_info against a scripted instance.
#include <gtest/gtest.h>

#include "tests/tools/instance.h"

namespace dhis2mcp {
namespace {

using test::Instance;
using test::Reply;
using test::Seen;

constexpr const char* kPat = "d2pat_5xVA12xyUbWNedQxy4ohH77WlxRGVvZZ1151814092";

TEST(ProfileList, AsksNoServer) {
  Instance instance;
  const Json answer = instance.answer("profile_list");

  EXPECT_EQ(answer["source"], "this computer");
  EXPECT_EQ(answer["rows"][0], Json({"demo", instance.server.url(), "pat", nullptr, "read",
                                     "masked", "default", nullptr}));
  EXPECT_EQ(answer["total"], 1);
  EXPECT_TRUE(instance.server.seen().empty());
}

TEST(ProfileList, SaysHowToAddTheFirst) {
  Instance instance;
  Profiles().save(Places::from_environment().profiles());
  const Json answer = instance.answer("profile_list");

  EXPECT_TRUE(answer["rows"].empty());
  EXPECT_NE(answer["notes"].dump().find("dhis2-mcp profile add"), std::string::npos);
}

TEST(ProfileList, MarksTheProfileThatIsTakenWithoutAnArgument) {
  Instance instance;
  Profile other;
  other.name = "aaa";
  other.url = "https://aaa.example.org";
  other.write_confirm = other.is_protected = other.pii_allowed = true;
  Profiles profiles = Profiles::load(Places::from_environment().profiles());
  profiles.put(other);
  profiles.set_default("demo");
  profiles.save(Places::from_environment().profiles());
  const Json rows = instance.answer("profile_list")["rows"];

  EXPECT_EQ(rows[0], Json({"aaa", "https://aaa.example.org", "basic", nullptr,
                           "read, write with confirmation, protected", "shown", nullptr, nullptr}));
  EXPECT_EQ(rows[1][6], "default");
}

TEST(ProfileList, SaysWhenASignInExpires) {
  const struct {
    const char* name;
    const char* refresh;
    const char* ended;
    Json says;
  } cases[] = {{"a", "r", "", "2100-01-01T00:00:00Z, renewed by itself"},
               {"b", "", "", "2100-01-01T00:00:00Z"},
               {"c", "r", "withdrawn", "ended"},
               {"d", nullptr, "", "not signed in"}};
  Instance instance;
  Profiles profiles;
  for (const auto& each : cases) {
    Profile profile;
    profile.name = each.name;
    profile.url = "https://h.example";
    profile.method = AuthMethod::oauth2;
    profile.client_id = "agent";
    profile.user = each.name;
    profiles.put(profile);
    if (each.refresh == nullptr) continue;
    Tokens tokens;
    tokens.access = Secret("a");
    tokens.refresh = Secret(each.refresh);
    tokens.expires = std::chrono::system_clock::time_point(std::chrono::seconds(4'102'444'800));
    tokens.ended = each.ended;
    instance.connections.store().put_tokens({profile.url, "agent", each.name}, tokens);
  }
  profiles.save(Places::from_environment().profiles());
  const Json answer = instance.answer("profile_list");

  EXPECT_EQ(answer["columns"][7], "Expires");
  for (std::size_t i = 0; i < std::size(cases); ++i) {
    EXPECT_EQ(answer["rows"][i][7], cases[i].says) << cases[i].name;
  }
}

TEST(ProfileStatus, SaysWhoAndWhereTheCredentialIs) {
  Instance instance;
  instance.server.get(
      "/api/me",
      R"({"id":"M5zQapPyTZI","username":"admin","displayName":"Ada Min","authorities":["ALL"],
                          "userRoles":[{"displayName":"Superuser"}],"userGroups":[],
                          "organisationUnits":[{"id":"UvePRDui19N","displayName":"Baralia"}]})");
  const Json answer = instance.answer("profile_status");
  const Json& object = answer["object"];

  EXPECT_EQ(object["user"], "admin");
  EXPECT_EQ(object["version"], "2.42.1");
  EXPECT_EQ(object["credential"], "personal access token in the encrypted store (key: key file)");
  EXPECT_EQ(object["roles"], Json::array({"Superuser"}));
  EXPECT_EQ(object["org_units"], Json::array({"Baralia"}));
  EXPECT_EQ(object["superuser"], true);
  EXPECT_NE(answer["notes"].dump().find("fewer rights"), std::string::npos);
  EXPECT_EQ(answer.dump().find(kPat), std::string::npos);
}

TEST(ProfileStatus, ReadsTheRolesOfOldVersions) {
  Instance instance("2.37.9");
  instance.server.get("/api/me",
                      R"({"id":"M5zQapPyTZI","username":"admin","displayName":"Ada Min",
                          "userCredentials":{"username":"admin","userRoles":[{"displayName":"Superuser"}]}})");

  EXPECT_EQ(instance.answer("profile_status")["object"]["roles"], Json::array({"Superuser"}));
}

TEST(ProfileStatus, TellsWhyASignInFails) {
  Instance instance;
  instance.server.on(
      "GET", "/api/me",
      Reply{
          401,
          R"({"httpStatus":"Unauthorized","httpStatusCode":401,"status":"ERROR","message":"Failed to authenticate API token, token has expired."})"});
  const ToolResult result = instance.call("profile_status");

  EXPECT_EQ(result.error->kind, ErrorKind::sign_in_required);
  EXPECT_EQ(result.error->http, 401);
  EXPECT_NE(result.text.find("Profile demo"), std::string::npos);
  EXPECT_NE(result.text.find("personal access token in the encrypted store"), std::string::npos);
  EXPECT_NE(result.text.find("expired"), std::string::npos) << result.text;
  EXPECT_NE(result.text.find("Next: "), std::string::npos);
  EXPECT_EQ(result.text.find(kPat), std::string::npos);
}

// A small instance: two levels, a data set, a program, and counts.
void play_country(Instance& instance) {
  instance.server.get(
      "/api/system/info",
      R"({"version":"2.42.1","calendar":"iso8601","systemName":"Baralia","dateFormat":"yyyy-mm-dd",
                          "serverDate":"2026-11-21T09:53:31.385","lastAnalyticsTableSuccess":"2026-11-21T09:51:40.013"})");
  instance.server.get(
      "/api/organisationUnitLevels",
      R"({"organisationUnitLevels":[{"level":1,"displayName":"Country"},{"level":2,"displayName":"Province"}]})");
  instance.server.on("GET", "/api/organisationUnits", [](const Seen& seen) {
    const Query query = Query::parse(seen.query);
    const std::string* filter = query.find("filter");
    const std::string total = filter == nullptr ? "138" : *filter == "level:eq:1" ? "1" : "4";
    return Reply{200, R"({"pager":{"total":)" + total + R"(},"organisationUnits":[]})"};
  });
  instance.server.get(
      "/api/dataSets",
      R"({"pager":{"total":70},"dataSets":[{"id":"OQ1SyVNtlwq","displayName":"Monthly","periodType":"Monthly"}]})");
  instance.server.get(
      "/api/programs",
      R"({"pager":{"total":1},"programs":[{"id":"ACGFZknRgLX","displayName":"ANC","programType":"WITH_REGISTRATION"}]})");
  for (const char* path :
       {"dataElements", "indicators", "dashboards", "visualizations", "validationRules"}) {
    instance.server.get(std::string("/api/") + path, R"({"pager":{"total":66}})");
  }
  instance.server.on(
      "GET", "/api/users",
      Reply{
          403,
          R"({"httpStatus":"Forbidden","httpStatusCode":403,"status":"ERROR","message":"Access is denied"})"});
}

TEST(SystemInfo, DrawsThePictureOfAnInstance) {
  Instance instance;
  play_country(instance);
  const Json answer = instance.answer("system_info");
  const Json& object = answer["object"];

  EXPECT_EQ(object["name"], "Baralia") << answer;
  EXPECT_EQ(object["analytics_last_ran"], "2026-11-21T09:51:40");
  EXPECT_EQ(object["org_unit_levels"][1].dump(), R"({"level":2,"name":"Province","org_units":4})");
  EXPECT_EQ(object["counts"]["data_elements"], 66);
  EXPECT_EQ(object["counts"]["org_units"], 138);
  EXPECT_EQ(object["counts"]["data_sets"], 70);
  EXPECT_EQ(object["data_sets"][0].dump(),
            R"({"name":"Monthly","uid":"OQ1SyVNtlwq","kind":"Monthly"})");
  EXPECT_EQ(object["programs"][0]["name"], "ANC");
  EXPECT_FALSE(object["counts"].contains("users"));
  EXPECT_NE(answer["notes"].dump().find("may not see: users"), std::string::npos);
  EXPECT_NE(answer["notes"].dump().find("first 1 of 70 dataSets"), std::string::npos);
}

TEST(SystemInfo, NeverCallsNeverADate) {
  Instance instance;
  play_country(instance);
  instance.server.get(
      "/api/system/info",
      R"({"version":"2.42.1","calendar":"iso8601","lastAnalyticsTableSuccess":"1970-01-01T00:00:00.000"})");
  const Json answer = instance.answer("system_info");

  EXPECT_FALSE(answer["object"].contains("analytics_last_ran"));
  EXPECT_NE(answer["notes"].dump().find("never built"), std::string::npos);
}

TEST(SystemInfo, FailsAsAWholeWhenTheServerDoes) {
  Instance instance;
  play_country(instance);
  instance.server.on("GET", "/api/programs",
                     Reply{500, "<html><h1>HTTP Status 500</h1></html>", "text/html"});
  const ToolResult result = instance.call("system_info");

  EXPECT_TRUE(result.is_error);
  EXPECT_EQ(result.error->kind, ErrorKind::unavailable) << result.text;
}

}  // namespace
}  // namespace dhis2mcp
