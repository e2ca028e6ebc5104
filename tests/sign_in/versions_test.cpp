// SPDX-License-Identifier: BSD-3-Clause
// Every way into DHIS2, and every refusal of a token, on a practice server of each version: the
// rows of the Web API's authentication from 2.37 to 2.43, as a person at a shell meets them.
#include <gtest/gtest.h>

#include "dhis2/json.h"
#include "tests/sign_in/shell.h"
#include "tests/support/practice.h"

namespace dhis2mcp {
namespace {

using test::Ended;
using test::Practice;
using test::Shell;

constexpr const char* kPassword = "Baralia-2026!";

// Tokens that each practice server knows: the body names them, the checksum is that of real ones.
struct Token {
  const char *label, *before_241, *since_241;
};
constexpr Token kTokens[] = {
    {"admin", "d2pat_practiceadmin00000000000000000001479543600",
     "d2p_practiceadmin00000000000000000000000000000001cOYVr"},
    {"expired", "d2pat_practiceexpired000000000000000002804571455",
     "d2p_practiceexpired000000000000000000000000000004SXAJQ"},
    {"getonly", "d2pat_practicegetonly000000000000000002127696187",
     "d2p_practicegetonly0000000000000000000000000000042MhEL"},
    {"otherip", "d2pat_practiceotherip000000000000000001317320142",
     "d2p_practiceotherip000000000000000000000000000003FsWgW"},
    {"referer", "d2pat_practicereferer000000000000000003211749065",
     "d2p_practicereferer000000000000000000000000000000UPmLh"},
    {"deuxfa", "d2pat_practicedeuxfa0000000000000000004221134439",
     "d2p_practicedeuxfa0000000000000000000000000000002shPnD"},
    {"desactive", "d2pat_practicedesactive0000000000000001522086231",
     "d2p_practicedesactive0000000000000000000000000002EXgwN"},
    {"deleted", "d2pat_practiceTokenOf32LettersAndDigit3770394891",
     "d2p_practiceTokenOfFortyFourLettersAndDigits012312a8sh"},
    {"mistyped", "d2pat_practiceadmin00000000000000000001479543601",
     "d2p_practiceadmin00000000000000000000000000000001cOYVx"},
    {"unheard-of", "abc", "abc"},
};

struct Versions : testing::TestWithParam<int> {
  Shell shell;

  int major() const { return GetParam(); }
  std::string version() const { return "2." + std::to_string(major()); }
  bool legacy() const { return major() <= 41; }

