// SPDX-License-Identifier: BSD-3-Clause
// The built program as a client, a shell and a person meet it.
#include "tests/support/program.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "dhis2/json.h"
#include "server/console.h"
#include "tests/server/peer.h"
#include "tests/support/fake_http.h"
#include "tests/support/temp_home.h"

namespace dhis2mcp {
namespace {

using std::chrono::steady_clock;
using test::Ended;
using test::FakeHttp;
using test::HttpResponse;
using test::Peer;
using test::product_binary;
using test::Program;
using test::run_product;
using test::TempHome;

constexpr const char* kInitialize =
    R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18"}})"
    "\n";

class ProgramTest : public ::testing::Test {
 protected:
  // The port of an `http` program, from what it says first.
  static std::uint16_t port_of(Program& program) {
    const std::string line = program.error_line().value_or("");
    const std::size_t at = line.rfind(':');
    return at == std::string::npos ? 0 : static_cast<std::uint16_t>(std::stoi(line.substr(at + 1)));
  }

  std::string text_of(const std::filesystem::path& file) const {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  TempHome home_;
};

TEST_F(ProgramTest, TellsItsVersionAndTeaches) {
  EXPECT_EQ(run_product({"--version"}).out, "dhis2-mcp " DHIS2_MCP_VERSION "\n");
  const Ended help = run_product({"--help"});
  EXPECT_EQ(help.status, kDone);
  EXPECT_NE(help.out.find("dhis2-mcp profile add"), std::string::npos);
  for (const char* command : {"stdio", "http", "call", "tools", "profile"}) {
    const Ended each = run_product({command, "--help"});
    EXPECT_EQ(each.status, kDone) << command;
    EXPECT_NE(each.out.find("Usage"), std::string::npos) << command;
  }
  for (const std::string group : {"profile", "pat", "oauth2-client", "store"}) {
    const Ended each = run_product({group, "--help"});
    EXPECT_NE(each.out.find("dhis2-mcp " + group + " COMMAND --help"), std::string::npos);
    EXPECT_EQ(each.out.find("dhis2-mcp call"), std::string::npos) << each.out;
  }
}

TEST_F(ProgramTest, EndsWithTwoForAWrongCommandLine) {
  const std::vector<std::vector<std::string>> cases = {
      {"nonsense"},
      {"stdio", "--nonsense"},
      {"call"},
      {"http", "--port", "x"},
      {"http", "--bind", "0.0.0.0"},
      {"profile"},
      {"profile", "add", "x"},
      {"profile", "add", "x", "--url", "https://h"},
      {"profile", "add", "x", "--url", "https://h", "--basic", "u", "--pat"},
      {"profile", "add", "x", "--url", "no url", "--basic", "u", "--secret-stdin"},
      {"profile", "add", "x", "--url", "https://h", "--pat", "--oauth2"},
      {"profile", "add", "x", "--url", "https://h", "--pat", "--secret-stdin", "--secret-env", "A"},
      {"profile", "login"},
      {"proxy"},
      {"doctor"},
      {"call", "profile_list", "{not json"},
      {"call", "profile_list", "[1]"},
      {"stdio", "--log-level", "loud"},
      {"--toolsets", "nonsense", "tools"},
  };
  for (const auto& arguments : cases) {
    const Ended ended = run_product(arguments);
    EXPECT_EQ(ended.status, kUsage) << arguments.back() << ": " << ended.err;
    EXPECT_EQ(ended.out, "") << arguments.back();
    EXPECT_NE(ended.err, "") << arguments.back();
  }
}

TEST_F(ProgramTest, SpeaksOnStdioUntilTheInputEnds) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"stdio"}, {}, {"--log-level", "off", "stdio"}}) {
    const Ended ended = run_product(
        arguments, std::string(kInitialize) + R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})"
                                              "\n");
    EXPECT_EQ(ended.status, kDone);
    std::istringstream lines(ended.out);
    std::string line;
    int count = 0;
    for (; std::getline(lines, line); ++count) {
      EXPECT_TRUE(Json::accept(line)) << line;
    }
    EXPECT_EQ(count, 2);
    EXPECT_NE(ended.out.find("profile_list"), std::string::npos);
  }
}

