// SPDX-License-Identifier: BSD-3-Clause
// What clients may write: settings, stored JSON, aliases, completeness.
#include <gtest/gtest.h>

#include "tests/sandbox/fixture_test.h"

namespace sandbox {
namespace {

TEST(Settings, AreKeptTypedAndForgotten) {
  const Server server(Settings{});
  const std::string one = "/api/systemSettings/keyAnalyticsMaxLimit";

  EXPECT_EQ(put_to(server, "POST", one + "?value=abc").status, 400);
  EXPECT_EQ(put_to(server, "POST", one + "?value=5").json()["message"],
            "System setting 'keyAnalyticsMaxLimit' set to value '5'.");
  EXPECT_EQ(get(server, one).json()["keyAnalyticsMaxLimit"], 5);
  EXPECT_EQ(put_to(server, "DELETE", one).status, 204);
  EXPECT_EQ(get(server, one).json()["keyAnalyticsMaxLimit"], 100000);
  EXPECT_EQ(put_to(server, "POST", "/api/systemSettings/nope?value=1").status, 404);
}

TEST(Settings, LimitTheRowsOfAnalytics) {
  const Server server(Settings{});
  const std::string rows =
      "/api/analytics?dimension=dx:y7qh476Nmd3&dimension=pe:202609&dimension=ou:LEVEL-3";

  EXPECT_EQ(get(server, rows).status, 200);
  put_to(server, "POST", "/api/systemSettings/keyAnalyticsMaxLimit?value=5");
  EXPECT_EQ(get(server, rows).json()["errorCode"], "E7128");
  EXPECT_EQ(get(server, rows + "&ignoreLimit=true").status, 200);
}

TEST(Settings, OfAUserStandInMe) {
  const Server server(Settings{});

  put_to(server, "POST", "/api/userSettings/keyDbLocale?value=fr&user=analyste");
  const HttpAnswer me =
      send(server, "GET", "/api/me?fields=settings", basic("analyste", "Baralia-2026!"));
  EXPECT_EQ(me.json()["settings"]["keyDbLocale"], "fr");
  EXPECT_NE(get(server, "/api/me?fields=settings").json()["settings"]["keyDbLocale"], "fr");
}

TEST(DataStore, CreatesReadsAndDeletes) {
  const Server server(Settings{});
  const std::string key = "/api/dataStore/rec/k1";

  EXPECT_EQ(get(server, key).status, 404);
  EXPECT_EQ(put_to(server, "POST", key, R"({"a": 1})").status, 201);
  EXPECT_EQ(put_to(server, "POST", key, R"({"a": 1})").status, 409);
  EXPECT_EQ(put_to(server, "PUT", key, R"({"a": 2})").status, 200);
  EXPECT_EQ(get(server, key).json(), Json::parse(R"({"a": 2})"));
  EXPECT_EQ(get(server, "/api/dataStore/rec").json(), Json::array({"k1"}));
  EXPECT_EQ(put_to(server, "POST", "/api/dataStore/rec/k2", "{bad").status, 400);
  EXPECT_EQ(put_to(server, "POST", "/api/dataStore/rec/k2", "x", "text/plain").status, 415);
  EXPECT_EQ(put_to(server, "DELETE", "/api/dataStore/rec").json()["message"],
            "Namespace deleted: 'rec'");
  EXPECT_EQ(get(server, "/api/dataStore").json(), Json::array());
}

TEST(QueryAlias, AnswersTheRequestItStandsFor) {
  const Server server(Settings{});
  const std::string target = "/api/dataElements/y7qh476Nmd3?fields=name";
  const Json made =
      put_to(server, "POST", "/api/query/alias", Json{{"target", target}}.dump()).json();

  ASSERT_EQ(made["id"].get<std::string>().size(), 40u);
  EXPECT_EQ(get(server, made["path"]).body, get(server, target).body);
  EXPECT_EQ(put_to(server, "POST", "/api/query/alias", "{}").status, 400);
  EXPECT_EQ(get(server_of(40), "/api/query/alias").status, 404);
}

std::string registration(const std::string& period) {
  return R"({"completeDataSetRegistrations": [{"dataSet": "lc4Jz2USVpu", "period": ")" + period +
         R"(", "organisationUnit": "CPPjAayipHh"}]})";
}

TEST(Completeness, CountsWhatItTakes) {
  const Server server(Settings{});
  const std::string path = "/api/completeDataSetRegistrations";
  const auto counted = [&](const std::string& query, const std::string& period) {
    return put_to(server, "POST", path + query, registration(period)).json()["response"];
  };

  EXPECT_EQ(counted("", "202610")["importCount"]["updated"], 1);
  EXPECT_EQ(counted("?importStrategy=CREATE", "202610")["importCount"]["ignored"], 1);
  EXPECT_EQ(put_to(server, "DELETE", path + "?ds=lc4Jz2USVpu&pe=202610&ou=CPPjAayipHh").status,
            204);
  EXPECT_EQ(counted("?dryRun=true", "202610")["importCount"]["imported"], 1);
  EXPECT_EQ(counted("", "202610")["importCount"]["imported"], 1);
  EXPECT_EQ(counted("", "202011")["status"], "ERROR");
}

TEST(Completeness, ConflictsNameWhatIsWrong) {
  const std::string body =
      R"({"completeDataSetRegistrations": [{"dataSet": "abcdefghijk", "period": "202610",
          "organisationUnit": "CPPjAayipHh"}]})";
  const HttpAnswer answer =
      put_to(server_of(42), "POST", "/api/completeDataSetRegistrations?dryRun=true", body);

  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.json()["response"]["conflicts"][0]["value"],
            "Data set not found or not accessible");
}

TEST(Metadata, IsNotWrittenByThoseWhoMayNot) {
  httplib::Headers headers = basic("analyste", "Baralia-2026!");
  headers.emplace("Content-Type", "application/json");
  const Server& server = server_of(43);

  EXPECT_EQ(send(server, "POST", "/api/indicators", headers, R"({"name": "x"})").status, 403);
  EXPECT_EQ(send(server, "DELETE", "/api/dataElements/y7qh476Nmd3", headers).status, 403);
  EXPECT_EQ(put_to(server, "DELETE", "/api/dataElements/abcdefghijk").status, 404);
  EXPECT_EQ(put_to(server, "POST", "/api/indicators", "{}").status, 501);
  EXPECT_EQ(put_to(server, "DELETE", "/api/system/info").status, 405);
}

}  // namespace
}  // namespace sandbox
