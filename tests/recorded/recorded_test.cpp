// SPDX-License-Identifier: BSD-3-Clause
// Contract tests: the built program reads what real DHIS2 servers of four majors answered.
#include <gtest/gtest.h>

#include <iostream>
#include <map>

#include "tests/recorded/fidelity.h"

namespace recorded {
namespace {

struct Tally {
  int right = 0, missed = 0, refused = 0, not_comparable = 0;
  std::map<std::string, std::vector<std::string>> misses;

  void count(const Judgement& judgement, const Exchange& exchange) {
    switch (judgement.verdict) {
      case Verdict::right:
        ++right;
        break;
      case Verdict::refused:
        ++refused;
        break;
      case Verdict::not_comparable:
        ++not_comparable;
        break;
      case Verdict::missed:
        ++missed;
        misses[judgement.why].push_back(exchange.id + " " + exchange.path.substr(0, 160));
    }
  }

  double share() const { return right + missed == 0 ? 0 : 100.0 * right / (right + missed); }

  // Each miss, alike ones together, so that what is not read right is written down and not a
  // number.
  void print(const std::string& title) const {
    std::cout << title << ": " << right << " of " << right + missed << " read right (" << share()
              << " %), " << refused << " refused by the read policy, " << not_comparable
              << " not comparable\n";
    for (const auto& [why, ids] : misses) {
      std::cout << "  " << ids.size() << " x " << why << "\n";
      for (std::size_t i = 0; i < ids.size() && i < 3; ++i) std::cout << "      " << ids[i] << "\n";
    }
  }
};

template <typename Judge>
Tally judge_all(const std::vector<const Exchange*>& exchanges, Judge judge_one) {
  Tally tally;
  for (const auto& part : rounds(exchanges)) {
    Product product(part);
    for (const Exchange* exchange : part) tally.count(judge_one(product, *exchange), *exchange);
  }
  return tally;
}

std::string named(const testing::TestParamInfo<const char*>& file) {
  const std::string name = file.param;
  return name.substr(0, name.find('.'));
}

class OwnServer : public testing::TestWithParam<const char*> {};

TEST_P(OwnServer, EachAllowedReadIsReadRight) {
  NEED_RECORDINGS();
  std::vector<Exchange> exchanges;
  for (const auto& file : exchange_files(GetParam())) {
    for (auto& exchange : read_exchanges(file)) {
      if (exchange.method == "GET") exchanges.push_back(std::move(exchange));
    }
  }
  std::vector<const Exchange*> all;
  for (const auto& exchange : exchanges) all.push_back(&exchange);

  const Tally tally = judge_all(all, judge);

  tally.print(GetParam());
  EXPECT_GT(tally.right, 1000);
  EXPECT_GE(tally.share(), 95.0);
}

INSTANTIATE_TEST_SUITE_P(Majors, OwnServer,
                         testing::Values("own_240", "own_241", "own_242", "own_243"), named);

class Reconstructed : public testing::TestWithParam<const char*> {};

TEST_P(Reconstructed, CompleteAnalyticsAnswersGiveTheSameRows) {
  NEED_RECORDINGS();
  const auto exchanges = read_exchanges(folder() / "reconstructed" / GetParam());
  std::vector<const Exchange*> complete;
  for (const auto& exchange : exchanges) {
    if (exchange.complete && exchange.method == "GET") complete.push_back(&exchange);
  }

  const Tally tally = judge_all(complete, judge_rows);

  tally.print(GetParam());
  EXPECT_GT(tally.right, 100);
  EXPECT_EQ(tally.missed, 0);
}

INSTANTIATE_TEST_SUITE_P(Majors, Reconstructed,
                         testing::Values("analytics_40.jsonl.gz", "analytics_41.jsonl.gz",
                                         "analytics_42.jsonl.gz", "analytics_43.jsonl.gz"),
                         named);

class Captured : public testing::TestWithParam<const char*> {};

TEST_P(Captured, OldServersAnswersAreReadForWhatTheyAre) {
  NEED_RECORDINGS();
  const auto exchanges = read_exchanges(folder() / "exchanges" / GetParam());
  std::vector<const Exchange*> reads;
  for (const auto& exchange : exchanges) {
    if (exchange.method == "GET") reads.push_back(&exchange);
  }

  const Tally tally = judge_all(reads, judge);

  tally.print(GetParam());
  EXPECT_GE(tally.share(), 95.0);
}

INSTANTIATE_TEST_SUITE_P(Majors, Captured,
                         testing::Values("36.jsonl.gz", "37.jsonl.gz", "38.jsonl.gz",
                                         "39.jsonl.gz"),
                         [](const auto& file) { return "major_" + named(file); });

}  // namespace
}  // namespace recorded
