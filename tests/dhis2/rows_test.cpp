// SPDX-License-Identifier: BSD-3-Clause
// Rows as they arrive: every shape, every cut, every piece size.
#include "dhis2/rows.h"

#include <gtest/gtest.h>

#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

struct Read {
  std::vector<std::string> rows;
  RowsEnvelope envelope;
  std::string error;
};

Read read(std::string_view text, std::string hint = {}, std::size_t piece = 1'000'000,
          std::size_t enough = 1'000'000'000) {
  Read out;
  RowReader reader(
      [&](Json&& row) {
        out.rows.push_back(to_text(row));
        return out.rows.size() < enough;
      },
      std::move(hint));
  try {
    for (std::size_t at = 0; at < text.size(); at += piece) {
      if (!reader.feed(text.substr(at, piece))) break;
    }
    out.envelope = reader.finish();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::unavailable);
    out.error = error.what();
  }
  return out;
}

constexpr std::string_view kAnalytics =
    R"({"headers":[{"name":"dx"},{"name":"value"}],"metaData":{"items":{"a":{"name":"A \"q\" ]}"}}},)"
    R"("rows":[["a","1.0"],["b","-2"], [ "c" , "{[\\" ]],"height":3,"width":2})";

TEST(RowReader, ReadsAnalytics) {
  const Read out = read(kAnalytics);
  EXPECT_EQ(out.error, "");
  EXPECT_EQ(out.rows,
            (std::vector<std::string>{R"(["a","1.0"])", R"(["b","-2"])", R"(["c","{[\\"])"}));
  EXPECT_EQ(out.envelope.rows_member, "rows");
  EXPECT_EQ(out.envelope.rows, 3U);
  EXPECT_TRUE(out.envelope.complete);
  EXPECT_EQ(to_text(out.envelope.headers), R"([{"name":"dx"},{"name":"value"}])");
  EXPECT_EQ(to_text(out.envelope.rest),
            R"({"metaData":{"items":{"a":{"name":"A \"q\" ]}"}}},"height":3,"width":2})");
}

TEST(RowReader, ReadsTheSameInPiecesOfAnySize) {
  const Read whole = read(kAnalytics);
  for (std::size_t piece = 1; piece < kAnalytics.size(); ++piece) {
    const Read out = read(kAnalytics, {}, piece);
    EXPECT_EQ(out.rows, whole.rows) << piece;
    EXPECT_EQ(out.envelope.rest, whole.envelope.rest) << piece;
    EXPECT_EQ(out.envelope.headers, whole.envelope.headers) << piece;
  }
}

TEST(RowReader, FindsEveryCut) {
  for (std::size_t size = 0; size < kAnalytics.size(); ++size) {
    const Read out = read(kAnalytics.substr(0, size));
    EXPECT_NE(out.error, "") << kAnalytics.substr(0, size);
  }
  EXPECT_NE(read(kAnalytics.substr(0, 150)).error.find("breaks off"), std::string::npos);
  EXPECT_NE(read("").error.find("empty"), std::string::npos);
}

struct Shape {
  const char* name;
  const char* text;
  const char* hint;
  const char* member;
  std::uint64_t rows;
  const char* rest;
};

