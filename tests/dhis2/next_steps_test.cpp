// SPDX-License-Identifier: BSD-3-Clause
// Each code of the table reaches the reader of an error, with words that say what to do.
#include "dhis2/next_steps.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "dhis2/json.h"
#include "dhis2/web_message.h"

namespace dhis2mcp {
namespace {

class EachCode : public testing::TestWithParam<NextStep> {};

TEST_P(EachCode, IsToldWithItsNextStep) {
  const NextStep& step = GetParam();
  for (const int status : {400, 404, 409, 500}) {
    Response response;
    response.status = status;
    response.headers = {{"Content-Type", "application/json"}};
    response.body = to_text(Json{{"httpStatusCode", status},
                                 {"status", "ERROR"},
                                 {"message", "What DHIS2 says"},
                                 {"errorCode", step.code}});

    const auto error = failure({"demo", "GET /api/analytics", {}}, {}, response);

    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, step.code);
    EXPECT_EQ(error->hint, step.words);
    EXPECT_NE(std::string(error->what()).find("What DHIS2 says"), std::string::npos);
    EXPECT_FALSE(error->retry);
  }
}

TEST_P(EachCode, HasASentenceThatFitsALine) {
  const NextStep& step = GetParam();
  EXPECT_TRUE(step.words.ends_with('.')) << step.words;
  EXPECT_GE(step.words.size(), 20u) << step.words;
  EXPECT_LE(step.words.size(), 170u) << step.words;
  EXPECT_EQ(step.code.size(), 5u);
  EXPECT_TRUE(step.code.starts_with('E'));
}

INSTANTIATE_TEST_SUITE_P(NextSteps, EachCode,
                         testing::ValuesIn(next_steps().begin(), next_steps().end()),
                         [](const auto& row) { return std::string(row.param.code); });

TEST(NextSteps, AreOrderedAndToldOnce) {
  EXPECT_TRUE(std::ranges::is_sorted(next_steps(), std::ranges::less(), &NextStep::code));
  std::set<std::string_view> codes;
  for (const NextStep& step : next_steps())
    EXPECT_TRUE(codes.insert(step.code).second) << step.code;
}

TEST(NextSteps, HaveEachAnalyticsCodeThatServersWereSeenToSend) {
  for (const char* code :
       {"E7101", "E7102", "E7103", "E7104", "E7105", "E7106", "E7111", "E7112", "E7115", "E7120",
        "E7124", "E7125", "E7126", "E7128", "E7129", "E7130", "E7143", "E7144", "E7145", "E7146",
        "E7203", "E7210", "E7222", "E7223", "E7224", "E7230", "E7235", "E7611"}) {
    EXPECT_FALSE(next_step(code).empty()) << code;
  }
}

TEST(NextSteps, KnowNothingOfOtherCodes) {
  EXPECT_EQ(next_step(""), "");
  EXPECT_EQ(next_step("E9999"), "");
  EXPECT_EQ(next_step("invalid_token"), "");
}

}  // namespace
}  // namespace dhis2mcp
