// SPDX-License-Identifier: BSD-3-Clause
// Letters of one to four bytes, whole and broken.
#include "dhis2/utf8.h"

#include <gtest/gtest.h>

namespace dhis2mcp {
namespace {

using namespace std::string_view_literals;

TEST(Letters, AreReadAsCodePoints) {
  const std::pair<std::string_view, char32_t> rows[] = {{"A"sv, U'A'},
                                                        {"\xC3\xA9"sv, 0xE9},
                                                        {"\xE2\x82\xAC"sv, 0x20AC},
                                                        {"\xF0\x9F\x98\x80"sv, 0x1F600}};
  for (const auto& [text, point] : rows) {
    EXPECT_EQ(letter_length(text), text.size());
    EXPECT_EQ(code_point(text), point);
  }
}

TEST(Letters, AreNoneWhereTheyAreBroken) {
  for (const auto text : {""sv, "\x80"sv, "\xC1\x81"sv, "\xC3"sv, "\xC3z"sv, "\xE0\x80\xAF"sv,
                          "\xED\xA0\x80"sv, "\xF4\x90\x80\x80"sv, "\xF5\x80\x80\x80"sv}) {
    EXPECT_EQ(letter_length(text), 0U);
    EXPECT_EQ(is_utf8(text), text.empty());
  }
}

TEST(Letters, AreNeverCutInTwo) {
  EXPECT_EQ(whole_letters("caf\xC3\xA9!", 9), "caf\xC3\xA9!");
  EXPECT_EQ(whole_letters("caf\xC3\xA9!", 5), "caf\xC3\xA9");
  EXPECT_EQ(whole_letters("caf\xC3\xA9!", 4), "caf");
  EXPECT_EQ(whole_letters("\xF0\x9F\x98\x80", 3), "");
}

}  // namespace
}  // namespace dhis2mcp