// What draws charts and what keeps secrets is large, and needed by few calls.
TEST_F(ProgramTest, LoadsNoDrawingLibraryForAList) {
  Program program(product_binary(), {"stdio", "--log-level", "off"});
  ASSERT_TRUE(program.write(kInitialize));
  ASSERT_TRUE(program.line());
  ASSERT_TRUE(program.write(R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})"
                            "\n"));
  EXPECT_NE(program.line().value_or("").find("\"chart\""), std::string::npos);
  std::ifstream maps("/proc/" + std::to_string(program.pid()) + "/maps");
  const std::string loaded{std::istreambuf_iterator<char>(maps), {}};
  EXPECT_NE(loaded.find("libc.so"), std::string::npos);
  for (const char* library : {"libcairo", "libpango", "libfontconfig", "libglib", "libsecret"}) {
    EXPECT_EQ(loaded.find(library), std::string::npos) << library;
  }
}

TEST_F(ProgramTest, AnswersAMegabyteOfGarbageAndGoesOn) {
  Program program(product_binary(), {"stdio", "--log-level", "off"});
  ASSERT_TRUE(program.write(std::string(1024 * 1024, '\xF7') + "\n"));
  EXPECT_NE(program.line().value_or("").find("-32700"), std::string::npos);
  ASSERT_TRUE(program.write(R"({"jsonrpc":"2.0","id":1,"method":"ping"})"
                            "\n"));
  EXPECT_NE(program.line().value_or("").find("result"), std::string::npos);
  const Ended ended = program.end();
  EXPECT_EQ(ended.status, kDone);
  EXPECT_EQ(ended.out, "");
}

TEST_F(ProgramTest, NeedsNoMemoryForALineWithoutEnd) {
  Program program(product_binary(), {"stdio", "--log-level", "off"});
  const std::string piece(1024 * 1024, 'x');
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(program.write(piece));
  EXPECT_NE(program.line().value_or("").find("-32700"), std::string::npos);
  std::ifstream status("/proc/" + std::to_string(program.pid()) + "/status");
  std::string word;
  long kilobytes = 0;
  while (status >> word) {
    if (word == "VmHWM:") status >> kilobytes;
  }
  EXPECT_GT(kilobytes, 0);
#ifdef __SANITIZE_ADDRESS__
  constexpr long kMost = 512 * 1024;  // freed memory waits in quarantine
#else
  constexpr long kMost = 64 * 1024;
#endif
  EXPECT_LT(kilobytes, kMost);
  EXPECT_EQ(program.end().status, kDone);
}

// Within two seconds; the better of two, because the machine may be busy with something else.
TEST_F(ProgramTest, EndsSoonWhenItIsTold) {
  auto least = steady_clock::duration::max();
  for (const int number : {SIGTERM, SIGINT}) {
    Program program(product_binary(), {"stdio", "--log-level", "off"});
    ASSERT_TRUE(program.write(kInitialize));
    ASSERT_TRUE(program.line());
    const auto start = steady_clock::now();
    program.send_signal(number);
    EXPECT_EQ(program.wait().status, kDone);
    least = std::min(least, steady_clock::now() - start);
  }
  EXPECT_LT(least, std::chrono::seconds(2));
}

// Nobody reads the answers, so that the writer is stuck when the signal comes.
TEST_F(ProgramTest, EndsThoughNobodyReads) {
  Program program(product_binary(), {"stdio", "--log-level", "off"});
  std::string text = kInitialize;
  for (int i = 0; i < 200; ++i) {
    text += R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})"
            "\n";
  }
  ASSERT_TRUE(program.write(text));
  ASSERT_TRUE(program.line());
  program.send_signal(SIGTERM);
  siginfo_t ended{};
  ASSERT_EQ(waitid(P_PID, static_cast<id_t>(program.pid()), &ended, WEXITED | WNOWAIT), 0);
  EXPECT_EQ(program.wait().status, kDone);
}

TEST_F(ProgramTest, LogsOneLineInAndOneOutAndNeverArguments) {
  Program program(product_binary(), {"stdio", "--log-format", "json"});
  program.write(std::string(kInitialize) +
                R"({"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"profile_list",)"
                R"("arguments":{"secret_word":"hunter2"}}})"
                "\n");
  const Ended ended = program.end();
  int in = 0, out = 0;
  std::istringstream lines(ended.err);
  for (std::string line; std::getline(lines, line);) {
    const Json entry = Json::parse(line, nullptr, false);
    ASSERT_TRUE(entry.is_object()) << line;
    if (entry.value("tool", "") != "profile_list") continue;
    in += entry["event"] == "call";
    out += entry["event"] == "done" && entry.contains("ms");
  }
  EXPECT_EQ(in, 1);
  EXPECT_EQ(out, 1);
  EXPECT_EQ(ended.err.find("hunter2"), std::string::npos);
}

