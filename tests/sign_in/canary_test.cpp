// SPDX-License-Identifier: BSD-3-Clause
// A canary in every secret: commands, tools and faults at trace level, then a search through every
// output and every file.
#include <gtest/gtest.h>

#include "dhis2/json.h"
#include "tests/sign_in/shell.h"

namespace dhis2mcp {
namespace {

using test::Misbehaviour;
using test::PracticeOAuth2;
using test::Shell;

struct Canary : testing::Test {
  PracticeOAuth2 dhis2;
  Shell shell;
  std::set<std::string> secrets = {"canary-client-secret", "canary-password", "canary-passphrase",
                                   "d2p_canaryCanaryCanaryCanary"};
  std::string passphrase_file;

  Canary() {
    dhis2.client_secret = "canary-client-secret";
    dhis2.password = "canary-password";
  }

  test::Ended run(const std::vector<std::string>& words, const std::string& input = {}) {
    return shell.run(words, input);
  }

  void drive_tools(const std::string& profile) {
    const Json tools = Json::parse(run({"tools", "--all", "--json"}).out);
    ASSERT_GT(tools.size(), 5U);
    for (const Json& tool : tools) {
      Json arguments = {{"profile", profile}};
      for (const auto& name : tool["inputSchema"].value("required", Json::array())) {
        const Json kind = tool["inputSchema"]["properties"][name.get<std::string>()];
        arguments[name.get<std::string>()] =
            kind.value("type", "") == "array" ? Json::array({"me"}) : Json("me");
      }
      if (tool["name"] != "profile_login") {
        run({"call", tool["name"], arguments.dump(), "--json"});
      }
    }
  }

  // Raw, and in the form in which Basic sends a client's secret.
  void search(const std::string& where, const std::string& text) {
    ASSERT_FALSE(text.empty());
    std::set<std::string> all = secrets;
    for (const std::string& made : dhis2.secrets()) all.insert(made);
    all.insert(test::base64_of("agent:canary-client-secret"));
    all.insert(test::base64_of("admin:canary-password"));
    for (const std::string& secret : all) {
      const std::size_t at = text.find(secret);
      EXPECT_EQ(at, std::string::npos)
          << secret << " in " << where << ": "
          << text.substr(at < 200 ? 0 : at - 200, at == std::string::npos ? 0 : 400);
    }
    EXPECT_GT(all.size(), 6U);
  }
};

TEST_F(Canary, IsFoundNowhere) {
  ASSERT_EQ(run({"profile", "add", "me", "--url", dhis2.url(), "--oauth2", "--client-id", "agent",
                 "--client-secret-stdin"},
                "canary-client-secret")
                .status,
            0);
  run({"profile", "add", "word", "--url", dhis2.url(), "--basic", "admin", "--secret-stdin",
       "--no-verify"},
      "canary-password");
  run({"profile", "add", "pat", "--url", dhis2.url(), "--pat", "--secret-stdin", "--no-verify"},
      "d2p_canaryCanaryCanaryCanary");
  ASSERT_EQ(shell.log_in("me", dhis2, "analyste").status, 0);
  drive_tools("me");
  drive_tools("word");
  drive_tools("pat");
  for (const std::string name : {"me", "word", "pat"}) {
    run({"doctor", name});
    run({"doctor", name, "--json"});
    run({"profile", "verify", name});
    run({"profile", "show", name, "--json"});
    run({"pat", "list", "--profile", name});
    run({"oauth2-client", "list", "--profile", name});
  }
  dhis2.restart();
  run({"call", "profile_status", "--profile", "me", "--json"});
  for (int fault = 1; fault <= static_cast<int>(Misbehaviour::unavailable_token); ++fault) {
    dhis2.misbehaviour = static_cast<Misbehaviour>(fault);
    // It answers nothing before its end.
    if (dhis2.misbehaviour == Misbehaviour::slow_token) continue;
    dhis2.restart();
    run({"call", "profile_status", "--profile", "me", "--json"});
  }
  dhis2.misbehaviour = Misbehaviour::none;
  dhis2.forget_refresh_tokens();
  dhis2.restart();
  run({"call", "profile_status", "--profile", "me", "--json"});
  run({"doctor", "me"});
  run({"store", "rekey"});
  run({"profile", "logout", "me"});

  search("what was said", shell.said);
  search("the files", shell.files());
}

}  // namespace
}  // namespace dhis2mcp
