// SPDX-License-Identifier: BSD-3-Clause
// Reads of data values and registrations, release by release.
#include "tests/sandbox/data_values.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/sandbox/fixture_test.h"

namespace sandbox {
namespace {

constexpr const char* kOneReport =
    "/dataValueSets?dataSet=lc4Jz2USVpu&period=202609&orgUnit=S3DWx9jT5VC";

Reply reply_to(const std::string& target, int major = 43, const std::string& user = "admin") {
  return reply_of(data_value_sets, target, major, user);
}

Json ask(const std::string& target, int major = 43, const std::string& user = "admin") {
  return answer_of(data_value_sets, target, major, user);
}

TEST(DataValues, StateCommonKeysOnceSince43) {
  const Json answer = ask(kOneReport);
  EXPECT_EQ(answer["dataSet"], "lc4Jz2USVpu");
  EXPECT_EQ(answer["period"], "202609");
  EXPECT_EQ(answer["orgUnit"], "S3DWx9jT5VC");
  EXPECT_FALSE(answer.contains("completeDate"));
  ASSERT_EQ(answer["dataValues"].size(), 35u);
  const Json& first = answer["dataValues"][0];
  EXPECT_EQ(first["dataElement"], "DfdpZAo8QDx");
  EXPECT_EQ(first["value"], "3");
  EXPECT_FALSE(first.contains("period"));
  EXPECT_FALSE(first.contains("comment"));
}

TEST(DataValues, RepeatKeysAndNullsUpTo42) {
  const Json answer = ask(kOneReport, 42);
  EXPECT_EQ(answer["completeDate"], "2026-11-09T00:00:00.000+0000");
  // Two of the 35 values are zeros, which 2.42 does not keep.
  ASSERT_EQ(answer["dataValues"].size(), 33u);
  const Json& first = answer["dataValues"][0];
  EXPECT_EQ(first["dataElement"], "y7qh476Nmd3");
  EXPECT_EQ(first["period"], "202609");
  EXPECT_EQ(first["comment"], nullptr);
  EXPECT_EQ(first["followup"], false);
}

TEST(DataValues, KeepRootKeysForAnEmptyResult) {
  const Json none = ask("/dataValueSets?dataSet=lc4Jz2USVpu&period=202001&orgUnit=S3DWx9jT5VC");
  EXPECT_EQ(none["dataValues"], Json::array());
  EXPECT_EQ(none["period"], "202001");
  const Json unknown = ask("/dataValueSets?dataSet=lc4Jz2USVpu&period=202609&orgUnit=abcdefghijk");
  EXPECT_EQ(unknown["orgUnit"], "abcdefghijk");
  EXPECT_EQ(unknown["dataValues"], Json::array());
}

TEST(DataValues, ReachChildrenGroupsElementsAndDates) {
  const auto units = [](const Json& answer) {
    std::set<std::string> found;
    for (const Json& value : answer["dataValues"]) found.insert(value["orgUnit"]);
    return found;
  };
  const Json district =
      ask("/dataValueSets?dataElement=y7qh476Nmd3&period=202609&orgUnit=CQChkRGX1me&children=true");
  EXPECT_EQ(units(district).size(), 7u);
  const Json group =
      ask("/dataValueSets?dataElement=y7qh476Nmd3&period=202609&orgUnitGroup=T04dOvqdK2A");
  EXPECT_GT(units(group).size(), 20u);
  const Json dated = ask(
      "/dataValueSets?dataElementGroup=mvhAIYgQ54V&startDate=2026-08-01&endDate=2026-09-30&orgUnit="
      "S3DWx9jT5VC");
  std::set<std::string> periods;
  for (const Json& value : dated["dataValues"]) periods.insert(value["period"]);
  EXPECT_EQ(periods, (std::set<std::string>{"202608", "202609"}));
}

TEST(DataValues, AreCutByLimitAndOffset) {
  const std::string report = kOneReport;
  EXPECT_EQ(ask(report + "&limit=2")["dataValues"].size(), 2u);
  EXPECT_EQ(ask(report + "&limit=0")["dataValues"].size(), 0u);
  EXPECT_EQ(ask(report + "&offset=34")["dataValues"].size(), 1u);
  EXPECT_EQ(ask(report + "&offset=99")["dataValues"].size(), 0u);
  EXPECT_EQ(ask(report + "&offset=34", 42)["dataValues"].size(), 33u);
}

TEST(DataValues, CarryCommentsAndFollowUps) {
  const Json commented =
      ask("/dataValueSets?dataElement=IEgqEKeij7I&period=202512&orgUnit=S3DWx9jT5VC"
          "&categoryOptionCombo=zMxVrRaEHph");
  ASSERT_EQ(commented["dataValues"].size(), 1u);
  EXPECT_EQ(commented["dataValues"][0]["comment"],
            "valeur confirm\xc3\xa9"
            "e par t\xc3\xa9l\xc3\xa9phone");
  const Json marked =
      ask("/dataValueSets?dataElement=XEenCwTjOoL&period=202501&orgUnit=S3DWx9jT5VC"
          "&categoryOptionCombo=Qb5srhPIMrV");
  ASSERT_EQ(marked["dataValues"].size(), 1u);
  EXPECT_EQ(marked["dataValues"][0]["followup"], true);
}

TEST(DataValues, SpeakOtherIdSchemes) {
  const std::string report = kOneReport;
  const Json named = ask(report + "&dataElementIdScheme=CODE&orgUnitIdScheme=NAME");
  EXPECT_EQ(named["orgUnit"], "H\xc3\xb4pital de district Band\xc3\xa9");
  EXPECT_EQ(named["dataElementIdScheme"], "CODE");
  EXPECT_EQ(named["dataValues"][0]["dataElement"], "DE_PNEU");
  EXPECT_EQ(ask(report + "&orgUnitIdScheme=ATTRIBUTE:y2zH1X6nWwx")["orgUnit"], "FS00000");
  // An id that is missing: left out up to 2.42, an error since.
  const Json old = ask(report + "&idScheme=ATTRIBUTE:UGMlzxviySl", 42);
  EXPECT_EQ(old["dataSet"], nullptr);
  EXPECT_EQ(old["dataValues"][0]["dataElement"], "ANC_N");
  EXPECT_EQ(ask(report + "&idScheme=ATTRIBUTE:UGMlzxviySl")["message"],
            "Export as ATTR not possible as the property is undefined for data set: "
            "`lc4Jz2USVpu`");
}

TEST(DataValues, AreRefusedAsTheReleaseDoes) {
  constexpr const char* kData =
      "At least one data element, data set or data element group must be specified";
  constexpr const char* kTime =
      "At least one period, start/end dates, last updated or last updated duration must be "
      "specified";
  constexpr const char* kUnit =
      "At least one organisation unit or organisation unit group must be specified";
  const Refused cases[] = {
      {"", 43, 409, "E2001", kData},
      {"", 42, 409, "E2006", kUnit},
      {"dataSet=lc4Jz2USVpu", 43, 409, "E2002", kTime},
      {"dataSet=lc4Jz2USVpu", 42, 409, "E2006", kUnit},
      {"dataSet=lc4Jz2USVpu&period=202609", 43, 409, "E2006", kUnit},
      {"dataSet=lc4Jz2USVpu&orgUnit=S3DWx9jT5VC", 42, 409, "E2002", kTime},
      {"dataSet=lc4Jz2USVpu&lastUpdated=2026-11-01&orgUnit=S3DWx9jT5VC", 43, 409, "E2002", kTime},
      {"dataSet=lc4Jz2USVpu&lastUpdatedDuration=x&orgUnit=S3DWx9jT5VC", 42, 409, "E2005",
       "Duration is not valid: `{0}`"},
      {"dataSet=lc4Jz2USVpu&period=LAST_MONTH&orgUnit=S3DWx9jT5VC", 43, 400, "",
       "Invalid Period `LAST_MONTH`, expected a digit at position 0 but found: `L`"},
      {"dataSet=lc4Jz2USVpu&period=2026X9&orgUnit=S3DWx9jT5VC", 43, 400, "",
       "Invalid Period `2026X9`, expected one of [W, Q, S] at index 4 for a ISO period of length "
       "6 but found: `X9`"},
      {"dataSet=lc4Jz2USVpu&period=xx&orgUnit=S3DWx9jT5VC", 43, 400, "",
       "Period must be have between 4 and 11 characters but got: `xx`"},
      {"dataSet=lc4Jz2USVpu&period=2026X9&orgUnit=S3DWx9jT5VC", 42, 409, "E2002", kTime},
      {"dataSet=lc4Jz2USVpu&period=202609&orgUnit=S3DWx9jT5VC&limit=-1", 43, 409, "E2009",
       "Limit cannot be less than zero: `{0}`"},
      {"dataSet=lc4Jz2USVpu&period=202609&orgUnit=S3DWx9jT5VC&limit=-1", 42, 409, "E2009",
       "Limit cannot be less than zero: `-1`"},
      {"dataSet=lc4Jz2USVpu&period=202609&orgUnit=S3DWx9jT5VC&idScheme=NOPE", 42, 400, "",
       "No enum constant org.hisp.dhis.common.IdentifiableProperty.NOPE"},
      {"dataSet=lc4Jz2USVpu&period=202609&orgUnit=S3DWx9jT5VC&compression=zip", 43, 501, "",
       "The practice DHIS2 does not play GET /api/dataValueSets as zip"},
  };
  for (const Refused& c : cases) {
    expect_refused(ask("/dataValueSets?" + std::string(c.query), c.major), c);
  }
}

TEST(DataValues, OfForeignUnitsAreKept) {
  const Reply old = reply_to(kOneReport, 42, "saisie.dombea");
  EXPECT_EQ(old.status, 200);
  EXPECT_EQ(body_of(old), "");
  EXPECT_EQ(ask(kOneReport, 43, "saisie.dombea")["message"],
            "User is not allowed to view org unit(s): `[S3DWx9jT5VC]`");
}

TEST(DataValues, ComeAsCsvAndXml) {
  const std::string query = "?dataElement=DfdpZAo8QDx&period=202609&orgUnit=S3DWx9jT5VC";
  const Reply csv = reply_to("/dataValueSets.csv" + query);
  EXPECT_EQ(csv.content_type, "application/csv;charset=UTF-8");
  const std::string body = body_of(csv);
  EXPECT_TRUE(body.starts_with("dataelement,period,orgunit,"));
  EXPECT_NE(body.find("\nDfdpZAo8QDx,202609,S3DWx9jT5VC,HllvX50cXC0,HllvX50cXC0,3,admin,"),
            std::string::npos);
  EXPECT_TRUE(body.ends_with(",,,false\n"));
  EXPECT_TRUE(body_of(reply_to("/dataValueSets.csv" + query, 42)).ends_with(",,false,null\n"));
  EXPECT_NE(body_of(reply_to("/dataValueSets" + query + "&format=xml")).find("2026-09-01/P1M"),
            std::string::npos);
  EXPECT_NE(body_of(reply_to("/dataValueSets.xml" + query, 42)).find("followUp=\"false\""),
            std::string::npos);
}

TEST(DataValues, FollowAcceptUpTo42) {
  for (const int major : {42, 43}) {
    const Country& country = country_of(major);
    Request request = request_for(country, kOneReport);
    request.headers.emplace_back("Accept", "application/csv");
    EXPECT_EQ(data_value_sets(country, request).content_type,
              major == 42 ? "application/csv;charset=UTF-8" : "application/json;charset=UTF-8");
  }
}

Json registrations(const std::string& query, int major = 43) {
  return answer_of(complete_registrations, "/completeDataSetRegistrations?" + query, major);
}

TEST(Registrations, AreListedByUnitAndPeriod) {
  const Json answer = registrations("dataSet=lc4Jz2USVpu&period=202609&orgUnit=S3DWx9jT5VC");
  const Json expected = {{"period", "202609"},
                         {"dataSet", "lc4Jz2USVpu"},
                         {"organisationUnit", "S3DWx9jT5VC"},
                         {"attributeOptionCombo", "HllvX50cXC0"},
                         {"date", "2026-11-09"},
                         {"storedBy", "admin"},
                         {"completed", true}};
  ASSERT_EQ(answer["completeDataSetRegistrations"].size(), 1u);
  EXPECT_EQ(answer["completeDataSetRegistrations"][0], expected);
  const Json province = registrations(
      "dataSet=lc4Jz2USVpu&period=202609&orgUnit=dol0EV0KIzB&children=true&idScheme=CODE");
  EXPECT_EQ(province["completeDataSetRegistrations"].size(), 19u);
  EXPECT_EQ(province["completeDataSetRegistrations"][0]["dataSet"], "DS_RMA");
  EXPECT_EQ(registrations("dataSet=lc4Jz2USVpu&period=202403&orgUnit=NMlYMheVEkZ"), Json::object());
}

TEST(Registrations, AreSelectedByTheDayOfCompletion) {
  const std::string query = "dataSet=lc4Jz2USVpu&orgUnit=S3DWx9jT5VC";
  const Json since = registrations(query + "&created=2026-11-08");
  ASSERT_FALSE(since["completeDataSetRegistrations"].empty());
  for (const Json& found : since["completeDataSetRegistrations"]) {
    EXPECT_GE(found["date"].get<std::string>(), "2026-11-08");
  }
  // The latest is of 9 November, twelve days before the clock.
  EXPECT_EQ(registrations(query + "&createdDuration=5d"), Json::object());
  EXPECT_FALSE(registrations(query + "&createdDuration=20d").empty());
}

TEST(Registrations, ComeAsXml) {
  const Country& country = country_of(43);
  const std::string query = "?dataSet=lc4Jz2USVpu&period=202609&orgUnit=S3DWx9jT5VC";
  const std::string xml = body_of(complete_registrations(
      country, request_for(country, "/completeDataSetRegistrations.xml" + query)));
  EXPECT_NE(xml.find("<completeDataSetRegistration period=\"202609\" dataSet=\"lc4Jz2USVpu\""),
            std::string::npos);
  EXPECT_EQ(complete_registrations(
                country, request_for(country, "/completeDataSetRegistrations.csv" + query))
                .status,
            406);
}

TEST(Registrations, NeedSetTimeAndUnit) {
  EXPECT_EQ(registrations("")["errorCode"], "E2006");
  EXPECT_EQ(registrations("dataSet=nope&orgUnit=S3DWx9jT5VC&period=202609")["errorCode"], "E2013");
  EXPECT_EQ(registrations("dataSet=lc4Jz2USVpu&orgUnit=S3DWx9jT5VC")["errorCode"], "E2002");
  EXPECT_EQ(registrations("dataSet=lc4Jz2USVpu&orgUnit=S3DWx9jT5VC&created=2026-11-01&limit=2")
                ["completeDataSetRegistrations"]
                    .size(),
            2u);
}

}  // namespace
}  // namespace sandbox
