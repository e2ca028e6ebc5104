// SPDX-License-Identifier: BSD-3-Clause
// `dhis2-mcp proxy` as a person at a shell meets it.
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <future>
#include <sstream>

#include "server/console.h"
#include "tests/server/peer.h"
#include "tests/support/count.h"
#include "tests/support/fake_http.h"
#include "tests/support/program.h"
#include "tests/support/temp_home.h"

namespace dhis2mcp {
namespace {

using test::Ended;
using test::FakeHttp;
using test::Peer;
using test::product_binary;
using test::Program;
using test::run_product;
using test::TempHome;
using Words = std::vector<std::string>;

const std::string kApp = "https://app.example.org";

// A proxy that says where it listens and, at the first time, its token.
class Proxy {
 public:
  explicit Proxy(const Words& further = {}, const Program::Variables& variables = {})
      : program_(product_binary(), words(further), variables) {
    for (std::string line = next(); !line.empty(); line = next()) {
      said_ += line + "\n";
      if (line.rfind("Proxy at ", 0) == 0) {
        port_ = static_cast<std::uint16_t>(std::stoi(line.substr(line.rfind(':') + 1)));
      }
      const std::size_t token = line.find("Bearer ");
      if (token != std::string::npos) token_ = line.substr(token + 7);
      if (line.rfind("Tokens are shown once", 0) == 0) break;
      if (line.find("keeps its token") != std::string::npos) break;
    }
  }

  Program& program() { return program_; }
  std::uint16_t port() const { return port_; }
  const std::string& token() const { return token_; }
  const std::string& said() const { return said_; }

  int status(const std::string& path, const std::string& token) const {
    return Peer(port_)
        .ask("GET " + path + " HTTP/1.1\r\nHost: localhost:" + std::to_string(port_) +
             "\r\nOrigin: " + kApp + "\r\nAuthorization: Bearer " + token + "\r\n\r\n")
        .status;
  }

 private:
  static Words words(const Words& further) {
    Words all = {"proxy", "--origin", kApp, "--port", "0"};
    if (std::find(further.begin(), further.end(), "--log-level") == further.end()) {
      all.insert(all.end(), {"--log-level", "off"});
    }
    all.insert(all.end(), further.begin(), further.end());
    return all;
  }
  std::string next() { return program_.error_line().value_or(""); }

