// SPDX-License-Identifier: BSD-3-Clause
// What goes over the wire in a profile's name, and what does not, against a real web server.
#include "auth/signed_client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "auth/connections.h"
#include "dhis2/client.h"
#include "dhis2/error.h"
#include "tests/auth/profile_at.h"
#include "tests/support/fake_http.h"

namespace dhis2mcp {
namespace {

using test::FakeHttp;
using test::profile_at;
using test::Reply;
using test::Seen;

const std::string kUnauthorized =
    R"({"httpStatus":"Unauthorized","httpStatusCode":401,"status":"ERROR","message":"Unauthorized"})";

struct SignedClientTest : testing::Test {
  FakeHttp dhis2;
  Patience patience;

  SignedClientTest() {
    dhis2.get("/api/me", R"({"id":"M5zQapPyTZI","username":"admin","displayName":"Ada Min"})");
    dhis2.get("/api/system/info", R"({"version":"2.40.3","calendar":"ethiopian"})");
  }

  std::unique_ptr<SignedClient> basic(const std::string& password = "district") const {
    return connect(profile_at(dhis2.url(), AuthMethod::basic), Secret(password), nullptr);
  }
  std::unique_ptr<SignedClient> pat() const {
    return connect(profile_at(dhis2.url(), AuthMethod::pat), Secret("d2p_practice-token"), nullptr);
  }
  static Request get(const std::string& path) {
    Request request;
    request.path = path;
    return request;
  }
  // The Error of a GET; fails the test when it succeeds.
  Error failure_of(SignedClient& client, const std::string& path) const {
    try {
      client.send(get(path), patience);
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << path << " succeeded";
    return {ErrorKind::internal, ""};
  }
};

TEST_F(SignedClientTest, SignsEachRequest) {
  basic()->send(get("/api/me"), patience);
  pat()->send(get("/api/me"), patience);

  const auto seen = dhis2.seen();
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0].header("Authorization"), "Basic YWRtaW46ZGlzdHJpY3Q=");
  EXPECT_EQ(seen[1].header("Authorization"), "ApiToken d2p_practice-token");
  for (const Seen& one : seen) {
    EXPECT_EQ(one.header("X-Requested-With"), "XMLHttpRequest");
    EXPECT_EQ(one.header("Origin"), "");
    EXPECT_EQ(one.header("Cookie"), "");
  }
}

TEST_F(SignedClientTest, ReadsJson) {
  dhis2.get("/api/dataElements", R"({"a":1,"a":2})");
  EXPECT_EQ(pat()->get("/api/dataElements", {}, patience), Json::parse(R"({"a":2})"));

  dhis2.get("/api/dataElements", R"({"a":)");
  try {
    pat()->get("/api/dataElements", {}, patience);
    FAIL() << "half a document was read";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::unavailable);
    EXPECT_TRUE(error.retry);
  }
}

TEST_F(SignedClientTest, HandsRowsToTheSink) {
  dhis2.get("/api/analytics", R"({"rows":[]})");
  std::string taken;

  const Response response =
      pat()->send(get("/api/analytics"), patience, [&](std::string_view piece) {
        taken += piece;
        return true;
      });

  EXPECT_EQ(taken, R"({"rows":[]})");
  EXPECT_EQ(response.body, "");
}

TEST_F(SignedClientTest, KeepsTheSessionOfAPasswordAndNoOtherCookie) {
  dhis2.on("GET", "/api/me",
           Reply{200,
                 "{}",
                 "application/json",
                 {{"Set-Cookie", "JSESSIONID=S1; Path=/; HttpOnly"},
                  {"Set-Cookie", "SESSION_EXPIRE=x; Path=/"},
                  {"Set-Cookie", "AWSALB=y"}}});
  const auto client = basic();
  client->send(get("/api/me"), patience);
  client->send(get("/api/system/info"), patience);
  dhis2.on("GET", "/api/me",
           Reply{200, "{}", "application/json", {{"Set-Cookie", "JSESSIONID=S2"}}});
  client->send(get("/api/me"), patience);
  client->send(get("/api/system/info"), patience);
  basic()->send(get("/api/system/info"), patience);

  const auto seen = dhis2.seen();
  ASSERT_EQ(seen.size(), 5U);
  EXPECT_EQ(seen[0].header("Cookie"), "");
  EXPECT_EQ(seen[1].header("Cookie"), "JSESSIONID=S1");
  EXPECT_EQ(seen[1].header("Authorization"), "Basic YWRtaW46ZGlzdHJpY3Q=");
  EXPECT_EQ(seen[3].header("Cookie"), "JSESSIONID=S2");
  EXPECT_EQ(seen[4].header("Cookie"), "") << "a session was shared between clients";
}

