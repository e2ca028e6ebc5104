// SPDX-License-Identifier: BSD-3-Clause
// The history of one value reads the same whatever the release keeps in its audit.
#include <gtest/gtest.h>

#include "tests/tools/stored_data.h"

namespace dhis2mcp::test {
namespace {

constexpr char kQuestion[] =
    R"({"data_element":"Malaria cases","period":"Aug 2026","org_unit":"LowerClinc1"})";

std::string stored(const std::string& value, const std::string& more = "") {
  return R"({"dataValues":[{"dataElement":"CasesOfMal1","period":"202608","orgUnit":"LowerClinc1",
    "categoryOptionCombo":"DefaultCoc1","attributeOptionCombo":"DefaultCoc1","storedBy":"ada",
    "lastUpdated":"2026-09-03T10:00:00.000+0000","value":")" +
         value + "\"" + more + "}]}";
}

std::string audit(const std::string& when, const std::string& who, const std::string& type,
                  const std::string& value, const std::string& option = kDefault) {
  return R"({"created":"2026-09-0)" + when + R"(T10:00:00.000","modifiedBy":")" + who +
         R"(","auditType":")" + type + "\"" +
         (value.empty() ? "" : R"(,"value":")" + value + "\"") +
         R"(,"attributeOptionCombo":{"id":"DefaultCoc1"},"categoryOptionCombo":{"id":")" + option +
         R"("},"dataElement":{"id":"CasesOfMal1"}})";
}

std::string audits(const std::string& rows) {
  return R"({"pager":{"page":1,"pageCount":1,"total":3,"pageSize":500},"dataValueAudits":[)" +
         rows + "]}";
}

TEST(ValueHistory, UpTo242AuditsKeepWhatWasReplaced) {
  StoredData dhis2("2.42.1");
  dhis2.values(stored("9", R"(,"comment":"recounted")"));
  dhis2.instance.server.get("/api/audits/dataValue", audits(audit("3", "ada", "UPDATE", "7") + "," +
                                                            audit("2", "bob", "DELETE", "5") + "," +
                                                            audit("1", "bob", "UPDATE", "4")));

  const Json answer = dhis2.instance.answer("data_value_history", kQuestion);

  EXPECT_EQ(answer["columns"], Json({"When", "By", "Change", "Value", "Before", "Comment"}))
      << answer.dump();
  EXPECT_EQ(answer["rows"].dump(), Json::parse(R"([
      ["2026-09-03 10:00:00","ada","UPDATE",9,7,"recounted"],
      ["2026-09-02 10:00:00","bob","DELETE",null,5,null],
      ["2026-09-01 10:00:00","bob","UPDATE",5,4,null]])")
                                       .dump());
  EXPECT_EQ(*dhis2.asked("/api/audits/dataValue").find("pe"), "202608");
}

TEST(ValueHistory, From243AuditsKeepWhatWasWritten) {
  StoredData dhis2("2.43.1");
  dhis2.values(stored("9"));
  dhis2.instance.server.get("/api/audits/dataValue", audits(audit("3", "ada", "UPDATE", "9") + "," +
                                                            audit("2", "bob", "DELETE", "") + "," +
                                                            audit("1", "bob", "CREATE", "4")));

  const Json answer = dhis2.instance.answer("data_value_history", kQuestion);

  EXPECT_EQ(answer["rows"].dump(), Json::parse(R"([
      ["2026-09-03 10:00:00","ada","UPDATE",9,null],
      ["2026-09-02 10:00:00","bob","DELETE",null,4],
      ["2026-09-01 10:00:00","bob","CREATE",4,null]])")
                                       .dump())
      << answer.dump();
}