  Program program_;
  std::uint16_t port_ = 0;
  std::string token_, said_;
};

struct ProxyProgramTest : testing::Test {
  // The profile `env` at this DHIS2.
  static Program::Variables at(const FakeHttp& dhis2) {
    return {{"DHIS2_URL", dhis2.url()}, {"DHIS2_PAT", "d2p_practice-token"}};
  }
  TempHome home;
};

TEST_F(ProxyProgramTest, ShowsATokenOnceAndReadsWithIt) {
  FakeHttp dhis2;
  dhis2.get("/api/me", "{}");
  std::string token;
  {
    Proxy first({}, at(dhis2));
    token = first.token();
    EXPECT_EQ(token.size(), 43U) << first.said();
    EXPECT_EQ(first.status("/env/api/me", token), 200);
    EXPECT_EQ(first.status("/env/api/me", "x"), 401);
    first.program().send_signal(SIGTERM);
    const Ended ended = first.program().wait();
    EXPECT_EQ(ended.status, kDone);
    EXPECT_EQ(ended.out, "");
  }
  Proxy again({}, at(dhis2));
  EXPECT_EQ(again.token(), "");
  EXPECT_EQ(again.said().find(token), std::string::npos);
  EXPECT_EQ(again.status("/env/api/me", token), 200);

  Proxy renewed({"--new-token", kApp}, at(dhis2));
  EXPECT_EQ(renewed.token().size(), 43U);
  EXPECT_EQ(renewed.status("/env/api/me", token), 401);
  EXPECT_EQ(renewed.status("/env/api/me", renewed.token()), 200);
}

TEST_F(ProxyProgramTest, LeavesATakenPortAndItsTokensAlone) {
  FakeHttp dhis2;
  dhis2.get("/api/me", "{}");
  Proxy first({}, at(dhis2));
  const Ended second = run_product(
      {"proxy", "--origin", kApp, "--new-token", kApp, "--port", std::to_string(first.port())});
  EXPECT_EQ(second.status, kPortTaken);
  EXPECT_NE(second.err.find("dhis2-mcp proxy --port 0"), std::string::npos) << second.err;
  Proxy third({}, at(dhis2));
  EXPECT_EQ(third.status("/env/api/me", first.token()), 200);
}

TEST_F(ProxyProgramTest, EndsWithTwoForAWrongCommandLine) {
  const Words cases[] = {
      {"proxy"},
      {"proxy", "--origin"},
      {"proxy", "--origin", "*"},
      {"proxy", "--origin", "null"},
      {"proxy", "--origin", "https://app.example.org/"},
      {"proxy", "--origin", kApp, "--new-token", "https://other", "--port", "0"},
      {"proxy", "--origin", kApp, "--port", "x"},
      {"proxy", "--origin", kApp, "--bind", "0.0.0.0"},
  };
  for (const Words& words : cases) {
    const Ended ended = run_product(words);
    EXPECT_EQ(ended.status, kUsage) << words.back() << ": " << ended.err;
    EXPECT_EQ(ended.out, "");
    EXPECT_NE(ended.err, "");
  }
  EXPECT_FALSE(std::filesystem::exists(home.path() / "data/store.db"));
}

TEST_F(ProxyProgramTest, EndsWithThreeForABrokenStore) {
  std::filesystem::create_directories(home.path() / "data");
  std::filesystem::permissions(home.path() / "data", std::filesystem::perms::owner_all);
  std::filesystem::permissions(home.path(), std::filesystem::perms::owner_all);
  std::ofstream(home.path() / "data/store.db") << "no database at all, but long enough to be read";
  std::filesystem::permissions(
      home.path() / "data/store.db",
      std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_EQ(run_product({"proxy", "--origin", kApp, "--port", "0"}).status, kConfiguration);
}

TEST_F(ProxyProgramTest, EndsWithAnswersUnderWay) {
  FakeHttp dhis2;
  test::Count asked;
  std::promise<void> never;  // its end opens the gate
  dhis2.on("GET", "/api/slow", [&asked, gate = never.get_future().share()](const test::Seen&) {
    ++asked;
    gate.wait();
    return test::Reply{200, "{}"};
  });
  Proxy proxy({}, at(dhis2));
  Peer waiting(proxy.port());
  waiting.send("GET /env/api/slow HTTP/1.1\r\nHost: localhost:" + std::to_string(proxy.port()) +
               "\r\nAuthorization: Bearer " + proxy.token() + "\r\n\r\n");
  ASSERT_TRUE(asked.reaches(1));
  proxy.program().send_signal(SIGINT);
  EXPECT_EQ(proxy.program().wait().status, kDone);
}

TEST_F(ProxyProgramTest, KeepsTokensOutOfItsLog) {
  FakeHttp dhis2;
  dhis2.get("/api/me", "{}");
  const std::string log = (home.path() / "log.txt").string();
  Proxy proxy({"--log-file", log, "--log-level", "trace"}, at(dhis2));
  EXPECT_EQ(proxy.status("/env/api/me?filter=secret-value", proxy.token()), 200);
  proxy.program().send_signal(SIGTERM);
  proxy.program().wait();
  std::ostringstream text;
  text << std::ifstream(log).rdbuf();
  EXPECT_NE(text.str().find("/api/me"), std::string::npos);
  for (const std::string& secret :
       {proxy.token(), std::string("d2p_practice-token"), std::string("secret-value")}) {
    EXPECT_EQ(text.str().find(secret), std::string::npos);
  }
}

// Each command of the README's section starts a proxy as it stands there.
TEST_F(ProxyProgramTest, TakesTheCommandsOfTheReadme) {
  std::ifstream readme(std::string(DHIS2_MCP_WIRE_FOLDER) + "/../../README.md");
  int commands = 0;
  for (std::string line; std::getline(readme, line);) {
    if (line.rfind("dhis2-mcp proxy ", 0) != 0) continue;
    ++commands;
    std::istringstream in(line.substr(0, line.find('#')));
    Words words;
    for (std::string word; in >> word;) words.push_back(word);
    words.erase(words.begin());
    words.insert(words.end(), {"--port", "0"});
    Program program(product_binary(), words);
    EXPECT_EQ(program.error_line().value_or("").rfind("Proxy at http://127.0.0.1:", 0), 0U) << line;
  }
  EXPECT_GE(commands, 1);
}

}  // namespace
}  // namespace dhis2mcp
