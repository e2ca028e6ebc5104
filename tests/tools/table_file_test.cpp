// SPDX-License-Identifier: BSD-3-Clause
// Saved tables: what programs that open them will find.
#include "tools/table_file.h"

#include <gtest/gtest.h>

#include <sys/stat.h>

#include "dhis2/error.h"
#include "tests/support/temp_home.h"
#include "tests/tools/saved_file.h"
#include "tools/csv.h"

namespace dhis2mcp {
namespace {

using test::parts_of_zip;
using test::text_of;

class TableFileTest : public testing::Test {
 protected:
  TableFileTest() {
    head.source = "demo: admin at https://h (2.42.1)";
    head.read_as = {"ANC 1 = indicator Uvn6LCg7dVU"};
    head.table = Table{{"Org unit", "2024,01"}, {}};
  }

  // The file's text after these rows were saved.
  std::string saved(const std::string& format, const std::vector<Row>& rows) {
    path = home.path() / "exports" / ("t." + format);
    TableFile file(path, format, head);
    for (const Row& row : rows) file.add(row);
    file.finish();
    EXPECT_EQ(file.rows(), rows.size());
    EXPECT_EQ(file.bytes(), std::filesystem::file_size(path));
    defused = file.defused();
    return text_of(path);
  }

  test::TempHome home;
  Answer head;
  std::filesystem::path path;
  std::uint64_t defused = 0;
};

TEST_F(TableFileTest, WritesCsvThatReadsBackTheSame) {
  const std::vector<Row> rows = {
      {Cell::text("Bo, \"the\" city"), Cell::number("91.5")},
      {Cell::text("two\nlines"), Cell()},
      {Cell::text(""), Cell::number("-3")},
  };
  const std::string text = saved("csv", rows);

  EXPECT_EQ(
      text,
      "Org unit,\"2024,01\"\r\n\"Bo, \"\"the\"\" city\",91.5\r\n\"two\nlines\",\r\n\"\",-3\r\n");
  const Table back = read_csv(text);
  EXPECT_EQ(back.rows[0][0].str(), rows[0][0].str());
  EXPECT_EQ(back.rows[1][0].str(), rows[1][0].str());
}

TEST_F(TableFileTest, DefusesTextsThatASpreadsheetWouldRun) {
  const std::string text = saved("csv", {{Cell::text("=HYPERLINK(\"x\")"), Cell::text("+1 dose")},
                                         {Cell::text("@sum"), Cell::text("-5")},
                                         {Cell::text("- none"), Cell::text("a=b")}});

  EXPECT_EQ(defused, 4U);
  EXPECT_NE(text.find("\"'=HYPERLINK(\"\"x\"\")\",'+1 dose"), std::string::npos) << text;
  EXPECT_NE(text.find("'@sum,-5"), std::string::npos) << "a number is no formula";
  EXPECT_NE(text.find("'- none,a=b"), std::string::npos);
}

TEST_F(TableFileTest, WritesJsonWithItsSource) {
  const Json json = Json::parse(saved(
      "json", {{Cell::text("Bo"), Cell::number("12345678901234567890.5")}, {Cell(), Cell()}}));

  EXPECT_EQ(json["source"], head.source);
  EXPECT_EQ(json["read_as"][0], head.read_as[0]);
  EXPECT_EQ(json["columns"][1], "2024,01");
  EXPECT_EQ(json["rows"].size(), 2U);
  EXPECT_TRUE(json["rows"][1][0].is_null());
  EXPECT_NE(text_of(path).find("12345678901234567890.5"), std::string::npos) << "digits stay";
  EXPECT_EQ(Json::parse(saved("json", {}))["rows"].size(), 0U);
}

TEST_F(TableFileTest, WritesAWorkbook) {
  const auto parts =
      parts_of_zip(saved("xlsx", {{Cell::text("<Bo & \"co\">"), Cell::number("91.5")},
                                  {Cell(), Cell::number("12345678901234567890")},
                                  {Cell::text("=1+1"), Cell::text("")}}));

  ASSERT_TRUE(parts.contains("[Content_Types].xml"));
  const std::string& sheet = parts.at("xl/worksheets/sheet1.xml");
  EXPECT_NE(sheet.find("&lt;Bo &amp; "), std::string::npos) << sheet;
  EXPECT_NE(sheet.find("<c r=\"B2\"><v>91.5</v></c>"), std::string::npos) << sheet;
  EXPECT_NE(sheet.find("<row r=\"3\"><c r=\"B3\" t=\"inlineStr\">"), std::string::npos)
      << "no rounding, no false zero: " << sheet;
  EXPECT_NE(sheet.find("12345678901234567890"), std::string::npos);
  EXPECT_EQ(sheet.find("<f>"), std::string::npos) << "nothing is a formula";
  EXPECT_NE(parts.at("xl/workbook.xml").find("name=\"Result\""), std::string::npos);
}

TEST_F(TableFileTest, HoldsARowOfAWorkbookAtATime) {
  std::vector<Row> rows;
  for (int i = 0; i < 3'000; ++i) {
    rows.push_back({Cell::text("Unit " + std::to_string(i)), Cell::number(std::to_string(i))});
  }
  const std::string sheet = parts_of_zip(saved("xlsx", rows)).at("xl/worksheets/sheet1.xml");

  EXPECT_NE(sheet.find("Unit 2999"), std::string::npos);
  EXPECT_EQ(sheet.find("t=\"s\""), std::string::npos) << "no table of shared texts";
}

TEST_F(TableFileTest, SaysWhatAWorkbookCannotHold) {
  EXPECT_THROW(saved("xlsx", {{Cell::text(std::string(40'000, 'x')), Cell()}}), Error);
  EXPECT_THROW(saved("xlsx", {Row(20'000)}), Error);
  EXPECT_THROW(saved("doc", {}), Error);
}

TEST_F(TableFileTest, IsThePersonsOwnAndWholeOrNotThere) {
  saved("csv", {});
  struct stat seen {};
  ASSERT_EQ(::stat(path.c_str(), &seen), 0);
  EXPECT_EQ(seen.st_mode & 0777, 0600U);
  const std::filesystem::path other = path.parent_path() / "other.csv";
  { TableFile unfinished(other, "csv", head); }
  EXPECT_FALSE(std::filesystem::exists(other));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(path.parent_path()), {}), 1);
}

}  // namespace
}  // namespace dhis2mcp
