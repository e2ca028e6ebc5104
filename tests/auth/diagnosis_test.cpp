// SPDX-License-Identifier: BSD-3-Clause
// What a person is told about a profile that works, and about each way in which it does not.
#include "auth/diagnosis.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>

#include "auth/places.h"
#include "tests/support/fake_http.h"
#include "tests/support/temp_home.h"

namespace dhis2mcp {
namespace {

using test::FakeHttp;
using test::Reply;
using test::Seen;

const WallTime kNow{std::chrono::seconds(1'800'000'000)};
constexpr std::int64_t kDay = 86'400'000;
constexpr std::int64_t kNowMilliseconds = 1'800'000'000'000;

std::string message(const std::string& text) {
  return R"({"httpStatus":"Unauthorized","httpStatusCode":401,"status":"ERROR","message":")" +
         text + R"("})";
}

struct DiagnosisTest : testing::Test {
  FakeHttp dhis2;

  DiagnosisTest() { play("2.43.1"); }

  // An instance that lets everyone in.
  void play(const std::string& version) {
    if (version >= "2.41") {
      dhis2.get("/api/loginConfig",
                R"({"apiVersion":")" + version + R"(","applicationTitle":"Practice"})");
    } else {
      dhis2.on("GET", "/api/loginConfig",
               Reply{302, "", "", {{"Location", "/dhis-web-commons/security/login.action"}}});
    }
    dhis2.on("GET", "/api/ping", Reply{200, ""});
    dhis2.on("GET", "/dhis-web-commons/security/login.action",
             Reply{200, "<html>DHIS 2</html>", "text/html", {{"Login-Page", "true"}}});
    dhis2.get("/api/me", R"({"id":"x","username":"analyste","authorities":["F_X"]})");
    dhis2.get("/api/system/info", R"({"version":")" + version + R"(","calendar":"iso8601"})");
  }
  // An instance that answers every signed request alike.
  void refuse(const Reply& reply) {
    dhis2.on("GET", "/api/me", reply);
    dhis2.on("GET", "/api/system/info", reply);
  }
  Profile profile(AuthMethod method) const {
    Profile made;
    made.name = "demo";
    made.url = dhis2.url();
    made.method = method;
    made.user = method == AuthMethod::basic ? "analyste" : "";
    return made;
  }
  Diagnosis of(AuthMethod method) const {
    return diagnose(profile(method), Secret("practice-secret"), {}, kNow);
  }
  static std::string names(const Diagnosis& diagnosis) {
    std::string all;
    for (const Step& step : diagnosis.steps) {
      all += step.name + (step.good ? "+ " : "- ");
    }
    return all;
  }
  static bool warned(const Diagnosis& diagnosis, const std::string& part) {
    return std::any_of(diagnosis.warnings.begin(), diagnosis.warnings.end(),
                       [&](const auto& one) { return one.find(part) != std::string::npos; });
  }
};

TEST_F(DiagnosisTest, NamesUserVersionAndLatencyOfAProfileThatWorks) {
  for (const char* version : {"2.40.3", "2.43.1"}) {
    play(version);
    const Diagnosis diagnosis = of(AuthMethod::pat);

    ASSERT_TRUE(diagnosis.good()) << diagnosis.failure->what();
    EXPECT_EQ(names(diagnosis), "name+ address+ server+ sign-in+ account+ ");
    EXPECT_EQ(diagnosis.username, "analyste");
    EXPECT_EQ(diagnosis.version, version);
    EXPECT_GT(diagnosis.latency.count(), 0);
    EXPECT_EQ(diagnosis.found_url, dhis2.url());
    EXPECT_TRUE(diagnosis.warnings.empty()) << diagnosis.warnings.front();
  }
}

TEST_F(DiagnosisTest, SendsNoCredentialWhileItLooksAtTheAddress) {
  of(AuthMethod::pat);

  for (const Seen& seen : dhis2.seen()) {
    const bool signed_path = seen.path != "/api/loginConfig" && seen.path != "/api/ping";
    EXPECT_EQ(!seen.header("Authorization").empty(), signed_path) << seen.path;
  }
}

TEST_F(DiagnosisTest, NamesTheCauseOfARefusalAndTheNextStep) {
  const std::vector<std::pair<std::string, std::string>> scheme = {
      {"WWW-Authenticate", "ApiToken"}};
  struct Case {
    AuthMethod method;
    Reply reply;
    const char* cause;
  };
  constexpr auto basic = AuthMethod::basic;
  constexpr auto pat = AuthMethod::pat;
  const Case cases[] = {
      {basic, {401, message("Unauthorized")}, "password is wrong"},
      {basic, {401, message("Account locked")}, "15 minutes"},
      {basic, {401, message("Account disabled")}, "administrator"},
      {pat, {401, "", "", scheme}, "without a reason"},
      {pat, {401, message("The API token does not exists"), "application/json", scheme}, "deleted"},
      {pat,
       {401, message("Failed to authenticate API token, token has expired."), "application/json",
        scheme},
       "has expired"},
      {pat,
       {401, message("The API token is disabled, locked or 2FA is enabled."), "application/json",
        scheme},
       "needs --oauth2 here"},
      {pat, {400, message("Checksum validation failed"), "application/json", scheme}, "mistyped"},
      {pat, {401, message("Unauthorized")}, "switched off"},
      {pat, {302, "", "", {{"Location", "/dhis-web-login/"}}}, "switched off"},
  };
  dhis2.get("/api/system/info", R"({"version":"2.43.1"})");
  for (const Case& one : cases) {
    refuse(one.reply);
    dhis2.forget();

    const Diagnosis diagnosis = of(one.method);

    ASSERT_FALSE(diagnosis.good()) << one.cause;
    EXPECT_EQ(names(diagnosis), "name+ address+ server+ sign-in- ");
    EXPECT_EQ(diagnosis.failure->kind, ErrorKind::sign_in_required) << one.cause;
    EXPECT_NE(diagnosis.failure->hint.find(one.cause), std::string::npos)
        << diagnosis.failure->hint;
    EXPECT_EQ(dhis2.count("/api/me"), 1U) << "sent a refused credential again";
  }
}

TEST_F(DiagnosisTest, SaysThatNoSecretIsStored) {
  const Diagnosis diagnosis = diagnose(profile(AuthMethod::basic), Secret(), {}, kNow);

  ASSERT_FALSE(diagnosis.good());
  EXPECT_EQ(diagnosis.failure->kind, ErrorKind::sign_in_required);
  EXPECT_EQ(dhis2.count("/api/me"), 0U);
}

TEST_F(DiagnosisTest, StopsBeforeAnyConnectionWhereTheRuleSaysSo) {
  Profile far = profile(AuthMethod::basic);
  far.url = "http://192.0.2.1";

  const Diagnosis diagnosis = diagnose(far, Secret("x"), {}, kNow);

  EXPECT_EQ(names(diagnosis), "address- ");
  EXPECT_EQ(diagnosis.failure->kind, ErrorKind::refused);
}

TEST_F(DiagnosisTest, NamesADeadHostAndAWrongPath) {
  Profile dead = profile(AuthMethod::pat);
  dead.url = "http://127.0.0.1:1";
  const Diagnosis of_dead = diagnose(dead, Secret("x"), {}, kNow);
  EXPECT_EQ(names(of_dead), "name+ address- ");
  EXPECT_EQ(of_dead.failure->kind, ErrorKind::unavailable) << of_dead.failure->what();
  EXPECT_FALSE(of_dead.failure->hint.empty());

  FakeHttp page;
  page.on("", "/api/loginConfig", Reply{404, "<html>nginx</html>", "text/html"});
  page.on("", "/api/ping", Reply{404, "<html>nginx</html>", "text/html"});
  Profile wrong = profile(AuthMethod::pat);
  wrong.url = page.url();
  const Diagnosis of_wrong = diagnose(wrong, Secret("practice-secret"), {}, kNow);
  EXPECT_EQ(names(of_wrong), "name+ address- ");
  EXPECT_FALSE(of_wrong.failure->hint.empty());
  for (const Seen& seen : page.seen()) {
    EXPECT_EQ(seen.header("Authorization"), "") << "sent to what is not DHIS2";
  }
}

TEST_F(DiagnosisTest, NamesThePathThatTheServerLeadsTo) {
  FakeHttp moved;
  moved.on("GET", "/api/loginConfig", Reply{302, "", "", {{"Location", "/dhis/api/loginConfig"}}});
  moved.get("/dhis/api/loginConfig", R"({"apiVersion":"2.43.1","applicationTitle":"Practice"})");
  Profile old = profile(AuthMethod::pat);
  old.url = moved.url();

  const Diagnosis diagnosis = diagnose(old, Secret("practice-secret"), {}, kNow);

  EXPECT_EQ(names(diagnosis), "name+ address- ");
  EXPECT_EQ(diagnosis.found_url, moved.url() + "/dhis");
  EXPECT_NE(diagnosis.failure->hint.find("--url " + moved.url() + "/dhis"), std::string::npos);
  for (const Seen& seen : moved.seen()) {
    EXPECT_EQ(seen.header("Authorization"), "");
  }
}

TEST_F(DiagnosisTest, WarnsOfASuperuserAndOfAPasswordWhereATokenWouldDo) {
  dhis2.get("/api/me", R"({"id":"x","username":"admin","authorities":["F_X","ALL"]})");

  const Diagnosis diagnosis = of(AuthMethod::basic);

  ASSERT_TRUE(diagnosis.good());
  EXPECT_TRUE(warned(diagnosis, "superuser"));
  EXPECT_TRUE(warned(diagnosis, "personal access token would do"));
}

TEST_F(DiagnosisTest, WarnsOfAVersionThatWasNeverTested) {
  play("2.44.0");

  EXPECT_TRUE(warned(of(AuthMethod::pat), "not tested"));
}

TEST_F(DiagnosisTest, WarnsOfATokenThatExpiresWithinAWeek) {
  struct Case {
    std::vector<std::int64_t> days_left;
    const char* warning;
  };
  const Case cases[] = {
      {{6}, "The token expires in 6 days"},
      {{0}, ""},  // dead ones do not matter
      {{30}, ""},
      {{}, ""},
      {{30, 3}, "One of this user's tokens expires in 3 days"},
      {{-5, 3}, "The token expires in 3 days"},
  };
  for (const Case& one : cases) {
    Json tokens = Json::array();
    for (const std::int64_t left : one.days_left) {
      tokens.push_back({{"id", "x"}, {"expire", kNowMilliseconds + left * kDay}});
    }
    dhis2.get("/api/apiToken", Json({{"apiToken", tokens}}).dump());

    const Diagnosis diagnosis = of(AuthMethod::pat);

    ASSERT_TRUE(diagnosis.good());
    EXPECT_EQ(warned(diagnosis, "expires"), *one.warning != '\0') << one.warning;
    EXPECT_TRUE(warned(diagnosis, one.warning) || *one.warning == '\0') << one.warning;
  }
}

TEST_F(DiagnosisTest, WarnsOfATokenWhoseLimitOnAddressesCanBePassed) {
  dhis2.get("/api/apiToken",
            R"({"apiToken":[{"id":"x","expire":4102444800000,"attributes":[
                {"type":"IpAllowedList","allowedIps":["192.0.2.7"]}]}]})");

  EXPECT_TRUE(warned(of(AuthMethod::pat), "X-Forwarded-For"));
}