TEST_F(ProgramTest, ServesHttpWithATokenThatSurvives) {
  std::string token;
  for (int round = 0; round < 2; ++round) {
    Program program(product_binary(), {"http", "--port", "0", "--log-level", "off"});
    const std::uint16_t port = port_of(program);
    ASSERT_NE(port, 0);
    const std::filesystem::path token_file = home_.path() / "config/http-token";
    struct stat mode {};
    ASSERT_EQ(stat(token_file.c_str(), &mode), 0);
    EXPECT_EQ(mode.st_mode & 0777u, 0600u);
    std::string now = text_of(token_file);
    now.pop_back();
    if (round == 1) {
      EXPECT_EQ(now, token);
    }
    token = now;
    const auto port_file = home_.path() / ("run/http-" + std::to_string(port) + ".json");
    const Json told = Json::parse(text_of(port_file));
    EXPECT_EQ(told["url"], "http://127.0.0.1:" + std::to_string(port) + "/mcp");
    EXPECT_EQ(told["pid"], program.pid());
    EXPECT_EQ(told["token_file"], token_file.string());
    const std::string head = "POST /mcp HTTP/1.1\r\nHost: localhost:" + std::to_string(port) +
                             "\r\nContent-Type: application/json\r\nContent-Length: 46\r\n";
    const std::string body = R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})";
    const HttpResponse answer =
        Peer(port).ask(head + "Authorization: Bearer " + token + "\r\n\r\n" + body);
    EXPECT_EQ(answer.status, 200);
    const HttpResponse refused = Peer(port).ask(head + "\r\n" + body);
    EXPECT_EQ(refused.status, 401);
    EXPECT_NE(refused.body.find(token_file.string()), std::string::npos);
    program.send_signal(SIGTERM);
    EXPECT_EQ(program.wait().status, kDone);
    EXPECT_FALSE(std::filesystem::exists(port_file));
  }
  Program renewed(product_binary(), {"http", "--port", "0", "--new-token"});
  ASSERT_NE(port_of(renewed), 0);
  EXPECT_NE(text_of(home_.path() / "config/http-token"), token + "\n");
}

TEST_F(ProgramTest, LeavesATakenPortAlone) {
  Program first(product_binary(), {"http", "--port", "0"});
  const std::string port = std::to_string(port_of(first));
  const std::string token = text_of(home_.path() / "config/http-token");
  const Ended second = run_product({"http", "--port", port, "--new-token"});
  EXPECT_EQ(second.status, kPortTaken);
  EXPECT_NE(second.err.find(port), std::string::npos);
  EXPECT_EQ(text_of(home_.path() / "config/http-token"), token);
}

TEST_F(ProgramTest, ShowsTheCatalogue) {
  const Ended listed = run_product({"tools"});
  EXPECT_EQ(listed.status, kDone);
  EXPECT_NE(listed.out.find("profile_list"), std::string::npos);
  const Ended one = run_product({"tools", "profile_list", "--json"});
  EXPECT_EQ(Json::parse(one.out)["name"], "profile_list");
  EXPECT_EQ(run_product({"tools", "--all", "--json"}).out.front(), '[');
  const Ended unknown = run_product({"tools", "profile_lits"});
  EXPECT_EQ(unknown.status, kRefused);
  EXPECT_NE(unknown.err.find("profile_list"), std::string::npos);
}

TEST_F(ProgramTest, CallsATool) {
  const Ended text = run_product({"call", "profile_list"});
  EXPECT_EQ(text.status, kDone) << text.err;
  const Ended json = run_product({"call", "profile_list", "-", "--json"}, "{}");
  EXPECT_EQ(json.out.find('\n'), json.out.size() - 1);
  EXPECT_TRUE(Json::parse(json.out).contains("content"));
  const Ended unknown = run_product({"call", "profile_lits"});
  EXPECT_EQ(unknown.status, kRefused);
  EXPECT_EQ(unknown.out, "");
  const Ended wrong = run_product({"call", "profile_list", R"({"nonsense":1})", "--json"});
  EXPECT_EQ(wrong.status, kRefused);
  EXPECT_EQ(Json::parse(wrong.out)["isError"], true);
}

