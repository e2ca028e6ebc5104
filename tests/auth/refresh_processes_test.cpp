// SPDX-License-Identifier: BSD-3-Clause
// Many processes, one store: no post too many, no session lost, and sudden death in between.
#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <list>
#include <memory>

#include "auth/places.h"
#include "auth/token_store.h"
#include "tests/support/practice_oauth2.h"
#include "tests/support/program.h"
#include "tests/support/temp_home.h"

namespace dhis2mcp {
namespace {

constexpr std::int64_t kStart = 1'800'000'000;
constexpr int kProcesses = 8;

// DHIS2_MCP_EXPIRIES and DHIS2_MCP_KILLS ask for more than a run of the suite has time for;
// tests/auth/full_counts does.
int count_of(const char* variable, int usual) {
  const char* const said = std::getenv(variable);
  return said == nullptr ? usual : std::atoi(said);
}

struct RefreshProcesses : testing::Test {
  test::TempHome home;
  Places places = Places::from_environment();
  test::PracticeOAuth2 dhis2;
  TokenStore store{places.store(), places.key()};

  RefreshProcesses() {
    const auto [access, refresh] = dhis2.sign_in();
    Tokens tokens;
    tokens.access = Secret(access);
    tokens.refresh = Secret(refresh);
    tokens.issued = WallTime(std::chrono::seconds(kStart));
    tokens.expires = tokens.issued + std::chrono::seconds(300);
    store.put_tokens(key(), tokens);
  }
  using WallTime = std::chrono::system_clock::time_point;

  TokenKey key() const { return {dhis2.url(), "agent", "analyste"}; }
  std::unique_ptr<test::Program> start() const {
    return std::make_unique<test::Program>(
        AUTH_REFRESHER, std::vector<std::string>{dhis2.url(), dhis2.client_secret});
  }
};

TEST_F(RefreshProcesses, EachExpiryCostsOnePost) {
  dhis2.rotates = true;
  const int expiries = count_of("DHIS2_MCP_EXPIRIES", 10);
  std::list<std::unique_ptr<test::Program>> users;
  for (int i = 0; i < kProcesses; ++i) users.push_back(start());
  for (int round = 1; round <= expiries; ++round) {
    const std::string now = std::to_string(kStart + round * 300) + "\n";
    for (auto& user : users) ASSERT_TRUE(user->write(now));
    std::string first;
    for (auto& user : users) {
      const auto line = user->line();
      ASSERT_TRUE(line.has_value());
      ASSERT_EQ(line->substr(0, 5), "good ") << *line;
      if (first.empty()) first = *line;
      ASSERT_EQ(*line, first) << "two of them use different tokens";
    }
  }
  EXPECT_EQ(dhis2.token_posts(), expiries);
  EXPECT_TRUE(store.tokens(key())->ended.empty());
}

TEST_F(RefreshProcesses, AKillCostsOnePostAtMostAndLosesNothing) {
  const int kills = count_of("DHIS2_MCP_KILLS", 24);
  int acknowledged = 0;
  std::uint64_t newest = 0;
  std::int64_t now = kStart;
  for (int killed = 0; killed < kills; ++killed) {
    const auto user = start();
    // Some are killed at once, some while they renew, some right after.
    for (int round = 0; round <= killed % 3; ++round) {
      now += 300;
      ASSERT_TRUE(user->write(std::to_string(now) + "\n"));
      if (round == killed % 3) break;
      const auto line = user->line();
      ASSERT_TRUE(line.has_value() && line->substr(0, 5) == "good ") << line.value_or("nothing");
      ++acknowledged;
      newest = std::stoull(line->substr(5));
    }
    const auto heard = user->line(std::chrono::milliseconds(killed % 12));
    user->send_signal(SIGKILL);
    if (heard) {
      ++acknowledged;
      newest = std::stoull(heard->substr(5));
    }
    const auto kept = TokenStore(places.store(), places.key()).tokens(key());
    ASSERT_TRUE(kept.has_value());
    ASSERT_GE(kept->generation, newest) << "an acknowledged token was lost";
    ASSERT_TRUE(kept->ended.empty()) << kept->ended;
  }
  EXPECT_LE(dhis2.token_posts(), acknowledged + kills);
  SQLite::Database raw(places.store().string(), SQLite::OPEN_READWRITE, 5'000);
  EXPECT_EQ(raw.execAndGet("PRAGMA integrity_check").getString(), "ok");
}

}  // namespace
}  // namespace dhis2mcp
