// SPDX-License-Identifier: BSD-3-Clause
// Logins in one process: begun at once, finished by a browser or a pasted address, never mixed.
#include "auth/login.h"

#include <gtest/gtest.h>
#include <httplib.h>

#include <deque>
#include <thread>

#include "auth/connections.h"
#include "auth/places.h"
#include "tests/support/practice_oauth2.h"
#include "tests/support/temp_home.h"

namespace dhis2mcp {
namespace {

using test::PracticeOAuth2;

struct LoginTest : testing::Test {
  test::TempHome home;
  Places places = Places::from_environment();
  PracticeOAuth2 dhis2;
  TokenStore store{places.store(), places.key()};
  Logins logins{places.profiles(), store};

  Profile saved(const std::string& name, const PracticeOAuth2& server, bool legacy = false) const {
    Profile profile;
    profile.name = name;
    profile.url = server.url();
    profile.method = legacy ? AuthMethod::legacy_oauth2 : AuthMethod::oauth2;
    profile.client_id = "agent";
    Profiles::edit(places.profiles(), [&](Profiles& profiles) { profiles.put(profile); });
    return profile;
  }
  Secret client_secret() const { return Secret(dhis2.client_secret); }
  LoginStatus wait(const std::string& name) const {
    return logins.wait(name, {.stop = {}, .budget = std::chrono::seconds(5)});
  }
  // What a browser does with a redirect.
  static httplib::Result visit(const std::string& address, const httplib::Headers& headers = {}) {
    const std::size_t path = address.find('/', 7);
    httplib::Client browser(address.substr(0, path));
    return browser.Get(address.substr(path), headers);
  }
};

TEST_F(LoginTest, ReturnsAtOnceAndIsDoneWhenTheBrowserComesBack) {
  const Profile profile = saved("me", dhis2);
  EXPECT_EQ(logins.status("me").stage, LoginStage::none);

  const LoginStatus begun = logins.begin(profile, client_secret(), {});
  ASSERT_EQ(begun.stage, LoginStage::pending);
  const auto page = visit(dhis2.approve(begun.url));

  ASSERT_TRUE(page);
  EXPECT_EQ(page->status, 200);
  EXPECT_NE(page->body.find("Signed in"), std::string::npos);
  const LoginStatus ended = wait("me");
  EXPECT_EQ(ended.stage, LoginStage::done);
  EXPECT_EQ(ended.account, "analyste");
  EXPECT_EQ(Profiles::load(places.profiles()).find("me")->user, "analyste");
  EXPECT_TRUE(store.tokens({dhis2.url(), "agent", "analyste"}).has_value());
}

TEST_F(LoginTest, EndsWhenThePersonRefuses) {
  const LoginStatus begun = logins.begin(saved("me", dhis2), client_secret(), {});

  const auto page = visit(PracticeOAuth2::deny(begun.url));

  ASSERT_TRUE(page);
  EXPECT_EQ(page->body.find("Signed in"), std::string::npos) << page->body;
  const LoginStatus ended = wait("me");
  ASSERT_EQ(ended.stage, LoginStage::failed);
  EXPECT_EQ(ended.failure->kind, ErrorKind::sign_in_required) << ended.failure->what();
  EXPECT_EQ(dhis2.token_posts(), 0);
  EXPECT_FALSE(store.tokens({dhis2.url(), "agent", "analyste"}).has_value());
}

TEST_F(LoginTest, ShowsAPlainPageThatRepeatsNothing) {
  const LoginStatus begun = logins.begin(saved("me", dhis2), client_secret(), {});
  const std::string target = dhis2.approve(begun.url);
  const std::string here = target.substr(0, target.find('?'));

  const auto wrong = visit(here + "?state=%3Cscript%3Ealert(1)%3C%2Fscript%3E&error=canary");
  EXPECT_EQ(wrong->status, 400);
  EXPECT_EQ(wrong->body.find("script"), std::string::npos);
  EXPECT_EQ(wrong->body.find("canary"), std::string::npos);
  EXPECT_EQ(wrong->get_header_value("Cache-Control"), "no-store");
  EXPECT_EQ(wrong->get_header_value("Referrer-Policy"), "no-referrer");
  EXPECT_NE(wrong->get_header_value("Content-Security-Policy").find("default-src 'none'"),
            std::string::npos);
  EXPECT_EQ(visit(here)->status, 404);
  EXPECT_EQ(visit(here + "/more?state=x")->status, 404);
  EXPECT_EQ(visit(target, {{"Host", "evil.example.org"}})->status, 403);
  EXPECT_EQ(logins.status("me").stage, LoginStage::pending);
  EXPECT_EQ(dhis2.token_posts(), 0);

  EXPECT_EQ(visit(target)->status, 200);
  EXPECT_EQ(wait("me").stage, LoginStage::done);
  EXPECT_FALSE(visit(target)) << "it listens on after the login";
}

TEST(LoopbackReceiver, HoldsABrowserThatIsBackBeforeAnybodyWaits) {
  const auto receiver = loopback_receiver(0);
  const std::string uri = receiver->redirect_uri();
  httplib::Result page;
  std::jthread browser([&] {
    httplib::Client client(uri.substr(0, uri.find("/callback")));
    page = client.Get("/callback?state=x");
  });
  std::this_thread::yield();
  const bool done = receiver->receive(
      [](const Query& parameters) -> ReceiverReply {
        return {true, *parameters.find("state") == "x", "Thank you."};
      },
      std::chrono::steady_clock::now() + std::chrono::seconds(5), {});
  browser.join();

  EXPECT_TRUE(done);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->status, 200);
}

TEST_F(LoginTest, GivesThePendingLoginToWhoeverAsksAgain) {
  const Profile profile = saved("me", dhis2);

  const LoginStatus first = logins.begin(profile, client_secret(), {});
  const LoginStatus second = logins.begin(profile, client_secret(), {});

  EXPECT_EQ(first.url, second.url);
  EXPECT_EQ(first.id, second.id);
}

TEST_F(LoginTest, NeverMixesLoginsThatRunAtOnce) {
  PracticeOAuth2 other;
  const LoginStatus one = logins.begin(saved("one", dhis2), client_secret(), {});
  const LoginStatus two = logins.begin(saved("two", other), client_secret(), {});
  const std::string to_one = dhis2.approve(one.url, "analyste");
  const std::string to_two = other.approve(two.url, "admin");
  const std::string host_of_two = to_two.substr(0, to_two.find('?'));

  EXPECT_EQ(visit(host_of_two + to_one.substr(to_one.find('?')))->status, 400);
  EXPECT_EQ(visit(to_two)->status, 200);
  EXPECT_EQ(visit(to_one)->status, 200);

  EXPECT_EQ(wait("one").account, "analyste");
  EXPECT_EQ(wait("two").account, "admin");
}

TEST_F(LoginTest, RefusesAnotherAccountThanTheProfiles) {
  Profile profile = saved("me", dhis2);
  profile.user = "admin";

  const LoginStatus begun = logins.begin(profile, client_secret(), {});
  EXPECT_EQ(visit(dhis2.approve(begun.url, "analyste"))->status, 400);

  const LoginStatus ended = wait("me");
  ASSERT_EQ(ended.stage, LoginStage::failed);
  EXPECT_NE(std::string(ended.failure->what()).find("is for admin"), std::string::npos);
  EXPECT_TRUE(store.token_keys().empty());
}

TEST_F(LoginTest, EndsWhenNobodyComesOrItIsCancelled) {
  const Profile profile = saved("me", dhis2);
  LoginWish wish;
  wish.patience = std::chrono::seconds(0);
  logins.begin(profile, client_secret(), {}, wish);
  const LoginStatus ended = wait("me");
  EXPECT_EQ(ended.stage, LoginStage::failed);
  EXPECT_NE(ended.failure->hint.find("--paste"), std::string::npos);

  logins.begin(profile, client_secret(), {});
  logins.cancel("me");
  EXPECT_EQ(logins.status("me").stage, LoginStage::none);
}

TEST_F(LoginTest, ReadsAPastedAddressAndStillChecksTheState) {
  const Profile profile = saved("me", dhis2);
  std::deque<std::string> lines;
  std::vector<std::string> said;
  LoginWish wish;
  std::mutex mutex;
  std::condition_variable ready;
  wish.receiver = [&](int port) {
    return paste_receiver(
        port,
        [&](auto) -> std::optional<std::string> {
          std::unique_lock lock(mutex);
          ready.wait(lock, [&] { return !lines.empty(); });
          std::string line = lines.front();
          lines.pop_front();
          return line;
        },
        [&](const std::string& words) { said.push_back(words); });
  };
  const LoginStatus begun = logins.begin(profile, client_secret(), {}, wish);
  const std::string target = dhis2.approve(begun.url);
  EXPECT_EQ(target.substr(0, 22), "http://127.0.0.1:3449/");
  {
    const std::lock_guard lock(mutex);
    lines = {"hello", "http://127.0.0.1:3449/callback?code=x&state=wrong", "?%zz",
             "  " + target + "  "};
  }
  ready.notify_all();

  EXPECT_EQ(wait("me").stage, LoginStage::done);
  EXPECT_EQ(said.size(), 4U);
  EXPECT_EQ(dhis2.token_posts(), 1);
}

TEST_F(LoginTest, UsesTheFixedPortOfAnOldServersClient) {
  PracticeOAuth2 old("2.40.3");
  Profile profile = saved("old", old, true);
  // Any free port, found by somebody who lets it go again.
  profile.redirect_port = [] {
    const auto finder = loopback_receiver(0);
    const std::string uri = finder->redirect_uri();
    return std::stoi(uri.substr(17));
  }();
  const LoginStatus begun = logins.begin(profile, client_secret(), {});
  const std::string target = old.approve(begun.url);
  EXPECT_NE(target.find(":" + std::to_string(profile.redirect_port) + "/callback"),
            std::string::npos);

  Profile other = saved("other", old, true);
  other.redirect_port = profile.redirect_port;
  EXPECT_THROW(logins.begin(other, client_secret(), {}), ConfigurationError) << "the port is taken";

  EXPECT_EQ(visit(target)->status, 200);
  EXPECT_EQ(wait("old").account, "analyste");
}

TEST_F(LoginTest, UsesThePasswordGrantOnlyWhereTheProfileSaysSo) {
  PracticeOAuth2 old("2.41.2");
  Profile profile = saved("old", old, true);
  profile.password_grant = true;
  profile.user = "admin";
  store.put_secret("old", "password", Secret("district"));

  EXPECT_EQ(logins.begin(profile, client_secret(), {}).stage, LoginStage::done);
  EXPECT_TRUE(store.tokens({old.url(), "agent", "admin"}).has_value());

  store.put_secret("old", "password", Secret("wrong"));
  EXPECT_THROW(logins.begin(profile, client_secret(), {}), Error);
  profile.url = "http://dhis2.example.org";
  profile.insecure_http = true;
  try {
    logins.begin(profile, client_secret(), {});
    FAIL() << "a password went over plain http";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::refused);
  }
}

