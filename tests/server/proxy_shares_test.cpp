// SPDX-License-Identifier: BSD-3-Clause
// Places of origins: how many, who waits, who begins next.
#include "server/proxy_shares.h"

#include <gtest/gtest.h>

#include <string>

namespace dhis2mcp {
namespace {

struct Shares {
  explicit Shares(std::size_t origins) : shares(origins) {}

  bool enter(std::size_t origin, const std::string& name, const bool* wanted = nullptr) {
    return shares.enter(origin, {[wanted] { return wanted == nullptr || *wanted; },
                                 [this, name] { begun += name; }});
  }

  ProxyShares shares;
  std::string begun;
};

TEST(ProxyShares, GiveEachOriginSomeOfTwelve) {
  const std::pair<std::size_t, std::size_t> cases[] = {{1, 6}, {2, 6},  {3, 4},
                                                       {5, 2}, {12, 1}, {32, 1}};
  for (const auto& [origins, each] : cases) EXPECT_EQ(ProxyShares(origins).each(), each) << origins;
}

TEST(ProxyShares, BeginInOrderAsPlacesBecomeFree) {
  Shares two(2);
  for (const char* name : {"a", "b", "c", "d", "e", "f", "g", "h"}) EXPECT_TRUE(two.enter(0, name));
  EXPECT_EQ(two.begun, "abcdef");
  two.shares.leave(0);
  EXPECT_EQ(two.begun, "abcdefg");
  two.shares.leave(0);
  EXPECT_EQ(two.begun, "abcdefgh");
}

TEST(ProxyShares, LetNoOriginWaitForAnother) {
  Shares two(2);
  for (int i = 0; i < 70; ++i) two.enter(0, "a");
  EXPECT_EQ(two.begun, "aaaaaa");
  two.enter(1, "b");
  EXPECT_EQ(two.begun, "aaaaaab");
}

TEST(ProxyShares, PassOverWhoLeftTheLine) {
  Shares one(1);
  bool wanted = true;
  for (int i = 0; i < 6; ++i) one.enter(0, "a");
  one.enter(0, "b", &wanted);
  one.enter(0, "c");
  wanted = false;
  one.shares.leave(0);
  EXPECT_EQ(one.begun, "aaaaaac");
}

TEST(ProxyShares, HaveNoEndlessLineAndKeepNobodyInItWhoLeft) {
  Shares one(1);
  bool wanted = true;
  for (int i = 0; i < 6 + 64; ++i) EXPECT_TRUE(one.enter(0, "a", &wanted));
  EXPECT_FALSE(one.enter(0, "b"));
  wanted = false;
  EXPECT_TRUE(one.enter(0, "b"));
  one.shares.leave(0);
  EXPECT_EQ(one.begun, "aaaaaab");
}

}  // namespace
}  // namespace dhis2mcp
