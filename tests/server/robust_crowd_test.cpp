// SPDX-License-Identifier: BSD-3-Clause
// Many clients at once, rude ones among them: nobody is starved, answers never cross, and whoever
// goes away takes nothing along but his own calls.
#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "dhis2/json.h"
#include "tests/server/line.h"
#include "tests/server/peer.h"

namespace dhis2mcp {
namespace {

using test::HttpFixture;
using test::HttpResponse;
using test::kClaim;
using test::Line;
using test::Peer;

using Peers = std::vector<std::unique_ptr<Peer>>;

Peers crowd(const HttpFixture& http, int count) {
  Peers peers;
  for (int i = 0; i < count; ++i) peers.push_back(std::make_unique<Peer>(http.port()));
  return peers;
}

std::string call(const std::string& id, const std::string& tool, const std::string& value = "1") {
  return R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":"tools/call","params":{"name":")" + tool +
         R"(","arguments":{"v":)" + value + "}}}";
}

std::string modern_call(const std::string& id, const std::string& tool) {
  return R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":"tools/call","params":{)" + kClaim +
         R"(,"name":")" + tool + R"(","arguments":{"v":1}}})";
}

TEST(RobustCrowd, AnswersEachOfTwoHundredFiftySixWithHisOwnAnswer) {
  const HttpFixture http;
  const Peers peers = crowd(http, 256);
  for (int round = 0; round < 4; ++round) {
    const auto mine = [&](std::size_t i) {
      return std::to_string(1000 * round + static_cast<int>(i));
    };
    for (std::size_t i = 0; i < peers.size(); ++i) {
      peers[i]->send(http.post(call(mine(i), i % 2 == 0 ? "echo" : "slow_echo", mine(i))));
    }
    for (std::size_t i = 0; i < peers.size(); ++i) {
      const HttpResponse response = peers[i]->receive();
      ASSERT_EQ(response.status, 200) << i;
      EXPECT_TRUE(response.body.starts_with(R"({"jsonrpc":"2.0","id":)" + mine(i) + ",")) << i;
      EXPECT_NE(response.body.find(R"({"object":{"v":)" + mine(i) + "}}"), std::string::npos) << i;
    }
  }
}

// Half of them stop in the head, half in the body; they are dropped in time, and cost nobody else.
TEST(RobustCrowd, ServesOthersBesideHalfRequests) {
  const HttpFixture http;
  const std::string request = http.post(call("1", "echo"));
  const Peers halves = crowd(http, 128);
  for (std::size_t i = 0; i < halves.size(); ++i) {
    halves[i]->send(request.substr(0, i % 2 == 0 ? 20 + i / 2 : request.size() - 1 - i / 2));
  }
  Peer peer(http.port());
  for (int i = 0; i < 50; ++i) EXPECT_EQ(peer.ask(request).status, 200);
  for (std::size_t i = 0; i < halves.size(); ++i) {
    halves[i]->send(request.substr(i % 2 == 0 ? 20 + i / 2 : request.size() - 1 - i / 2));
    EXPECT_EQ(halves[i]->receive().status, 200) << i;
  }
}

TEST(RobustCrowd, LetsNobodyWaitForOneWhoDoesNotRead) {
  const HttpFixture http;
  constexpr int kAsked = 12;
  const std::string megabyte = "\"" + std::string(1'000'000, 'x') + "\"";
  Peer slow(http.port());
  std::thread asking([&] {
    for (int i = 0; i < kAsked; ++i) {
      slow.send(http.post(call(std::to_string(i), "echo", megabyte)));
    }
  });
  Peer other(http.port());
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(other.ask(http.post(call("1", "slow_echo"))).status, 200);
  }
  for (int i = 0; i < kAsked; ++i) {
    const HttpResponse response = slow.receive();
    EXPECT_TRUE(response.body.starts_with(R"({"jsonrpc":"2.0","id":)" + std::to_string(i) + ","));
    EXPECT_GT(response.body.size(), 2 * megabyte.size());
  }
  asking.join();
}

TEST(RobustCrowd, StopsTheCallsOfThoseWhoLeaveAndOfNobodyElse) {
  HttpFixture http;
  Peers leaving = crowd(http, 16);
  const Peers staying = crowd(http, 16);
  for (const auto& peer : leaving)
    peer->send(http.post(
        modern_call("1", "wait"),
        "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: wait\r\n"));
  for (const auto& peer : staying) peer->send(http.post(call("2", "wait")));
  ASSERT_TRUE(http.fake.toolbox.wait_begun(32));

  leaving.clear();

  ASSERT_TRUE(http.fake.toolbox.wait_stopped(16));
  http.fake.toolbox.release();
  for (const auto& peer : staying) {
    EXPECT_NE(peer->receive().body.find("released"), std::string::npos);
  }
  EXPECT_EQ(Peer(http.port()).ask(http.post(call("3", "echo"))).status, 200);
}

