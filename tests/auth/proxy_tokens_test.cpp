// SPDX-License-Identifier: BSD-3-Clause
// What the store keeps of the proxy's tokens: enough to know one, not enough to be one.
#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "auth/places.h"
#include "auth/text_codes.h"
#include "auth/token_store.h"
#include "tests/support/temp_home.h"

namespace dhis2mcp {
namespace {

const std::string kApp = "https://app.example.org", kOther = "http://localhost:5173";

struct ProxyTokensTest : testing::Test {
  test::TempHome home;
  Places places = Places::from_environment();

  TokenStore opened() const { return TokenStore(places.store(), places.key()); }
};

TEST_F(ProxyTokensTest, AreKnownByTheirHashesInAnyProcess) {
  const Secret first = opened().new_proxy_token(kOther);
  const Secret second = opened().new_proxy_token(kApp);

  const std::vector<ProxyToken> kept = opened().proxy_tokens();
  ASSERT_EQ(kept.size(), 2U);
  EXPECT_EQ(kept[0].origin, kOther);
  EXPECT_EQ(kept[0].hash, sha256(first.reveal()));
  EXPECT_EQ(kept[1].origin, kApp);
  EXPECT_EQ(kept[1].hash, sha256(second.reveal()));
  EXPECT_EQ(first.reveal().size(), 43U);
  EXPECT_FALSE(first == second);
}

TEST_F(ProxyTokensTest, TakeThePlaceOfTheOneBefore) {
  TokenStore store = opened();
  const Secret before = store.new_proxy_token(kApp);
  const Secret other = store.new_proxy_token(kOther);
  const Secret now = store.new_proxy_token(kApp);

  const std::vector<ProxyToken> kept = store.proxy_tokens();
  ASSERT_EQ(kept.size(), 2U);
  EXPECT_EQ(kept[0].hash, sha256(other.reveal()));
  EXPECT_EQ(kept[1].hash, sha256(now.reveal()));
  EXPECT_FALSE(before == now);
}

TEST_F(ProxyTokensTest, AreInNoFile) {
  TokenStore store = opened();
  const Secret token = store.new_proxy_token(kApp);
  std::ostringstream all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(home.path())) {
    if (entry.is_regular_file()) all << std::ifstream(entry.path(), std::ios::binary).rdbuf();
  }

  EXPECT_NE(all.str().find(kApp), std::string::npos) << "the files were not read";
  EXPECT_EQ(all.str().find(token.reveal()), std::string::npos);
}

TEST_F(ProxyTokensTest, NeedNoKeyAndNoFileUntilOneIsMade) {
  EXPECT_TRUE(opened().proxy_tokens().empty());
  EXPECT_TRUE(std::filesystem::is_empty(home.path()));
  opened().new_proxy_token(kApp);
  EXPECT_FALSE(std::filesystem::exists(places.key()));
}

TEST_F(ProxyTokensTest, HaveAPlaceInAnOlderStore) {
  opened().put_secret("demo", "password", Secret("a"));
  {
    SQLite::Database raw(places.store().string(), SQLite::OPEN_READWRITE, 5'000);
    raw.exec("DROP TABLE proxy_tokens");
    raw.exec("PRAGMA user_version = 2");
  }
  opened().new_proxy_token(kApp);

  EXPECT_EQ(opened().proxy_tokens().size(), 1U);
  EXPECT_EQ(opened().secret("demo", "password"), Secret("a"));
}

}  // namespace
}  // namespace dhis2mcp
