// SPDX-License-Identifier: BSD-3-Clause
// The README's table of tools says what the catalogue holds, no more and no less.
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "tools/catalogue.h"

namespace dhis2mcp {
namespace {

constexpr const char* kStart = "| tool | what it does | toolset |\n| --- | --- | --- |\n";

std::string table() {
  std::string rows;
  for (const Tool& tool : Catalogue::embedded().tools()) {
    rows += "| `" + tool.name + "` | " + tool.title + " | " + tool.toolset + " |\n";
  }
  return rows;
}

TEST(Readme, ListsTheToolsOfTheCatalogue) {
  const std::string file = std::string(GOLDEN_FOLDER) + "/../../README.md";
  std::ifstream in(file);
  std::string text((std::istreambuf_iterator<char>(in)), {});
  const std::size_t from = text.find(kStart);
  ASSERT_NE(from, std::string::npos);
  const std::size_t rows = from + std::string(kStart).size();
  const std::size_t end = text.find("\n\n", rows) + 1;
  const std::string shown = text.substr(rows, end - rows);
  if (std::getenv("DHIS2_MCP_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(file) << text.replace(rows, end - rows, table());
    return;
  }

  EXPECT_EQ(shown, table()) << "DHIS2_MCP_UPDATE_GOLDEN=1 writes the table anew";
}

}  // namespace
}  // namespace dhis2mcp