  Ended add(const Practice& dhis2, const std::string& name, std::vector<std::string> how,
            const std::string& secret) {
    how.insert(how.begin(), {"profile", "add", name, "--url", dhis2.url()});
    how.emplace_back("--secret-stdin");
    return shell.run(how, secret);
  }
  Ended add_token(const Practice& dhis2, const std::string& label,
                  const std::vector<std::string>& more = {}) {
    std::vector<std::string> how = {"--pat"};
    how.insert(how.end(), more.begin(), more.end());
    for (const Token& token : kTokens) {
      if (token.label == label) {
        return add(dhis2, label, how, major() >= 41 ? token.since_241 : token.before_241);
      }
    }
    return {};
  }
  // Registers a client as an administrator and adds a profile of it.
  Ended add_client(const std::string& name) {
    return shell.run({"oauth2-client", "create", "--profile", "boss", "--client-id", name, "--as",
                      name, "--redirect-port", "3450"});
  }
};

INSTANTIATE_TEST_SUITE_P(All, Versions, testing::Range(37, 44),
                         [](const auto& each) { return "V2" + std::to_string(each.param); });

TEST_P(Versions, APasswordWorksAndAWrongOneIsSaidToBeWrong) {
  const Practice dhis2(version());

  const Ended good = add(dhis2, "boss", {"--basic", "admin"}, "district");
  EXPECT_EQ(good.status, 0) << good.err;
  EXPECT_NE(good.out.find("admin at " + dhis2.url()), std::string::npos) << good.out;

  const Ended wrong = add(dhis2, "typo", {"--basic", "admin"}, "Distrikt");
  EXPECT_EQ(wrong.status, 4) << wrong.err;
  const Ended disabled = add(dhis2, "gone", {"--basic", "desactive"}, kPassword);
  EXPECT_EQ(disabled.status, 4) << disabled.err;
  const Ended second = add(dhis2, "second", {"--basic", "deuxfa"}, kPassword);
  EXPECT_EQ(second.status, 4);
  EXPECT_NE(second.err.find("two-factor"), std::string::npos) << second.err;
}

TEST_P(Versions, EachTokenIsTakenOrItsRefusalExplained) {
  struct Row {
    const char *label, *says;  // empty where it is taken; from 2.41 on DHIS2 gives the reason
  };
  const Row rows[] = {{"admin", ""},
                      {"getonly", ""},
                      {"expired", "has expired"},
                      {"otherip", "other IP addresses"},
                      {"referer", "--referer"},
                      {"deuxfa", "two-factor"},
                      {"desactive", "disabled"},
                      {"deleted", "does not know this token"},
                      {"mistyped", "mistyped or left out"},
                      {"unheard-of", "no token of DHIS2"}};
  const Practice dhis2(version(), {"--conf", "enable.api_token.authentication=on"});
  for (const Row& row : rows) {
    SCOPED_TRACE(row.label);
    const Ended ended = add_token(dhis2, row.label);
    const bool taken = *row.says == '\0';
    EXPECT_EQ(ended.status, taken ? 0 : 4) << ended.err;
    if (!taken) {
      EXPECT_NE(ended.err.find(major() >= 41 ? row.says : "without a reason"), std::string::npos)
          << ended.err;
    }
  }
  EXPECT_EQ(add_token(dhis2, "referer", {"--referer", "https://app.example.org"}).status, 0);
}

TEST_P(Versions, TokensAreOffIn237UntilSwitchedOn) {
  const Practice dhis2(version());

  const Ended ended = add_token(dhis2, "admin");

  EXPECT_EQ(ended.status, major() == 37 ? 4 : 0) << ended.err;
  EXPECT_EQ(ended.err.find("enable.api_token.authentication") != std::string::npos, major() == 37)
      << ended.err;
}

TEST_P(Versions, TokensAreMadeListedAndRevoked) {
  const Practice dhis2(version(), {"--conf", "enable.api_token.authentication=on"});
  ASSERT_EQ(add(dhis2, "boss", {"--basic", "admin"}, "district").status, 0);

  const Ended made = shell.run({"pat", "create", "--profile", "boss", "--as", "reader", "--json"});
  ASSERT_EQ(made.status, 0) << made.err;
  const std::string id = Json::parse(made.out)["id"];
  const auto works = [&] {
    return shell.run({"call", "profile_status", "--profile", "reader"}).status;
  };
  EXPECT_EQ(works(), 0);
  EXPECT_NE(shell.run({"pat", "list", "--profile", "boss"}).out.find(id), std::string::npos);

  const Ended revoked = shell.run({"pat", "revoke", id, "--profile", "boss"});

  EXPECT_EQ(revoked.status, 0) << revoked.err;
  // Up to 2.40 the server goes on taking a token that was used lately, and the command says so.
  EXPECT_EQ(works(), major() <= 40 ? 0 : 4);
  EXPECT_EQ(revoked.out.find("caches") != std::string::npos, major() <= 40) << revoked.out;
  EXPECT_EQ(shell.run({"pat", "list", "--profile", "boss"}).out.find(id), std::string::npos);
}

TEST_P(Versions, OneOfTheTwoOAuth2ServersIsThere) {
  const Practice dhis2(version());
  const auto try_out = [&](const std::string& method) {
    return add(dhis2, "me", {method, "--client-id", "agent", "--client-secret-env", "CLIENT"}, "");
  };
  setenv("CLIENT", "practice-secret", 1);

  EXPECT_EQ(try_out("--oauth2").status == 0, !legacy());
  EXPECT_EQ(try_out("--legacy-oauth2").status == 0, legacy());
  const Ended other = try_out(legacy() ? "--oauth2" : "--legacy-oauth2");
  EXPECT_NE(other.err.find(legacy() ? "--legacy-oauth2" : "--oauth2"), std::string::npos)
      << other.err;
}

TEST_P(Versions, AnOAuth2ServerThatIsSwitchedOffIsSaidToBe) {
  const Practice dhis2(version(), {"--conf", legacy() ? "oauth2.authorization.server.enabled=off"
                                                      : "oauth2.server.enabled=off"});
  setenv("CLIENT", "practice-secret", 1);

  const Ended ended = add(dhis2, "me",
                          {legacy() ? "--legacy-oauth2" : "--oauth2", "--client-id", "agent",
                           "--client-secret-env", "CLIENT"},
                          "");

  EXPECT_NE(ended.status, 0);
  EXPECT_NE(ended.err.find(legacy() ? "oauth2.authorization.server.enabled"
                                    : "oauth2.server.enabled = on"),
            std::string::npos)
      << ended.err;
}

TEST_P(Versions, ClientsAreRegisteredInTheShapeThatTheServerTakes) {
  const Practice dhis2(version());
  ASSERT_EQ(add(dhis2, "boss", {"--basic", "admin"}, "district").status, 0);

  const Ended made = add_client("agent");

  EXPECT_EQ(made.status, 0) << made.err;
  EXPECT_NE(shell.run({"oauth2-client", "list", "--profile", "boss"}).out.find("agent"),
            std::string::npos);
  const Ended shown = shell.run({"oauth2-client", "show", "agent", "--profile", "boss", "--json"});
  ASSERT_EQ(shown.status, 0) << shown.err;
  const Json client = Json::parse(shown.out);
  EXPECT_NE(client["grant_types"].dump().find("refresh_token"), std::string::npos) << client;
  EXPECT_NE(client["redirect_uris"].dump().find("/callback"), std::string::npos) << client;
  EXPECT_EQ(shown.out.find("ecret\":"), std::string::npos) << "a secret was shown";
  const Ended profile = shell.run({"profile", "show", "agent", "--json"});
  EXPECT_EQ(Json::parse(profile.out)["redirect_port"], 3450) << profile.out;
}

TEST_P(Versions, AnAccountThatIsLockedIsSaidToBe) {
  const Practice dhis2(version());
  httplib::Client admin(dhis2.url().substr(0, dhis2.url().find('/', 8)));
  admin.set_basic_auth("admin", "district");
  const std::string context =
      dhis2.url().substr(std::min(dhis2.url().find('/', 8), dhis2.url().size()));
  admin.Post(context + "/api/systemSettings/keyLockMultipleFailedLogins?value=true");
  std::string said;
  for (int i = 0; i < 6; ++i) said = add(dhis2, "v", {"--basic", "verrou"}, "wrong").err;

  EXPECT_NE(said.find("locked this account"), std::string::npos) << said;
  EXPECT_EQ(add(dhis2, "v", {"--basic", "verrou"}, kPassword).status, 4) << "locked all the same";
}

}  // namespace
}  // namespace dhis2mcp