TEST_F(SignedClientTest, IgnoresASessionThatCannotBeSentBack) {
  const std::string values[] = {"", "a b", "a\tb", std::string(600, 'x'), "\"x\""};
  for (const std::string& value : values) {
    dhis2.on(
        "GET", "/api/me",
        Reply{200, "{}", "application/json", {{"Set-Cookie", "JSESSIONID=" + value + "; Path=/"}}});
    const auto client = basic();
    client->send(get("/api/me"), patience);
    client->send(get("/api/me"), patience);
    EXPECT_EQ(dhis2.seen().back().header("Cookie"), "") << value;
  }
}

TEST_F(SignedClientTest, IgnoresTheSessionOfAToken) {
  dhis2.on("GET", "/api/me",
           Reply{200, "{}", "application/json", {{"Set-Cookie", "JSESSIONID=S1"}}});
  const auto client = pat();
  client->send(get("/api/me"), patience);
  client->send(get("/api/me"), patience);

  EXPECT_EQ(dhis2.seen().at(1).header("Cookie"), "");
}

TEST_F(SignedClientTest, SendsARefusedCredentialOnce) {
  dhis2.on("GET", "/api/me", Reply{401, kUnauthorized});
  for (const auto& client : {basic(), pat()}) {
    dhis2.forget();

    const Error first = failure_of(*client, "/api/me");
    const Error second = failure_of(*client, "/api/system/info");
    const Error third = failure_of(*client, "/api/me");

    EXPECT_EQ(dhis2.seen().size(), 1U);
    for (const Error& error : {first, second, third}) {
      EXPECT_EQ(error.kind, ErrorKind::sign_in_required) << error.what();
      EXPECT_FALSE(error.hint.empty());
      EXPECT_FALSE(error.retry);
    }
    EXPECT_EQ(first.http, 401);
  }
}

