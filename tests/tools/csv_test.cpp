// SPDX-License-Identifier: BSD-3-Clause
// Quotes, empty fields and odd line ends of RFC 4180.
#include "tools/csv.h"

#include <gtest/gtest.h>

#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

std::string lines(const Table& table) {
  std::string out;
  for (const Row& row : table.rows) {
    for (const Cell& cell : row) out += cell.to_json() + "|";
    out += "\n";
  }
  return out;
}

TEST(Csv, ReadsQuotesCommasAndLineBreaksInFields) {
  const Table table = read_csv("id,\"na,me\"\r\n1,\"a \"\"b\"\"\nc\"\r\n2,\r\n");

  EXPECT_EQ(table.columns, (std::vector<std::string>{"id", "na,me"}));
  EXPECT_EQ(lines(table), "\"1\"|\"a \\\"b\\\"\\nc\"|\n\"2\"|null|\n");
}

TEST(Csv, KeepsLeadingZerosAndLongLines) {
  const Table table = read_csv("\xEF\xBB\xBFpe\n007,x");

  EXPECT_EQ(table.columns, (std::vector<std::string>{"pe", "2"}));
  EXPECT_EQ(lines(table), "\"007\"|\"x\"|\n");
}

TEST(Csv, SkipsEmptyLines) { EXPECT_EQ(read_csv("a\n\n1\n\n").rows.size(), 1u); }

TEST(Csv, RefusesAQuoteThatIsNeverClosed) { EXPECT_THROW(read_csv("a\n\"1"), Error); }

}  // namespace
}  // namespace dhis2mcp
