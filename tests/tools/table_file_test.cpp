// SPDX-License-Identifier: BSD-3-Clause
// Saved tables: what programs that open them will find.
#include "tools/table_file.h"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <zlib.h>

#include <fstream>
#include <map>

#include "dhis2/error.h"
#include "tests/support/temp_home.h"
#include "tests/tools/instance.h"
#include "tools/csv.h"

namespace dhis2mcp {
namespace {

using test::Instance;
using test::Reply;
using test::Seen;

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// What stands in a zip, by name (APPNOTE.TXT 4.3: the directory at the end leads to each entry).
std::map<std::string, std::string> parts_of_zip(const std::string& zip) {
  const auto number = [&zip](std::size_t at, int bytes) {
    std::size_t value = 0;
    for (int i = bytes; i-- > 0;) {
      value = value << 8 | static_cast<unsigned char>(zip.at(at + static_cast<std::size_t>(i)));
    }
    return value;
  };
  std::map<std::string, std::string> parts;
  const std::size_t end = zip.rfind("PK\x05\x06");
  std::size_t at = number(end + 16, 4);
  for (std::size_t left = number(end + 10, 2); left > 0; --left) {
    const std::size_t local = number(at + 42, 4), name = number(at + 28, 2);
    std::string packed =
        zip.substr(local + 30 + number(local + 26, 2) + number(local + 28, 2), number(at + 20, 4));
    std::string text(number(at + 24, 4), '\0');
    z_stream stream = {};
    stream.next_in = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(text.data());
    stream.avail_out = static_cast<uInt>(text.size());
    EXPECT_EQ(inflateInit2(&stream, -MAX_WBITS), Z_OK);
    EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
    inflateEnd(&stream);
    parts[zip.substr(at + 46, name)] = std::move(text);
    at += 46 + name + number(at + 30, 2) + number(at + 32, 2);
  }
  return parts;
}

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

// A list of `total` things in pages of 50.
void play_list(Instance& instance, int total) {
  instance.server.on("GET", "/api/dataElements", [total](const Seen& seen) {
    const auto at = seen.query.find("page=");
    const int page = at == std::string::npos ? 1 : std::stoi(seen.query.substr(at + 5));
    Json list = {
        {"pager",
         {{"page", page}, {"total", total}, {"pageSize", 50}, {"pageCount", (total + 49) / 50}}},
        {"dataElements", Json::array()}};
    for (int i = (page - 1) * 50; i < std::min(total, page * 50); ++i) {
      list["dataElements"].push_back({{"id", "de" + std::to_string(i)}, {"name", "Name"}});
    }
    return Reply{200, list.dump()};
  });
}

TEST(ResultSave, FetchesTheRestAndSavesTheWhole) {
  Instance instance;
  play_list(instance, 170);
  const Json first = instance.answer("dhis2_query", R"({"path":"dataElements"})");
  for (const char* format : {"csv", "json", "xlsx"}) {
    const Json answer = instance.answer(
        "result_save", Json{{"result", first["result"]}, {"format", format}}.dump());
    ASSERT_TRUE(answer.contains("object")) << answer;
    EXPECT_EQ(answer["object"]["rows"], 170) << format;
    const std::filesystem::path file = answer["object"]["file"].get<std::string>();
    EXPECT_EQ(file.parent_path(), Places::from_environment().exports());
    EXPECT_EQ(file.extension(), std::string(".") + format);
    EXPECT_EQ(file.string().find(first["result"].get<std::string>()), std::string::npos)
        << "who sees the name cannot open the result";
    const std::string text = text_of(file);
    const bool zipped = file.extension() == ".xlsx";
    const std::string sheet = zipped ? parts_of_zip(text).at("xl/worksheets/sheet1.xml") : text;
    EXPECT_NE(sheet.find("de169"), std::string::npos);
  }
  EXPECT_EQ(instance.server.count("/api/dataElements"), 4U) << "each page once";
}

TEST(ResultSave, TellsProgressAndStops) {
  Instance instance;
  play_list(instance, 170);
  const Json first = instance.answer("dhis2_query", R"({"path":"dataElements"})");
  std::vector<double> told;
  std::stop_source stop;
  CallContext context;
  context.stop = stop.get_token();
  context.progress = [&](double done, std::optional<double> of, const std::string&) {
    told.push_back(done);
    EXPECT_EQ(of, 170);
    if (told.size() == 2) stop.request_stop();
  };
  const ToolResult result =
      instance.registry.call(*instance.registry.find("result_save"),
                             Json{{"result", first["result"]}, {"format", "csv"}}.dump(), context);

  EXPECT_EQ(result.error->kind, ErrorKind::cancelled);
  EXPECT_EQ(told, (std::vector<double>{50, 100}));
}

TEST(ResultSave, RefusesWhatIsNotThere) {
  Instance instance;
  const ToolResult unknown = instance.call(
      "result_save", R"({"result":"r-0123456789abcdef0123456789abcdef","format":"csv"})");
  const ToolResult strange = instance.call("result_save", R"({"result":"r-0","format":"doc"})");

  EXPECT_EQ(unknown.error->kind, ErrorKind::not_found);
  EXPECT_EQ(strange.error->kind, ErrorKind::bad_input);
}

}  // namespace
}  // namespace dhis2mcp
