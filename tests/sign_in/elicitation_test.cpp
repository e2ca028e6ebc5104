// SPDX-License-Identifier: BSD-3-Clause
// A login that an assistant begins and its person finishes: asked for by URL elicitation in both
// eras of the protocol, refused, given up, or told in words where the client cannot ask.
#include <gtest/gtest.h>

#include "tests/sign_in/assistant.h"

namespace dhis2mcp {
namespace {

using test::Asked;
using test::Assistant;
using test::Era;
using test::PracticeOAuth2;
using test::Shell;

constexpr const char* kUrls = R"({"form":{},"url":{}})";

struct Elicitation : testing::TestWithParam<Era> {
  PracticeOAuth2 dhis2;
  Shell shell;

  Elicitation() { add("me", dhis2); }

  void add(const std::string& name, const PracticeOAuth2& server) {
    shell.run({"profile", "add", name, "--url", server.url(), "--oauth2", "--client-id", "agent",
               "--client-secret-stdin"},
              server.client_secret);
  }
  static Json object(const Json& result) { return result["structuredContent"]["object"]; }
  static std::string text(const Json& result) { return result["content"][0]["text"]; }
  static std::string kind(const Json& result) {
    return result["_meta"]["io.github.dhis2-mcp/error"]["kind"];
  }
  // Asks until the login has ended: the browser has its page a moment before that.
  static Json status(Assistant& assistant) {
    Json result;
    for (int i = 0; i < 1000; ++i) {
      result = assistant.call("profile_status", "me");
      if (result.value("isError", false) || object(result)["login"] != "pending") break;
    }
    return result;
  }
  // Whether anybody still listens where the login would have ended.
  bool waits(const std::string& authorize_url) {
    const std::string back = dhis2.approve(authorize_url);
    return static_cast<bool>(
        httplib::Client(back.substr(0, back.find("/callback"))).Get("/callback"));
  }
};

INSTANTIATE_TEST_SUITE_P(Eras, Elicitation, testing::Values(Era::legacy, Era::modern),
                         [](const auto& each) {
                           return each.param == Era::legacy ? "Legacy" : "Modern";
                         });

TEST_P(Elicitation, EndsSignedInWhenThePersonCameBackFirst) {
  Assistant assistant(GetParam(), kUrls);
  const Asked asked = assistant.asked("me");
  ASSERT_EQ(asked.params["mode"], "url") << asked.params;
  EXPECT_NE(asked.params["message"].get<std::string>().find(dhis2.url()), std::string::npos);
  EXPECT_EQ(asked.params.contains("elicitationId"), GetParam() == Era::legacy);
  shell.visit(dhis2.approve(asked.params["url"]));

  const Json result = assistant.answer(asked, "me", "accept");

  EXPECT_EQ(object(result)["status"], "done") << result;
  EXPECT_EQ(object(result)["user"], "analyste");
  if (GetParam() == Era::legacy) {
    ASSERT_EQ(assistant.told.size(), 1U);
    EXPECT_EQ(assistant.told[0]["method"], "notifications/elicitation/complete");
    EXPECT_EQ(assistant.told[0]["params"]["elicitationId"], asked.params["elicitationId"]);
  }
}

TEST_P(Elicitation, IsPendingWhileThePageIsOpen) {
  Assistant assistant(GetParam(), kUrls);
  const Asked asked = assistant.asked("me");

  const Json result = assistant.answer(asked, "me", "accept");

  EXPECT_EQ(object(result)["status"], "pending") << result;
  EXPECT_EQ(object(result)["url"], asked.params["url"]);
  EXPECT_EQ(object(assistant.call("profile_status", "me"))["login"], "pending");
  shell.visit(dhis2.approve(asked.params["url"]));
  EXPECT_EQ(object(status(assistant))["login"], "done");
}

TEST_P(Elicitation, EndsTheLoginThatThePersonDoesNotWant) {
  Assistant assistant(GetParam(), kUrls);
  std::string before;
  for (const char* action : {"decline", "cancel"}) {
    const Asked asked = assistant.asked("me");
    const std::string url = asked.params["url"];
    EXPECT_NE(url, before) << "an address that was given up was shown again";

    const Json result = assistant.answer(asked, "me", action);

    EXPECT_EQ(result.value("isError", false), true) << action;
    EXPECT_EQ(kind(result), "sign_in_required");
    EXPECT_NE(text(result).find("the person did not want to log in."), std::string::npos);
    EXPECT_FALSE(waits(url)) << action;
    before = url;
  }
  EXPECT_EQ(dhis2.token_posts(), 0);
}

TEST_P(Elicitation, ShowsTheAddressToAClientThatCannotAsk) {
  for (const char* elicitation : {"", "{}", R"({"form":{}})"}) {
    Assistant assistant(GetParam(), elicitation);

    const Json result = assistant.call("profile_login", "me");

    EXPECT_EQ(object(result)["status"], "pending") << elicitation << result;
    EXPECT_NE(text(result).find(object(result)["url"].get<std::string>()), std::string::npos);
    shell.visit(dhis2.approve(object(result)["url"]));
    EXPECT_EQ(object(assistant.call("profile_login", "me"))["status"], "done");
    EXPECT_TRUE(assistant.told.empty()) << assistant.told.front();
    shell.run({"profile", "logout", "me"});
  }
}

TEST_P(Elicitation, RefusesAnotherAccountInOneSentence) {
  ASSERT_EQ(shell.log_in("me", dhis2, "analyste").status, 0);
  shell.run({"profile", "logout", "me"});
  Assistant assistant(GetParam(), kUrls);
  const Asked asked = assistant.asked("me");
  shell.visit(dhis2.approve(asked.params["url"], "admin"));
  EXPECT_EQ(status(assistant).value("isError", false), true);

  const Json result = assistant.answer(asked, "me", "accept");

  EXPECT_EQ(result.value("isError", false), true) << result;
  EXPECT_EQ(text(result).substr(0, text(result).find('\n')),
            "admin signed in, but profile 'me' is for analyste, so nothing was kept.");
  EXPECT_EQ(assistant.call("profile_status", "me").value("isError", false), true);
  const Asked again = assistant.asked("me");
  shell.visit(dhis2.approve(again.params["url"], "analyste"));
  EXPECT_EQ(object(assistant.answer(again, "me", "accept"))["user"], "analyste");
}

TEST_P(Elicitation, KeepsLoginsThatRunAtOnceApart) {
  PracticeOAuth2 other;
  add("other", other);
  Assistant assistant(GetParam(), kUrls);
  const Asked mine = assistant.asked("me"), theirs = assistant.asked("other");
  EXPECT_NE(mine.params["url"], theirs.params["url"]);

  shell.visit(other.approve(theirs.params["url"], "admin"));
  EXPECT_EQ(object(assistant.answer(theirs, "other", "accept"))["user"], "admin");
  shell.visit(dhis2.approve(mine.params["url"], "analyste"));
  EXPECT_EQ(object(assistant.answer(mine, "me", "accept"))["user"], "analyste");

  EXPECT_EQ(dhis2.token_posts(), 1);
  EXPECT_EQ(other.token_posts(), 1);
}

}  // namespace
}  // namespace dhis2mcp
