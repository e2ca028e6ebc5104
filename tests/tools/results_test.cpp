// SPDX-License-Identifier: BSD-3-Clause
// Cut answers on a real disk: what is kept, for whom, for how long, and how it is read on.
#include "tools/results.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "auth/places.h"
#include "dhis2/error.h"
#include "tests/support/temp_home.h"
#include "tools/spool.h"

namespace dhis2mcp {
namespace {

using std::chrono::hours;

class KeptResults : public testing::Test {
 protected:
  // An answer of `count` rows "unit N", N.
  Answer collect(int count, const Continuation& rest = {}, std::size_t cap = 2'000) {
    RowCollector collector(results, owner, {"Org unit", "Value"}, cap);
    for (int i = 0; i < count; ++i) collector.add(row(i));
    Answer answer;
    answer.source = "demo";
    answer.read_as = {"a = b"};
    collector.finish(answer, rest);
    return answer;
  }

  static Row row(int i) {
    return {Cell::text("unit " + std::to_string(i)), Cell::number(std::to_string(i) + ".50")};
  }

  std::vector<Row> all(const Results::Kept& kept) {
    std::vector<Row> rows;
    while (rows.size() < kept.spooled) {
      for (Row& one : results.rows(kept, rows.size(), 2'000)) rows.push_back(std::move(one));
    }
    return rows;
  }

  test::TempHome home;
  std::filesystem::path folder = home.path() / "state" / "results";
  std::chrono::system_clock::time_point now = std::chrono::system_clock::now();
  Results results{folder, [this] { return now; }};
  ResultOwner owner{"demo", "admin"};
};

TEST_F(KeptResults, LeaveNoTraceWhenEverythingFits) {
  const Answer answer = collect(10);

  EXPECT_FALSE(answer.truncated);
  EXPECT_TRUE(answer.result.empty());
  EXPECT_EQ(answer.total, 10U);
  EXPECT_EQ(answer.table->rows.size(), 10U);
  EXPECT_FALSE(std::filesystem::exists(folder));
}

TEST_F(KeptResults, GiveBackEveryRowWithItsDigits) {
  const Answer answer = collect(500);

  EXPECT_TRUE(answer.truncated);
  EXPECT_EQ(answer.total, 500U);
  EXPECT_LT(answer.table->rows.size(), 100U);
  const Results::Kept kept = results.open(answer.result, owner);
  EXPECT_EQ(kept.spooled, 500U);
  EXPECT_EQ(kept.shown, answer.table->rows.size());
  EXPECT_EQ(kept.head.read_as, answer.read_as);
  EXPECT_EQ(kept.head.table->columns, answer.table->columns);
  const std::vector<Row> rows = all(kept);
  for (int i = 0; i < 500; ++i) EXPECT_EQ(rows[static_cast<std::size_t>(i)], row(i));
}

TEST_F(KeptResults, KeepEveryKindOfCell) {
  const Row kinds = {Cell(),
                     Cell::text(""),
                     Cell::text("null"),
                     Cell::text("12"),
                     Cell::number("12.50"),
                     Cell::json(Json{{"a", {1, "x"}}}),
                     Cell::json(true),
                     Cell::text("line\nbreak \"quoted\" \\")};

  EXPECT_EQ(read_row_line(row_line(kinds)), kinds);
}

TEST_F(KeptResults, ArePrivateFilesWithNamesNobodyGuesses) {
  const std::string first = collect(500).result;
  const std::string second = collect(500).result;

  EXPECT_EQ(first.size(), 34U);
  EXPECT_NE(first, second);
  struct stat seen = {};
  ASSERT_EQ(stat(folder.c_str(), &seen), 0);
  EXPECT_EQ(seen.st_mode & 0777, 0700U);
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    ASSERT_EQ(stat(entry.path().c_str(), &seen), 0);
    EXPECT_EQ(seen.st_mode & 0777, 0600U) << entry.path();
  }
}

TEST_F(KeptResults, AreGivenToNobodyElse) {
  const std::string id = collect(500).result;
  const auto refusal = [&](const std::string& asked, const ResultOwner& who) -> std::string {
    try {
      results.open(asked, who);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind, ErrorKind::not_found);
      return error.what();
    }
    return "given";
  };

