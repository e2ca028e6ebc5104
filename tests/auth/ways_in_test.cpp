// SPDX-License-Identifier: BSD-3-Clause
// Every way into DHIS2 on every version, and every refusal of a token, in one table each.
#include <gtest/gtest.h>

#include "auth/connections.h"
#include "dhis2/client.h"
#include "dhis2/error.h"
#include "tests/support/fake_http.h"

namespace dhis2mcp {
namespace {

using test::FakeHttp;
using test::Reply;

constexpr const char* kVersions[] = {"2.37.9", "2.38.6", "2.39.9", "2.40.12",
                                     "2.41.9", "2.42.3", "2.42.5", "2.43.1"};

std::unique_ptr<SignedClient> client_of(const FakeHttp& dhis2, AuthMethod method,
                                        const std::string& referer = {}) {
  Profile profile;
  profile.name = "demo";
  profile.url = dhis2.url();
  profile.method = method;
  profile.user = method == AuthMethod::basic ? "admin" : "";
  profile.referer = referer;
  return connect(profile, Secret("practice-secret"), nullptr);
}

std::string text_of(const Error& error) { return std::string(error.what()) + " " + error.hint; }

TEST(WaysIn, PasswordsWorkOnEveryVersion) {
  for (const char* version : kVersions) {
    FakeHttp dhis2;
    dhis2.get("/api/me", R"({"id":"x","username":"admin"})");
    dhis2.get("/api/system/info", std::string(R"({"version":")") + version + "\"}");

    EXPECT_EQ(client_of(dhis2, AuthMethod::basic)->whoami({}).version_text, version);
  }
}

TEST(WaysIn, TokensWorkWhereTheyAreSwitchedOn) {
  for (const char* version : kVersions) {
    SCOPED_TRACE(version);
    const bool off = std::string(version) < "2.38";  // the default of 2.37
    FakeHttp dhis2;
    dhis2.on("GET", "/api/me",
             off ? Reply{302, "", "", {{"Location", "/dhis-web-commons/security/login.action"}}}
                 : Reply{200, R"({"id":"x","username":"admin"})"});
    dhis2.get("/api/system/info", std::string(R"({"version":")") + version + "\"}");
    const auto client = client_of(dhis2, AuthMethod::pat);
    if (!off) {
      EXPECT_EQ(client->whoami({}).username, "admin");
      continue;
    }
    try {
      client->whoami({});
      FAIL() << "a login page was taken for an answer";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind, ErrorKind::sign_in_required);
      EXPECT_NE(text_of(error).find("enable.api_token.authentication"), std::string::npos);
    }
  }
}

// The rows as 2.41 and newer say them; up to 2.40 all are an empty 401.
TEST(WaysIn, EachRefusalOfATokenIsExplainedOnEachVersion) {
  struct Row {
    int status;
    const char* message;
    const char* says;
  };
  const Row rows[] = {
      {400, "Api token is malformed", "no token of DHIS2"},
      {400, "Checksum validation failed", "mistyped or left out"},
      {401, "The API token does not exists", "deleted"},
      {401, "Failed to authenticate API token, token has expired.", "has expired"},
      {401, "Failed to authenticate API token, request ip address is not allowed.", "IP addresses"},
      {401, "Failed to authenticate API token, request http method is not allowed.",
       "other HTTP methods"},
      {401, "Failed to authenticate API token, request http referrer is missing or not allowed.",
       "--referer"},
      {401, "The API token is disabled, locked or 2FA is enabled.", "two-factor"},
      {401, "The API token owner does not exists.", "owner"},
  };
  for (const char* version : kVersions) {
    if (std::string(version) < "2.38") continue;
    const bool silent = std::string(version) < "2.41";
    for (const Row& row : rows) {
      SCOPED_TRACE(std::string(version) + ": " + row.message);
      FakeHttp dhis2;
      const std::string body = std::string(R"({"httpStatusCode":)") + std::to_string(row.status) +
                               R"(,"status":"ERROR","message":")" + row.message + "\"}";
      dhis2.on("GET", "/api/me",
               Reply{silent ? 401 : row.status,
                     silent ? "" : body,
                     "application/json",
                     {{"WWW-Authenticate", "ApiToken"}}});
      const auto client = client_of(dhis2, AuthMethod::pat);
      client->suppose(Version::parse(version).value());
      for (int i = 0; i < 2; ++i) {
        try {
          client->get("/api/me", {}, {});
          FAIL() << "a refused token got in";
        } catch (const Error& error) {
          if (i == 0) {
            EXPECT_NE(text_of(error).find(silent ? "without a reason" : row.says),
                      std::string::npos)
                << text_of(error);
          }
          EXPECT_EQ(text_of(error).find("practice-secret"), std::string::npos);
        }
      }
    }
  }
}

