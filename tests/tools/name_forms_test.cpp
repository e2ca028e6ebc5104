// SPDX-License-Identifier: BSD-3-Clause
// The forms of items and the words around names.
#include "tools/name_forms.h"

#include <gtest/gtest.h>

#include <tuple>

namespace dhis2mcp {
namespace {

TEST(NameForms, KnowsDataItems) {
  for (const char* item : {"fbfJHSPpUQD", "fbfJHSPpUQD.HllvX50cXC0", "fbfJHSPpUQD.*",
                           "fbfJHSPpUQD.HllvX50cXC0.HllvX50cXC0", "lc4Jz2USVpu.REPORTING_RATE",
                           "lc4Jz2USVpu.EXPECTED_REPORTS", "DE_GROUP-fbfJHSPpUQD"}) {
    EXPECT_TRUE(is_data_item(item)) << item;
  }
  for (const char* text : {"ANC 1st visit", "fbfJHSPpUQD.NOPE", "REPORTING_RATE", "*",
                           "fbfJHSPpUQD.", "a.b", "DE_GROUP-x"}) {
    EXPECT_FALSE(is_data_item(text)) << text;
  }
}

TEST(NameForms, ReadsWordsForOrgUnits) {
  const std::pair<const char*, const char*> cases[] = {
      {"USER_ORGUNIT", "USER_ORGUNIT"},
      {"user_orgunit_children", "USER_ORGUNIT_CHILDREN"},
      {"my org units", "USER_ORGUNIT"},
      {"My org unit children", "USER_ORGUNIT_CHILDREN"},
      {"LEVEL-3", "LEVEL-3"},
      {"level 3", "LEVEL-3"},
      {"LEVEL-3-fbfJHSPpUQD", "LEVEL-3-fbfJHSPpUQD"},
      {"LEVEL-fbfJHSPpUQD", "LEVEL-fbfJHSPpUQD"},
      {"OU_GROUP-fbfJHSPpUQD", "OU_GROUP-fbfJHSPpUQD"},
  };
  for (const auto& [text, item] : cases) EXPECT_EQ(org_unit_item(text), item) << text;
  for (const char* text : {"Bo", "level", "Level up", "fbfJHSPpUQD", "my unity"}) {
    EXPECT_EQ(org_unit_item(text), std::nullopt) << text;
  }
}

TEST(NameForms, SplitsReportingRates) {
  const auto rate = data_set_metric("RMA - Reporting rate");
  ASSERT_TRUE(rate);
  EXPECT_EQ(rate->data_set, "RMA");
  EXPECT_EQ(rate->metric, "REPORTING_RATE");
  EXPECT_EQ(data_set_metric("RMA reporting rate on time")->metric, "REPORTING_RATE_ON_TIME");
  EXPECT_EQ(data_set_metric("RMA actual reports")->metric, "ACTUAL_REPORTS");
  EXPECT_FALSE(data_set_metric("reporting rate"));
  EXPECT_FALSE(data_set_metric("RMA"));
}

TEST(NameForms, CutsTypeWordsOff) {
  const MetadataType indicator{"indicator", "indicators", "indicator", {}, "", 0, 0};
  const MetadataType element{"dataElement", "dataElements", "data element", {"de"}, "", 0, 0};
  const std::vector<const MetadataType*> types = {&indicator, &element};
  const struct {
    const char *text, *left;
    const MetadataType* type;
  } cases[] = {{"indicator ANC 1", "ANC 1", &indicator},
               {"ANC 1 (indicator)", "ANC 1", &indicator},
               {"ANC 1 indicator", "ANC 1", &indicator},
               {"Data element: ANC", "ANC", &element},
               {"DE:ANC", "ANC", &element}};
  for (const auto& one : cases) {
    const auto typed = typed_text(one.text, types);
    ASSERT_TRUE(typed) << one.text;
    EXPECT_EQ(typed->text, one.left) << one.text;
    EXPECT_EQ(typed->type, one.type) << one.text;
  }
  EXPECT_FALSE(typed_text("indicator", types));
  EXPECT_FALSE(typed_text("indicators of ANC", types));
}

TEST(NameForms, TakesTheLongestTypeWords) {
  const MetadataType indicator{"indicator", "indicators", "indicator", {}, "", 0, 0};
  const MetadataType of_program{
      "programIndicator", "programIndicators", "program indicator", {}, "", 0, 0};
  const MetadataType unit{
      "organisationUnit", "organisationUnits", "organisation unit", {"org unit"}, "", 0, 0};
  const MetadataType group{"organisationUnitGroup",
                           "organisationUnitGroups",
                           "organisation unit group",
                           {"org unit group"},
                           "",
                           0,
                           0};
  const std::vector<const MetadataType*> types = {&indicator, &of_program, &unit, &group};
  const std::tuple<const char*, const MetadataType*, const char*> cases[] = {
      {"ANC 1 program indicator", &of_program, "ANC 1"},
      {"ANC 1 (program indicator)", &of_program, "ANC 1"},
      {"program indicator ANC 1", &of_program, "ANC 1"},
      {"org unit group Clinics", &group, "Clinics"},
      {"org unit Bo", &unit, "Bo"}};
  for (const auto& [text, type, left] : cases) {
    const auto typed = typed_text(text, types);
    ASSERT_TRUE(typed) << text;
    EXPECT_EQ(typed->type, type) << text;
    EXPECT_EQ(typed->text, left) << text;
  }
}

TEST(NameForms, TellsUidsFromWordsOfElevenLetters) {
  for (const char* word : {"Ouagadougou", "ouagadougou", "CHLAMYDIOSE"}) {
    EXPECT_TRUE(may_be_word(word)) << word;
  }
  for (const char* uid : {"O6uvpzGd5pU", "fbfJHSPpUQD", "Ouagadougo1", "Bo", "OuagaDougou"}) {
    EXPECT_FALSE(may_be_word(uid)) << uid;
  }
}

TEST(NameForms, SplitsWordsThatAreMadeOfSeveral) {
  EXPECT_EQ(split_words("ANC1 visit"), "ANC 1 visit");
  EXPECT_EQ(split_words("dataElement"), "data Element");
  EXPECT_EQ(split_words("1st"), "1 st");
  EXPECT_EQ(split_words("ANC 1"), "");
}

TEST(NameForms, LeavesOnlyWordsForSearching) {
  EXPECT_EQ(search_words(" ANC (1st), visit< "), "ANC 1st visit");
  EXPECT_EQ(search_words("d\xC3\xA9"
                         "c\xC3\xA8s, [x]"),
            "d\xC3\xA9"
            "c\xC3\xA8s x");
  EXPECT_EQ(search_words("()"), "");
  EXPECT_EQ(search_words("d\xE2\x80\x99"
                         "abandon"),
            "d abandon");
}

TEST(NameForms, FindsWhatAPluralIsOf) {
  const std::pair<const char*, std::vector<std::string>> cases[] = {
      {"districts", {"district"}},
      {"Facilities", {"Facilitie", "Facility"}},
      {"Health Centres", {"Health Centre"}},
      {"Centres de sante", {"Centre de sante"}},
      {"Centres de soins", {"Centres de soin", "Centre de soins", "Centre de soin"}},
      {"Hospital", {}},
      {"", {}},
  };
  for (const auto& [text, wanted] : cases) EXPECT_EQ(singulars(text), wanted) << text;
}

TEST(NameForms, StraightensApostrophes) {
  EXPECT_EQ(straight("l\xE2\x80\x99"
                     "an \xCA\xBC\xC3\xA9 'x'"),
            "l'an '\xC3\xA9 'x'");
}

}  // namespace
}  // namespace dhis2mcp
