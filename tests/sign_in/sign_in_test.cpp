// SPDX-License-Identifier: BSD-3-Clause
// From profile add over login to the first call and out again, at a shell.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "dhis2/json.h"
#include "tests/sign_in/shell.h"

namespace dhis2mcp {
namespace {

using test::Ended;
using test::PracticeOAuth2;
using test::product_binary;
using test::Program;
using test::Shell;

struct SignIn : testing::Test {
  PracticeOAuth2 dhis2;
  Shell shell;

  Ended add(const std::string& name, const std::vector<std::string>& more = {},
            const std::string& url = {}) {
    std::vector<std::string> words = {"profile",
                                      "add",
                                      name,
                                      "--url",
                                      url.empty() ? dhis2.url() : url,
                                      "--client-id",
                                      "agent",
                                      "--client-secret-stdin"};
    words.insert(words.end(), more.begin(), more.end());
    if (more.empty()) words.emplace_back("--oauth2");
    return shell.run(words, dhis2.client_secret);
  }
};

TEST_F(SignIn, GoesFromAddOverLoginToTheFirstCall) {
  const Ended added = add("me");
  ASSERT_EQ(added.status, 0) << added.err;
  EXPECT_NE(added.out.find("dhis2-mcp profile login me"), std::string::npos);

  const Ended before = shell.run({"call", "system_info", "--profile", "me"});
  EXPECT_EQ(before.status, 4);
  EXPECT_NE(before.err.find("profile_login"), std::string::npos) << before.err;
  EXPECT_EQ(dhis2.token_posts(), 0) << "a data tool began a login";

  const Ended login = shell.log_in("me", dhis2, "analyste");
  ASSERT_EQ(login.status, 0) << login.err;
  EXPECT_NE(login.out.find("analyste is signed in with profile me"), std::string::npos);

  const Ended status = shell.run({"call", "profile_status", "--profile", "me", "--json"});
  EXPECT_EQ(status.status, 0) << status.err;
  const Json object = Json::parse(status.out)["structuredContent"]["object"];
  EXPECT_EQ(object["user"], "analyste");
  EXPECT_EQ(object["login"], "done");
  EXPECT_TRUE(object["renewed_by_itself"]);

  const Ended shown = shell.run({"profile", "show", "me", "--json"});
  EXPECT_NE(Json::parse(shown.out)["sign_in"].get<std::string>().find("signed in as analyste"),
            std::string::npos);
  const Ended listed = shell.run({"profile", "list"});
  EXPECT_NE(listed.out.find(", access token until 20"), std::string::npos) << listed.out;
  EXPECT_NE(listed.out.find(", renewed by itself\n"), std::string::npos) << listed.out;
}

TEST_F(SignIn, RefusesAnotherAccountTheNextTime) {
  add("me");
  ASSERT_EQ(shell.log_in("me", dhis2, "analyste").status, 0);

  const Ended other = shell.log_in("me", dhis2, "admin");

  EXPECT_NE(other.status, 0);
  EXPECT_NE(other.err.find("admin signed in, but profile 'me' is for analyste"), std::string::npos)
      << other.err;
  EXPECT_EQ(shell.run({"call", "profile_status", "--profile", "me"}).status, 0);
}

TEST_F(SignIn, ReadsAPastedAddress) {
  add("me");
  Program program(product_binary(), {"profile", "login", "me", "--paste"});
  const std::string url = shell.address_in(program);
  program.write("nonsense\n" + dhis2.approve(url) + "\n");

  const Ended ended = program.end();

  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_NE(ended.out.find("analyste is signed in"), std::string::npos);
}

TEST_F(SignIn, WaitsForAPastedAddressNoLongerThanItSays) {
  add("me");
  Program program(product_binary(), {"profile", "login", "me", "--paste", "--timeout", "1"});

  const Ended ended = program.wait();

  EXPECT_EQ(ended.status, 4) << ended.err;
  EXPECT_NE(ended.err.find("nobody finished the login"), std::string::npos) << ended.err;
}

TEST_F(SignIn, WaitsInACallOfTheTool) {
  add("me");
  Program program(product_binary(), {"call", "profile_login", "--profile", "me", "--json"});
  const auto line = program.line();
  ASSERT_TRUE(line.has_value());
  const Json object = Json::parse(*line)["structuredContent"]["object"];
  ASSERT_EQ(object["status"], "pending") << *line;
  shell.visit(dhis2.approve(object["url"]));

  EXPECT_EQ(program.wait().status, 0);
}

// An assistant's process goes on while the person logs in.
TEST_F(SignIn, IsPendingForAnAssistantUntilTheBrowserIsDone) {
  add("me");
  Program program(product_binary(), {"stdio"});
  int id = 0;
  const auto call = [&](const std::string& tool) {
    program.write(R"({"jsonrpc":"2.0","id":)" + std::to_string(++id) +
                  R"(,"method":"tools/call","params":{"name":")" + tool +
                  R"(","arguments":{"profile":"me"}}})" + "\n");
    for (;;) {
      const auto line = program.line();
      if (!line) return Json();
      const Json message = Json::parse(*line);
      if (message.value("id", 0) == id && message.contains("result")) return message["result"];
    }
  };
  program.write(
      R"({"jsonrpc":"2.0","id":100,"method":"initialize","params":{"protocolVersion":"2025-06-18",)"
      R"("capabilities":{},"clientInfo":{"name":"t","version":"1"}}})"
      "\n"
      R"({"jsonrpc":"2.0","method":"notifications/initialized"})"
      "\n");
  program.line();
  EXPECT_TRUE(call("system_info").value("isError", false));

  const Json begun = call("profile_login")["structuredContent"]["object"];
  EXPECT_EQ(begun["status"], "pending");
  EXPECT_EQ(call("profile_login")["structuredContent"]["object"]["url"], begun["url"]);
  EXPECT_EQ(call("profile_status")["structuredContent"]["object"]["login"], "pending");

  shell.visit(dhis2.approve(begun["url"]));

  EXPECT_EQ(call("profile_status")["structuredContent"]["object"]["login"], "done");
  EXPECT_EQ(call("profile_login")["structuredContent"]["object"]["status"], "done");
  EXPECT_FALSE(call("system_info").value("isError", false));
  EXPECT_EQ(program.end().status, 0);
}

