// SPDX-License-Identifier: BSD-3-Clause
// Rows come back as they were, whatever their size.
#include "tools/long_rows.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <stdexcept>

#include "tests/support/temp_home.h"

namespace dhis2mcp {
namespace {

TEST(LongRows, ComeBackInOrder) {
  test::TempHome home;
  LongRows rows(home.path() / "scratch");
  const std::string long_cell(200'000, 'x');
  for (int i = 0; i < 20'000; ++i) {
    const std::string number = std::to_string(i);
    if (i % 5'000 == 77) {
      rows.add({long_cell, number});
    } else {
      rows.add({number, "", "cell"});
    }
  }

  int next = 0;
  rows.each([&](const std::vector<std::string_view>& cells) {
    const std::string number = std::to_string(next);
    if (next % 5'000 == 77) {
      EXPECT_EQ(cells, (std::vector<std::string_view>{long_cell, number}));
    } else {
      EXPECT_EQ(cells, (std::vector<std::string_view>{number, "", "cell"}));
    }
    ++next;
    return true;
  });

  EXPECT_EQ(next, 20'000);
  EXPECT_EQ(rows.size(), 20'000u);
  EXPECT_TRUE(std::filesystem::is_empty(home.path() / "scratch")) << "it has no name";
}

TEST(LongRows, EndWhenTheVisitorHasEnough) {
  test::TempHome home;
  LongRows rows(home.path());
  for (int i = 0; i < 10; ++i) rows.add({"a"});
  int seen = 0;
  rows.each([&seen](const auto&) { return ++seen < 3; });
  EXPECT_EQ(seen, 3);
}

TEST(LongRows, AreNoneAtFirst) {
  test::TempHome home;
  LongRows rows(home.path());
  rows.each([](const auto&) -> bool { throw std::runtime_error("there is no row"); });
  EXPECT_EQ(rows.size(), 0u);
}

}  // namespace
}  // namespace dhis2mcp