TEST_F(ProgramTest, SaysThatAnAnswerWasLostOnAFullDisk) {
  const std::vector<std::string> commands[] = {{"call", "profile_list"},
                                               {"call", "profile_list", "{}", "--json"},
                                               {"profile", "list", "--json"},
                                               {"tools"},
                                               {"config", "claude-code"},
                                               {"--help"},
                                               {"--version"}};
  for (const auto& command : commands) {
    std::vector<std::string> words = {"-c", "exec \"$0\" \"$@\" > /dev/full", product_binary()};
    words.insert(words.end(), command.begin(), command.end());
    const Ended ended = Program("/bin/sh", words).end();
    EXPECT_EQ(ended.status, kRefused) << command[0];
    EXPECT_NE(ended.err.find("could not be written: No space left on device."), std::string::npos)
        << command[0] << ended.err;
  }
}

TEST_F(ProgramTest, SaysThatAnAnswerOverStdioWasLostOnAFullDisk) {
  Program program("/bin/sh", {"-c", "exec \"$0\" stdio > /dev/full", product_binary()});
  program.write(kInitialize);
  const Ended ended = program.end();
  EXPECT_EQ(ended.status, kRefused) << ended.err;
  EXPECT_NE(ended.err.find("could not be written: No space left on device."), std::string::npos);
}

TEST_F(ProgramTest, OutlivesALimitOnFileSizes) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "ThreadSanitizer writes a file of its own before main";
#endif
  const Ended ended =
      Program("/bin/sh",
              {"-c", "ulimit -f 0; exec \"$0\" \"$@\"", product_binary(), "profile", "add", "x",
               "--url", "https://h.example", "--pat", "--secret-env", "A_TOKEN", "--no-verify"},
              {{"A_TOKEN", "d2p_0123456789"}})
          .end();
  EXPECT_EQ(ended.status, kConfiguration) << ended.err;
}

// As much of a DHIS2 as a diagnosis asks for.
void play_dhis2(FakeHttp& server) {
  server.on("GET", "/api/loginConfig",
            {200, R"({"apiVersion":"2.42.1","applicationTitle":"Play"})"});
  server.on("GET", "/api/ping", {200, "pong", "text/plain"});
  server.on("GET", "/api/system/info", {200, R"({"version":"2.42.1","calendar":"iso8601"})"});
  server.on("GET", "/api/me",
            {200, R"({"id":"xE7jOejl9FI","username":"amy","displayName":"Amy","authorities":[]})"});
}

TEST_F(ProgramTest, AddsVerifiesShowsAndRemovesAProfile) {
  FakeHttp server;
  play_dhis2(server);
  const Ended added = run_product({"profile", "add", "demo", "--url", server.url(), "--basic",
                                   "amy", "--secret-stdin", "--default"},
                                  "hunter2\n");
  ASSERT_EQ(added.status, kDone) << added.err;
  EXPECT_NE(added.out.find("amy"), std::string::npos);
  EXPECT_NE(added.out.find("2.42.1"), std::string::npos);
  const Ended verified = run_product({"profile", "verify", "demo"});
  EXPECT_EQ(verified.status, kDone) << verified.err;
  EXPECT_NE(verified.out.find("ms"), std::string::npos);
  const Json listed = Json::parse(run_product({"profile", "list", "--json"}).out);
  EXPECT_EQ(listed["profiles"][0]["name"], "demo");
  EXPECT_EQ(listed["profiles"][0]["default"], true);
  const Ended shown = run_product({"profile", "show", "demo", "--json"});
  EXPECT_EQ(Json::parse(shown.out)["method"], "basic");
  EXPECT_EQ(shown.out.find("hunter2"), std::string::npos);
  EXPECT_EQ(run_product({"profile", "default", "demo"}).status, kDone);
  EXPECT_EQ(run_product({"profile", "remove", "demo"}).status, kDone);
  EXPECT_EQ(run_product({"profile", "show", "demo"}).status, kConfiguration);
  for (const auto& file : std::filesystem::recursive_directory_iterator(home_.path())) {
    if (file.is_regular_file()) {
      EXPECT_EQ(text_of(file.path()).find("hunter2"), std::string::npos) << file.path();
    }
  }
}

