// SPDX-License-Identifier: BSD-3-Clause
// Who may do what, asked of the practice DHIS2 and of servers that say little.
#include <gtest/gtest.h>

#include "tests/tools/instance.h"
#include "tests/tools/practice_profile.h"

namespace dhis2mcp::test {
namespace {

constexpr char kRma[] = "lc4Jz2USVpu", kLocked[] = "w8QHZqLfF8t", kEpi[] = "YtMYPx6OblB",
               kFinance[] = "ndD0avjE9Xi";

struct Explained {
  Json answer;

  // {"verdict", "evidence"} of a row; null where there is none.
  Json row(const std::string& check) const {
    if (!answer.contains("rows")) return answer;
    for (const Json& row : answer["rows"]) {
      if (row[0] == check) return {{"verdict", row[2]}, {"evidence", row[3]}};
    }
    return {{"verdict", "absent"}, {"evidence", answer.dump()}};
  }
  std::string verdict(const std::string& check) const {
    const Json found = row(check);
    return found.value("verdict", found.dump());
  }
  std::string evidence(const std::string& check) const { return row(check).value("evidence", ""); }
};

Explained explain(PracticeProfile& dhis2, const std::string& object, const std::string& user = "") {
  Json arguments = {{"object", object}};
  if (!user.empty()) arguments["user"] = user;
  return {dhis2.answer("access_explain", arguments.dump())};
}

TEST(AccessExplain, SaysTheSameOfAllReleases) {
  for (const char* version : {"2.40", "2.41", "2.42", "2.43"}) {
    PracticeProfile dhis2(version);
    const Explained clerk = explain(dhis2, kRma, "saisie.dombea");
    EXPECT_EQ(clerk.verdict("See it"), "yes") << version << clerk.answer;
    EXPECT_EQ(clerk.verdict("Change it"), "no") << version;
    EXPECT_EQ(clerk.verdict("Enter data"), "yes") << version << clerk.answer;
    EXPECT_NE(clerk.evidence("Data capture org units").find("District de Domb"), std::string::npos);
    EXPECT_NE(clerk.evidence("Data approval").find("202610: UNAPPROVED_READY"), std::string::npos)
        << clerk.evidence("Data approval");
    EXPECT_EQ(clerk.evidence("Authority"),
              "none of their 2 roles has F_DATASET_PUBLIC_ADD or F_DATASET_PRIVATE_ADD")
        << version;

    const Explained analyst = explain(dhis2, kRma, "analyste");
    EXPECT_EQ(analyst.verdict("Enter data"), "no");
    EXPECT_EQ(analyst.evidence("Enter data"),
              "Authority: none of their 1 role has F_DATAVALUE_ADD");
    const Explained admin = explain(dhis2, kRma);
    EXPECT_EQ(admin.verdict("Change it"), "yes") << admin.answer;
    EXPECT_EQ(admin.evidence("Sharing, data write"), "authority ALL stands above sharing");
  }
}

TEST(AccessExplain, TellsThatEveryPeriodIsLocked) {
  for (const char* version : {"2.40", "2.43"}) {
    PracticeProfile dhis2(version);
    const Explained locked = explain(dhis2, kLocked, "saisie.dombea");
    EXPECT_EQ(locked.verdict("Enter data"), "no") << locked.answer;
    EXPECT_EQ(locked.evidence("Expiry days"),
              "a period closes 10 days after its end: 202610 closed after 2026-11-10");
    const Explained super = explain(dhis2, kLocked);
    EXPECT_EQ(super.verdict("Expiry days"), "yes");
  }
}

TEST(AccessExplain, ReadsSharingWithGroupsAndUsers) {
  for (const char* version : {"2.40", "2.43"}) {
    PracticeProfile dhis2(version, "admin", {"--variant", "grants"});
    const Explained clerk = explain(dhis2, kEpi, "saisie.dombea");
    EXPECT_EQ(clerk.verdict("Sharing, data write"), "yes") << clerk.answer;
    EXPECT_NE(clerk.evidence("Sharing, data write").find("has r-rw----"), std::string::npos);
    const Explained analyst = explain(dhis2, kEpi, "analyste");
    EXPECT_EQ(analyst.evidence("Sharing, data read"), "shared with them by name: r-r-----");
    EXPECT_EQ(analyst.verdict("Sharing, data write"), "no");
    const Explained other = explain(dhis2, kEpi, "f.diallo");
    EXPECT_EQ(other.verdict("See it"), "no");
    EXPECT_NE(other.evidence("See it").find("it is granted to group \"\xC3\x89quipe Domb"),
              std::string::npos)
        << other.evidence("See it");
  }
}

TEST(AccessExplain, CountsTheOptionsOfADataSetsOwnCombo) {
  PracticeProfile dhis2;
  const Explained clerk = explain(dhis2, kFinance, "saisie.dombea");
  EXPECT_NE(clerk.verdict("Attribute options"), "not needed") << clerk.answer;
  EXPECT_NE(clerk.evidence("Attribute options").find("options of"), std::string::npos);
}

TEST(AccessExplain, FindsADisabledAccountAndOrgUnitsThatAreElsewhere) {
  PracticeProfile dhis2;
  const Explained gone = explain(dhis2, kRma, "desactive");
  EXPECT_EQ(gone.evidence("See it"), "Account: the account is disabled");
  // A district of another province.
  const Explained far = explain(dhis2, "zfdE6uqxJBc", "saisie.dombea");
  EXPECT_EQ(far.verdict("Enter data"), "no") << far.answer;
  const Explained own = explain(dhis2, "SDzPFfoND57", "saisie.dombea");
  EXPECT_EQ(own.evidence("Enter data"), "no check says no") << own.answer;
}

TEST(AccessExplain, ExplainsADataElementThroughItsDataSets) {
  PracticeProfile dhis2;
  const Explained element = explain(dhis2, "y7qh476Nmd3", "saisie.dombea");
  EXPECT_EQ(element.verdict("Its data sets, data write"), "yes") << element.answer;
  EXPECT_EQ(element.verdict("Read its data"), "yes");
}

TEST(AccessExplain, ExplainsThePersonWhoAsksByTheServersOwnWord) {
  PracticeProfile dhis2("2.43", "saisie.dombea");
  const Explained own = explain(dhis2, kRma);
  EXPECT_EQ(own.verdict("Enter data"), "yes") << own.answer;
  EXPECT_EQ(own.answer["read_as"][1], "saisie.dombea = user YEAYBzaXSdG");
  EXPECT_FALSE(own.answer.contains("notes"));
  EXPECT_EQ(explain(dhis2, kRma, "saisie.dombea").answer, own.answer) << "the same person by name";
}

TEST(AccessExplain, RefusesToExplainOthersToWhoMayNotSeeThem) {
  PracticeProfile dhis2("2.43", "saisie.dombea");
  const ToolResult other =
      dhis2.call("access_explain", R"({"object":"lc4Jz2USVpu","user":"analyste"})");
  ASSERT_TRUE(other.is_error) << other.text;
  EXPECT_EQ(other.error->kind, ErrorKind::forbidden) << other.text;
  EXPECT_NE(other.text.find("administrator"), std::string::npos);
}

TEST(AccessExplain, NamesAnUnknownUserOrObject) {
  PracticeProfile dhis2;
  const ToolResult nobody =
      dhis2.call("access_explain", R"({"object":"lc4Jz2USVpu","user":"nobody.here"})");
  ASSERT_TRUE(nobody.is_error);
  EXPECT_EQ(nobody.error->kind, ErrorKind::not_found) << nobody.text;
  const ToolResult nothing =
      dhis2.call("access_explain", R"({"object":"lc4Jz2USVpX","type":"data set"})");
  ASSERT_TRUE(nothing.is_error);
  EXPECT_EQ(nothing.error->kind, ErrorKind::not_found) << nothing.text;
}

constexpr char kClerk[] = R"({"id":"M5zQapPyTZI","username":"clerk","authorities":[],
    "userGroups":[],"userRoles":[],"organisationUnits":[]})";

