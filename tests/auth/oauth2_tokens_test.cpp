// SPDX-License-Identifier: BSD-3-Clause
// Rows of OAuth2 tokens: whose they are, what a thief reads, and where they go when the disk is
// full.
#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <sstream>

#include "auth/places.h"
#include "auth/token_store.h"
#include "dhis2/error.h"
#include "tests/auth/processes.h"
#include "tests/support/temp_home.h"

namespace dhis2mcp {
namespace {

using Wall = std::chrono::system_clock::time_point;

const Wall kNow{std::chrono::seconds(1'800'000'000)};

Tokens tokens(const std::string& access) {
  Tokens made;
  made.access = Secret(access);
  made.refresh = Secret("refresh-of-" + access);
  made.issuer = "https://h/";
  made.scope = "openid username";
  made.issued = kNow;
  made.expires = kNow + std::chrono::seconds(300);
  return made;
}

struct OAuth2TokensTest : testing::Test {
  test::TempHome home;
  Places places = Places::from_environment();
  const TokenKey key{"https://h/dhis", "agent", "analyste"};

  TokenStore opened() const { return {places.store(), places.key()}; }
  void keep(const TokenKey& whose, const std::string& access) const {
    Tokens made = tokens(access);
    TokenStore store = opened();
    EXPECT_TRUE(store.put_tokens(whose, made));
  }
  std::string access_of(const TokenKey& whose) const {
    const auto found = opened().tokens(whose);
    return found ? std::string(found->access.reveal()) : "none";
  }
};

TEST_F(OAuth2TokensTest, KeepsEveryMember) {
  Tokens made = tokens("a");
  made.rotates = true;
  made.ended = "withdrawn";
  opened().put_tokens(key, made);

  const Tokens found = opened().tokens(key).value();

  EXPECT_EQ(found.access, Secret("a"));
  EXPECT_EQ(found.refresh, Secret("refresh-of-a"));
  EXPECT_EQ(found.issuer, "https://h/");
  EXPECT_EQ(found.scope, "openid username");
  EXPECT_EQ(found.issued, kNow);
  EXPECT_EQ(found.expires, kNow + std::chrono::seconds(300));
  EXPECT_EQ(found.generation, made.generation);
  EXPECT_TRUE(found.rotates);
  EXPECT_EQ(found.ended, "withdrawn");
}

TEST_F(OAuth2TokensTest, NeverMixesTwoKeys) {
  // The first two are one text when written as base_url:client_id; the last two one client.
  const TokenKey keys[] = {
      {"https://h", "8080:x", "a"}, {"https://h:8080", "x", "a"}, {"https://h:8080", "x", "b"}};
  for (const TokenKey& one : keys) keep(one, one.base_url + one.client_id + one.account);

  EXPECT_EQ(keys[0].display(), "https://h:8080:x");
  EXPECT_EQ(keys[0].display(), keys[1].display());
  for (const TokenKey& one : keys) {
    EXPECT_EQ(access_of(one), one.base_url + one.client_id + one.account);
  }
  TokenStore store = opened();
  store.forget_tokens(keys[1]);
  EXPECT_EQ(store.token_keys().size(), 2U);
  EXPECT_EQ(access_of(keys[1]), "none");
  EXPECT_EQ(access_of(keys[2]), "https://h:8080xb");
}

TEST_F(OAuth2TokensTest, CountsGenerationsOverALogout) {
  TokenStore store = opened();
  Tokens made = tokens("a");
  store.put_tokens(key, made);
  const std::uint64_t first = made.generation;
  store.put_tokens(key, made);
  EXPECT_GT(made.generation, first);
  store.forget_tokens(key);

  Tokens later = tokens("b");
  later.issued += std::chrono::seconds(1);
  store.put_tokens(key, later);

  EXPECT_GT(later.generation, made.generation);
}

TEST_F(OAuth2TokensTest, LeavesNoReadableTokenInAnyFile) {
  keep(key, "canary-one");
  keep(key, "canary-two");

  std::ostringstream all;
  for (const auto& entry : std::filesystem::directory_iterator(places.data)) {
    all << std::ifstream(entry.path(), std::ios::binary).rdbuf();
  }
  EXPECT_EQ(all.str().find("canary"), std::string::npos);
}

TEST_F(OAuth2TokensTest, ReportsAnAlteredRowAndKeepsIt) {
  keep(key, "a");
  {
    SQLite::Database raw(places.store().string(), SQLite::OPEN_READWRITE, 5'000);
    raw.exec("UPDATE oauth2_tokens SET access = refresh");
  }
  EXPECT_THROW(opened().tokens(key), ConfigurationError);
  EXPECT_EQ(opened().token_keys().size(), 1U);

  keep(key, "b");
  EXPECT_EQ(access_of(key), "b");
}

TEST_F(OAuth2TokensTest, BringsAnOlderStoreUpToDate) {
  opened().put_secret("demo", "password", Secret("a"));
  {
    SQLite::Database raw(places.store().string(), SQLite::OPEN_READWRITE, 5'000);
    raw.exec("DROP TABLE oauth2_tokens");
    raw.exec("DROP TABLE proxy_tokens");
    raw.exec("PRAGMA user_version = 1");
  }
  keep(key, "a");

  EXPECT_EQ(access_of(key), "a");
  EXPECT_EQ(opened().secret("demo", "password"), Secret("a"));
}

TEST_F(OAuth2TokensTest, StaysInMemoryWhileTheDiskIsFull) {
  keep(key, "a");
  const pid_t child = test::in_process([&] {
    const auto demand = [](bool held) {
      if (!held) throw std::runtime_error("not so");
    };
    TokenStore store = opened();
    demand(store.tokens(key).has_value());
    signal(SIGXFSZ, SIG_IGN);
    const rlimit none{1, RLIM_INFINITY};
    setrlimit(RLIMIT_FSIZE, &none);
    Tokens fresh = tokens("b");
    demand(!store.put_tokens(key, fresh));
    demand(store.tokens(key)->access == Secret("b"));
    demand(store.warning().find("in memory only") != std::string::npos);
    // Room again: the next write takes it.
    const rlimit all{RLIM_INFINITY, RLIM_INFINITY};
    setrlimit(RLIMIT_FSIZE, &all);
    demand(store.put_tokens(key, fresh));
    demand(store.warning().empty());
  });
  EXPECT_TRUE(test::all_ended_well({child}));
  EXPECT_EQ(access_of(key), "b");
}

TEST_F(OAuth2TokensTest, ReadsWhatIsOnAReadOnlyDisk) {
  keep(key, "a");
  if (mount(places.data.c_str(), places.data.c_str(), nullptr, MS_BIND, nullptr) != 0) {
    GTEST_SKIP() << "this user may not mount";
  }
  ASSERT_EQ(mount(nullptr, places.data.c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr),
            0);
  std::string seen, warning;
  bool kept = true;
  TokenStore store = opened();
  try {
    const auto found = store.tokens(key);
    seen = found ? std::string(found->access.reveal()) : "none";
    Tokens fresh = tokens("b");
    kept = store.put_tokens(key, fresh);
    warning = store.warning();
    EXPECT_EQ(store.tokens(key)->access, Secret("b"));
  } catch (const std::exception& error) {
    ADD_FAILURE() << error.what();
  }
  umount2(places.data.c_str(), MNT_DETACH);
  EXPECT_EQ(seen, "a");
  EXPECT_FALSE(kept);
  EXPECT_FALSE(warning.empty());
  // The disk may be written again.
  Tokens fresh = tokens("c");
  EXPECT_TRUE(store.put_tokens(key, fresh));
  EXPECT_EQ(access_of(key), "c");
}

TEST_F(OAuth2TokensTest, StaysInMemoryWhileAnotherProgramHoldsTheFile) {
  keep(key, "a");
  TokenStore store(places.store(), places.key(), std::chrono::milliseconds(10));
  SQLite::Database other(places.store().string(), SQLite::OPEN_READWRITE);
  other.exec("BEGIN IMMEDIATE");

  Tokens fresh = tokens("b");
  EXPECT_FALSE(store.put_tokens(key, fresh));
  EXPECT_EQ(store.tokens(key)->access, Secret("b"));

  other.exec("ROLLBACK");
  EXPECT_TRUE(store.put_tokens(key, fresh));
  EXPECT_EQ(access_of(key), "b");
}

TEST_F(OAuth2TokensTest, InMemoryGiveWayToALoginOrLogoutOfAnother) {
  const auto held_then = [&](const std::function<void()>& meanwhile) {
    keep(key, "a");
    TokenStore store(places.store(), places.key(), std::chrono::milliseconds(10));
    SQLite::Database other(places.store().string(), SQLite::OPEN_READWRITE);
    other.exec("BEGIN IMMEDIATE");
    Tokens fresh = tokens("b");
    EXPECT_FALSE(store.put_tokens(key, fresh));
    other.exec("ROLLBACK");
    meanwhile();
    const auto found = store.tokens(key);
    return found ? std::string(found->access.reveal()) : "none";
  };
  EXPECT_EQ(held_then([&] { keep(key, "c"); }), "c");
  EXPECT_EQ(held_then([&] { opened().forget_tokens(key); }), "none");
  EXPECT_EQ(held_then([] {}), "b");
  // Another that tried the token of the row, which this one has used up.
  EXPECT_EQ(held_then([&] {
              Tokens ended = tokens("a");
              ended.ended = "refused";
              opened().put_tokens(key, ended);
            }),
            "b");
}

}  // namespace
}  // namespace dhis2mcp