TEST_F(DiagnosisTest, SaysWhatAUserWithTwoFactorsCanDoThere) {
  for (const auto& [version, way] :
       {std::pair("2.40.3", "use another account"), std::pair("2.43.1", "needs --oauth2 here")}) {
    play(version);
    const Diagnosis diagnosis = of(AuthMethod::pat);
    ASSERT_FALSE(diagnosis.remarks.empty());
    EXPECT_NE(diagnosis.remarks.back().find(way), std::string::npos) << diagnosis.remarks.back();
  }
}

TEST_F(DiagnosisTest, LooksAtTheFilesOfThisMachine) {
  const test::TempHome home;
  const Places places = Places::from_environment();
  TokenStore store(places.store(), places.key());
  store.put_secret("demo", "pat", Secret("x"));
  chmod(places.key().c_str(), 0644);
  LookInto into;
  into.store = &store;
  into.places = &places;

  const Diagnosis diagnosis =
      diagnose(profile(AuthMethod::pat), Secret("practice-secret"), {}, kNow, into);

  EXPECT_TRUE(warned(diagnosis, "chmod 600")) << diagnosis.warnings.size();
  EXPECT_NE(diagnosis.remarks.front().find("key file"), std::string::npos);
}

TEST(PastedError, IsExplainedWhenItIsABrowsersOwn) {
  for (const char* text :
       {"Access to fetch at 'https://h/api/me' from origin 'https://a' has been blocked by CORS "
        "policy",
        "No 'Access-Control-Allow-Origin' header is present", "Cross-Origin Request Blocked"}) {
    EXPECT_NE(explain_pasted(text).find("browser"), std::string::npos) << text;
  }
  EXPECT_EQ(explain_pasted("something else"), "");
}

TEST(PastedError, NamesTheCommandThatHelpsThePage) {
  const auto meaning = [](const std::string& origin) {
    return explain_pasted("Access to fetch at 'https://h/api/me' from origin '" + origin +
                          "' has been blocked by CORS policy");
  };
  EXPECT_NE(meaning("https://app.example.org").find("proxy --origin https://app.example.org,"),
            std::string::npos);
  for (const char* strange : {"$(reboot)", "javascript:x", "https://a; rm -r ~", ""}) {
    EXPECT_NE(meaning(strange).find("proxy --origin ORIGIN,"), std::string::npos) << strange;
  }
  EXPECT_NE(meaning("null").find("opened from a file"), std::string::npos);
}

TEST_F(DiagnosisTest, DoubtsATokenThatCannotBeOne) {
  const Diagnosis diagnosis = diagnose(profile(AuthMethod::pat), Secret("d2p_cut"), {}, kNow);

  EXPECT_TRUE(warned(diagnosis, "54 characters"));
}

}  // namespace
}  // namespace dhis2mcp
