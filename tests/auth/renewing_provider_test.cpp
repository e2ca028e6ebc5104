// SPDX-License-Identifier: BSD-3-Clause
// When a token is renewed, by whom, and what is said when it cannot be.
#include "auth/renewing_provider.h"

#include <gtest/gtest.h>

#include <thread>

#include "auth/connections.h"
#include "auth/places.h"
#include "auth/signed_client.h"
#include "dhis2/error.h"
#include "tests/support/practice_oauth2.h"
#include "tests/support/temp_home.h"

namespace dhis2mcp {
namespace {

using std::chrono::seconds;
using test::Misbehaviour;
using test::PracticeOAuth2;

const WallTime kNow{seconds(1'800'000'000)};

TEST(Due, ComesAtEightyPercentOrAMinuteBeforeTheEnd) {
  struct Case {
    int life, due_at;
  };
  for (const Case& one : {Case{300, 240}, Case{43'199, 34'559}, Case{100, 50}, Case{200, 140},
                          Case{60, 30}, Case{5, 2}}) {
    Tokens tokens;
    tokens.issued = kNow;
    tokens.expires = kNow + seconds(one.life);
    EXPECT_FALSE(due(tokens, kNow + seconds(one.due_at - 1))) << one.life;
    EXPECT_TRUE(due(tokens, kNow + seconds(one.due_at + 1))) << one.life;
    EXPECT_TRUE(due(tokens, kNow - std::chrono::hours(24))) << "the clock was set back";
  }
}

struct RenewingProviderTest : testing::Test {
  test::TempHome home;
  Places places = Places::from_environment();
  PracticeOAuth2 dhis2;
  TokenStore store{places.store(), places.key()};

  Profile profile(const PracticeOAuth2& server) const {
    Profile made;
    made.name = "me";
    made.url = server.url();
    made.method = &server == &dhis2 ? AuthMethod::oauth2 : AuthMethod::legacy_oauth2;
    made.client_id = server.client_id;
    made.user = "analyste";
    return made;
  }
  Profile profile() const { return profile(dhis2); }
  TokenKey key() const { return {dhis2.url(), "agent", "analyste"}; }

  void sign_in(WallTime issued = kNow, int life = 300) { sign_in(dhis2, issued, life); }
  void sign_in(PracticeOAuth2& server, WallTime issued, int life) {
    const auto [access, refresh] = server.sign_in();
    Tokens tokens;
    tokens.access = Secret(access);
    if (server.gives_refresh) tokens.refresh = Secret(refresh);
    tokens.issued = issued;
    tokens.expires = issued + seconds(life);
    store.put_tokens({server.url(), "agent", "analyste"}, tokens);
  }
  std::unique_ptr<AuthProvider> provider() {
    return oauth2_provider(profile(), Secret(dhis2.client_secret), store);
  }
  static std::string sent(AuthProvider& provider, WallTime now) {
    return provider.headers(now).headers.front().second;
  }
  static std::string refusal_of(AuthProvider& provider, WallTime now) {
    try {
      provider.headers(now);
      return "none";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind, ErrorKind::sign_in_required);
      EXPECT_NE(error.hint.find("profile_login"), std::string::npos) << error.hint;
      return error.what();
    }
  }
};

TEST_F(RenewingProviderTest, AsksForALoginBeforeTheFirst) {
  const auto one = provider();

  EXPECT_FALSE(one->refresh_if_needed(kNow));
  EXPECT_NE(refusal_of(*one, kNow).find("Nobody has signed in"), std::string::npos);
  EXPECT_EQ(dhis2.token_posts(), 0);
}

TEST_F(RenewingProviderTest, UsesATokenUntilItIsDue) {
  sign_in();
  const auto one = provider();

  for (const int age : {0, 100, 239}) {
    EXPECT_TRUE(one->refresh_if_needed(kNow + seconds(age)));
    EXPECT_EQ(sent(*one, kNow + seconds(age)), "Bearer access-1-of-analyste");
  }
  EXPECT_EQ(dhis2.token_posts(), 0);
}

TEST_F(RenewingProviderTest, CommitsTheNewPairBeforeItIsUsed) {
  for (const bool rotates : {false, true}) {
    dhis2.rotates = rotates;
    sign_in();
    const auto one = provider();
    const auto before = store.tokens(key());

    EXPECT_TRUE(one->refresh_if_needed(kNow + seconds(250)));

    const auto kept = store.tokens(key());
    EXPECT_EQ(sent(*one, kNow + seconds(250)), "Bearer " + std::string(kept->access.reveal()));
    EXPECT_GT(kept->generation, before->generation);
    EXPECT_EQ(kept->refresh == before->refresh, !rotates);
    EXPECT_EQ(kept->rotates, rotates);
  }
}

TEST_F(RenewingProviderTest, RenewsOnceForAllItsThreads) {
  sign_in();
  const auto one = provider();
  std::vector<std::jthread> threads;
  threads.reserve(8);
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] { EXPECT_TRUE(one->refresh_if_needed(kNow + seconds(250))); });
  }
  threads.clear();
  EXPECT_EQ(dhis2.token_posts(), 1);
}

