// SPDX-License-Identifier: BSD-3-Clause
// Figures come back in the order of their cells, from memory and from disk alike.
#include "tools/figure_store.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "dhis2/error.h"
#include "tests/support/temp_home.h"

namespace dhis2mcp {
namespace {

FigureKey key(std::initializer_list<std::uint32_t> places) {
  FigureKey out;
  std::size_t axis = 0;
  for (const std::uint32_t place : places) out.set(axis++, place);
  return out;
}

std::string read(FigureStore& store, std::size_t axes) {
  std::string out;
  store.each([&](const FigureStore::Figure& figure) {
    for (std::size_t i = 0; i < axes; ++i) out += std::to_string(figure.key.place(i)) + " ";
    out += std::string(figure.digits) + "@" + std::to_string(figure.part) + ", ";
    return true;
  });
  return out;
}

TEST(FigureKey, KeepsThePlaceOnEachAxis) {
  const std::uint32_t last = FigureKey::kPlaces - 1;
  const FigureKey all = key({1, last, 3, 4, 0, last, last, 8, 9});
  EXPECT_EQ(all.place(0), 1u);
  EXPECT_EQ(all.place(1), last);
  EXPECT_EQ(all.place(4), 0u);
  EXPECT_EQ(all.place(5), last);
  EXPECT_EQ(all.place(8), 9u);
  EXPECT_LT(key({1, last, last}), key({2, 0, 0}));
  EXPECT_LT(key({1, 1, 1, 0}), key({1, 1, 1, 1}));
}

TEST(FigureStore, OrdersByAxesFromTheOutermost) {
  test::TempHome home;
  FigureStore store(3, home.path());
  store.add(key({1, 0, 5}), 0, "a");
  store.add(key({0, 2, 9}), 0, "b");
  store.add(key({1, 0, 4}), 1, "c");

  EXPECT_EQ(read(store, 3), "0 2 9 b@0, 1 0 4 c@1, 1 0 5 a@0, ");
  EXPECT_EQ(store.size(), 3u);
}

TEST(FigureStore, KeepsTheOrderOfArrivalWithinACell) {
  test::TempHome home;
  for (const std::size_t bytes : {1UL, 100UL, 100'000UL}) {
    FigureStore store(1, home.path(), bytes);
    for (int i = 0; i < 30; ++i)
      store.add(key({7}), static_cast<std::uint16_t>(i / 10), std::to_string(i));
    int next = 0;
    store.each([&](const FigureStore::Figure& figure) {
      EXPECT_EQ(figure.digits, std::to_string(next));
      EXPECT_EQ(figure.part, next / 10);
      ++next;
      return true;
    });
    EXPECT_EQ(next, 30) << bytes;
  }
}

TEST(FigureStore, GivesTheSameFromDiskAsFromMemory) {
  test::TempHome home;
  for (const std::size_t axes : {1UL, 2UL, 4UL, 6UL, 7UL, 9UL}) {
    std::string from_memory;
    for (const std::size_t bytes : {1'000'000UL, 5'000UL, 40UL}) {
      FigureStore store(axes, home.path(), bytes);
      std::uint32_t number = 1;
      for (int i = 0; i < 3'000; ++i) {
        FigureKey at;
        for (std::size_t axis = 0; axis < axes; ++axis) {
          number = number * 1'103'515'245U + 12'345U;
          at.set(axis, number >> 20);
        }
        store.add(at, 0, std::string(i % 40, 'x') + std::to_string(i));
      }
      const std::string text = read(store, axes);
      if (from_memory.empty()) from_memory = text;
      EXPECT_EQ(text, from_memory) << axes << " axes in " << bytes << " bytes";
    }
  }
}

TEST(FigureStore, LeavesNoFileBehind) {
  test::TempHome home;
  const auto folder = home.path() / "results";
  FigureStore store(1, folder, 10);
  for (std::uint32_t i = 0; i < 100; ++i) store.add(key({i}), 0, "12345");
  EXPECT_TRUE(std::filesystem::is_empty(folder));
}

TEST(FigureStore, EndsWhenTheVisitorHasEnough) {
  test::TempHome home;
  for (const std::size_t bytes : {10UL, 10'000UL}) {
    FigureStore store(1, home.path(), bytes);
    for (std::uint32_t i = 0; i < 50; ++i) store.add(key({i}), 0, "1");
    int seen = 0;
    store.each([&seen](const FigureStore::Figure&) { return ++seen < 3; });
    EXPECT_EQ(seen, 3);
  }
}

TEST(FigureStore, RefusesWhatIsNoFigure) {
  test::TempHome home;
  FigureStore store(1, home.path());
  EXPECT_THROW(store.add(key({1}), 0, std::string(5'000, '9')), Error);
}

}  // namespace
}  // namespace dhis2mcp