TEST(AccessExplain, LeavesUnknownWhatTheServerDoesNotTell) {
  Instance instance;
  instance.server.get("/api/me", kClerk);
  instance.server.get("/api/dataSets/lc4Jz2USVpu",
                      R"({"id":"lc4Jz2USVpu","name":"RMA","periodType":"Monthly","expiryDays":1,
                          "workflow":{"id":"kmTGU5Yl8aK","name":"W"}})");
  const Json answer =
      instance.answer("access_explain", R"({"object":"lc4Jz2USVpu","type":"data set"})");
  const Explained told{answer};
  EXPECT_EQ(told.verdict("Sharing, metadata read"), "unknown") << answer;
  EXPECT_EQ(told.verdict("See it"), "unknown") << answer;
  EXPECT_EQ(told.verdict("Lock exceptions"), "unknown") << answer;
  EXPECT_EQ(told.verdict("Data approval"), "unknown") << answer;
}

TEST(AccessExplain, TakesARefusalForTheAnswer) {
  Instance instance;
  instance.server.get("/api/me", kClerk);
  instance.server.on("GET", "/api/dataSets/lc4Jz2USVpu",
                     Reply{403, R"({"httpStatus":"Forbidden","httpStatusCode":403,"status":"ERROR",
                                    "message":"You don't have the proper permissions"})"});
  const Json answer =
      instance.answer("access_explain", R"({"object":"lc4Jz2USVpu","type":"data set"})");
  const Explained told{answer};
  EXPECT_EQ(told.verdict("See it"), "no") << answer;
  EXPECT_NE(told.evidence("See it").find("proper permissions"), std::string::npos) << answer;
}

// The server knows rules that sharing does not show.
TEST(AccessExplain, PutsTheServersOwnVerdictAboveWhatItWorkedOut) {
  Instance instance;
  instance.server.get("/api/me", kClerk);
  instance.server.get("/api/indicators/Uvn6LCg7dVU",
                      R"({"id":"Uvn6LCg7dVU","name":"ANC","access":{"read":false},
                          "sharing":{"owner":"x","public":"r-------"}})");
  instance.server.get("/api/schemas/indicator", R"({"shareable":true,"authorities":[]})");
  const Explained told{
      instance.answer("access_explain", R"({"object":"Uvn6LCg7dVU","type":"indicator"})")};
  EXPECT_EQ(told.verdict("See it"), "no") << told.answer;
  EXPECT_NE(told.evidence("See it").find("DHIS2 itself says no"), std::string::npos);
}

}  // namespace
}  // namespace dhis2mcp::test