TEST_F(RenewingProviderTest, RenewsOnceAfterARefusalAndNoMore) {
  sign_in();
  const auto one = provider();
  const std::uint64_t first = one->headers(kNow).generation;

  EXPECT_TRUE(one->refresh_if_needed(kNow, first));
  EXPECT_TRUE(one->refresh_if_needed(kNow, first)) << "the newer one is worth sending";
  EXPECT_EQ(dhis2.token_posts(), 1);

  EXPECT_FALSE(one->refresh_if_needed(kNow, one->headers(kNow).generation));
  EXPECT_EQ(dhis2.token_posts(), 1) << "a server that refuses each new token is not hammered";
}

TEST_F(RenewingProviderTest, TakesWhatAnotherProcessRenewed) {
  sign_in();
  const auto one = provider();
  TokenStore theirs(places.store(), places.key());
  const auto other = oauth2_provider(profile(), Secret(dhis2.client_secret), theirs);
  one->refresh_if_needed(kNow);

  EXPECT_TRUE(other->refresh_if_needed(kNow + seconds(250)));
  EXPECT_TRUE(one->refresh_if_needed(kNow + seconds(250)));

  EXPECT_EQ(sent(*one, kNow), sent(*other, kNow));
  EXPECT_EQ(dhis2.token_posts(), 1);
}

TEST_F(RenewingProviderTest, NoticesALoginAndALogoutOfOthers) {
  const auto one = provider();
  EXPECT_NE(refusal_of(*one, kNow), "none");
  sign_in();
  EXPECT_EQ(refusal_of(*one, kNow), "none");

  TokenStore(places.store(), places.key()).forget_tokens(key());

  EXPECT_NE(refusal_of(*one, kNow).find("Nobody has signed in"), std::string::npos);
}

TEST_F(RenewingProviderTest, EndsWithAReasonAndKeepsTheRow) {
  sign_in();
  const auto one = provider();
  one->refresh_if_needed(kNow);
  dhis2.forget_refresh_tokens();

  EXPECT_FALSE(one->refresh_if_needed(kNow + seconds(250)));
  EXPECT_FALSE(one->refresh_if_needed(kNow + seconds(251)));

  EXPECT_EQ(dhis2.token_posts(), 1) << "what was refused was sent again";
  EXPECT_NE(refusal_of(*one, kNow).find("forgotten in a restart"), std::string::npos);
  EXPECT_TRUE(store.tokens(key()).has_value());
  sign_in(kNow + seconds(300));
  EXPECT_EQ(refusal_of(*one, kNow + seconds(300)), "none");
}

TEST_F(RenewingProviderTest, KeepsAGoodTokenThroughAFailedRenewal) {
  sign_in();
  const auto one = provider();
  dhis2.misbehaviour = Misbehaviour::unavailable_token;

  for (const int age : {241, 250, 260}) {
    EXPECT_TRUE(one->refresh_if_needed(kNow + seconds(age))) << age;
  }
  EXPECT_EQ(dhis2.token_posts(), 1) << "it was tried again within half a minute";
  EXPECT_THROW(one->refresh_if_needed(kNow + seconds(301)), Error) << "it has expired now";

  dhis2.misbehaviour = Misbehaviour::none;
  EXPECT_TRUE(one->refresh_if_needed(kNow + seconds(340)));
  EXPECT_EQ(refusal_of(*one, kNow + seconds(340)), "none");
}

// The server has done what it was asked, and its answer does not arrive whole.
TEST_F(RenewingProviderTest, AsksAgainWhereARefreshTokenMayBeUsedTwice) {
  sign_in();
  const auto one = provider();
  dhis2.misbehaviour = Misbehaviour::not_json;
  EXPECT_TRUE(one->refresh_if_needed(kNow + seconds(250)));
  dhis2.misbehaviour = Misbehaviour::none;

  EXPECT_TRUE(one->refresh_if_needed(kNow + seconds(285)));

  EXPECT_EQ(dhis2.token_posts(), 2);
  EXPECT_EQ(store.tokens(key())->issued, kNow + seconds(285));
  EXPECT_EQ(refusal_of(*one, kNow + seconds(285)), "none");
}