  const std::string unknown = refusal("r-00000000000000000000000000000000", owner);
  EXPECT_NE(unknown, "given");
  EXPECT_EQ(refusal(id, {"demo", "district"}), unknown);
  EXPECT_EQ(refusal(id, {"other", "admin"}), unknown);
  now += hours(24);
  EXPECT_EQ(refusal(id, owner), unknown);
}

TEST_F(KeptResults, RefuseNamesThatAreNoIds) {
  collect(500);
  std::ofstream(home.path() / "state" / "x.json") << "{}";
  for (const std::string id :
       {"", "r-", "../x", "r-../../../../x", "/etc/passwd", "r-..%2f",
        "r-0123456789abcdef0123456789abcdeF", "r-0123456789abcdef0123456789abcde/"}) {
    EXPECT_THROW(results.open(id, owner), Error) << id;
  }
}

TEST_F(KeptResults, SurviveAHeadThatSomebodySpoiled) {
  const std::string id = collect(500).result;
  write_private_file(folder / (id + ".json"), "{\"version\":1");

  EXPECT_THROW(results.open(id, owner), Error);
}

TEST_F(KeptResults, GoAfterADay) {
  const std::string old = collect(500).result;
  now += hours(25);
  collect(500);

  EXPECT_FALSE(std::filesystem::exists(folder / (old + ".json")));
  EXPECT_FALSE(std::filesystem::exists(folder / (old + ".rows")));
}

TEST_F(KeptResults, HoldTheRequestForTheRest) {
  const Continuation rest{"/api/dataElements",
                          Query::parse("fields=id&filter=name:ilike:a&filter=b:eq:c"),
                          "dataElements", 2};
  const Answer answer = collect(3, rest);

  EXPECT_TRUE(answer.truncated);
  EXPECT_FALSE(answer.total);
  EXPECT_EQ(answer.table->rows.size(), 3U);
  const Results::Kept kept = Results(folder).open(answer.result, owner);
  EXPECT_EQ(kept.rest.path, rest.path);
  EXPECT_EQ(kept.rest.query.items(), rest.query.items());
  EXPECT_EQ(kept.rest.next_page, 2);
  EXPECT_EQ(kept.spooled, 3U);
}

TEST_F(KeptResults, TakeFurtherRowsOnce) {
  const Answer answer = collect(3, {"/api/x", {}, "x", 2});
  Results::Kept mine = results.open(answer.result, owner);
  Results::Kept theirs = mine;

  results.append(theirs, {row(3), row(4)}, {"/api/x", {}, "x", 3});
  results.append(mine, {row(3), row(4)}, {"/api/x", {}, "x", 3});

  EXPECT_EQ(mine.spooled, 5U);
  EXPECT_EQ(mine.rest.next_page, 3);
  EXPECT_EQ(all(results.open(answer.result, owner)).size(), 5U);
}

TEST_F(KeptResults, ForgetWhatABrokenOffWriterLeft) {
  const Answer answer = collect(3, {"/api/x", {}, "x", 2});
  std::ofstream(folder / (answer.result + ".rows"), std::ios::app) << "[\"thalf a ro";
  Results::Kept kept = results.open(answer.result, owner);

  results.append(kept, {row(3)}, {});

  const std::vector<Row> rows = all(results.open(answer.result, owner));
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[3], row(3));
}

TEST_F(KeptResults, StayWholeWhenThreadsAddAtOnce) {
  const Answer answer = collect(1, {"/api/x", {}, "x", 2});
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      Results::Kept kept = results.open(answer.result, owner);
      while (kept.rest.next_page < 20) {
        results.append(kept, {row(kept.rest.next_page)},
                       {"/api/x", {}, "x", kept.rest.next_page + 1});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();

  const std::vector<Row> rows = all(results.open(answer.result, owner));
  ASSERT_EQ(rows.size(), 19U);
  for (int page = 2; page < 20; ++page)
    EXPECT_EQ(rows[static_cast<std::size_t>(page - 1)], row(page));
}

TEST_F(KeptResults, FillUpRowsThatAreShorterThanTheColumns) {
  RowCollector collector(results, owner, {"a"}, 2'000);
  for (int i = 0; i < 500; ++i) collector.add({Cell::number(std::to_string(i))});
  collector.set_columns({"a", "b"});
  Answer answer;
  collector.finish(answer);

  EXPECT_EQ(answer.table->rows[0].size(), 2U);
  EXPECT_TRUE(answer.table->rows[0][1].absent());
  const Results::Kept kept = results.open(answer.result, owner);
  EXPECT_EQ(results.rows(kept, 400, 100)[0].size(), 2U);
}

TEST_F(KeptResults, CutACellThatAloneIsTooLargeAndSaySo) {
  RowCollector collector(results, owner, {"name", "html"}, kDefaultAnswerBytes);
  collector.add({Cell::text("form"), Cell::text(std::string(200'000, 'x'))});
  Answer answer;
  answer.source = "demo";
  collector.finish(answer);

  ASSERT_EQ(answer.table->rows.size(), 1U);
  EXPECT_EQ(answer.table->rows[0][0].str(), "form");
  EXPECT_LT(render(answer).structured.size(), kHardAnswerBytes);
  EXPECT_NE(answer.table->rows[0][1].str().find("(cut; 200000 bytes)"), std::string::npos);
  ASSERT_EQ(answer.notes.size(), 1U);
  EXPECT_NE(answer.notes[0].find("result_save"), std::string::npos);
}

TEST_F(KeptResults, StopAtTheBoundOfTheDisk) {
  RowCollector collector(results, owner, {"text"}, 2'000);
  const Row large = {Cell::text(std::string(16 * 1024 * 1024, 'x'))};
  int taken = 0;
  while (collector.add(large)) ASSERT_LT(++taken, 20);
  Answer answer;
  collector.finish(answer, {"/api/x", {}, "x", 2});

  EXPECT_EQ(taken, 15);
  EXPECT_TRUE(answer.truncated);
  EXPECT_FALSE(answer.total);
  EXPECT_NE(answer.notes.back().find("first 15 rows"), std::string::npos);
  const Results::Kept kept = results.open(answer.result, owner);
  EXPECT_TRUE(kept.full);
  EXPECT_TRUE(kept.rest.path.empty());
  EXPECT_LE(kept.bytes, kSpoolBytes);
}

TEST_F(KeptResults, TellWhenTheDiskSaysNo) {
  std::filesystem::create_directories(home.path() / "state");
  std::ofstream(home.path() / "state" / "results") << "a file where the folder should be";
  const Answer answer = collect(500);

  EXPECT_TRUE(answer.truncated);
  EXPECT_TRUE(answer.result.empty());
  EXPECT_GT(answer.table->rows.size(), 0U);
  EXPECT_NE(answer.notes.back().find("could not be kept"), std::string::npos);
}

TEST_F(KeptResults, KeepAllAndShowNoneWithACapOfNothing) {
  const Answer answer = collect(1, {}, 0);

  EXPECT_TRUE(answer.table->rows.empty());
  EXPECT_EQ(all(results.open(answer.result, owner)).size(), 1U);
}

}  // namespace
}  // namespace dhis2mcp
