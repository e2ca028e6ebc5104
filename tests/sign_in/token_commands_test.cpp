// SPDX-License-Identifier: BSD-3-Clause
// Tokens and clients made from the command line: what each option comes to at DHIS2, and what is
// refused before DHIS2 is asked.
#include <gtest/gtest.h>

#include "dhis2/json.h"
#include "tests/sign_in/shell.h"
#include "tests/support/practice.h"

namespace dhis2mcp {
namespace {

using test::Ended;
using test::Practice;
using test::Shell;
using Words = std::vector<std::string>;

struct TokenCommands : testing::Test {
  Shell shell;
  Practice dhis2{"2.43"};

  TokenCommands() {
    shell.run({"profile", "add", "boss", "--url", dhis2.url(), "--basic", "admin", "--secret-stdin",
               "--default"},
              "district");
  }

  // With a file of its own for the secret.
  Ended make(Words words, const Words& more) {
    words.insert(words.end(), more.begin(), more.end());
    words.insert(words.end(),
                 {"--json", "--out", (shell.home() / std::to_string(++files_)).string()});
    return shell.run(words);
  }
  // The members of `expected`, as `object` has them.
  static Json same_members(const Json& object, const Json& expected) {
    Json out = Json::object();
    for (const auto& [name, value] : expected.items()) out[name] = object.value(name, Json());
    return out;
  }

 private:
  int files_ = 0;
};

TEST_F(TokenCommands, LimitATokenAsTheOptionsSay) {
  const struct {
    Words options;
    Json limits;
  } rows[] = {
      {{}, {{"methods", {"GET", "HEAD"}}, {"ips", Json::array()}, {"referrers", Json::array()}}},
      {{"--allow-write"}, {{"methods", {"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"}}}},
      {{"--allow-write", "--methods", "GET,PUT"}, {{"methods", {"GET", "PUT"}}}},
      {{"--ip", "10.0.0.1", "--ip", "10.0.0.2"}, {{"ips", {"10.0.0.1", "10.0.0.2"}}}},
      {{"--context", "browser", "--referrer", "https://a.example.org", "--referrer",
        "https://b.example.org"},
       {{"referrers", {"https://a.example.org", "https://b.example.org"}}}},
      {{"--code", "nightly"}, {{"code", "nightly"}}},
      {{"--expires", "2100-01-31"}, {{"expires", "2100-01-31T23:59:59Z"}}},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.limits.dump());
    const Ended made = make({"pat", "create"}, row.options);
    ASSERT_EQ(made.status, 0) << made.err;
    const Json id = Json::parse(made.out)["id"];
    Json kept;
    const Json list = Json::parse(shell.run({"pat", "list", "--json"}).out);
    for (const Json& token : list["tokens"]) {
      if (token["id"] == id) kept = token;
    }
    EXPECT_EQ(same_members(kept, row.limits), row.limits) << kept;
  }
}

TEST_F(TokenCommands, RegisterAClientAsTheOptionsSay) {
  const struct {
    Words options;
    Json client;
  } rows[] = {
      {{"--client-id", "one", "--name", "The first"}, {{"name", "The first"}}},
      {{"--client-id", "two", "--redirect-uri", "https://a.example/back", "--redirect-uri",
        "http://127.0.0.1/back"},
       {{"name", "two"}, {"redirect_uris", {"https://a.example/back", "http://127.0.0.1/back"}}}},
      {{"--client-id", "three", "--public"}, {{"auth_methods", {"none"}}}},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.options[1]);
    const Ended made = make({"oauth2-client", "create"}, row.options);
    ASSERT_EQ(made.status, 0) << made.err;
    const Json shown =
        Json::parse(shell.run({"oauth2-client", "show", row.options[1], "--json"}).out);
    EXPECT_EQ(same_members(shown, row.client), row.client) << shown;
  }
}

TEST_F(TokenCommands, NeedNoPlaceForASecretThatAPublicClientDoesNotHave) {
  const Ended made = shell.run({"oauth2-client", "create", "--client-id", "open", "--public"});

  EXPECT_EQ(made.status, 0) << made.err;
  EXPECT_NE(made.out.find("It has no secret, and gets no refresh tokens."), std::string::npos)
      << made.out;
}

TEST_F(TokenCommands, RefuseWhatWouldMakeNoUsableOne) {
  const Words pat = {"pat", "create"}, client = {"oauth2-client", "create"};
  const struct {
    Words command, options;
    const char* says;
  } rows[] = {
      {pat, {"--methods", "GET,PUT"}, "Add --allow-write."},
      {pat, {"--context", "browser"}, "A token for a browser needs the origins of its pages."},
      {pat, {"--referrer", "https://a.example.org"}, "--referrer is for tokens of a browser."},
      {pat, {"--days", "0"}, "That is no date of expiry."},
      {pat, {"--days", "3651"}, "--days 1 to 3650."},
      {pat, {"--expires", "2027-02-30"}, "That is no date of expiry."},
      {pat, {"--expires", "2001-01-31"}, "The token would have expired already."},
      {client, {"--client-id", "a b"}, "A client id has no spaces, commas or quotes."},
      {client, {"--client-id", "a", "--redirect-uri", "back"}, "'back' is no redirect URI."},
  };
  const std::string before = shell.run({"pat", "list", "--json"}).out;
  for (const auto& row : rows) {
    SCOPED_TRACE(row.options.back());
    const Ended refused = make(row.command, row.options);
    EXPECT_EQ(refused.status, 2);
    EXPECT_EQ(refused.out, "");
    EXPECT_NE(refused.err.find(row.says), std::string::npos) << refused.err;
  }
  EXPECT_EQ(shell.run({"pat", "list", "--json"}).out, before) << "nothing was made";
}

TEST_F(TokenCommands, SayWhatIsWrongWithALoginOrAFileBeforeItStarts) {
  shell.run({"profile", "add", "me", "--url", dhis2.url(), "--oauth2", "--client-id", "agent",
             "--client-auth", "none", "--no-verify"});
  const Words add = {"profile", "add", "new", "--url", dhis2.url(), "--oauth2"};
  const struct {
    Words command, options;
    int status;
    const char* says;
  } rows[] = {
      {{"profile", "login", "me"}, {"--timeout", "0"}, 2, "--timeout takes 1 to 3600 seconds."},
      {{"profile", "login", "me"}, {"--timeout", "3601"}, 2, "--timeout takes 1 to 3600 seconds."},
      {add, {"--client-id", "a", "--client-key-file", "/no/such.pem"}, 3, "/no/such.pem"},
      {add, {"--register", "--initial-token-file", "/no/such"}, 2, "/no/such cannot be read"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.options.back());
    Words words = row.command;
    words.insert(words.end(), row.options.begin(), row.options.end());
    const Ended refused = shell.run(words);
    EXPECT_EQ(refused.status, row.status);
    EXPECT_NE(refused.err.find(row.says), std::string::npos) << refused.err;
  }
}

}  // namespace
}  // namespace dhis2mcp
