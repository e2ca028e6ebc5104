// SPDX-License-Identifier: BSD-3-Clause
// Exactly one reply for each message, cancel, ids in use, batches, and what a bug looks like.
#include "server/dispatcher.h"

#include <gtest/gtest.h>

#include <fstream>

#include "dhis2/json.h"
#include "server/json_text.h"
#include "server/log.h"
#include "tests/server/fake_toolbox.h"
#include "tests/support/temp_home.h"

namespace dhis2mcp {
namespace {

// Keeps what was sent; can be waited for.
class Kept final : public Outlet {
 public:
  void send(Reply reply) override {
    const std::lock_guard lock(mutex_);
    replies_.push_back(std::move(reply));
    came_.notify_all();
  }

  Reply wait() {
    std::unique_lock lock(mutex_);
    came_.wait_for(lock, std::chrono::seconds(10), [this] { return !replies_.empty(); });
    return replies_.empty() ? Reply{"nothing came", 0, {}} : replies_.front();
  }

  std::size_t count() {
    const std::lock_guard lock(mutex_);
    return replies_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<Reply> replies_;
};

class DispatcherTest : public ::testing::Test {
 protected:
  // Over stdio, in a session of this revision; nothing: before initialize.
  DispatcherTest() {
    arrival_.line = std::make_shared<Session>();
    arrival_.line->revision = arrival_.line->spoken = Revision::r2025_11_25;
  }
  ~DispatcherTest() override { server_.toolbox.release(); }

  std::shared_ptr<Kept> send(const std::string& text) {
    auto outlet = std::make_shared<Kept>();
    server_.dispatcher.handle(text, arrival_, outlet);
    return outlet;
  }

  static std::string call(const std::string& id, const std::string& tool) {
    return R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":"tools/call","params":{"name":")" +
           tool + "\"}}";
  }

  void idle() {
    ASSERT_TRUE(
        server_.pool.wait_until_idle(std::chrono::steady_clock::now() + std::chrono::seconds(10)));
  }

  test::FakeServer server_;
  Arrival arrival_;
};

TEST_F(DispatcherTest, AnswersWhatCannotWaitOnTheCallersThread) {
  EXPECT_EQ(send(R"({"jsonrpc":"2.0","id":"a","method":"ping"})")->count(), 1u);
  EXPECT_EQ(send(call("1", "echo"))->count(), 1u);
}

TEST_F(DispatcherTest, AnswersTheRestFromThePool) {
  const auto outlet = send(call("7", "slow_echo"));
  EXPECT_NE(outlet->wait().text.find(R"("id":7,)"), std::string::npos);
}

TEST_F(DispatcherTest, RunsThirtyTwoCallsAtOnce) {
  std::vector<std::shared_ptr<Kept>> outlets;
  for (int i = 0; i < 32; ++i) outlets.push_back(send(call(std::to_string(i), "wait")));
  ASSERT_TRUE(server_.toolbox.wait_begun(32));
  EXPECT_EQ(send(R"({"jsonrpc":"2.0","id":99,"method":"ping"})")->count(), 1u);
  server_.toolbox.release();
  for (const auto& outlet : outlets) {
    EXPECT_NE(outlet->wait().text.find("released"), std::string::npos);
  }
}

TEST_F(DispatcherTest, RefusesAnIdThatIsInFlightAndLeavesTheFirstAlone) {
  const auto first = send(call("1", "wait"));
  ASSERT_TRUE(server_.toolbox.wait_begun(1));
  const auto second = send(call("1", "echo"));
  EXPECT_NE(second->wait().text.find("-32600"), std::string::npos);
  EXPECT_EQ(send(call("\"1\"", "echo"))->wait().text.find("-32600"), std::string::npos);
  server_.toolbox.release();
  EXPECT_NE(first->wait().text.find("released"), std::string::npos);
  idle();
  EXPECT_NE(send(call("1", "echo"))->wait().text.find("result"), std::string::npos);
}

TEST_F(DispatcherTest, SendsNothingForACallThatWasCancelled) {
  const auto outlet = send(call("\"x\"", "wait"));
  ASSERT_TRUE(server_.toolbox.wait_begun(1));
  const auto notice =
      send(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"x"}})");
  EXPECT_EQ(notice->wait().text, "");
  ASSERT_TRUE(server_.toolbox.wait_stopped(1));
  idle();
  EXPECT_EQ(outlet->count(), 1u);
  EXPECT_EQ(outlet->wait().text, "");
}

TEST_F(DispatcherTest, IgnoresACancelThatFitsNothing) {
  for (const char* params : {R"({"requestId":5})", "{}", R"({"requestId":null})"}) {
    const auto notice =
        send(std::string(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":)") +
             params + "}");
    EXPECT_EQ(notice->wait().text, "");
    EXPECT_EQ(notice->wait().http, 202);
  }
}

