// SPDX-License-Identifier: BSD-3-Clause
// result_page and result_save: from the disk, then from DHIS2, in this process or another.
#include <gtest/gtest.h>

#include <condition_variable>
#include <fstream>
#include <mutex>

#include "tests/tools/instance.h"
#include "tests/tools/saved_file.h"

namespace dhis2mcp {
namespace {

using test::Instance;
using test::Reply;
using test::Seen;

// The page that was asked for, of 50, of a list of `total` data elements.
Reply page_of_list(const Seen& seen, int total) {
  const auto at = seen.query.find("page=");
  const int page = at == std::string::npos ? 1 : std::stoi(seen.query.substr(at + 5));
  Json list = {
      {"pager",
       {{"page", page}, {"total", total}, {"pageSize", 50}, {"pageCount", (total + 49) / 50}}},
      {"dataElements", Json::array()}};
  for (int i = (page - 1) * 50; i < std::min(total, page * 50); ++i) {
    list["dataElements"].push_back(
        {{"id", "de" + std::to_string(i)}, {"name", "Element " + std::to_string(i)}});
  }
  return {200, list.dump()};
}

void play_list(Instance& instance, int total) {
  instance.server.on("GET", "/api/dataElements",
                     [total](const Seen& seen) { return page_of_list(seen, total); });
}

std::string arguments(const Json& answer, std::size_t from) {
  return Json{{"result", answer["result"]}, {"from_row", from}}.dump();
}

TEST(ResultPage, FetchesTheRestOfAList) {
  Instance instance;
  play_list(instance, 120);
  Json answer = instance.answer("dhis2_query", R"({"path":"dataElements","fields":"id,name"})");
  Json rows = answer["rows"];
  ASSERT_TRUE(answer.value("truncated", false)) << answer;
  EXPECT_EQ(answer["total"], 120);
  while (answer.value("truncated", false)) {
    answer = instance.answer("result_page", arguments(answer, rows.size()));
    ASSERT_TRUE(answer.contains("rows")) << answer;
    for (const Json& row : answer["rows"]) rows.push_back(row);
  }

  ASSERT_EQ(rows.size(), 120U);
  for (int i = 0; i < 120; ++i)
    EXPECT_EQ(rows[static_cast<std::size_t>(i)][0], "de" + std::to_string(i));
  EXPECT_EQ(instance.server.count("/api/dataElements"), 3U);
}

TEST(ResultPage, GoesOnAfterTheFirstAnswerUnlessTold) {
  Instance instance;
  play_list(instance, 120);
  const Json first =
      instance.answer("dhis2_query", R"({"path":"dataElements","fields":"id,name"})");
  const Json next = instance.answer("result_page", Json{{"result", first["result"]}}.dump());
  const Json again = instance.answer("result_page", arguments(first, 0));

  EXPECT_EQ(next["rows"][0][0], "de50");
  EXPECT_EQ(again["rows"][0][0], "de0");
  EXPECT_EQ(next["source"], first["source"]);
  EXPECT_EQ(next["columns"], first["columns"]);
}

TEST(ResultPage, WorksInAnotherProcess) {
  Instance instance;
  play_list(instance, 120);
  const Json first =
      instance.answer("dhis2_query", R"({"path":"dataElements","fields":"id,name"})");
  Connections connections(Places::from_environment(), {}, {});
  Results results(instance.home.path() / "state" / "results");
  const Registry other(Catalogue::embedded(), {}, connections, results);
  const ToolResult next = other.call(*other.find("result_page"), arguments(first, 50), {});

  ASSERT_FALSE(next.is_error) << next.text;
  EXPECT_EQ(Json::parse(next.structured)["rows"][0][0], "de50");
}

TEST(ResultPage, SaysWhenNothingIsLeft) {
  Instance instance;
  play_list(instance, 60);
  const Json first =
      instance.answer("dhis2_query", R"({"path":"dataElements","fields":"id,name"})");
  const Json past = instance.answer("result_page", arguments(first, 60));

  EXPECT_TRUE(past["rows"].empty()) << past;
  EXPECT_EQ(past["truncated"], false);
  EXPECT_NE(past["notes"].dump().find("there are 60"), std::string::npos);
}

// Two rows a page of a grid, each page with the names of all.
Reply page_of_grid(const Seen& seen) {
  const auto at = seen.query.find("page=");
  const int page = at == std::string::npos ? 1 : std::stoi(seen.query.substr(at + 5));
  const std::string unit = R"(["Bo000000001","8"])";
  return {200, R"({"headers":[{"name":"ou"},{"name":"value","valueType":"NUMBER"}],"metaData":{
      "pager":{"page":)" +
                   std::to_string(page) +
                   R"(,"total":6,"pageSize":2,"pageCount":3},
      "items":{"Bo000000001":{"name":"Bo"},"Moyamba0001":{"name":"Moyamba"}}},"rows":[)" +
                   unit + "," + unit + "]}"};
}

TEST(ResultPage, TellsANameOnceWhateverThePagesSay) {
  Instance instance;
  instance.server.on("GET", "/api/analytics/events/query/ProgramUid1", page_of_grid);
  const Json first =
      instance.answer("dhis2_query", R"({"path":"analytics/events/query/ProgramUid1"})");

  const Json rest = instance.answer("result_page", arguments(first, 2));

  EXPECT_EQ(rest["rows"].size(), 4U) << rest;
  EXPECT_EQ(rest["read_as"], Json({"Bo = Bo000000001", "Moyamba = Moyamba0001"}));
}

TEST(ResultPage, IsNotTheWholeWhereRowsWereLost) {
  Instance instance;
  RowCollector collector(instance.results, {"demo", "admin"}, {"text"}, 0);
  while (collector.add({Cell::text(std::string(16 * 1024 * 1024, 'x'))})) {
  }
  Answer kept;
  collector.finish(kept);

  const Json past = instance.answer("result_page", arguments({{"result", kept.result}}, 15));

  EXPECT_EQ(past["truncated"], true) << past;
  EXPECT_FALSE(past.contains("result"));
  EXPECT_NE(past["notes"].dump().find("were not kept"), std::string::npos);
}

TEST(ResultPage, ShowsTheRowsThatAreHereWhenTheNextPageFails) {
  Instance instance;
  play_list(instance, 60);
  const Json first =
      instance.answer("dhis2_query", R"({"path":"dataElements","fields":"id,name"})");
  instance.server.on("GET", "/api/dataElements", {404, "{}"});

  const Json here = instance.answer("result_page", arguments(first, 40));

  EXPECT_EQ(here["rows"].size(), 10U);
  EXPECT_EQ(here["truncated"], true);
  EXPECT_EQ(here["result"], first["result"]);
}

TEST(ResultPage, GivesNoResultOfAnotherAccount) {
  Instance instance;
  play_list(instance, 120);
  const Json first =
      instance.answer("dhis2_query", R"({"path":"dataElements","fields":"id,name"})");
  instance.server.get("/api/me", R"({"id":"xE7jOejl9FI","username":"district","displayName":"D"})");
  Connections connections(Places::from_environment(), {}, {});
  const Registry other(Catalogue::embedded(), {}, connections, instance.results);
  const ToolResult refused = other.call(*other.find("result_page"), arguments(first, 0), {});

  EXPECT_TRUE(refused.is_error);
  EXPECT_EQ(refused.error->kind, ErrorKind::not_found);
}

TEST(ResultPage, DoesNotRunThroughAWholeServerForOneRow) {
  Instance instance;
  play_list(instance, 100'000);
  const Json first =
      instance.answer("dhis2_query", R"({"path":"dataElements","fields":"id,name"})");
  const ToolResult far = instance.call("result_page", arguments(first, 90'000));

  EXPECT_EQ(far.error->kind, ErrorKind::bad_input);
  EXPECT_NE(far.text.find("Go on with from_row 1050"), std::string::npos) << far.text;
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
    const std::string text = test::text_of(file);
    const bool zipped = file.extension() == ".xlsx";
    const std::string sheet =
        zipped ? test::parts_of_zip(text).at("xl/worksheets/sheet1.xml") : text;
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

// Counts the pages that are asked at the same time. Each of the first `gate` waits for the others,
// so that asking one after the other would never end.
class Gate {
 public:
  explicit Gate(int together) : together_(together) {}

  void pass() {
    std::unique_lock lock(mutex_);
    most_ = std::max(most_, ++inside_);
    ++came_;
    changed_.notify_all();
    // Whoever came with too few beside it goes on after a while, and the test sees that it did.
    changed_.wait_for(lock, std::chrono::seconds(20), [this] { return came_ >= together_; });
    --inside_;
  }

  int most() const { return most_; }

 private:
  const int together_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int inside_ = 0, came_ = 0, most_ = 0;
};

TEST(ResultSave, AsksFourPagesAtOnceAndKeepsTheirOrder) {
  Instance instance;
  Gate gate(4);
  play_list(instance, 500);
  const Json first =
      instance.answer("dhis2_query", R"({"path":"dataElements","fields":"id,name"})");
  instance.server.on("GET", "/api/dataElements", [&gate](const Seen& seen) {
    gate.pass();
    return page_of_list(seen, 500);
  });

  const Json saved =
      instance.answer("result_save", Json{{"result", first["result"]}, {"format", "json"}}.dump());

  ASSERT_EQ(saved["object"]["rows"], 500) << saved.dump();
  std::ifstream in(saved["object"]["file"].get<std::string>());
  const Json file = Json::parse(in);
  for (int i = 0; i < 500; ++i) {
    EXPECT_EQ(file["rows"][static_cast<std::size_t>(i)][0], "de" + std::to_string(i));
  }
  EXPECT_EQ(gate.most(), 4);
  EXPECT_EQ(instance.server.count("/api/dataElements"), 10u);
}

TEST(ResultSave, FollowsAListThatGrewMeanwhile) {
  Instance instance;
  play_list(instance, 120);
  const Json first =
      instance.answer("dhis2_query", R"({"path":"dataElements","fields":"id,name"})");
  play_list(instance, 170);

  const Json saved =
      instance.answer("result_save", Json{{"result", first["result"]}, {"format", "csv"}}.dump());

  EXPECT_EQ(saved["object"]["rows"], 170) << saved.dump();
}

TEST(ResultSave, SavesNothingWhenAPageFails) {
  Instance instance;
  play_list(instance, 300);
  const Json first =
      instance.answer("dhis2_query", R"({"path":"dataElements","fields":"id,name"})");
  instance.server.on("GET", "/api/dataElements", [](const Seen& seen) {
    const bool bad = *Query::parse(seen.query).find("page") == "4";
    return Reply{bad ? 404 : 200, R"({"pager":{"page":2,"pageCount":6},"dataElements":[]})"};
  });

  const ToolResult failed =
      instance.call("result_save", Json{{"result", first["result"]}, {"format", "csv"}}.dump());

  EXPECT_TRUE(failed.is_error);
}

}  // namespace
}  // namespace dhis2mcp
