// SPDX-License-Identifier: BSD-3-Clause
// `profile add` on a name that is there already, and where its secrets come from.
#include <gtest/gtest.h>
#include <termios.h>

#include <thread>

#include "dhis2/json.h"
#include "tests/sign_in/terminal.h"

namespace dhis2mcp {
namespace {

using test::Ended;
using test::product_binary;
using test::Shell;
using test::Terminal;

using Words = std::vector<std::string>;

constexpr const char* kUrl = "https://h.example";

struct Add : testing::Test {
  Shell shell;

  Ended add(const std::string& url, const Words& more) {
    Words words = {"profile", "add", "ov", "--url", url, "--no-verify"};
    words.insert(words.end(), more.begin(), more.end());
    return shell.run(words, "hunter2");
  }
  std::filesystem::path file() const { return shell.home() / "config/profiles.json"; }
  Json entry() const { return Json::parse(std::ifstream(file()))["profiles"]["ov"]; }
  void note(const std::string& text) const {
    Json all = Json::parse(std::ifstream(file()));
    all["profiles"]["ov"]["note"] = text;
    std::ofstream(file()) << all;
  }
};

TEST_F(Add, KeepsWhatIsNotNamedAtTheSameAddress) {
  struct {
    Words first, again;
  } const cases[] = {
      {{"--pat", "--secret-stdin", "--referer", "https://app.example.org", "--ca-file", "/ca.pem",
        "--protected", "--pii", "allow", "--write", "confirm", "--insecure-http"},
       {"--pat", "--secret-stdin"}},
      {{"--basic", "admin", "--secret-stdin", "--protected"},
       {"--basic", "admin", "--secret-stdin"}},
      {{"--oauth2", "--client-id", "agent", "--client-secret-stdin", "--client-auth", "post",
        "--scope", "openid", "--redirect-port", "3449"},
       {"--oauth2", "--client-id", "agent", "--client-secret-stdin"}},
      {{"--oauth2", "--client-id", "agent", "--client-auth", "none"},
       {"--oauth2", "--client-id", "agent"}},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.first[0]);
    const Ended first = add(kUrl, each.first);
    ASSERT_EQ(first.status, 0) << first.err;
    EXPECT_EQ(first.out.rfind("Saved ov, unchecked.", 0), 0U) << first.out;
    note("mine");
    const Json before = entry();

    const Ended again = add(kUrl + std::string("/"), each.again);

    EXPECT_EQ(again.status, 0) << again.err;
    EXPECT_EQ(again.out.rfind("Updated ov, unchecked.", 0), 0U) << again.out;
    EXPECT_EQ(entry(), before);
    shell.run({"profile", "remove", "ov"});
  }
}

TEST_F(Add, TakesWhatIsNamed) {
  add(kUrl, {"--pat", "--secret-stdin", "--referer", "https://a.example", "--pii", "allow",
             "--write", "confirm"});
  add(kUrl, {"--pat", "--secret-stdin", "--referer", "https://b.example", "--pii", "mask",
             "--write", "off"});
  EXPECT_EQ(entry()["referer"], "https://b.example");
  EXPECT_EQ(entry()["pii"], "mask");
  EXPECT_EQ(entry()["write"], "off");

  add(kUrl, {"--oauth2", "--client-id", "agent", "--client-auth", "none"});
  add(kUrl, {"--oauth2", "--client-id", "agent", "--client-secret-stdin"});
  EXPECT_EQ(entry()["client_auth"], nullptr) << "a client with a secret does not go without";
}

TEST_F(Add, KeepsNothingOfAnotherAddressAndSaysWhatItWas) {
  add(kUrl, {"--basic", "admin", "--secret-stdin", "--protected", "--ca-file", "/ca.pem"});
  note("mine");

  const Ended moved = add("https://other.example", {"--basic", "amy", "--secret-stdin"});

  EXPECT_EQ(moved.out.rfind("Replaced ov, which was https://h.example as admin, unchecked.", 0), 0U)
      << moved.out;
  EXPECT_EQ(entry()["protected"], false);
  EXPECT_EQ(entry()["ca_file"], nullptr);
  EXPECT_FALSE(entry().contains("note"));
}

// In a session without a terminal.
TEST_F(Add, NamesTheOptionThatGivesTheSecret) {
  const struct {
    Words how;
    const char* says;
  } cases[] = {
      {{"--basic", "admin"}, "Give --secret-file FILE, --secret-env VARIABLE or --secret-stdin."},
      {{"--oauth2", "--client-id", "agent"},
       "Give --client-secret-file FILE, --client-secret-env VARIABLE or --client-secret-stdin."},
      {{"--oauth2", "--client-id", "agent", "--secret-stdin"}, "Give it with --client-secret-file"},
      {{"--pat", "--client-secret-stdin"}, "with --secret-file"},
      {{"--basic", "admin", "--secret-stdin"}, "Give --secret-file FILE"},
      {{"--oauth2", "--client-id", "agent", "--client-secret-env", "NOT_SET"},
       "Export it, or give --client-secret-file FILE."},
      {{"--basic", "admin", "--secret-file", "/tmp"},
       "The secret file /tmp cannot be read: Is a directory."},
      {{"--basic", "admin", "--secret-file", "/no/such"},
       "The secret file /no/such cannot be read: No such file or directory."},
      {{"--pat", "--secret-stdin", "--referer", "https://a.example\r\nX: y"}, "a line break"},
  };
  for (const auto& each : cases) {
    Words words = {"profile", "add", "x", "--url", kUrl, "--no-verify"};
    words.insert(words.end(), each.how.begin(), each.how.end());
    const Ended ended = Shell::alone(words);
    EXPECT_EQ(ended.status, 2) << ended.err;
    EXPECT_NE(ended.err.find(each.says), std::string::npos) << ended.err;
  }
}

TEST_F(Add, LeavesTheTerminalEchoingWhenItIsInterrupted) {
  if (const std::string why = test::why_no_terminal(); !why.empty()) GTEST_SKIP() << why;
  for (const char* keys : {"\x03", "\x1c"}) {
    Terminal terminal({"-c",
                       "trap : INT QUIT; \"$0\" profile add x --url https://h.example --basic "
                       "admin --no-verify; echo ended $?; stty -a; echo all",
                       product_binary()},
                      "/bin/sh");
    ASSERT_TRUE(terminal.shows("password of admin: ")) << terminal.shown();
    while (terminal.echoes()) std::this_thread::yield();
    terminal.press(keys);
    ASSERT_TRUE(terminal.shows("\nall")) << terminal.shown();
    EXPECT_EQ(terminal.shown().find(" -echo "), std::string::npos) << terminal.shown();
    EXPECT_NE(terminal.shown().find(*keys == '\x03' ? "ended 130" : "ended 131"), std::string::npos)
        << terminal.shown();
  }
}

}  // namespace
}  // namespace dhis2mcp