TEST_F(RenewingProviderTest, AsksOnceMoreAfterALostAnswerOfARotatingServerAndSaysWhy) {
  dhis2.rotates = true;
  sign_in();
  const auto one = provider();
  ASSERT_TRUE(one->refresh_if_needed(kNow + seconds(250)));
  dhis2.misbehaviour = Misbehaviour::not_json;
  const std::string good = sent(*one, kNow + seconds(250));
  for (const int age : {500, 535, 549}) {
    EXPECT_TRUE(one->refresh_if_needed(kNow + seconds(age)));
    EXPECT_EQ(sent(*one, kNow + seconds(age)), good) << "what is still good is used to its end";
  }
  EXPECT_EQ(dhis2.token_posts(), 2);
  dhis2.misbehaviour = Misbehaviour::none;

  for (const int age : {551, 552, 600}) {
    EXPECT_FALSE(one->refresh_if_needed(kNow + seconds(age)));
    EXPECT_NE(refusal_of(*one, kNow + seconds(age)).find("lost on the way"), std::string::npos);
  }
  EXPECT_EQ(dhis2.token_posts(), 3);
  EXPECT_TRUE(store.tokens(key()).has_value());
}

TEST_F(RenewingProviderTest, GoesOnWhereARotatingServerDidNotSeeThePost) {
  dhis2.rotates = true;
  sign_in();
  const auto one = provider();
  ASSERT_TRUE(one->refresh_if_needed(kNow + seconds(250)));
  dhis2.rotates = false;  // what it gets now leaves no trace
  dhis2.misbehaviour = Misbehaviour::not_json;
  EXPECT_TRUE(one->refresh_if_needed(kNow + seconds(500)));
  dhis2.misbehaviour = Misbehaviour::none;

  EXPECT_TRUE(one->refresh_if_needed(kNow + seconds(560)));

  EXPECT_EQ(refusal_of(*one, kNow + seconds(560)), "none");
  EXPECT_EQ(store.tokens(key())->issued, kNow + seconds(560));
}

TEST_F(RenewingProviderTest, RenewsOnceWhenTheClockJumps) {
  for (const auto jump : {std::chrono::hours(24), std::chrono::hours(-24)}) {
    sign_in();
    const int before = dhis2.token_posts();
    const auto one = provider();
    for (int i = 0; i < 5; ++i) {
      EXPECT_TRUE(one->refresh_if_needed(kNow + jump + seconds(i)));
    }
    EXPECT_EQ(dhis2.token_posts(), before + 1);
  }
}

TEST_F(RenewingProviderTest, SaysThatAPublicClientCannotRenew) {
  dhis2.gives_refresh = false;
  sign_in();
  const auto one = provider();

  EXPECT_TRUE(one->refresh_if_needed(kNow + seconds(290)));
  EXPECT_EQ(refusal_of(*one, kNow + seconds(290)), "none");
  EXPECT_NE(refusal_of(*one, kNow + seconds(301)).find("no refresh token"), std::string::npos);
  EXPECT_EQ(dhis2.token_posts(), 0);
}

TEST_F(RenewingProviderTest, GoesOnAfterARestartOfTheServer) {
  sign_in(std::chrono::system_clock::now());
  const auto client = connect(profile(), Secret(dhis2.client_secret), &store);
  EXPECT_EQ(client->whoami({}).username, "analyste");
  dhis2.restart();

  EXPECT_EQ(client->get("/api/me", {}, {})["username"], "analyste");

  EXPECT_EQ(dhis2.token_posts(), 1) << "access tokens die, refresh tokens live";
}

TEST_F(RenewingProviderTest, ExplainsARestartThatEndedEverything) {
  sign_in(std::chrono::system_clock::now());
  const auto client = connect(profile(), Secret(dhis2.client_secret), &store);
  client->whoami({});
  dhis2.restart();
  dhis2.forget_refresh_tokens();
  for (int i = 0; i < 3; ++i) {
    try {
      client->get("/api/me", {}, {});
      FAIL() << "a dead token was taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind, ErrorKind::sign_in_required);
      EXPECT_NE(std::string(error.what() + error.hint).find("restart"), std::string::npos)
          << error.what() << error.hint;
    }
  }
  EXPECT_EQ(dhis2.token_posts(), 1);
}

TEST_F(RenewingProviderTest, RenewsTokensOfTheOldServersToo) {
  for (const char* version : {"2.37.9", "2.40.3", "2.41.2"}) {
    PracticeOAuth2 old(version);
    sign_in(old, std::chrono::system_clock::now() - std::chrono::hours(11), 43'199);
    const auto client = connect(profile(old), Secret(old.client_secret), &store);

    EXPECT_EQ(client->whoami({}).username, "analyste") << version;
    EXPECT_EQ(old.token_posts(), 1) << version;
  }
}

TEST_F(RenewingProviderTest, SendsOneRequestForACallOnceSignedIn) {
  sign_in(std::chrono::system_clock::now());
  const auto client = connect(profile(), Secret(dhis2.client_secret), &store);
  client->whoami({});
  dhis2.http.forget();

  client->get("/api/me", {}, {});

  EXPECT_EQ(dhis2.http.seen().size(), 1U);
}

}  // namespace
}  // namespace dhis2mcp