TEST(ValueHistory, AValueWithoutAuditTellsWhoStoredIt) {
  StoredData dhis2;
  dhis2.values(stored("9", R"(,"followup":true)"));
  dhis2.instance.server.get("/api/audits/dataValue", audits(""));

  const Json answer = dhis2.instance.answer("data_value_history", kQuestion);

  EXPECT_EQ(answer["rows"].dump(),
            Json::parse(R"([["2026-09-03 10:00","ada","STORED",9,null]])").dump())
      << answer.dump();
  EXPECT_NE(answer["notes"].dump().find("marked for follow-up"), std::string::npos);
}

TEST(ValueHistory, OptionsAreToldApartAndTakenByName) {
  StoredData dhis2;
  dhis2.values(R"({"dataValues":[]})");
  dhis2.instance.server.get("/api/audits/dataValue",
                            audits(audit("3", "ada", "UPDATE", "9", kMale) + "," +
                                   audit("2", "ada", "UPDATE", "8", kFemale)));
  dhis2.instance.server.get("/api/dataElements/CasesOfMal1", R"({"categoryCombo":
      {"categoryOptionCombos":[{"id":"MaleeeeCoc1","displayName":"Male, <5y"},
                               {"id":"FemaleeCoc1","displayName":"Female, <5y"}]}})");

  const Json both = dhis2.instance.answer("data_value_history", kQuestion);
  dhis2.instance.answer("data_value_history",
                        R"({"data_element":"CasesOfMal1","period":"202608","option_combo":
                            "male, <5y","org_unit":"LowerClinc1"})");
  const ToolResult unknown =
      dhis2.instance.call("data_value_history", R"({"data_element":"CasesOfMal1","period":"202608",
                                         "option_combo":"Old","org_unit":"LowerClinc1"})");

  EXPECT_EQ(both["columns"][0], "Option combo") << both.dump();
  EXPECT_EQ(both["rows"][0][0], "Female, <5y");
  EXPECT_EQ(*dhis2.asked("/api/audits/dataValue").find("co"), kMale);
  EXPECT_NE(unknown.text.find("It has: Male, <5y; Female, <5y."), std::string::npos)
      << unknown.text;
}

TEST(ValueHistory, ReadsEveryPageOfTheAudit) {
  StoredData dhis2;
  dhis2.values(stored("3"));
  dhis2.instance.server.on("GET", "/api/audits/dataValue", [](const Seen& seen) {
    const int page = std::stoi(*Query::parse(seen.query).find("page"));
    return Reply{
        200, R"({"pager":{"page":)" + std::to_string(page) +
                 R"(,"pageCount":2,"total":2,"pageSize":1},"dataValueAudits":[)" +
                 audit(std::to_string(3 - page), "ada", "UPDATE", std::to_string(4 - page)) + "]}"};
  });

  const Json answer = dhis2.instance.answer("data_value_history", kQuestion);

  ASSERT_EQ(answer["rows"].size(), 2u) << answer.dump();
  EXPECT_EQ(answer["rows"][0][4], 2);
}

TEST(ValueHistory, TellsTheValueWhereTheAuditIsClosed) {
  StoredData dhis2;
  dhis2.values(stored("9"));
  dhis2.instance.server.on(
      "GET", "/api/audits/dataValue",
      {403, R"({"status":"ERROR","httpStatusCode":403,"message":"Access is denied"})"});

  const Json answer = dhis2.instance.answer("data_value_history", kQuestion);

  EXPECT_EQ(answer["rows"][0][3], 9) << answer.dump();
  EXPECT_NE(answer["notes"].dump().find("The audit could not be read"), std::string::npos);
}

TEST(ValueHistory, IsOfOneValue) {
  StoredData dhis2;
  const ToolResult result = dhis2.instance.call(
      "data_value_history",
      R"({"data_element":"CasesOfMal1","period":"Jul-Sep 2026","org_unit":"LowerClinc1"})");

  ASSERT_TRUE(result.is_error);
  EXPECT_EQ(result.error->kind, ErrorKind::bad_input) << result.text;
}

}  // namespace
}  // namespace dhis2mcp::test