TEST_F(ProgramTest, SavesNothingThatDoesNotWork) {
  FakeHttp server;
  play_dhis2(server);
  server.on("GET", "/api/me",
            {401, R"({"httpStatus":"Unauthorized","httpStatusCode":401,)"
                  R"("status":"ERROR","message":"Unauthorized"})"});
  const std::vector<std::string> add = {"profile", "add",          "demo",
                                        "--url",   server.url(),   "--basic",
                                        "amy",     "--secret-env", "THE_PASSWORD"};
  const Ended refused = run_product(add, "", {{"THE_PASSWORD", "wrong"}});
  EXPECT_EQ(refused.status, kSignIn) << refused.err;
  EXPECT_EQ(refused.out, "");
  EXPECT_EQ(run_product({"profile", "show", "demo"}).status, kConfiguration);
  std::vector<std::string> unchecked = add;
  unchecked.push_back("--no-verify");
  EXPECT_EQ(run_product(unchecked, "", {{"THE_PASSWORD", "wrong"}}).status, kDone);
  EXPECT_EQ(run_product({"profile", "verify", "demo"}).status, kSignIn);
}

TEST_F(ProgramTest, TakesASecretFromAVariableOfTheEnvironmentsProfile) {
  const std::vector<std::string> add = {"profile",     "add",          "x",
                                        "--url",       "https://h",    "--pat",
                                        "--no-verify", "--secret-env", "DHIS2_PAT"};
  EXPECT_EQ(run_product(add).status, kUsage);
  const Ended added = run_product(add, "", {{"DHIS2_PAT", "d2p_0123456789"}});
  EXPECT_EQ(added.status, kDone) << added.err;
}

TEST_F(ProgramTest, TellsAnUnreachableServerFromAWrongOne) {
  const std::vector<std::string> rest = {"--basic", "amy", "--secret-stdin"};
  const auto add = [&](const std::string& url) {
    std::vector<std::string> arguments = {"profile", "add", "x", "--url", url};
    arguments.insert(arguments.end(), rest.begin(), rest.end());
    return run_product(arguments, "pw");
  };
  EXPECT_EQ(add("http://127.0.0.1:1").status, kUnreachable);
  FakeHttp not_dhis2;
  EXPECT_EQ(add(not_dhis2.url()).status, kRefused);
  EXPECT_EQ(add("http://example.invalid").status == kDone, false);
}

TEST_F(ProgramTest, EndsWithThreeForABrokenProfileFile) {
  std::filesystem::create_directories(home_.path() / "config");
  std::filesystem::permissions(home_.path() / "config", std::filesystem::perms::owner_all);
  {
    std::ofstream out(home_.path() / "config/profiles.json");
    out << "{broken";
  }
  std::filesystem::permissions(
      home_.path() / "config/profiles.json",
      std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_EQ(run_product({"profile", "list"}).status, kConfiguration);
  EXPECT_EQ(run_product({"call", "profile_list"}).status, kConfiguration);
  EXPECT_EQ(run_product({"stdio"}, "", {{"DHIS2_URL", "https://h"}}).status, kConfiguration);
}

// A folder that cannot be looked into, in a way that holds for root as well.
TEST_F(ProgramTest, EndsWithThreeWhereItsFilesCannotBeSeen) {
  std::filesystem::create_symlink("config", home_.path() / "config");
  const std::vector<std::string> commands[] = {
      {"profile", "list"}, {"call", "profile_list"}, {"http", "--port", "0"}};
  for (const auto& command : commands) {
    const Ended ended = run_product(command);
    EXPECT_EQ(ended.status, kConfiguration) << command[0] << ": " << ended.err;
    EXPECT_NE(ended.err.find("cannot be read"), std::string::npos) << ended.err;
  }
}

TEST_F(ProgramTest, KeepsItsFilesPrivateUnderAnyUmask) {
  const mode_t before = umask(0);
  run_product({"profile", "add", "x", "--url", "https://h.example", "--pat", "--secret-stdin",
               "--no-verify"},
              "d2p_0123456789");
  umask(before);
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(home_.path())) {
    struct stat seen {};
    ASSERT_EQ(stat(entry.path().c_str(), &seen), 0);
    EXPECT_EQ(seen.st_mode & 077u, 0u) << entry.path();
    ++files;
  }
  EXPECT_GT(files, 2);
}

}  // namespace
}  // namespace dhis2mcp