TEST(RowReader, KnowsTheShapesOfLongAnswers) {
  const Shape rows[] = {
      {"a list", R"({"pager":{"page":1},"dataElements":[{"id":"a"},{"id":"b"}]})", "",
       "dataElements", 2, R"({"pager":{"page":1}})"},
      {"a list, pager last", R"({"events":[{"event":"a"}],"pager":{"page":1}})", "", "events", 1,
       R"({"pager":{"page":1}})"},
      {"an empty list", R"({"pager":{},"dataElements":[]})", "", "dataElements", 0,
       R"({"pager":{}})"},
      {"an empty list by hint", R"({"a":[],"instances":[]})", "instances", "instances", 0,
       R"({"a":[]})"},
      {"values with common keys", R"({"dataSet":"x","period":"2024","dataValues":[{"value":"1"}]})",
       "", "dataValues", 1, R"({"dataSet":"x","period":"2024"})"},
      {"a bare array", R"([{"id":"a"},{"id":"b"}])", "", "", 2, "{}"},
      {"a bare array of names", R"(["ALL", "F_X",3,null])", "", "", 4, "{}"},
      {"an empty bare array", " [ ] ", "", "", 0, "{}"},
      {"no array of rows", R"({"id":"x","names":["a","b"],"n":[1]})", "", "", 0,
       R"({"id":"x","names":["a","b"],"n":[1]})"},
      {"two arrays of rows", R"({"a":[{"x":1}],"b":[{"x":2}]})", "", "a", 1, R"({"b":[{"x":2}]})"},
      {"the second one by hint", R"({"a":[{"x":1}],"b":[{"x":2},{"x":3}]})", "b", "b", 2,
       R"({"a":[{"x":1}]})"},
      {"an empty analytics answer", R"({"other":[],"rows":[],"headers":[]})", "", "rows", 0,
       R"({"other":[]})"},
      {"headers that look like rows", R"({"headers":[{"name":"a"}],"rows":[["1"]]})", "", "rows", 1,
       "{}"},
      {"duplicate members", R"({"a":1,"rows":[[1]],"a":2})", "", "rows", 1, R"({"a":2})"},
      {"an escaped name", R"({"r\u006fws":[[1]]})", "rows", "rows", 1, "{}"},
      {"an empty object", "{}", "", "", 0, "{}"},
      {"white space", " {\n\"rows\" :\t[ [1] ,\r\n[2] ] , \"a\" : [ ] } \n", "", "rows", 2,
       R"({"a":[]})"},
      {"numbers and literals", R"({"t":true,"f":false,"n":null,"x":-1.5e3,"rows":[[1]]})", "",
       "rows", 1, R"({"t":true,"f":false,"n":null,"x":-1500.0})"},
  };
  for (const Shape& row : rows) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{10'000}}) {
      const Read out = read(row.text, row.hint, piece);
      EXPECT_EQ(out.error, "") << row.name;
      EXPECT_EQ(out.envelope.rows_member, row.member) << row.name;
      EXPECT_EQ(out.envelope.rows, row.rows) << row.name;
      EXPECT_EQ(to_text(out.envelope.rest), row.rest) << row.name;
      EXPECT_TRUE(out.envelope.complete) << row.name;
    }
  }
}

TEST(RowReader, RefusesWhatIsNoJson) {
  for (const char* text : {"<html>",
                           "null",
                           "\"rows\"",
                           "1",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{a:1}",
                           "{\"a\":1,}",
                           "{,}",
                           "{\"a\":1 \"b\":2}",
                           "{\"rows\":[[1],]}",
                           "{\"rows\":[[1][2]]}",
                           "{\"rows\":[[1,]]}",
                           "{\"rows\":[[1}]}",
                           "{\"rows\":[[nul]]}",
                           "{\"rows\":[[\"\xff\"]]}",
                           "{\"a\":tru}",
                           "{\"a\":[}",
                           "{\"rows\":[[1]]}x",
                           "{\"rows\":[[1]]}{}",
                           "[1,]",
                           "[,1]",
                           "[1 2]",
                           "{\"a\":1\"b\":2}",
                           "{\"\xff\":1}",
                           "{\"rows\":[{\"a\":1},}",
                           "\xEF\xBB\xBF{}",
                           "{\"dataValues\":[{\"a\":{\"httpStatus\":\"Conflict\"}"}) {
    EXPECT_NE(read(text).error, "") << text;
    EXPECT_NE(read(text, {}, 1).error, "") << text;
  }
}

