// SPDX-License-Identifier: BSD-3-Clause
// Who may do what, by the rules of DHIS2's access control.
#include "tools/access.h"

#include <gtest/gtest.h>

namespace dhis2mcp {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

AccessUser user(const std::string& more = "{}") {
  Json json = Json::parse(R"({"id":"u0000000001","username":"clerk",
      "userGroups":[{"id":"g0000000001","name":"Clerks"},{"id":"g0000000002","name":"Others"}],
      "userRoles":[{"id":"r0000000001","name":"Data entry","authorities":["F_DATAVALUE_ADD"]}],
      "organisationUnits":[{"id":"o0000000001","name":"Bo","path":"/o0000000000/o0000000001"}]})");
  json.update(Json::parse(more));
  return AccessUser(json);
}

AccessCheck check(const std::string& object, std::size_t place, const AccessUser& who = user(),
                  const Pairs& names = {{"g0000000009", "Managers"}}) {
  return sharing_check("Sharing", {Right::see}, place, AccessSharing(Json::parse(object)), who,
                       names);
}

constexpr char kShared[] = R"({"sharing":{"owner":"u0000000009","public":"r-------",
    "users":{"u0000000001":{"id":"u0000000001","access":"r-r-----"}},
    "userGroups":{"g0000000001":{"id":"g0000000001","access":"rwrw----"},
                  "g0000000009":{"id":"g0000000009","access":"rwrw----"}}}})";

TEST(AccessSharing, GrantsByPublicAccessUserAndGroup) {
  struct Case {
    std::size_t place;
    const char* evidence;
  };
  for (const Case& one :
       {Case{0, "public access is r-------"}, Case{1, "their group \"Clerks\" has rwrw----"},
        Case{2, "shared with them by name: r-r-----"},
        Case{3, "their group \"Clerks\" has rwrw----"}}) {
    const AccessCheck found = check(kShared, one.place);
    EXPECT_EQ(found.verdict, Verdict::yes) << one.place;
    EXPECT_EQ(found.evidence, one.evidence);
  }
}

TEST(AccessSharing, SaysWhoHasWhatTheUserLacks) {
  const AccessCheck found = check(kShared, 3, user(R"({"userGroups":[]})"));
  EXPECT_EQ(found.verdict, Verdict::no);
  EXPECT_EQ(found.evidence,
            "public access is r-------; neither they nor a group (they are in none) is granted it; "
            "it is granted to group g0000000001, group \"Managers\"");
  EXPECT_EQ(check(R"({"sharing":{"owner":"x0000000001","users":{},"userGroups":{}}})", 0).evidence,
            "public access is none; neither they nor one of their 2 groups is granted it; it is "
            "granted to nobody else");
}

TEST(AccessSharing, GivesAnOwnerTheObjectButNotItsData) {
  const char* owned = R"({"sharing":{"owner":"u0000000001","public":"--------"}})";
  EXPECT_EQ(check(owned, 0).verdict, Verdict::yes);
  EXPECT_EQ(check(owned, 1).verdict, Verdict::yes);
  EXPECT_EQ(check(owned, 2).verdict, Verdict::no);
  const char* nobodys = R"({"sharing":{"public":"--------"}})";
  EXPECT_EQ(check(nobodys, 1).verdict, Verdict::yes);
  EXPECT_EQ(check(nobodys, 3).verdict, Verdict::no);
}

TEST(AccessSharing, ReadsTheFormOf240) {
  const char* old = R"({"publicAccess":"r-------","user":{"id":"x0000000001"},
      "userAccesses":[{"id":"u0000000001","access":"rw------"}],
      "userGroupAccesses":[{"userGroupUid":"g0000000002","access":"r-rw----"}]})";
  EXPECT_EQ(check(old, 0).evidence, "public access is r-------");
  EXPECT_EQ(check(old, 1).evidence, "shared with them by name: rw------");
  EXPECT_EQ(check(old, 3).evidence, "their group \"Others\" has r-rw----");
}

