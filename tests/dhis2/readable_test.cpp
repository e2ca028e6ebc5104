// SPDX-License-Identifier: BSD-3-Clause
// The read policy: a row for each rule, each in every encoding that a server may undo.
#include "dhis2/readable.h"

#include <gtest/gtest.h>

#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

std::string outcome(std::string_view path, const Query& query = {}) {
  try {
    const ReadPath read = readable(path, query);
    return read.query.empty() ? read.path : read.path + '?' + read.query.text();
  } catch (const Error& error) {
    EXPECT_FALSE(error.hint.empty()) << path;
    return std::string(to_string(error.kind));
  }
}

struct Normal {
  const char* written;
  const char* read;
};

TEST(Readable, NormalisesWhatPeopleWrite) {
  const Normal rows[] = {
      {"dataElements", "/api/dataElements"},
      {"/dataElements", "/api/dataElements"},
      {"api/dataElements", "/api/dataElements"},
      {"/api/dataElements/", "/api/dataElements"},
      {"/api/41/me", "/api/me"},
      {"42/me", "/api/me"},
      {"me.json", "/api/me.json"},
      {"dataElements?filter=url:eq:https://h/x#1",
       "/api/dataElements?filter=url%3Aeq%3Ahttps%3A%2F%2Fh%2Fx%231"},
      {"/api/me?fields=id,name", "/api/me?fields=id%2Cname"},
      {"dataElements?filter=name:like:a b", "/api/dataElements?filter=name%3Alike%3Aa%20b"},
      {"dataSets?fields=id%2C%0A%20%09name", "/api/dataSets?fields=id%2C%0A%20%09name"},
      {"dataElements/fbfJHSPpUQD", "/api/dataElements/fbfJHSPpUQD"},
      {"dataSets/a.b-c_D.json", "/api/dataSets/a.b-c_D.json"},
      {"messageConversations/unreadCount", "/api/messageConversations/unreadCount"},
      {"routes/abc", "/api/routes/abc"},
      {"sqlViews/abc", "/api/sqlViews/abc"},
      {"trackedEntityAttributes/abc", "/api/trackedEntityAttributes/abc"},
      {"userGroups", "/api/userGroups"},
      {"userRoles?fields=*", "/api/userRoles?fields=%2A"},
      {"me", "/api/me"},
      {"meta", "/api/meta"},
      {"dataStore/apps/x", "/api/dataStore/apps/x"},
      {"analytics/rawData.csv", "/api/analytics/rawData.csv"},
  };
  for (const Normal& row : rows) EXPECT_EQ(outcome(row.written), row.read);
}

