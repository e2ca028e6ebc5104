// SPDX-License-Identifier: BSD-3-Clause
// What is remembered of changes to data values.
#include "tests/sandbox/audits.h"

#include <gtest/gtest.h>

#include "tests/sandbox/fixture_test.h"

namespace sandbox {
namespace {

TEST(Audits, HoldACreationForEachValueSince43) {
  const std::string target = "/audits/dataValue?de=y7qh476Nmd3&pe=202610&ou=S3DWx9jT5VC";
  const Json now = answer_of(audits, target, 43);
  ASSERT_EQ(now["pager"]["total"], 1);
  EXPECT_EQ(now["dataValueAudits"][0]["auditType"], "CREATE");
  EXPECT_EQ(now["dataValueAudits"][0]["period"]["startDate"], "2026-10-01T00:00:00.000");
  EXPECT_EQ(answer_of(audits, target, 42)["pager"]["total"], 0);
  EXPECT_EQ(answer_of(audits, target + "&auditType=UPDATE", 43)["pager"]["total"], 0);
}

TEST(Audits, ArePagedAndTakenByDataSet) {
  const Json page = answer_of(audits, "/audits/dataValue?ds=lc4Jz2USVpu&ou=S3DWx9jT5VC&pageSize=2");
  EXPECT_EQ(page["dataValueAudits"].size(), 2u);
  EXPECT_GT(page["pager"]["total"].get<int>(), 100);
}

TEST(Audits, OfOtherKindsAreEmptyOrRefused) {
  EXPECT_EQ(answer_of(audits, "/audits/dataApproval")["dataApprovalAudits"], Json::array());
  EXPECT_EQ(reply_of(audits, "/audits/trackedEntity", 43).status, 500);
  EXPECT_EQ(reply_of(audits, "/audits/trackedEntity", 40).status, 404);
  EXPECT_EQ(reply_of(audits, "/audits/nope", 43).status, 404);
}

}  // namespace
}  // namespace sandbox
