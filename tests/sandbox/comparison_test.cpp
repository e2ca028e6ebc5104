// SPDX-License-Identifier: BSD-3-Clause
// How recorded and played answers are compared.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "tests/sandbox/comparison/credentials.h"
#include "tests/sandbox/comparison/practice.h"
#include "tests/sandbox/comparison/table.h"
#include "tests/sandbox/fixture_test.h"

namespace comparison {
namespace {

Message json_answer(const std::string& body, int status = 200) {
  Message answer;
  answer.status = status;
  answer.headers = {{"Content-Type", "application/json;charset=UTF-8"}};
  answer.body = body;
  return answer;
}

Exchange recorded(const std::string& body, const std::string& target = "/api/dataElements",
                  int status = 200) {
  Exchange exchange;
  exchange.request.method = "GET";
  exchange.request.target = target;
  exchange.answer = json_answer(body, status);
  exchange.body = Json::parse(body);
  exchange.parsed = true;
  return exchange;
}

Twins& twins() {
  static Twins of_country(sandbox::country_of(43), "");
  return of_country;
}

bool agree(const std::string& theirs, const std::string& ours,
           const std::string& target = "/api/dataElements") {
  return !difference(recorded(theirs, target), json_answer(ours), twins());
}

TEST(Comparison, SeesDifferencesOfEveryKind) {
  EXPECT_TRUE(agree(R"({"a":1,"b":[{"c":"x"}]})", R"({"b":[{"c":"x"}],"a":1.0})"));
  EXPECT_FALSE(agree(R"({"a":1})", R"({"a":2})"));
  EXPECT_FALSE(agree(R"({"a":1})", R"({"a":"1"})"));
  EXPECT_FALSE(agree(R"({"a":1})", R"({})"));
  EXPECT_FALSE(agree(R"({})", R"({"a":1})"));
  EXPECT_FALSE(agree(R"({"a":["x"]})", R"({"a":["x","y"]})"));
  EXPECT_TRUE(difference(recorded("{}"), json_answer("{}", 404), twins()).has_value());
}

TEST(Comparison, MindsOrderOnlyWhereDhis2PromisesIt) {
  EXPECT_FALSE(agree(R"({"l":[{"v":1},{"v":2}]})", R"({"l":[{"v":2},{"v":1}]})"));
  EXPECT_TRUE(agree(R"({"l":[{"m":["a","b"]}]})", R"({"l":[{"m":["b","a"]}]})"));
  EXPECT_TRUE(agree(R"({"rows":[["a"],["b"]]})", R"({"rows":[["b"],["a"]]})", "/api/analytics"));
  EXPECT_FALSE(agree(R"({"rows":[["a"],["b"]]})", R"({"rows":[["b"],["b"]]})", "/api/analytics"));
}

TEST(Comparison, LeavesOutWhatAServerMakesUp) {
  EXPECT_TRUE(agree(R"({"t":"2026-11-21T09:43:11.608"})", R"({"t":"2026-11-21T10:00:00.000"})"));
  EXPECT_FALSE(agree(R"({"t":"2026-11-21T09:43:11.608"})", R"({"t":"2025-01-01T10:00:00.000"})"));
  EXPECT_FALSE(agree(R"({"t":"2026-11-21T09:43:11.608"})", R"({"t":"2026-11-21"})"));
  EXPECT_TRUE(
      agree(R"({"h":"http://127.0.0.1:8043/api/x"})", R"({"h":"http://127.0.0.1:1/api/x"})"));
}

TEST(Comparison, PairsNewUidsAndHoldsThemTogether) {
  EXPECT_TRUE(agree(R"({"id":"aAAAAAAAAA1"})", R"({"id":"bBBBBBBBBB1"})"));
  EXPECT_TRUE(agree(R"({"m":"of aAAAAAAAAA1"})", R"({"m":"of bBBBBBBBBB1"})"));
  EXPECT_FALSE(agree(R"({"id":"aAAAAAAAAA1"})", R"({"id":"cCCCCCCCCC1"})"));
  EXPECT_EQ(twins().translated("/api/x/aAAAAAAAAA1"), "/api/x/bBBBBBBBBB1");
  // A uid of the country stands for itself alone.
  EXPECT_FALSE(agree(R"({"id":"y7qh476Nmd3"})", R"({"id":"dDDDDDDDDD1"})"));
}

TEST(Comparison, FollowsACutAnswerAsFarAsItGoes) {
  Exchange cut = recorded("{}");
  cut.parsed = false;
  cut.cut = true;
  cut.answer.body = R"({"a":[{"b":1},{"b":2,"c":"lo)";
  EXPECT_FALSE(
      difference(cut, json_answer(R"({"a":[{"b":1},{"b":2,"c":"long"},{"b":3}]})"), twins()));
  EXPECT_TRUE(difference(cut, json_answer(R"({"a":[{"b":9},{"b":2,"c":"long"}]})"), twins()));
  EXPECT_EQ(closed(R"({"a":[1,2,{"x":"y)").dump(), R"({"a":[1,2,{}]})");
}

TEST(Credentials, StandInForTheirMasks) {
  const Credentials credentials(43);
  EXPECT_EQ(credentials.put_back("Authorization", "Basic <admin>"),
            "Basic " + base64_encoded("admin:district"));
  EXPECT_EQ(credentials.put_back("Authorization", "Basic <admin wrong>"),
            "Basic " + base64_encoded("admin:Wrong-Passw0rd"));
  EXPECT_TRUE(
      credentials.put_back("Authorization", "ApiToken <valid>").starts_with("ApiToken d2p"));
  EXPECT_EQ(credentials.put_back("Accept", "<x>"), "<x>");
  EXPECT_EQ(base64_decoded(base64_encoded("any text\n")), "any text\n");
}

TEST(Answers, AreReadChunkedAndPlain) {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n";
  const Message chunked = parse_answer(
      head + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", false);
  EXPECT_EQ(chunked.body, "abcde");
  EXPECT_EQ(parse_answer(head + "Content-Length: 3\r\n\r\nabc", false).body, "abc");
  EXPECT_THROW(parse_answer(head + "Content-Length: 9\r\n\r\nabc", false), std::runtime_error);
  EXPECT_THROW(parse_answer(head + "Transfer-Encoding: chunked\r\n\r\n3\r\nab", false),
               std::runtime_error);
  EXPECT_EQ(clock_of("Sat, 21 Nov 2026 10:03:10 GMT"), "2026-11-21T10:03:10");
}

Played played_with(size_t agreed, size_t lines) {
  Played played{43, "me", {}};
  for (size_t i = 0; i < lines; ++i) {
    played.lines.push_back({"43-me-" + std::to_string(i),
                            true,
                            i < agreed ? Outcome::kAgreed : Outcome::kDiffers,
                            {}});
  }
  return played;
}

TEST(Floors, BindForTheLinesTheyWereTakenFrom) {
  const Floors floors = {{{"2.43", "me"}, {10, 8}}};
  EXPECT_EQ(fall(floors, played_with(8, 10)), "");
  EXPECT_NE(fall(floors, played_with(7, 10)), "");
  EXPECT_EQ(fall(floors, played_with(7, 12)), "");
}

TEST(Floors, AreKeptInAFileAndShownInTheReadme) {
  const auto file = std::filesystem::temp_directory_path() /
                    ("dhis2-floors-test-" + std::to_string(getpid()) + ".tsv");
  const Floors floors = {{{"2.43", "me"}, {10, 8}}, {{"2.42", "gist"}, {5, 5}}};
  write_floors(file, floors);
  EXPECT_EQ(read_floors(file).at({"2.43", "me"}).agreed, 8u);
  std::filesystem::remove(file);
  const std::string readme = with_table(
      "a\n<!-- agreement: begin -->\nold\n<!-- agreement: end -->\nb\n", markdown(floors));
  EXPECT_NE(readme.find("| `me` | | 8 of 10 (80 %) |"), std::string::npos);
  EXPECT_EQ(readme.find("old"), std::string::npos);
  EXPECT_THROW(with_table("no marks", ""), std::runtime_error);
}

}  // namespace
}  // namespace comparison