TEST(Readable, RefusesWhatIsNoPath) {
  for (const std::string& path :
       {std::string(), std::string("/"), std::string("api"), std::string("/api/"),
        std::string("/api/42"), std::string("https://h/api/me"), std::string("me#x"),
        std::string("me\r\nX: y"), std::string("me\0", 3), std::string("?fields=id"),
        std::string("me?a=%zz"), std::string(1'001, 'a')}) {
    EXPECT_EQ(outcome(path), "bad_input") << path;
  }
}

TEST(Readable, RefusesPathsThatCanBeReadInTwoWays) {
  for (const char* path : {"..",
                           "../x",
                           "dataElements/../users",
                           "dataElements/./x",
                           "a//b",
                           "//h/api/me",
                           "a/%2e%2e/b",
                           "a%2fb",
                           "a%252fb",
                           "a;b",
                           "a/;x",
                           "a\\b",
                           "a b",
                           "caf\xc3\xa9",
                           "a:b",
                           "a,b",
                           "a/b.",
                           ".a",
                           "a/..b",
                           "api/api/me",
                           "/api/41/42/me",
                           "API/me",
                           "api/41/api/me",
                           "a/~b",
                           "a/$x",
                           "a/*"}) {
    EXPECT_EQ(outcome(path), "refused") << path;
  }
}

// One path for each row of the policy, without its first slash.
constexpr const char* kDenied[] = {
    "apiToken",
    "apiToken/abc",
    "apiTokens",
    "oAuth2Clients",
    "oAuth2Clients/abc",
    "account",
    "account/verifyEmail",
    "accounts",
    "auth",
    "auth/login",
    "authorities",
    "2fa",
    "2fa/qrCode",
    "routes/abc/run",
    "routes/abc/run/x/y",
    "trackedEntityAttributes/abc/generate",
    "trackedEntityAttributes/abc/generateAndReserve",
    "sqlViews/abc/data",
    "sqlViews/abc/data.csv",
    "sqlViews/abc/dataX/y",
    "gateways",
    "gateways/abc",
    "email",
    "email/test",
    "sms",
    "sms/inbound",
    "apps",
    "apps/dashboard/index.html",
    "appHub",
    "appHub/v2/apps",
    "me/password",
    "me/passwordX",
    "me/verifyPassword",
    "maintenance",
    "maintenance/cacheClear",
    "scheduling",
    "scheduling/running",
    "messageConversations",
    "messageConversations/abc",
    "messageConversations/unreadCount/x",
    "eventHooks",
    "eventHooks/abc",
    "aggregateDataExchanges",
    "aggregateDataExchanges/abc/exchange",
    "userDataStore",
    "userDataStore/a/b",
    "users",
    "users/abc",
    "users/gist",
    "jobConfigurations/abc/execute",
    "organisationUnits/abc/users",
    "userGroups/abc/users/gist",
    "userRoles/abc/users",
    "identifiableObjects/abc",
    "metadata",
    "metadata.json.gz",
};

std::string with_case_swapped(std::string text) {
  for (char& c : text) {
    if (std::isalpha(static_cast<unsigned char>(c)) != 0) c = static_cast<char>(c ^ 0x20);
  }
  return text;
}

std::string encoded(const std::string& text, std::string_view percent) {
  char hex[3];
  std::snprintf(hex, sizeof hex, "%02x", static_cast<unsigned char>(text[0]));
  return std::string(percent) + hex + text.substr(1);
}

TEST(Readable, RefusesEachDeniedPathInEveryEncoding) {
  for (const std::string path : kDenied) {
    const std::string slash_encoded = "x/%2e%2e%2f" + path;
    const std::string rows[] = {
        path,
        "/" + path,
        "/api/" + path,
        "/api/42/" + path,
        "41/" + path,
        "/api/" + path + "/",
        "/api/" + path + ".json",
        "/api/" + path + "?paging=false",
        with_case_swapped(path),
        "/api/" + with_case_swapped(path),
        path + ".",
        path + "..",
        path + "/.",
        path + ";a=b",
        ";a=b/" + path,
        "api;x/" + path,
        "/api//" + path,
        "//api/" + path,
        "x/../" + path,
        "./" + path,
        "%2e/" + path,
        "x/%2e%2e/" + path,
        slash_encoded,
        "api%2f" + path,
        "api%252f" + path,
        encoded(path, "%"),
        encoded(path, "%25"),
        path + "%20",
        path + "%00",
        path + "%2f",
        " " + path,
        path + " ",
        "/API/" + path,
        "/api/042/042/" + path,
        "\\" + path,
    };
    for (const std::string& written : rows) EXPECT_EQ(outcome(written), "refused") << written;
  }
}

TEST(Readable, NamesTheRuleAndAnotherWay) {
  try {
    readable("/api/apiToken");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::refused);
    EXPECT_NE(std::string(error.what()).find("apiToken*"), std::string::npos);
    EXPECT_NE(error.hint.find("pat_list"), std::string::npos);
  }
}

TEST(Readable, ReadsUsersWhenTheFieldsAreNamed) {
  for (const char* fields : {"id", "id,username", "id,userRoles[id,name]", "displayName~rename(n)",
                             "name::rename(n)", "userGroups::size"}) {
    EXPECT_EQ(outcome(std::string("users?fields=") + fields).substr(0, 10), "/api/users") << fields;
    EXPECT_EQ(outcome("users/abc", Query().add("fields", fields)), "/api/users/abc") << fields;
  }
  for (const char* fields : {"",
                             ",",
                             "*",
                             "id,*",
                             ":all",
                             ":owner",
                             "id,:simple",
                             "id, :all",
                             "userRoles[*]",
                             "userRoles[id,:all]",
                             "!password",
                             "id,!x",
                             "userRoles[!id]",
                             ":persisted",
                             "id,userRoles[:all]",
                             "al:l",
                             "userRoles[id]:all",
                             "-:all",
                             "id,\n:all",
                             "-"}) {
    EXPECT_EQ(outcome("users", Query().add("fields", fields)), "refused") << fields;
  }
}

TEST(Readable, LetsAnExportHoldNoMoreThanItsTypesMay) {
  for (const char* query :
       {"dataElements=true", "dataElements=true&fields=*", "indicators=true&skipSharing=true",
        "dataElements:fields=id,name&dataElements:filter=code:eq:x", "fields=id,name",
        "nopes=true&fields=id", "users=true&fields=id,username", "users=false&dataSets=true"}) {
    EXPECT_EQ(outcome(std::string("metadata?") + query).substr(0, 13), "/api/metadata") << query;
    EXPECT_EQ(outcome(std::string("metadata.json?") + query).substr(0, 13), "/api/metadata")
        << query;
  }
  for (const char* query :
       {"", "nopes=true", "skipSharing=true", "fields=*", "fields=id,secret", "fields=:all",
        "dataElements=true&oAuth2Clients=true", "oAuth2Clients=true&fields=id",
        "apiToken=TRUE&dataElements=true", "users=true", "users=true&dataElements=true",
        "users=true&fields=*", "users=true&dataElements:fields=id",
        "users=true&fields=id&users:fields=*", "dataElements=true&eventHooks:fields=id"}) {
    EXPECT_EQ(outcome(std::string("metadata?") + query), "refused") << query;
    EXPECT_EQ(outcome("metadata", Query::parse(std::string("?") + query)), "refused") << query;
  }
}

TEST(Readable, ShowsUsersWithinOtherObjectsByTheirNamedFieldsAlone) {
  for (const char* fields :
       {"id,createdBy[id,username]", "users", "users~size", "*", "users[id],dataSets[*]",
        "id,createdBy[id],sharing[*]", "users~rename(u)[id]", "createdBy(id),name"}) {
    EXPECT_EQ(outcome("userGroups", Query().add("fields", fields)), "/api/userGroups") << fields;
  }
  for (const char* fields :
       {"users[*]", "id,users[:owner]", "createdBy[!id]", "users[id,avatar[*]]", "lastUpdatedBy[*",
        "dataSets[createdBy[:all]]", "user[*]", "users~rename(u)[*]", "createdBy(*)", "users [*]",
        "id, likedBy[ :all]", "finalisedBy[userRoles[*]]", "created-By[*]", "created By[:all]",
        "name[id]createdBy[*]", "created~rename(u)By[*]", "users[id~size],name:all"}) {
    EXPECT_EQ(outcome("userGroups", Query().add("fields", fields)), "refused") << fields;
  }
  for (const char* path :
       {"dataElements/abc/createdBy", "dataElements/abc/lastUpdatedBy.json?fields=*",
        "interpretations/abc/likedBy?fields=:all", "userRoles/abc/users?fields=userRoles[*]",
        "organisationUnits/abc/users/def", "metadata/version/Version_1/data"}) {
    EXPECT_EQ(outcome(path), "refused") << path;
  }
  EXPECT_EQ(outcome("dataElements/abc/createdBy?fields=username").substr(0, 31),
            "/api/dataElements/abc/createdBy");
  EXPECT_EQ(outcome("dataStore/mine/users"), "/api/dataStore/mine/users");
  EXPECT_EQ(outcome("userGroups/abc/users/gist?fields=id,name").substr(0, 26),
            "/api/userGroups/abc/users/");
  EXPECT_EQ(outcome("identifiableObjects/abc?fields=id,href").substr(0, 24),
            "/api/identifiableObjects");
  for (const char* fields : {"clientSecret", "client-Secret", "clientSe~rename(x)cret"}) {
    EXPECT_EQ(outcome("identifiableObjects/abc", Query().add("fields", fields)), "refused")
        << fields;
  }
}

TEST(Readable, TellsTheVersionThatItLeavesOut) {
  EXPECT_EQ(readable("/api/44/me").version, "44");
  EXPECT_EQ(readable("me").version, "");
}

TEST(Readable, JudgesEveryFieldsParameterOfUsers) {
  Query query;
  query.add("fields", "id").add("fields", "*");
  EXPECT_EQ(outcome("users", query), "refused");
  EXPECT_EQ(outcome("users?fields=*", Query().add("fields", "id")), "refused");
  EXPECT_EQ(outcome("users?fields=id%2C*"), "refused");
  EXPECT_EQ(outcome("users?Fields=id"), "refused");
  EXPECT_EQ(outcome("USERS?fields=id"), "refused");
}

}  // namespace
}  // namespace dhis2mcp