TEST(AccessSharing, IsUnknownWhereItIsNotShown) {
  EXPECT_EQ(check(R"({"id":"x"})", 0).verdict, Verdict::unknown);
  EXPECT_EQ(check("{}", 0, user(R"({"authorities":["ALL"]})")).verdict, Verdict::yes);
}

TEST(AccessAuthority, NamesTheRoleThatBringsIt) {
  const AccessCheck yes = authority_check("F_DATAVALUE_ADD", Right::enter_data, user());
  EXPECT_EQ(yes.verdict, Verdict::yes);
  EXPECT_EQ(yes.evidence, "F_DATAVALUE_ADD by their role \"Data entry\"");
  const AccessCheck no = authority_check("F_X", Right::enter_data, user());
  EXPECT_EQ(no.verdict, Verdict::no);
  EXPECT_EQ(no.evidence, "none of their 1 role has F_X");
  EXPECT_EQ(authority_check("F_X", Right::see, user(R"({"authorities":["ALL"]})")).evidence, "ALL");
}

TEST(AccessAuthority, TakesAnyOfThoseThatATypeDemands) {
  const AccessSchema schema(Json::parse(R"({"shareable":true,"dataShareable":true,"authorities":[
      {"type":"CREATE_PUBLIC","authorities":["F_DATASET_PUBLIC_ADD"]},
      {"type":"CREATE_PRIVATE","authorities":["F_DATAVALUE_ADD"]},
      {"type":"DELETE","authorities":["F_DATASET_DELETE"]}]})"));
  EXPECT_TRUE(schema.data_shareable);
  EXPECT_EQ(change_authority_check(schema, user()).verdict, Verdict::yes);
  EXPECT_EQ(change_authority_check(schema, user(R"({"userRoles":[]})")).evidence,
            "none of their 0 roles has F_DATASET_PUBLIC_ADD or F_DATAVALUE_ADD");
  EXPECT_EQ(
      change_authority_check(AccessSchema(Json::parse(R"({"shareable":true})")), user()).verdict,
      Verdict::not_needed);
  EXPECT_EQ(change_authority_check(AccessSchema(Json()), user()).verdict, Verdict::unknown);
}

// A Saturday.
Almanac almanac() {
  Almanac one;
  one.today = std::chrono::sys_days(std::chrono::year{2026} / 11 / 21);
  return one;
}

struct Periods {
  std::vector<AccessCheck> checks;
  std::string latest;
  const AccessCheck& named(const std::string& name) const {
    for (const AccessCheck& one : checks) {
      if (one.name == name) return one;
    }
    throw std::runtime_error("no check " + name);
  }
};

Periods periods(const std::string& set, const Json& exceptions = Json::array(),
                const AccessUser& who = user(), const Almanac& when = almanac()) {
  Periods out;
  out.checks = period_checks(Json::parse(set), who, exceptions, when, out.latest);
  return out;
}

TEST(AccessPeriods, OpenWithTheEndOfAPeriodOrBefore) {
  struct Case {
    const char* type;
    int ahead;
    const char* latest;
  };
  for (const Case& one :
       {Case{"Monthly", 0, "202610"}, Case{"Monthly", 1, "202611"}, Case{"Monthly", 3, "202701"},
        Case{"Weekly", 0, "2026W46"}, Case{"Quarterly", 0, "2026Q3"}, Case{"Yearly", 1, "2026"}}) {
    const Periods found = periods(R"({"periodType":")" + std::string(one.type) +
                                  R"(","openFuturePeriods":)" + std::to_string(one.ahead) + "}");
    EXPECT_EQ(found.latest, one.latest);
    EXPECT_EQ(found.named("Open periods").verdict, Verdict::yes);
    EXPECT_EQ(found.named("Expiry days").verdict, Verdict::not_needed);
    EXPECT_EQ(found.named("Lock exceptions").verdict, Verdict::not_needed);
  }
}

