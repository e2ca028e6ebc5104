// SPDX-License-Identifier: BSD-3-Clause
// Large questions: what is asked in how many requests, and that the answers join exactly.
#include "tools/analytics_parts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>
#include <set>

#include "dhis2/url.h"
#include "tests/tools/instance.h"

namespace dhis2mcp::test {
namespace {

std::vector<std::string> listed(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto cut = text.find(';');
    out.emplace_back(text.substr(0, cut));
    text = cut == std::string_view::npos ? std::string_view() : text.substr(cut + 1);
  }
  return out;
}

// Answers each cell of a question with a figure of its own, but for every seventh, which is empty.
class Figures {
 public:
  Reply answer(const Seen& seen) {
    const std::lock_guard lock(mutex_);
    const std::string query = percent_decode(seen.query);
    longest = std::max(longest, seen.query.size());
    const auto data = part(query, "dx"), periods = part(query, "pe"), units = part(query, "ou");
    if (limit > 0 && data.size() * periods.size() * units.size() > limit) {
      return {409,
              R"({"httpStatusCode":409,"status":"ERROR","errorCode":"E7128","message":"max"})"};
    }
    if (seen.query.size() > longest_taken) return {400, "<html>Bad Request</html>", "text/html"};
    Json body = {{"headers", Json::parse(R"([{"name":"dx","column":"Data","valueType":"TEXT"},
        {"name":"pe","column":"Period","valueType":"TEXT"},
        {"name":"ou","column":"Unit","valueType":"TEXT"},
        {"name":"value","column":"Value","valueType":"NUMBER"}])")},
                 {"metaData",
                  {{"items", Json::object()},
                   {"dimensions", {{"dx", data}, {"pe", periods}, {"ou", units}}}}},
                 {"rows", Json::array()}};
    for (const std::string& unit : units) body["metaData"]["items"][unit]["name"] = "Unit " + unit;
    std::size_t number = 0;
    for (const std::string& dx : data) {
      for (const std::string& pe : periods) {
        for (const std::string& ou : units) {
          number = std::hash<std::string>()(dx + pe + ou) % 100'000;
          if (number % 7 != 0) body["rows"].push_back({dx, pe, ou, std::to_string(number)});
        }
      }
    }
    // As DHIS2 does, in an order of its own.
    std::ranges::reverse(body["rows"].get_ref<Json::array_t&>());
    return {200, body.dump()};
  }

  std::size_t limit = 0, longest_taken = 100'000;
  std::size_t longest = 0;