TEST_F(SignIn, LogsOutAndNamesWhoSharedTheSignIn) {
  add("me");
  add("too");
  shell.log_in("me", dhis2, "analyste");
  shell.log_in("too", dhis2, "analyste");

  const Ended out = shell.run({"profile", "logout", "me"});

  EXPECT_EQ(out.status, 0) << out.err;
  EXPECT_NE(out.out.find("too"), std::string::npos) << out.out;
  EXPECT_NE(out.out.find("took its refresh token back"), std::string::npos) << out.out;
  EXPECT_EQ(shell.run({"call", "profile_status", "--profile", "too"}).status, 4);
}

TEST_F(SignIn, SaysWhyAServerCannotBeLoggedInTo) {
  dhis2.switched_off = true;
  const Ended off = add("me");
  EXPECT_NE(off.status, 0);
  EXPECT_NE(off.err.find("oauth2.server.enabled = on"), std::string::npos) << off.err;

  PracticeOAuth2 old("2.40.3");
  EXPECT_NE(add("old", {"--oauth2"}, old.url()).status, 0);
  EXPECT_EQ(add("old", {"--legacy-oauth2"}, old.url()).status, 0);
}

TEST_F(SignIn, SignsInToAnOldServerWithAPasswordWhereToldTo) {
  PracticeOAuth2 old("2.41.2");
  const std::string file = (shell.home() / "secret").string();
  std::ofstream(file) << old.client_secret;
  const Ended added =
      shell.run({"profile", "add", "old", "--url", old.url(), "--legacy-oauth2", "--password-grant",
                 "admin", "--client-id", "agent", "--client-secret-file", file, "--secret-stdin"},
                "district");
  ASSERT_EQ(added.status, 0) << added.err;

  const Ended login = shell.run({"profile", "login", "old"});

  EXPECT_EQ(login.status, 0) << login.err;
  EXPECT_NE(login.out.find("admin is signed in"), std::string::npos);
}

TEST_F(SignIn, ExplainsAnErrorThatWasPasted) {
  const Ended ended =
      shell.run({"doctor", "--message", "No 'Access-Control-Allow-Origin' header is present"});
  EXPECT_EQ(ended.status, 0);
  EXPECT_NE(ended.out.find("web browser's own rule"), std::string::npos);
}

TEST_F(SignIn, MakesATokenAndAProfileOfIt) {
  dhis2.http.on("POST", "/api/apiToken",
                test::Reply{201, R"({"response":{"key":"d2p_new","uid":"abc"}})"});
  dhis2.http.get("/api/apiToken",
                 R"({"apiToken":[{"id":"abc","expire":4102444800000,"attributes":[]}]})");
  add("me");
  shell.log_in("me", dhis2, "analyste");
  const std::string file = (shell.home() / "token.txt").string();

  const Ended made = shell.run({"pat", "create", "--profile", "me", "--out", file});
  EXPECT_EQ(made.status, 0) << made.err;
  EXPECT_NE(made.out.find("for GET, HEAD"), std::string::npos) << made.out;
  EXPECT_EQ(made.out.find("d2p_new"), std::string::npos) << "the token was printed";
  struct stat found {};
  ASSERT_EQ(stat(file.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0600U);

  EXPECT_EQ(shell.run({"pat", "create", "--profile", "me", "--as", "token"}).status, 0);
  const Ended list = shell.run({"profile", "list", "--json"});
  EXPECT_NE(list.out.find("\"token\""), std::string::npos) << list.out;
  EXPECT_EQ(shell.run({"pat", "create", "--profile", "me"}).status, 2) << "nowhere to put it";
  const Ended frob =
      shell.run({"pat", "create", "--profile", "me", "--as", "other", "--methods", "GET,FROB"});
  EXPECT_EQ(frob.status, 2);
  EXPECT_NE(frob.err.find("HEAD, GET, POST, PATCH, PUT or DELETE"), std::string::npos) << frob.err;
  EXPECT_NE(shell.run({"pat", "list", "--profile", "me"}).out.find("all methods"),
            std::string::npos);
}

}  // namespace
}  // namespace dhis2mcp