TEST(AccessPeriods, CloseSomeDaysAfterTheirEnd) {
  const std::string set = R"({"periodType":"Monthly","openFuturePeriods":0,"expiryDays":)";
  const Periods closed = periods(set + "10}");
  EXPECT_EQ(closed.named("Expiry days").verdict, Verdict::no);
  EXPECT_EQ(closed.named("Expiry days").evidence,
            "a period closes 10 days after its end: 202610 closed after 2026-11-10");
  const Periods open = periods(set + "60.0}");
  EXPECT_EQ(open.named("Expiry days").verdict, Verdict::yes);
  EXPECT_EQ(open.named("Expiry days").evidence,
            "a period closes 60 days after its end: open from 202609 on");
}

TEST(AccessPeriods, StayOpenForWhoMayEditExpiredData) {
  const char* set = R"({"periodType":"Monthly","expiryDays":10})";
  EXPECT_EQ(periods(set, Json::array(), user(R"({"authorities":["F_EDIT_EXPIRED"]})"))
                .named("Expiry days")
                .evidence,
            "a period closes 10 days after its end, but not for who has F_EDIT_EXPIRED");
}

TEST(AccessPeriods, AreOpenedByLockExceptions) {
  const char* set = R"({"periodType":"Monthly","expiryDays":10})";
  const Json exceptions = Json::parse(R"([{"name":"RMA in Bo, 202601"}])");
  const Periods excepted = periods(set, exceptions);
  EXPECT_EQ(excepted.named("Lock exceptions").evidence, "\"RMA in Bo, 202601\"");
  EXPECT_EQ(excepted.named("Expiry days").verdict, Verdict::yes);
  const Periods unknown = periods(set, Json());
  EXPECT_EQ(unknown.named("Lock exceptions").verdict, Verdict::unknown);
  EXPECT_EQ(unknown.named("Expiry days").verdict, Verdict::unknown);
}

TEST(AccessPeriods, MayBeListedOneByOne) {
  const std::string set = R"({"periodType":"Monthly","dataInputPeriods":[
      {"period":{"id":"202609"},"openingDate":"2026-10-01T00:00:00.000","closingDate":"2026-10-31"},
      {"period":{"id":"202610"},"openingDate":"2026-11-01T00:00:00.000")";
  EXPECT_EQ(periods(set + "}]}").named("Input periods").evidence, "open on 2026-11-21: 202610");
  EXPECT_EQ(periods(set + R"(,"closingDate":"2026-11-20"}]})").named("Input periods").verdict,
            Verdict::no);
}

TEST(AccessPeriods, AreUnknownInACalendarThatIsNotReadHere) {
  Almanac other = almanac();
  other.calendar = "julian";
  const Periods found =
      periods(R"({"periodType":"Monthly","expiryDays":10})", Json::array(), user(), other);
  EXPECT_EQ(found.named("Open periods").verdict, Verdict::unknown);
  EXPECT_EQ(found.named("Expiry days").verdict, Verdict::unknown);
  EXPECT_EQ(found.latest, "");
}

TEST(AccessTable, AnswersWithTheFirstReasonThatSaysNo) {
  const std::set<Right> both = {Right::see, Right::enter_data};
  const Table table = access_table({{"One", both, Verdict::yes, "fine"},
                                    {"Two", {Right::enter_data}, Verdict::unknown, "hidden"},
                                    {"Three", {Right::enter_data}, Verdict::no, "closed"},
                                    {"Four", {Right::enter_data}, Verdict::no, "late"}});
  ASSERT_EQ(table.rows.size(), 6U);
  EXPECT_EQ(table.rows[0][0].str(), "See it");
  EXPECT_EQ(table.rows[0][2].str(), "yes");
  EXPECT_EQ(table.rows[1][0].str(), "Enter data");
  EXPECT_EQ(table.rows[1][2].str(), "no");
  EXPECT_EQ(table.rows[1][3].str(), "Three: closed");
  EXPECT_EQ(table.rows[2][1].str(), "see, enter data");

  const Table open = access_table({{"Two", {Right::see}, Verdict::unknown, "hidden"},
                                   {"One", {Right::see}, Verdict::yes, "fine"}});
  EXPECT_EQ(open.rows[0][2].str(), "unknown") << "what is not known is never guessed";
}

}  // namespace
}  // namespace dhis2mcp