// Each reply has the shape of its own request's era, whatever came before it on the line.
TEST(RobustEras, KeepsThemApartOnOnePipe) {
  const auto request = [](int id, const std::string& rest) {
    return R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + "," + rest + "}";
  };
  const auto initialize = [](const std::string& version) {
    return R"("method":"initialize","params":{"protocolVersion":")" + version +
           R"(","capabilities":{}})";
  };
  const std::string modern_list = std::string(R"("method":"tools/list","params":{)") + kClaim + "}";
  const std::string modern_ping = std::string(R"("method":"ping","params":{)") + kClaim + "}";
  const std::string discover =
      std::string(R"("method":"server/discover","params":{)") + kClaim + "}";
  const std::string list = R"("method":"tools/list")", ping = R"("method":"ping")";
  struct Step {
    std::string text, has, lacks;
  };
  const Step steps[] = {
      {discover, "supportedVersions", "error"},
      {list, "error", "result\""},  // nobody said which revision
      {modern_list, R"("resultType":"complete")", "error"},
      {initialize("2025-06-18"), R"("protocolVersion":"2025-06-18")", "resultType"},
      {list, R"("title":"Echo")", "resultType"},
      {modern_list, R"("resultType":"complete")", "error"},
      {modern_ping, "-32601", "result\""},
      {ping, R"("result":{})", "error"},
      {initialize("2024-11-05"), R"("protocolVersion":"2024-11-05")", "resultType"},
      {list, R"("name":"echo")", "title"},
      {discover, "supportedVersions", "error"},
      {list, R"("name":"echo")", "title"},
      {initialize("1999-01-01"), R"("protocolVersion":"2025-11-25")", "resultType"},
      {list, R"("title":"Echo")", "resultType"},
      {initialize("2026-07-28"), R"("protocolVersion":"2025-11-25")", "resultType"},
      {R"("method":"server/discover")", "error", "result\""},
      {modern_list, R"("resultType":"complete")", "error"},
  };
  Line line;
  int id = 0;
  for (int round = 0; round < 3; ++round) {
    for (const Step& step : steps) {
      if (round > 0 && id % std::size(steps) == 1) {  // a session is there since the first round
        ++id;
        continue;
      }
      const std::string answer = line.ask(request(id, step.text));
      SCOPED_TRACE(step.text);
      EXPECT_TRUE(answer.starts_with(R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + ","))
          << answer;
      EXPECT_NE(answer.find(step.has), std::string::npos) << answer;
      EXPECT_EQ(answer.find(step.lacks), std::string::npos) << answer;
      ++id;
    }
  }
}

TEST(RobustEras, AnswersCallsOfBothErasThatWaitTogether) {
  Line line;
  line.ask(R"({"jsonrpc":"2.0","id":"i","method":"initialize","params":)"
           R"({"protocolVersion":"2025-11-25","capabilities":{}}})");
  for (int i = 0; i < 16; ++i) {
    line.send(call(std::to_string(i), "wait") + "\n");
    line.send(modern_call("\"" + std::to_string(i) + "\"", "wait") + "\n");
  }
  ASSERT_TRUE(line.fake.toolbox.wait_begun(32));
  EXPECT_EQ(line.ask(R"({"jsonrpc":"2.0","id":99,"method":"ping"})"),
            R"({"jsonrpc":"2.0","id":99,"result":{}})");
  line.fake.toolbox.release();

  std::set<std::string> legacy, modern;
  for (int i = 0; i < 32; ++i) {
    const Json answer = Json::parse(line.line().value_or("{}"));
    ASSERT_TRUE(answer.contains("result")) << answer;
    const bool is_modern = answer["result"].contains("resultType");
    EXPECT_EQ(is_modern, answer["id"].is_string()) << answer;
    (is_modern ? modern : legacy).insert(answer["id"].dump());
  }
  EXPECT_EQ(legacy.size(), 16U);
  EXPECT_EQ(modern.size(), 16U);
}

// A reader that comes late gets every answer, once.
TEST(RobustCrowd, KeepsEveryAnswerForALateReader) {
  Line line;
  line.ask(R"({"jsonrpc":"2.0","id":"i","method":"initialize","params":)"
           R"({"protocolVersion":"2025-11-25","capabilities":{}}})");
  constexpr int kCalls = 400;
  const std::string value = "\"" + std::string(2000, 'x') + "\"";
  std::thread writer([&] {
    for (int i = 0; i < kCalls; ++i) {
      line.send(call(std::to_string(i), i % 2 == 0 ? "echo" : "slow_echo", value) + "\n");
    }
  });
  std::set<int> seen;
  for (int i = 0; i < kCalls; ++i) {
    const Json answer = Json::parse(line.line().value_or("{}"));
    seen.insert(answer.value("id", -1));
    ASSERT_TRUE(answer.contains("result"));
  }
  writer.join();
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(kCalls));
  EXPECT_EQ(*seen.begin(), 0);
}

}  // namespace
}  // namespace dhis2mcp