 private:
  static std::vector<std::string> part(const std::string& query, const std::string& dimension) {
    const auto at = query.find("dimension=" + dimension + ":") + 11 + dimension.size();
    return listed(std::string_view(query).substr(at, query.find('&', at) - at));
  }
  std::mutex mutex_;
};

std::string uid(int number) {
  std::string digits = std::to_string(number);
  return "uxxxxx" + std::string(5 - digits.size(), '0') + digits;
}

Json question(int units, std::vector<std::string> periods) {
  Json out = {{"data", {"Uvn6LCg7dVU"}}, {"periods", periods}, {"org_units", Json::array()}};
  for (int i = 0; i < units; ++i) out["org_units"].push_back(uid(i));
  return out;
}

struct Asked {
  Json rows = Json::array();
  std::size_t requests = 0;
};

// The whole table, read on where it was cut.
Asked ask(Instance& instance, Figures& figures, const Json& question) {
  instance.server.on("GET", "/api/analytics",
                     [&figures](const Seen& seen) { return figures.answer(seen); });
  instance.server.forget();
  Json answer = instance.answer("analytics_query", question.dump());
  Asked out;
  out.requests = instance.server.count("/api/analytics");
  EXPECT_TRUE(answer.contains("rows")) << answer.dump();
  if (!answer.contains("rows")) return out;
  for (;;) {
    for (const Json& row : answer["rows"]) out.rows.push_back(row);
    if (!answer.value("truncated", false)) return out;
    const std::string result = answer["result"];
    answer = instance.answer("result_page",
                             Json{{"result", result}, {"from_row", out.rows.size()}}.dump());
    if (!answer.contains("rows") || answer["rows"].empty()) return out;
    answer["result"] = result;
  }
}

TEST(AnalyticsParts, AskOnceWhatFits) {
  Instance instance;
  Figures figures;
  EXPECT_EQ(ask(instance, figures, question(300, {"202601", "202602"})).requests, 1u);
}

TEST(AnalyticsParts, TakeAThousandUidsInUrlsThatServersTake) {
  Instance instance;
  Figures figures;
  const Asked parts = ask(instance, figures, question(1'000, {"202601", "2026Q1", "202603"}));

  EXPECT_GT(parts.requests, 1u);
  EXPECT_LE(parts.requests, 4u);
  EXPECT_LE(figures.longest, 6'000u);
  ASSERT_GE(parts.rows.size(), 990u);
  for (const Json& row : parts.rows) {
    const std::string name = row[0];
    const std::string unit = name.substr(5);
    const std::string periods[] = {"202601", "2026Q1", "202603"};
    for (std::size_t i = 0; i < 3; ++i) {
      const std::size_t number =
          std::hash<std::string>()("Uvn6LCg7dVU" + periods[i] + unit) % 100'000;
      EXPECT_EQ(row[i + 1], number % 7 == 0 ? Json() : Json(number)) << row;
    }
  }
  std::vector<int> order;
  for (const Json& row : parts.rows) {
    order.push_back(std::stoi(row[0].get<std::string>().substr(11)));
  }
  EXPECT_TRUE(std::ranges::is_sorted(order)) << "the order of the question";
}

TEST(AnalyticsParts, JoinTheHalvesOfWhatTheServerFindsTooMuch) {
  Instance instance;
  Figures figures;
  const Json all = question(60, {"202601", "202602", "202603"});
  const Asked whole = ask(instance, figures, all);
  for (const std::size_t limit : {100UL, 50UL, 7UL}) {
    figures.limit = limit;
    const Asked parts = ask(instance, figures, all);
    EXPECT_GT(parts.requests, 180 / limit);
    EXPECT_EQ(parts.rows, whole.rows) << limit;
  }
}

TEST(AnalyticsParts, JoinWhatAProxyWithShortLinesTakes) {
  Instance instance;
  Figures figures;
  const Json all = question(300, {"202601", "202602"});
  const Asked whole = ask(instance, figures, all);
  figures.longest_taken = 2'500;

  const Asked parts = ask(instance, figures, all);

  EXPECT_EQ(parts.rows, whole.rows);
  EXPECT_GT(parts.requests, 2u);
}

TEST(AnalyticsParts, HalveRelativePeriodsByTheirIds) {
  Instance instance;
  Figures figures;
  figures.limit = 4;
  instance.server.on("GET", "/api/analytics", [&](const Seen& seen) {
    if (seen.query.find("LAST_12_MONTHS") != std::string::npos) {
      return Reply{409,
                   R"({"httpStatusCode":409,"status":"ERROR","errorCode":"E7128","message":"m"})"};
    }
    return figures.answer(seen);
  });

  const Json answer = instance.answer("analytics_query", R"({"data":["Uvn6LCg7dVU"],
      "periods":["LAST_12_MONTHS"],"org_units":["uxxxxx00001"]})");

  EXPECT_EQ(answer["columns"].size(), 13u) << answer.dump();
  EXPECT_EQ(instance.server.count("/api/analytics"), 1u + 2u + 4u);
}

TEST(AnalyticsParts, AskForTheServersLimitWhereItMatters) {
  Instance instance;
  Figures figures;
  std::vector<std::string> periods;
  for (int year = 2020; year < 2026; ++year) {
    for (int month = 1; month <= 12; ++month) periods.push_back(std::to_string(year * 100 + month));
  }
  instance.server.get("/api/systemSettings", R"({"keyAnalyticsMaxLimit":"30000"})");
  const Asked parts = ask(instance, figures, question(800, periods));
  EXPECT_EQ(parts.requests, 4u) << "57,600 figures, 30,000 at once, and URLs of 800 units";

  instance.server.get("/api/systemSettings", R"({"keyAnalyticsMaxLimit":0})");
  EXPECT_EQ(ask(instance, figures, question(300, periods)).requests, 1u);
}

TEST(AnalyticsParts, RefuseWhatNobodyWouldWaitFor) {
  Instance instance;
  std::vector<std::string> periods;
  for (int year = 1990; year < 2026; ++year) {
    for (int month = 1; month <= 12; ++month) periods.push_back(std::to_string(year * 100 + month));
  }
  Json asked = question(5'000, periods);
  const ToolResult result = instance.call("analytics_query", asked.dump());
  ASSERT_TRUE(result.is_error);
  EXPECT_NE(result.text.find("1 data items x 432 periods x 5,000 org units = 2,160,000 figures"),
            std::string::npos)
      << result.text;
  EXPECT_EQ(instance.server.count("/api/analytics"), 0u);
}

Named item(std::string text) { return {"", "", "", std::move(text)}; }

AnalyticsAsked asked(std::vector<std::string> data, std::vector<std::string> periods,
                     std::vector<std::string> units) {
  AnalyticsAsked out;
  for (std::string& one : data) out.data.push_back(item(std::move(one)));
  for (std::string& one : units) out.units.push_back(item(std::move(one)));
  out.periods = {{"", std::move(periods)}};
  return out;
}

std::string told(const std::vector<AnalyticsAsked>& parts) {
  std::string out;
  for (const AnalyticsAsked& part : parts) {
    for (const Named& one : part.data) out += one.item + " ";
    out += "/ ";
    for (const std::string& id : period_ids(part)) out += id + " ";
    out += "/ ";
    for (const Named& one : part.units) out += one.item + " ";
    out += "| ";
  }
  return out;
}

TEST(AnalyticsParts, HalveTheLongestList) {
  EXPECT_EQ(told(halves(asked({"a", "b", "c"}, {"1", "2"}, {"x"}), false)),
            "a b / 1 2 / x | c / 1 2 / x | ");
  EXPECT_EQ(told(halves(asked({"a"}, {"1", "2", "3"}, {"x", "y"}), false)),
            "a / 1 2 / x y | a / 3 / x y | ");
  EXPECT_EQ(told(halves(asked({"a", "b", "c"}, {"1"}, {"xxxxxxx", "yyyyyy"}), true)),
            "a b c / 1 / xxxxxxx | a b c / 1 / yyyyyy | ");
  EXPECT_TRUE(halves(asked({"a"}, {"1"}, {"x"}), false).empty());
}

TEST(AnalyticsParts, KeepLevelsBesideTheUnitsThatBoundThem) {
  EXPECT_EQ(told(halves(asked({"a"}, {"1"}, {"LEVEL-4", "x", "y"}), false)),
            "a / 1 / LEVEL-4 x | a / 1 / LEVEL-4 y | ");
  EXPECT_EQ(told(halves(asked({"a"}, {"1"}, {"LEVEL-3", "LEVEL-4"}), false)),
            "a / 1 / LEVEL-3 | a / 1 / LEVEL-4 | ");
  EXPECT_TRUE(halves(asked({"a"}, {"1"}, {"LEVEL-4", "x"}), false).empty());
}

TEST(AnalyticsParts, FitTheBoundsAndLoseNothing) {
  std::vector<std::string> data, periods, units;
  for (int i = 0; i < 7; ++i) data.push_back("d" + std::to_string(i));
  for (int i = 0; i < 11; ++i) periods.push_back("p" + std::to_string(i));
  for (int i = 0; i < 13; ++i) units.push_back("u" + std::to_string(i));
  const AnalyticsAsked all = asked(data, periods, units);
  for (const std::uint64_t most : {1, 5, 100, 1'000, 5'000}) {
    std::set<std::string> cells;
    std::size_t number = 0;
    for (const AnalyticsAsked& part : parts_of(all, {7, 11, 13}, {6'000, most})) {
      const std::size_t size = part.data.size() * period_ids(part).size() * part.units.size();
      EXPECT_LE(size, most);
      number += size;
      for (const Named& dx : part.data) {
        for (const std::string& pe : period_ids(part)) {
          for (const Named& ou : part.units) cells.insert(dx.item + pe + ou.item);
        }
      }
    }
    EXPECT_EQ(number, 1'001u) << most;
    EXPECT_EQ(cells.size(), 1'001u) << most;
  }
}

}  // namespace
}  // namespace dhis2mcp::test
