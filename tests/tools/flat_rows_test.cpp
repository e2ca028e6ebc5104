// SPDX-License-Identifier: BSD-3-Clause
// Objects become rows without losing a member.
#include "tools/flat_rows.h"

#include <gtest/gtest.h>

namespace dhis2mcp {
namespace {

std::string line(const Row& row) {
  std::string out;
  for (const Cell& cell : row) out += cell.to_json() + "|";
  return out;
}

TEST(FlatRows, LaysSmallReferencesOutAndKeepsTheRestAsJson) {
  FlatRows flat;
  const Row row = flat.row(Json::parse(
      R"({"id":"a","parent":{"id":"p","name":"Bo"},"groups":[{"id":"g"}],"zero":false,
          "access":{"a":1,"b":2,"c":3,"d":4,"e":5},"none":{}})"));

  EXPECT_EQ(flat.columns(), (std::vector<std::string>{"id", "parent.id", "parent.name", "groups",
                                                      "zero", "access", "none"}));
  EXPECT_EQ(line(row), R"("a"|"p"|"Bo"|[{"id":"g"}]|false|{"a":1,"b":2,"c":3,"d":4,"e":5}|{}|)");
}

TEST(FlatRows, AddsColumnsAsTheyAreSeen) {
  FlatRows flat;
  const Row first = flat.row(Json::parse(R"({"id":"a"})"));
  const Row second = flat.row(Json::parse(R"({"name":"n","id":"b"})"));

  EXPECT_EQ(flat.columns(), (std::vector<std::string>{"id", "name"}));
  EXPECT_EQ(first.size(), 1u);
  EXPECT_EQ(line(second), R"("b"|"n"|)");
}

TEST(FlatRows, LaysFurtherRowsUnderGivenColumns) {
  FlatRows flat({"name", "id"});
  EXPECT_EQ(line(flat.row(Json::parse(R"({"id":"a","code":"c"})"))), R"(null|"a"|"c"|)");
  EXPECT_EQ(flat.columns().back(), "code");
}

TEST(FlatRows, NumbersThePositionsOfArraysAndNamesPlainValues) {
  FlatRows arrays;
  EXPECT_EQ(line(arrays.row(Json::parse(R"(["a",1,null])"))), R"("a"|1|null|)");
  EXPECT_EQ(arrays.columns(), (std::vector<std::string>{"1", "2", "3"}));
  FlatRows plain;
  EXPECT_EQ(line(plain.row(Json("x"))), R"("x"|)");
  EXPECT_EQ(plain.columns(), (std::vector<std::string>{"value"}));
}

}  // namespace
}  // namespace dhis2mcp