TEST_F(LoginTest, LogsOutAtTheServerAndHere) {
  const Profile profile = saved("me", dhis2);
  const LoginStatus begun = logins.begin(profile, client_secret(), {});
  visit(dhis2.approve(begun.url));
  wait("me");
  const Profile signed_in = *Profiles::load(places.profiles()).find("me");
  const TokenKey key{dhis2.url(), "agent", "analyste"};
  const std::string refresh(store.tokens(key)->refresh.reveal());

  const Logout out = log_out(signed_in, client_secret(), store, {});

  EXPECT_TRUE(out.had_tokens);
  EXPECT_TRUE(out.revoked);
  EXPECT_TRUE(dhis2.revoked(refresh));
  EXPECT_FALSE(store.tokens(key).has_value());
  EXPECT_FALSE(log_out(signed_in, client_secret(), store, {}).had_tokens);
}

TEST_F(LoginTest, ForgetsEvenWhenTheServerIsAway) {
  Profile profile = saved("me", dhis2);
  profile.user = "analyste";
  profile.url = "http://127.0.0.1:9";
  Tokens tokens;
  tokens.access = Secret("a");
  tokens.refresh = Secret("r");
  store.put_tokens({profile.url, "agent", "analyste"}, tokens);

  const Logout out = log_out(profile, client_secret(), store, {});

  EXPECT_TRUE(out.had_tokens);
  EXPECT_FALSE(out.revoked);
  EXPECT_TRUE(store.token_keys().empty());
}

TEST_F(LoginTest, FindsTheLoginThroughTheConnectionsOfAServerThatRuns) {
  saved("me", dhis2);
  store.put_secret("me", "client_secret", client_secret());
  Connections connections(places, {}, std::nullopt);
  EXPECT_THROW(connections.client("me")->get("/api/me", {}, {}), Error);
  EXPECT_EQ(dhis2.token_posts(), 0) << "a data tool began a login";
  const auto [profile, secret] = connections.credential("me");
  const LoginStatus begun = connections.logins().begin(profile, secret, {});
  visit(dhis2.approve(begun.url));
  connections.logins().wait("me", {.stop = {}, .budget = std::chrono::seconds(5)});

  EXPECT_EQ(connections.client("me")->whoami({}).username, "analyste");
}

}  // namespace
}  // namespace dhis2mcp