TEST_F(SignedClientTest, SendsARefusedPasswordOnceThoughManyCallsStartTogether) {
  dhis2.on("GET", "/api/me", [](const Seen&) {
    std::this_thread::yield();
    return Reply{401, kUnauthorized};
  });
  const auto client = basic();
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;

  for (int caller = 0; caller < 8; ++caller) {
    threads.emplace_back([&] {
      try {
        client->send(get("/api/me"), patience);
      } catch (const Error& error) {
        refused += error.kind == ErrorKind::sign_in_required ? 1 : 0;
      }
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }

  EXPECT_EQ(refused, 8);
  EXPECT_EQ(dhis2.seen().size(), 1U);
}

TEST_F(SignedClientTest, DoesNotSendAPasswordAgainThatWasRefusedInASession) {
  dhis2.on("GET", "/api/me",
           Reply{200, "{}", "application/json", {{"Set-Cookie", "JSESSIONID=S1"}}});
  dhis2.on("GET", "/api/system/info", Reply{401, kUnauthorized});
  const auto client = basic();
  client->send(get("/api/me"), patience);

  failure_of(*client, "/api/system/info");
  failure_of(*client, "/api/me");

  ASSERT_EQ(dhis2.seen().size(), 2U);
  EXPECT_EQ(dhis2.seen()[1].header("Cookie"), "JSESSIONID=S1");
}

TEST_F(SignedClientTest, StartsANewSessionWhenTheOldOneEnded) {
  dhis2.on("GET", "/api/me", [](const Seen& seen) {
    return seen.header("Cookie") == "JSESSIONID=S1"
               ? Reply{302,
                       "",
                       "",
                       {{"Location", "/dhis-web-login/"}, {"Set-Cookie", "JSESSIONID=stranger"}}}
               : Reply{200, "{}", "application/json", {{"Set-Cookie", "JSESSIONID=S2"}}};
  });
  dhis2.on("GET", "/api/system/info",
           Reply{200, "{}", "application/json", {{"Set-Cookie", "JSESSIONID=S1"}}});
  const auto client = basic();
  client->send(get("/api/system/info"), patience);

  EXPECT_EQ(client->send(get("/api/me"), patience).status, 200);
  client->send(get("/api/me"), patience);

  ASSERT_EQ(dhis2.count("/api/me"), 3U);
  EXPECT_EQ(dhis2.seen()[2].header("Cookie"), "");
  EXPECT_EQ(dhis2.seen()[3].header("Cookie"), "JSESSIONID=S2");
}

TEST_F(SignedClientTest, SaysThatTheCredentialWasNotReadWhenItLandsOnTheLoginPage) {
  dhis2.on("GET", "/api/me", Reply{302, "", "", {{"Location", "/dhis-web-login/"}}});
  const Error error = failure_of(*pat(), "/api/me");

  EXPECT_EQ(error.kind, ErrorKind::sign_in_required) << error.what();
  EXPECT_NE(error.hint.find("switched off"), std::string::npos) << error.hint;
}

TEST_F(SignedClientTest, SendsNoCredentialsToAnotherOrigin) {
  FakeHttp other;
  other.get("/api/me", "{}");
  for (const int status : {301, 302, 303, 307, 308}) {
    dhis2.on("GET", "/api/me", Reply{status, "", "", {{"Location", other.url() + "/api/me"}}});

    for (const auto& client : {basic(), pat()}) {
      failure_of(*client, "/api/me");
    }
  }

  EXPECT_EQ(other.seen().size(), 0U);
  EXPECT_EQ(dhis2.count("/api/me"), 10U);
}

TEST_F(SignedClientTest, ConnectsNowhereWhenPlainHttpIsNotAllowed) {
  // Reserved for documentation (RFC 5737): a connection would take its time and fail otherwise.
  const auto client =
      connect(profile_at("http://192.0.2.1", AuthMethod::basic), Secret("district"), nullptr);

  EXPECT_EQ(failure_of(*client, "/api/me").kind, ErrorKind::refused);
  EXPECT_THROW(client->whoami(patience), Error);
}

TEST_F(SignedClientTest, LetsNoCallerSetItsOwnCredentials) {
  const auto client = pat();
  for (const char* name : {"authorization", "Cookie", "ORIGIN", "host"}) {
    Request request = get("/api/me");
    request.headers = {{name, "x"}};
    EXPECT_THROW(client->send(request, patience), Error) << name;
  }
  EXPECT_TRUE(dhis2.seen().empty());
}

TEST_F(SignedClientTest, TakesReflectedSecretsOutOfErrors) {
  dhis2.on("GET", "/api/echo", [](const Seen& seen) {
    Json body = {{"httpStatus", "Conflict"},
                 {"httpStatusCode", 409},
                 {"status", "ERROR"},
                 {"message", "you sent " + seen.header("Authorization") + " and " +
                                 seen.header("Cookie") + " with canary/pass%word"}};
    return Reply{409, body.dump()};
  });
  dhis2.on("GET", "/api/me",
           Reply{200, "{}", "application/json", {{"Set-Cookie", "JSESSIONID=SESSION12345"}}});
  const auto client = basic("canary/pass%word");
  client->send(get("/api/me"), patience);

  const Error error = failure_of(*client, "/api/echo");

  const std::string text = std::string(error.what()) + error.hint;
  EXPECT_EQ(error.kind, ErrorKind::conflict);
  EXPECT_NE(text.find("you sent Basic [redacted]"), std::string::npos) << text;
  for (const char* secret : {"canary", "YWRtaW46", "SESSION12345"}) {
    EXPECT_EQ(text.find(secret), std::string::npos) << text;
  }
}

TEST_F(SignedClientTest, TakesSecretsOutOfPagesThatAreCutShort) {
  for (std::size_t before = 0; before < 600; before += 7) {
    dhis2.on("GET", "/api/echo", [&](const Seen& seen) {
      return Reply{500,
                   "<html><body>" + std::string(before, 'x') + " " + seen.header("Authorization") +
                       "</body></html>",
                   "text/html"};
    });

    const Error error = failure_of(*pat(), "/api/echo");

    EXPECT_EQ((std::string(error.what()) + error.hint).find("d2p_pr"), std::string::npos)
        << error.what();
  }
}

TEST_F(SignedClientTest, KnowsWhoItIs) {
  const auto client = pat();

  const Whoami& who = client->whoami(patience);

  EXPECT_EQ(who.username, "admin");
  EXPECT_EQ(who.uid, "M5zQapPyTZI");
  EXPECT_EQ(who.display_name, "Ada Min");
  EXPECT_EQ(who.version_text, "2.40.3");
  EXPECT_EQ(who.version, (Version{40, 3, 0}));
  EXPECT_EQ(who.calendar, "ethiopian");
  EXPECT_EQ(client->source(patience), "demo: admin at " + dhis2.url() + " (2.40.3)");
  EXPECT_EQ(dhis2.seen().size(), 2U);
}

TEST_F(SignedClientTest, KnowsItsNameOnServersThatKeepItInUserCredentials) {
  dhis2.get("/api/me", R"({"id":"M5zQapPyTZI","userCredentials":{"username":"admin"}})");

  EXPECT_EQ(pat()->whoami(patience).username, "admin");
  EXPECT_NE(dhis2.seen().front().query.find("userCredentials"), std::string::npos);
}

TEST_F(SignedClientTest, AsksWhoItIsOnceForManyCallers) {
  const auto client = basic();
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;

  for (int caller = 0; caller < 8; ++caller) {
    threads.emplace_back([&] { good += client->whoami(patience).username == "admin" ? 1 : 0; });
  }
  for (auto& thread : threads) {
    thread.join();
  }

  EXPECT_EQ(good, 8);
  EXPECT_EQ(dhis2.count("/api/me"), 1U);
  EXPECT_EQ(dhis2.count("/api/system/info"), 1U);
}

TEST_F(SignedClientTest, AsksAgainWhoItIsAfterAFailure) {
  dhis2.on("GET", "/api/system/info", Reply{404, "{}"});
  const auto client = basic();
  EXPECT_THROW(client->whoami(patience), Error);

  dhis2.get("/api/system/info", R"({"version":"2.40.3"})");

  EXPECT_EQ(client->whoami(patience).username, "admin");
}

TEST_F(SignedClientTest, RefusesATokenOfAnotherUser) {
  Profile profile = profile_at(dhis2.url(), AuthMethod::pat);
  profile.user = "someone.else";

  const auto client = connect(profile, Secret("d2p_practice-token"), nullptr);

  try {
    client->whoami(patience);
    FAIL() << "another user's token was taken";
  } catch (const ConfigurationError& error) {
    EXPECT_NE(std::string(error.what()).find("belongs to admin"), std::string::npos);
  }
}

TEST_F(SignedClientTest, GivesUpWaitingWhenTheCallerDoes) {
  std::atomic<bool> release = false;
  std::atomic<bool> inside = false;
  dhis2.on("GET", "/api/me", [&](const Seen&) {
    inside = true;
    release.wait(false);
    return Reply{200, "{}"};
  });
  const auto client = basic();
  std::thread slow([&] { client->send(get("/api/me"), patience); });
  while (!inside) {
    std::this_thread::yield();
  }

  std::stop_source stop;
  stop.request_stop();
  EXPECT_THROW(client->send(get("/api/system/info"), {stop.get_token(), std::chrono::seconds(60)}),
               Error);
  EXPECT_THROW(client->send(get("/api/system/info"), {{}, std::chrono::milliseconds(20)}), Error);
  EXPECT_EQ(dhis2.count("/api/system/info"), 0U);

  release = true;
  release.notify_all();
  slow.join();
}

// Stands for the providers to come: the first credential is refused, the renewed one is good.
class RenewingProvider : public AuthProvider {
 public:
  Signature headers(WallTime) override {
    return {{{"Authorization", "Bearer token-" + std::to_string(generation_)}}, generation_};
  }
  bool refresh_if_needed(WallTime, std::optional<std::uint64_t> rejected,
                         const Patience&) override {
    generation_ += rejected ? 1 : 0;
    return true;
  }

 private:
  std::uint64_t generation_ = 1;
};

TEST_F(SignedClientTest, SendsOnceMoreAfterARenewalAndNoMore) {
  const auto renewing = [&] {
    return SignedClient(profile_at(dhis2.url(), AuthMethod::oauth2),
                        std::make_unique<RenewingProvider>(),
                        std::make_unique<Client>(BaseUrl::parse(dhis2.url())));
  };
  dhis2.on("GET", "/api/me", [](const Seen& seen) {
    return seen.header("Authorization") == "Bearer token-2" ? Reply{200, "{}"}
                                                            : Reply{401, kUnauthorized};
  });
  SignedClient once = renewing();
  EXPECT_EQ(once.send(get("/api/me"), patience).status, 200);
  EXPECT_EQ(dhis2.count("/api/me"), 2U);

  dhis2.on("GET", "/api/me", Reply{401, kUnauthorized});
  dhis2.forget();
  SignedClient never = renewing();
  failure_of(never, "/api/me");
  EXPECT_EQ(dhis2.count("/api/me"), 2U);
}

}  // namespace
}  // namespace dhis2mcp