TEST(WaysIn, ATokenOfABrowserGoesWithItsReferer) {
  FakeHttp dhis2;
  dhis2.on("GET", "/api/me", [](const test::Seen& seen) {
    return seen.header("Referer") == "https://app.example.org"
               ? Reply{200, R"({"username":"admin"})"}
               : Reply{401,
                       R"({"message":"request http referrer is missing or not allowed."})",
                       "application/json",
                       {{"WWW-Authenticate", "ApiToken"}}};
  });

  EXPECT_EQ(client_of(dhis2, AuthMethod::pat, "https://app.example.org")
                ->get("/api/me", {}, {})["username"],
            "admin");
  try {
    client_of(dhis2, AuthMethod::pat)->get("/api/me", {}, {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(error.hint.find("--referer"), std::string::npos) << error.hint;
  }
}

// What recorded servers say to a bearer token that they do not take (2.40 to 2.43).
TEST(WaysIn, EachRefusalOfABearerIsExplained) {
  struct Row {
    const char* scheme;
    const char* says;
  };
  const Row rows[] = {
      {"Bearer error=\"invalid_token\", error_description=\"Found no matching DHIS2 user for the "
       "mapping claim: 'username' with the value: 'null'\"",
       "openid username"},
      {"Bearer error=\"invalid_token\", error_description=\"Found no matching DHIS2 user for the "
       "mapping claim: 'email' with the value: 'a@b'\"",
       "openId"},
      {"Bearer error=\"invalid_token\", error_description=\"Invalid issuer\"", "server.base.url"},
      {"Bearer error=\"invalid_token\", error_description=\"An error occurred while attempting to "
       "decode the Jwt: Signed JWT rejected: Invalid signature\"",
       "keystore"},
      {"Bearer error=\"invalid_token\", error_description=\"Jwt expired at 2026-11-21\"",
       "has expired"},
      {"Bearer realm=\"oauth\", error=\"invalid_token\", error_description=\"Invalid access "
       "token\"",
       "does not know this access token"},
      {"", "switched off"},
  };
  for (const Row& row : rows) {
    FakeHttp dhis2;
    const std::string body = R"({"httpStatusCode":401,"status":"ERROR","message":"Unauthorized"})";
    dhis2.on("GET", "/api/me",
             *row.scheme == '\0' ? Reply{401, body}
                                 : Reply{401, "", "", {{"WWW-Authenticate", row.scheme}}});
    Profile profile;
    profile.name = "me";
    profile.url = dhis2.url();
    profile.method = AuthMethod::oauth2;
    SignedClient client(profile, bearer_provider(Secret("practice-secret")),
                        std::make_unique<Client>(BaseUrl::parse(profile.url)));
    try {
      client.get("/api/me", {}, {});
      FAIL() << row.scheme;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind, ErrorKind::sign_in_required);
      EXPECT_NE(text_of(error).find(row.says), std::string::npos) << text_of(error);
    }
  }
}

}  // namespace
}  // namespace dhis2mcp