TEST_F(DispatcherTest, LogsOneEndOfEachCallAndHowItCame) {
  const test::TempHome home;
  const std::string file = (home.path() / "log").string();
  start_log({.level = LogLevel::info, .json = true, .file = file});
  const std::map<std::string, std::string> ends = {
      {"1", "ok"},        {"2", "ok"},        {"3", "failed not_found"}, {"4", "failed refused"},
      {"5", "cancelled"}, {"6", "cancelled"}, {"7", "error -32602"}};
  send(call("1", "echo"));
  send(call("2", "slow_echo"));
  send(call("3", "fail"));
  send(call("4", "forbidden"));
  send(call("5", "wait"));
  ASSERT_TRUE(server_.toolbox.wait_begun(1));
  send(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":5}})");
  std::stop_source gone;
  arrival_.gone = gone.get_token();
  send(call("6", "wait"));
  ASSERT_TRUE(server_.toolbox.wait_begun(2));
  gone.request_stop();
  send(call("7", "nonsense"));
  idle();
  stop_log();

  std::map<std::string, std::string> seen;
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    const Json entry = Json::parse(line);
    if (entry["event"] != "done") continue;
    EXPECT_TRUE(seen.emplace(entry["id"], entry["outcome"]).second) << line;
  }
  EXPECT_EQ(seen, ends);
}

TEST_F(DispatcherTest, StopsTheCallWhenTheClientIsGone) {
  std::stop_source gone;
  arrival_.gone = gone.get_token();
  send(call("1", "wait"));
  ASSERT_TRUE(server_.toolbox.wait_begun(1));
  gone.request_stop();
  EXPECT_TRUE(server_.toolbox.wait_stopped(1));
}

TEST_F(DispatcherTest, KeepsWhatWentWrongInsideOutOfTheAnswer) {
  const Reply reply = send(call("3", "broken"))->wait();
  EXPECT_NE(reply.text.find("-32603"), std::string::npos);
  EXPECT_NE(reply.text.find(R"("id":3,)"), std::string::npos);
  EXPECT_EQ(reply.text.find("secret inside"), std::string::npos);
  EXPECT_EQ(reply.http, 500);
}

TEST_F(DispatcherTest, SendsNoMessageOverFourMebibytes) {
  const Reply reply = send(call("3", "huge"))->wait();
  EXPECT_LT(reply.text.size(), 1000u);
  EXPECT_NE(reply.text.find("-32603"), std::string::npos);
}

TEST_F(DispatcherTest, NeverAnswersANotification) {
  for (const char* text : {R"({"jsonrpc":"2.0","method":"notifications/initialized"})",
                           R"({"jsonrpc":"2.0","method":"notifications/unknown"})",
                           R"({"jsonrpc":"2.0","method":"tools/list"})",
                           R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":7})",
                           R"({"jsonrpc":"2.0","id":1,"result":{}})"}) {
    const auto outlet = send(text);
    EXPECT_EQ(outlet->count(), 1u) << text;
    EXPECT_EQ(outlet->wait().text, "") << text;
  }
}

TEST_F(DispatcherTest, LeavesOutTheIdOfWhatItCannotReadWhereTheSchemaSaysSo) {
  EXPECT_EQ(send("{")->wait().text.find(R"("id")"), std::string::npos);
  arrival_.line->spoken = Revision::r2025_06_18;
  EXPECT_NE(send("{")->wait().text.find(R"("id":null)"), std::string::npos);
  arrival_.line->spoken.reset();
  EXPECT_NE(send("{")->wait().text.find(R"("id":null)"), std::string::npos);
}

TEST_F(DispatcherTest, TakesAByteOrderMarkBeforeAMessage) {
  const auto outlet = send("\xEF\xBB\xBF{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}");
  EXPECT_NE(outlet->wait().text.find("result"), std::string::npos);
}

TEST_F(DispatcherTest, AnswersABatchOf20250326InOnePiece) {
  arrival_.line->revision = Revision::r2025_03_26;
  const Reply reply = send("[" + call("1", "slow_echo") + "," + call("2", "echo") +
                           R"(,{"jsonrpc":"2.0","method":"notifications/initialized"},7])")
                          ->wait();
  ASSERT_FALSE(check_json(reply.text)) << reply.text;
  int parts = 0;
  each_element(reply.text, [&](std::string_view) { ++parts; });
  EXPECT_EQ(parts, 3);
}

TEST_F(DispatcherTest, StaysSilentForABatchOfNotifications) {
  arrival_.line->revision = Revision::r2025_03_26;
  const Reply reply = send(R"([{"jsonrpc":"2.0","method":"notifications/initialized"}])")->wait();
  EXPECT_EQ(reply.text, "");
  EXPECT_EQ(reply.http, 202);
}

TEST_F(DispatcherTest, RefusesOtherBatches) {
  const std::string ping = R"({"jsonrpc":"2.0","id":1,"method":"ping"})";
  EXPECT_NE(send("[" + ping + "]")->wait().text.find("-32600"), std::string::npos);
  arrival_.line->revision = Revision::r2025_03_26;
  std::string many = "[" + ping;
  for (int i = 0; i < 50; ++i) many += "," + ping;
  for (const std::string& text :
       {std::string("[]"), many + "]",
        std::string(R"([{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}])")}) {
    EXPECT_NE(send(text)->wait().text.find("-32600"), std::string::npos) << text.substr(0, 80);
  }
}

TEST(Exchange, AnswersForItselfWhenItIsDropped) {
  auto outlet = std::make_shared<Kept>();
  std::make_unique<Exchange>("{}", outlet);
  EXPECT_NE(outlet->wait().text.find("-32603"), std::string::npos);
}

TEST(Exchange, AnswersOnce) {
  auto outlet = std::make_shared<Kept>();
  {
    Exchange exchange("{}", outlet);
    exchange.result("{}");
    exchange.result("{}");
    exchange.error({});
    exchange.abandon();
  }
  EXPECT_EQ(outlet->count(), 1u);
}

}  // namespace
}  // namespace dhis2mcp
