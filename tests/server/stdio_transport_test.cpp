// SPDX-License-Identifier: BSD-3-Clause
// stdio with real pipes.
#include "server/stdio_transport.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <set>
#include <thread>

#include "tests/server/fake_toolbox.h"
#include "tests/server/line.h"

namespace dhis2mcp {
namespace {

using std::chrono::milliseconds;

class StdioTest : public ::testing::Test {
 protected:
  StdioTest() {
    signal(SIGPIPE, SIG_IGN);
    for (auto* ends : {&input_, &output_, &stop_}) {
      if (pipe2(ends->data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    }
  }

  ~StdioTest() override {
    server_.toolbox.release();
    close_input();
    if (thread_.joinable()) thread_.join();
    for (const int fd : {input_[0], output_[0], output_[1], stop_[0], stop_[1]}) {
      if (fd >= 0) close(fd);
    }
  }

  void start(milliseconds grace = milliseconds(5000)) {
    StdioOptions options{.input = input_[0], .output = output_[1], .stop = stop_[0]};
    options.grace = grace;
    options.on_ending = [this] { ending_ = true; };
    thread_ =
        std::thread([this, options] { serve_stdio(server_.dispatcher, server_.pool, options); });
  }

  void send(std::string text) {
    text += '\n';
    ASSERT_EQ(write(input_[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }

  std::optional<std::string> line() { return test::next_line(output_[0], got_); }

  void initialize() {
    send(R"({"jsonrpc":"2.0","id":"i","method":"initialize","params":)"
         R"({"protocolVersion":"2025-06-18"}})");
    ASSERT_TRUE(line());
  }

  static std::string call(int id, const std::string& tool) {
    return R"({"jsonrpc":"2.0","id":)" + std::to_string(id) +
           R"(,"method":"tools/call","params":{"name":")" + tool + "\"}}";
  }

  void close_input() {
    if (input_[1] >= 0) close(input_[1]);
    input_[1] = -1;
  }

  void close_output_reader() {
    close(output_[0]);
    output_[0] = -1;
  }

  void wait_for_end() { thread_.join(); }

  test::FakeServer server_;
  std::array<int, 2> input_{}, output_{}, stop_{};
  std::thread thread_;
  std::string got_;
  std::atomic<bool> ending_{false};
};

TEST_F(StdioTest, AnswersLineByLine) {
  start();
  initialize();
  send(R"({"jsonrpc":"2.0","id":1,"method":"ping"})"
       "\r");
  EXPECT_EQ(line(), R"({"jsonrpc":"2.0","id":1,"result":{}})");
}

TEST_F(StdioTest, AnswersOutOfOrderWhatCanBeAnswered) {
  start();
  initialize();
  for (int id = 0; id < 32; ++id) send(call(id, "wait"));
  ASSERT_TRUE(server_.toolbox.wait_begun(32));
  send(R"({"jsonrpc":"2.0","id":99,"method":"ping"})");
  EXPECT_EQ(line(), R"({"jsonrpc":"2.0","id":99,"result":{}})");
  server_.toolbox.release();
  std::set<std::string> answers;
  for (int id = 0; id < 32; ++id) answers.insert(line().value_or("none"));
  EXPECT_EQ(answers.size(), 32u);
}

TEST_F(StdioTest, AnswersGarbageAndGoesOn) {
  start();
  send(std::string(100'000, 'x'));
  EXPECT_NE(line().value_or("").find("-32700"), std::string::npos);
  send(R"({"jsonrpc":"2.0","id":1,"method":"ping"})");
  EXPECT_NE(line().value_or("").find("result"), std::string::npos);
}

TEST_F(StdioTest, AnswersALineThatIsTooLongOnce) {
  start();
  std::thread writer([this] { send(std::string(6 * 1024 * 1024, 'x')); });
  const std::string answer = line().value_or("");
  writer.join();
  EXPECT_NE(answer.find("-32700"), std::string::npos);
  EXPECT_NE(answer.find(R"("id":null)"), std::string::npos);
  send(R"({"jsonrpc":"2.0","id":1,"method":"ping"})");
  EXPECT_NE(line().value_or("").find("result"), std::string::npos);
}

TEST_F(StdioTest, FinishesWhatIsInFlightAtTheEndOfTheInput) {
  start();
  initialize();
  send(call(1, "wait"));
  ASSERT_TRUE(server_.toolbox.wait_begun(1));
  close_input();
  server_.toolbox.release();
  EXPECT_NE(line().value_or("").find("released"), std::string::npos);
  wait_for_end();
  EXPECT_TRUE(ending_);
}

TEST_F(StdioTest, TakesALastLineWithoutAnEnd) {
  start();
  const std::string text = R"({"jsonrpc":"2.0","id":1,"method":"ping"})";
  ASSERT_EQ(write(input_[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  close_input();
  EXPECT_EQ(line(), R"({"jsonrpc":"2.0","id":1,"result":{}})");
}

TEST_F(StdioTest, StopsWhatDoesNotFinishAndStillAnswers) {
  start(milliseconds(20));
  initialize();
  send(call(1, "wait"));
  ASSERT_TRUE(server_.toolbox.wait_begun(1));
  close_input();
  EXPECT_NE(line().value_or("").find("was stopped"), std::string::npos);
  wait_for_end();
}

TEST_F(StdioTest, EndsWhenItIsTold) {
  start();
  ASSERT_EQ(write(stop_[1], "x", 1), 1);
  wait_for_end();
}

TEST_F(StdioTest, EndsWhenNobodyReadsAnyMore) {
  start();
  close_output_reader();
  wait_for_end();
}

// Node.js gives its children sockets.
TEST_F(StdioTest, EndsWhenTheOtherEndOfASocketIsClosed) {
  for (const int fd : output_) close(fd);
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, output_.data()), 0);
  start();
  initialize();
  close_output_reader();
  wait_for_end();
}

TEST_F(StdioTest, WaitsForAReaderThatIsSlow) {
  start();
  initialize();
  constexpr int kCalls = 3000;
  std::thread writer([this] {
    for (int id = 0; id < kCalls; ++id) send(call(id, "slow_echo"));
  });
  std::set<std::string> answers;
  for (int id = 0; id < kCalls; ++id) answers.insert(line().value_or("none"));
  writer.join();
  EXPECT_EQ(answers.size(), static_cast<std::size_t>(kCalls));
}

}  // namespace
}  // namespace dhis2mcp
