// SPDX-License-Identifier: BSD-3-Clause
// Contract tests: analytics_query asks what was recorded, and reads what real servers answered.
#include <gtest/gtest.h>

#include <iostream>
#include <map>

#include "tests/recorded/analytics_asked.h"

namespace recorded {
namespace {

// What was asked and what was not, and why.
struct Count {
  int right = 0, missed = 0;
  std::map<std::string, std::vector<std::string>> misses, without_words;

  void print(const std::string& title) const {
    std::cout << title << ": " << right << " of " << right + missed
              << " questions asked and read right\n";
    for (const auto& [what, all] :
         {std::pair("missed", misses), std::pair("no words for", without_words)}) {
      for (const auto& [why, ids] : all) {
        std::cout << "  " << what << ": " << ids.size() << " x " << why << "\n";
        for (std::size_t i = 0; i < ids.size() && i < 2; ++i)
          std::cout << "      " << ids[i] << "\n";
      }
    }
  }
};

// The plain JSON answers of /api/analytics to a question that was signed in.
bool is_aggregate(const Exchange& exchange) {
  const std::string path = exchange.path.substr(0, exchange.path.find('?'));
  const bool json = exchange.body.is_object() && exchange.accept.find("json") != std::string::npos;
  return exchange.method == "GET" && path == "/api/analytics" && exchange.status != 401 &&
         (json || exchange.accept.empty()) && exchange.body.is_object();
}

Count ask_all(const std::vector<Exchange>& exchanges, const std::string& version) {
  Count count;
  Asker asker(version);
  for (const Exchange& exchange : exchanges) {
    if (!is_aggregate(exchange) || !exchange.complete) continue;
    std::string why;
    const auto question = question_of(exchange, why);
    const std::string id = exchange.id + " " + exchange.path.substr(0, 200);
    if (!question) {
      count.without_words[why].push_back(id);
      continue;
    }
    const Judgement judgement = asker.judge(exchange, *question);
    ++(judgement.verdict == Verdict::right ? count.right : count.missed);
    if (judgement.verdict != Verdict::right) count.misses[judgement.why].push_back(id);
  }
  return count;
}

class OwnAnalytics : public testing::TestWithParam<const char*> {};

TEST_P(OwnAnalytics, IsAskedAndReadRight) {
  NEED_RECORDINGS();
  const std::string major = GetParam();

  const Count count = ask_all(read_exchanges(folder() / ("own_2" + major) / "analytics.jsonl.gz"),
                              "2." + major + ".1");

  count.print("own_2" + major);
  EXPECT_GE(count.right, 60);
  EXPECT_EQ(count.missed, 0);
}

INSTANTIATE_TEST_SUITE_P(Majors, OwnAnalytics, testing::Values("40", "41", "42", "43"),
                         [](const auto& major) { return "v" + std::string(major.param); });

class ReconstructedAnalytics : public testing::TestWithParam<const char*> {};

TEST_P(ReconstructedAnalytics, IsAskedAndReadRight) {
  NEED_RECORDINGS();
  const std::string major = GetParam();

  const Count count =
      ask_all(read_exchanges(folder() / "reconstructed" / ("analytics_" + major + ".jsonl.gz")),
              "2." + major + ".1");

  count.print("analytics_" + major);
  EXPECT_GE(count.right, 20);
  EXPECT_EQ(count.missed, 0);
}

INSTANTIATE_TEST_SUITE_P(Majors, ReconstructedAnalytics, testing::Values("40", "41", "42", "43"),
                         [](const auto& major) { return "v" + std::string(major.param); });

}  // namespace
}  // namespace recorded
