// SPDX-License-Identifier: BSD-3-Clause
// Origins as browsers write them, and their tokens.
#include "server/proxy_origins.h"

#include <gtest/gtest.h>

#include "auth/places.h"
#include "auth/text_codes.h"
#include "dhis2/error.h"
#include "tests/support/temp_home.h"

namespace dhis2mcp {
namespace {

TEST(WebOrigin, TakesWhatBrowsersWrite) {
  for (const char* origin : {"https://app.example.org", "http://localhost:5173",
                             "http://127.0.0.1:8000", "https://h:8443", "http://[::1]:3000"}) {
    EXPECT_EQ(web_origin(origin), origin);
  }
}

TEST(WebOrigin, SaysHowItIsWritten) {
  const std::pair<const char*, const char*> cases[] = {
      {"https://app.example.org/", "https://app.example.org"},
      {"https://App.Example.org", "https://app.example.org"},
      {"https://app.example.org:443", "https://app.example.org"},
      {"http://localhost:80", "http://localhost"},
      {"https://app.example.org/page", "https://app.example.org"},
      {"*", "scheme, host"},
      {"null", "scheme, host"},
      {"", "scheme, host"},
      {"app.example.org", "scheme, host"},
      {"https://*.example.org", "scheme, host"},
      {"https://user@app.example.org", "scheme, host"},
      {"https://app.example.org?x", "scheme, host"},
      {"file:///home/me/page.html", "scheme, host"},
      {"https://a https://b", "scheme, host"},
      {"https://a\r\nX: y", "scheme, host"},
  };
  for (const auto& [text, advice] : cases) {
    try {
      web_origin(text);
      ADD_FAILURE() << text << " passed";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind, ErrorKind::bad_input);
      EXPECT_NE(error.hint.find(advice), std::string::npos) << text << ": " << error.hint;
    }
  }
}

struct OriginTokensTest : testing::Test {
  test::TempHome home;
  Places places = Places::from_environment();
  TokenStore store{places.store(), places.key()};
};

TEST_F(OriginTokensTest, AreShownWhenTheyAreMade) {
  const OriginTokens first = origin_tokens(store, {"https://b", "https://a", "https://b"}, {});
  ASSERT_EQ(first.all.size(), 2U);
  EXPECT_EQ(first.all[0].origin, "https://b");
  ASSERT_EQ(first.made.size(), 2U);
  EXPECT_EQ(first.all[0].hash, sha256(first.made[0].second.reveal()));

  const OriginTokens again = origin_tokens(store, {"https://a", "https://c"}, {});
  ASSERT_EQ(again.made.size(), 1U);
  EXPECT_EQ(again.made[0].first, "https://c");
  EXPECT_EQ(again.all[0].hash, first.all[1].hash);
}

TEST_F(OriginTokensTest, AreReplacedWhereThatIsWanted) {
  const OriginTokens first = origin_tokens(store, {"https://a", "https://b"}, {});
  const OriginTokens second = origin_tokens(store, {"https://a", "https://b"}, {"https://b"});
  ASSERT_EQ(second.made.size(), 1U);
  EXPECT_EQ(second.made[0].first, "https://b");
  EXPECT_EQ(second.all[0].hash, first.all[0].hash);
  EXPECT_NE(second.all[1].hash, first.all[1].hash);
}

TEST_F(OriginTokensTest, OfOriginsThatAreNotServedAreNotMade) {
  EXPECT_THROW(origin_tokens(store, {"https://a"}, {"https://b"}), Error);
  std::vector<std::string> many;
  for (int i = 0; i < 33; ++i) many.push_back("https://h" + std::to_string(i));
  EXPECT_THROW(origin_tokens(store, many, {}), Error);
  EXPECT_TRUE(store.proxy_tokens().empty());
}

}  // namespace
}  // namespace dhis2mcp
