// SPDX-License-Identifier: BSD-3-Clause
// Which spellings of a request meet under one key, and which must not.
#include "tests/replay/target.h"

#include <gtest/gtest.h>

namespace replay {
namespace {

std::string key(std::string_view text) { return key_of(read_target(text)); }

struct Spelling {
  const char* one;
  const char* other;
};

class Alike : public testing::TestWithParam<Spelling> {};

TEST_P(Alike, MeetsUnderOneKey) { EXPECT_EQ(key(GetParam().one), key(GetParam().other)); }

INSTANTIATE_TEST_SUITE_P(
    Target, Alike,
    testing::Values(Spelling{"/api/me?a=1&b=2", "/api/me?b=2&a=1"},
                    Spelling{"/api/x?filter=name:like:a%20b", "/api/x?filter=name:like:a+b"},
                    Spelling{"/api/x?fields=id,name[a]", "/api/x?fields=id%2Cname%5Ba%5D"},
                    Spelling{"/api/x?filter=\xC3\xA9", "/api/x?filter=%c3%a9"},
                    Spelling{"/api/x?fields=%", "/api/x?fields=%25"},
                    Spelling{"/api/43/me", "/api/me"}, Spelling{"/api/40", "/api"},
                    Spelling{"/api/me?", "/api/me"}, Spelling{"/api/me?a=1&", "/api/me?a=1"},
                    Spelling{"/api/a%62c", "/api/abc"}, Spelling{"/api/me#x", "/api/me"}));

class Different : public testing::TestWithParam<Spelling> {};

TEST_P(Different, HasItsOwnKey) { EXPECT_NE(key(GetParam().one), key(GetParam().other)); }

INSTANTIATE_TEST_SUITE_P(
    Target, Different,
    testing::Values(Spelling{"/api/me%2Fx", "/api/me/x"}, Spelling{"/api/a%00", "/api/a"},
                    Spelling{"/api/a%3Bx", "/api/a;x"}, Spelling{"/api/99/me", "/api/me"},
                    Spelling{"/api/x?a=1", "/api/x?a=1&a=1"},
                    Spelling{"/api/x?a=bc", "/api/x?ab=c"}, Spelling{"/api/430/me", "/api/me"},
                    Spelling{"/api/Me", "/api/me"}));

TEST(Target, KeepsTheVersionThatWasNamed) {
  EXPECT_EQ(read_target("/api/40/me").api_version, 40);
  EXPECT_EQ(read_target("/api/me").api_version, 0);
  EXPECT_EQ(read_target("/api/99/me").api_version, 0);
}

TEST(Target, RanksTheSamePathAboveASimilarOne) {
  const Target asked = read_target("/api/dataElements?fields=id&page=1");

  const int other_page = likeness(asked, read_target("/api/dataElements?fields=id&page=2"));
  const int no_query = likeness(asked, read_target("/api/dataElements"));
  const int other_path = likeness(asked, read_target("/api/dataElementGroups?fields=id&page=1"));

  EXPECT_GT(other_page, no_query);
  EXPECT_GT(no_query, other_path);
}

}  // namespace
}  // namespace replay
