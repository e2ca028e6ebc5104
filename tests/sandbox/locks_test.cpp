// SPDX-License-Identifier: BSD-3-Clause
// What keeps data entry open or closed.
#include "tests/sandbox/locks.h"

#include <gtest/gtest.h>

#include "tests/sandbox/fixture_test.h"

namespace sandbox {
namespace {

constexpr const char* kState = "/api/dataApprovals?wf=kmTGU5Yl8aK&pe=202609&ou=";

std::string state(const Server& server, const std::string& unit) {
  return get(server, kState + unit).json().value("state", "");
}

Settings settings(int major, const std::string& variant = "") {
  Settings one;
  one.major = major;
  one.variant = variant;
  return one;
}

HttpAnswer change(const Server& server, const std::string& method, const std::string& target) {
  return send(server, method, target, basic("admin", "district"));
}

TEST(Approvals, RiseFromLevelToLevel) {
  const Server server(settings(43));
  EXPECT_EQ(state(server, "CQChkRGX1me"), "UNAPPROVED_READY");
  EXPECT_EQ(state(server, "dol0EV0KIzB"), "UNAPPROVED_WAITING");
  EXPECT_EQ(state(server, "S3DWx9jT5VC"), "UNAPPROVED_ABOVE");
  EXPECT_EQ(state(server, "UvePRDui19N"), "UNAPPROVABLE");
  for (const char* unit : {"CQChkRGX1me", "ImO0Oa4TLww", "PanrmKHZuZ5"}) {
    EXPECT_EQ(change(server, "POST", std::string(kState) + unit).status, 204);
  }
  EXPECT_EQ(state(server, "CQChkRGX1me"), "APPROVED_HERE");
  EXPECT_EQ(state(server, "S3DWx9jT5VC"), "APPROVED_ABOVE");
  EXPECT_EQ(state(server, "dol0EV0KIzB"), "UNAPPROVED_READY");
  EXPECT_EQ(change(server, "DELETE", std::string(kState) + "CQChkRGX1me").status, 204);
  EXPECT_EQ(state(server, "CQChkRGX1me"), "UNAPPROVED_READY");
}

TEST(Approvals, AreRefusedInTheWordsOfTheRelease) {
  EXPECT_EQ(get(server_of(43), "/api/dataApprovals?pe=202609&ou=CQChkRGX1me").status, 409);
  EXPECT_EQ(get(server_of(43), "/api/dataApprovals?wf=abcdefghijk&pe=202609&ou=CQChkRGX1me")
                .json()["message"],
            "Data approval workflow does not exist: abcdefghijk");
  const HttpAnswer limited = send(server_of(40), "POST", std::string(kState) + "CQChkRGX1me",
                                  basic("saisie.dombea", "Baralia-2026!"));
  EXPECT_EQ(limited.status, 403);
  EXPECT_EQ(limited.json()["message"], "Access is denied");
  EXPECT_EQ(get(server_of(43), "/api/dataApprovals/multiple?wf=x").status, 501);
}

TEST(LockExceptions, AreListedAsEachReleaseWritesThem) {
  for (const int major : {40, 42, 43}) {
    const Server server(settings(major));
    const std::string one = "/api/lockExceptions?ds=w8QHZqLfF8t&pe=202601&ou=S3DWx9jT5VC";
    EXPECT_EQ(get(server, "/api/lockExceptions").json()["pager"]["total"], 0);
    EXPECT_EQ(change(server, "POST", one).status, 201);
    EXPECT_EQ(change(server, "POST", "/api/lockExceptions?ds=abcdefghijk&pe=202601&ou=S3DWx9jT5VC")
                  .status,
              409);
    const Json list = get(server, "/api/lockExceptions?filter=dataSet.id:eq:w8QHZqLfF8t")
                          .json()["lockExceptions"];
    ASSERT_EQ(list.size(), 1u);
    const std::string name = list[0]["name"];
    EXPECT_NE(name.find(major == 43 ? "202601)" : "January 2026)"), std::string::npos) << name;
    EXPECT_EQ(list[0]["period"].contains("id"), major < 43);
    EXPECT_EQ(get(server, "/api/lockExceptions?filter=dataSet.id:eq:lc4Jz2USVpu")
                  .json()["lockExceptions"]
                  .size(),
              0u);
    EXPECT_EQ(change(server, "DELETE", one).status, 204);
    EXPECT_EQ(get(server, "/api/lockExceptions").json()["pager"]["total"], 0);
  }
}

TEST(Grants, OpenADataSetToAGroupAndAUserAlone) {
  const Server server(settings(43, "grants"));
  const auto seen = [&](const std::string& user) {
    return send(server, "GET", "/api/dataSets/YtMYPx6OblB?fields=access",
                basic(user, "Baralia-2026!"));
  };
  EXPECT_EQ(seen("saisie.dombea").json()["access"]["data"]["write"], true);
  EXPECT_EQ(seen("analyste").json()["access"]["data"]["read"], true);
  EXPECT_EQ(seen("analyste").json()["access"]["data"]["write"], false);
  EXPECT_EQ(seen("f.diallo").status, 403);
}

}  // namespace
}  // namespace sandbox