TEST(RowReader, StopsWhenTheCallerHasEnough) {
  const Read out = read(kAnalytics, {}, 1'000, 2);
  EXPECT_EQ(out.error, "");
  EXPECT_EQ(out.rows.size(), 2U);
  EXPECT_FALSE(out.envelope.complete);
  EXPECT_EQ(out.envelope.headers.size(), 2U);
  EXPECT_TRUE(out.envelope.rest.contains("metaData"));
}

TEST(RowReader, BoundsWhatItHolds) {
  EXPECT_NE(read("{\"rows\":[[\"" + std::string(5'000'000, 'a') + "\"]]}").error, "");
  EXPECT_NE(read("{\"a\":[1," + std::string(17'000'000, ' ') + "]}").error, "");
  std::string many = "{\"x\":0";
  for (int i = 0; i < 40; ++i) {
    many += ",\"k" + std::to_string(i) + "\":\"" + std::string(500'000, 'a') + "\"";
  }
  EXPECT_NE(read(many + "}").error, "");
  EXPECT_NE(read("{\"rows\":[" + std::string(65, '[') + std::string(65, ']') + "]}").error, "");
  EXPECT_NE(read("{\"a\":" + std::string(1'000'000, '[')).error, "");
}

TEST(RowReader, ReadsAHundredThousandRows) {
  std::string text = "{\"headers\":[],\"rows\":[";
  for (int i = 0; i < 100'000; ++i) {
    text += i == 0 ? "" : ",";
    text += "[\"Uvn6LCg7dVU\",\"202401\",\"ImspTQPwCqd\",\"" + std::to_string(i) + ".0\"]";
  }
  text += "]}";
  std::uint64_t rows = 0;
  RowReader reader([&](Json&&) { return ++rows != 0; });
  for (std::size_t at = 0; at < text.size(); at += 16'384) reader.feed(text.substr(at, 16'384));
  EXPECT_EQ(reader.finish().rows, 100'000U);
}

// The rows as cells, and the members in the order in which they came.
struct ReadCells {
  std::vector<std::string> rows, members;
  std::string error;
};

ReadCells read_cells(std::string_view text, std::size_t piece = 1'000'000) {
  ReadCells out;
  RowReader reader(
      [&](const std::vector<std::string_view>& cells) {
        std::string row;
        for (const std::string_view cell : cells) row += std::string(cell) + "|";
        out.rows.push_back(row);
        return true;
      },
      [&](const std::string& name, const std::string& member) {
        out.members.push_back(name + "=" + member);
        return true;
      },
      "rows");
  try {
    for (std::size_t at = 0; at < text.size(); at += piece) reader.feed(text.substr(at, piece));
    EXPECT_TRUE(to_text(reader.finish().rest) == "{}");
  } catch (const Error& error) {
    out.error = error.what();
  }
  return out;
}

TEST(RowReader, GivesCellsAndMembersAsTheyArrive) {
  constexpr std::string_view kText =
      R"({"headers":[{"name":"a"}],"metaData":{"n":"]\"}"},"rows":[["x","1.0"],["\u00e9","b\\"],)"
      R"( ["",""] ,[null,5,true],[],["last"]],"width":2})";
  const ReadCells whole = read_cells(kText);

  EXPECT_EQ(whole.error, "");
  EXPECT_EQ(whole.rows,
            (std::vector<std::string>{"x|1.0|", "\u00e9|b\\|", "||", "|5|true|", "", "last|"}));
  EXPECT_EQ(whole.members, (std::vector<std::string>{R"(headers=[{"name":"a"}])",
                                                     R"(metaData={"n":"]\"}"})", "width=2"}));
  for (std::size_t piece = 1; piece < kText.size(); ++piece) {
    const ReadCells pieces = read_cells(kText, piece);
    ASSERT_EQ(pieces.rows, whole.rows) << piece;
    ASSERT_EQ(pieces.members, whole.members) << piece;
  }
}

TEST(RowReader, RefusesRowsThatAreNoListOfCells) {
  EXPECT_NE(read_cells(R"({"rows":[["a"],{"b":1}]})").error, "");
  EXPECT_NE(read_cells(R"({"rows":[["a"],["b")").error, "");
  EXPECT_NE(read_cells(R"({"rows":[["a" "b"]]})").error, "");
  EXPECT_NE(read_cells("{\"rows\":[[\"a\"],[\"b\x01\"]]}").error, "");
}

}  // namespace
}  // namespace dhis2mcp
