// SPDX-License-Identifier: BSD-3-Clause
// A protected profile: what changes its server waits for a person who types the profile's name.
#include <gtest/gtest.h>

#include "dhis2/json.h"
#include "tests/sign_in/terminal.h"
#include "tests/support/practice.h"

namespace dhis2mcp {
namespace {

using test::Ended;
using test::Practice;
using test::Shell;
using test::Terminal;

struct Protected : testing::Test {
  Shell shell;
  Practice dhis2{"2.43"};

  Protected() {
    shell.run({"profile", "add", "boss", "--url", dhis2.url(), "--basic", "admin", "--secret-stdin",
               "--protected"},
              "district");
  }

  std::string file(const std::string& name) const { return (shell.home() / name).string(); }
  std::size_t tokens() {
    const Ended list = shell.run({"pat", "list", "--profile", "boss", "--json"});
    return Json::parse(list.out)["tokens"].size();
  }
  std::size_t clients() {
    const Ended list = shell.run({"oauth2-client", "list", "--profile", "boss", "--json"});
    return Json::parse(list.out)["clients"].size();
  }
};

TEST_F(Protected, DoesNothingWhereNobodyTypesItsName) {
  if (const std::string why = test::why_no_terminal(); !why.empty()) GTEST_SKIP() << why;
  const std::size_t before = tokens();
  const std::vector<std::string> acts[] = {
      {"pat", "create", "--profile", "boss", "--out", file("token")},
      {"pat", "revoke", "abcdefghijk", "--profile", "boss"},
      {"oauth2-client", "create", "--profile", "boss", "--client-id", "x", "--out",
       file("client")}};
  for (const auto& act : acts) {
    SCOPED_TRACE(act[0] + " " + act[1]);
    const Ended ended = Shell::alone(act);
    EXPECT_EQ(ended.status, 1) << ended.err;
    EXPECT_NE(ended.err.find("Profile boss (" + dhis2.url() + ") is protected."), std::string::npos)
        << ended.err;
    EXPECT_NE(ended.err.find("Nothing was done"), std::string::npos) << ended.err;

    Terminal typo(act);
    ASSERT_TRUE(typo.shows("type its name:")) << typo.shown();
    typo.type("bos");
    EXPECT_EQ(typo.end(), 1);
  }
  EXPECT_EQ(tokens(), before);
  EXPECT_EQ(clients(), 0U);
  EXPECT_FALSE(std::filesystem::exists(file("token")));
}

TEST_F(Protected, DoesWhatIsAskedOnceItsNameIsTyped) {
  if (const std::string why = test::why_no_terminal(); !why.empty()) GTEST_SKIP() << why;
  const std::size_t before = tokens();
  const auto run = [](const std::vector<std::string>& act) {
    Terminal terminal(act);
    EXPECT_TRUE(terminal.shows("type its name:")) << terminal.shown();
    terminal.type("boss");
    const int status = terminal.end();
    EXPECT_EQ(status, 0) << terminal.shown();
    return terminal.shown();
  };

  const std::string made = run({"pat", "create", "--profile", "boss", "--out", file("token")});
  EXPECT_EQ(tokens(), before + 1);
  const std::size_t at = made.find("Made token ");
  ASSERT_NE(at, std::string::npos) << made;
  run({"pat", "revoke", made.substr(at + 11, 11), "--profile", "boss"});
  EXPECT_EQ(tokens(), before);
  run({"oauth2-client", "create", "--profile", "boss", "--client-id", "x", "--out",
       file("client")});
  EXPECT_EQ(clients(), 1U);
}

TEST_F(Protected, AsksNobodyBeforeItReads) {
  for (const auto& act : {std::vector<std::string>{"pat", "list", "--profile", "boss"},
                          std::vector<std::string>{"oauth2-client", "list", "--profile", "boss"},
                          std::vector<std::string>{"call", "profile_status", "--profile", "boss"},
                          std::vector<std::string>{"profile", "verify", "boss"}}) {
    const Ended ended = Shell::alone(act);
    EXPECT_EQ(ended.status, 0) << act[0] << ended.err;
    EXPECT_EQ(ended.err.find("is protected"), std::string::npos) << ended.err;
  }
}

}  // namespace
}  // namespace dhis2mcp
