// SPDX-License-Identifier: BSD-3-Clause
// Four real servers of four majors were loaded with the same metadata: the built program must find
// them alike, and find what is changed in one of them.
#include <gtest/gtest.h>

#include "tests/recorded/exported.h"
#include "tests/recorded/product.h"

namespace recorded {
namespace {

// Dashboards, maps, users and their roles were changed on purpose while the servers were recorded.
constexpr const char* kTypes[] = {"dataSet",
                                  "section",
                                  "dataElement",
                                  "indicator",
                                  "indicatorType",
                                  "categoryCombo",
                                  "category",
                                  "categoryOption",
                                  "categoryOptionCombo",
                                  "categoryOptionGroup",
                                  "categoryOptionGroupSet",
                                  "optionSet",
                                  "option",
                                  "legendSet",
                                  "validationRule",
                                  "validationRuleGroup",
                                  "predictor",
                                  "dataElementGroup",
                                  "dataElementGroupSet",
                                  "indicatorGroup",
                                  "indicatorGroupSet",
                                  "organisationUnit",
                                  "organisationUnitGroup",
                                  "organisationUnitGroupSet",
                                  "organisationUnitLevel",
                                  "program",
                                  "programStage",
                                  "programStageSection",
                                  "programIndicator",
                                  "programRule",
                                  "programRuleAction",
                                  "programRuleVariable",
                                  "trackedEntityAttribute",
                                  "trackedEntityType",
                                  "relationshipType",
                                  "attribute",
                                  "userGroup",
                                  "dataApprovalLevel",
                                  "dataApprovalWorkflow"};

Json rows_of(Product& product, const std::string& type, const Json& objects = Json::array()) {
  const Json result = product.call(
      "metadata_compare",
      {{"profile", "r"}, {"with_profile", "other"}, {"type", type}, {"objects", objects}});
  if (result.value("isError", false)) return result["content"];
  return result["structuredContent"]["rows"];
}

class ComparedMajors : public testing::TestWithParam<const char*> {};

TEST_P(ComparedMajors, AreAlikeWithTheSameMetadata) {
  NEED_RECORDINGS();
  const ExportServer here(exported(GetParam())), there(exported("own_243"));
  Product product(here.url());
  product.add_profile("other", there.url());

  for (const char* type : kTypes) {
    EXPECT_EQ(rows_of(product, type).dump(), "[]") << type;
  }
}

INSTANTIATE_TEST_SUITE_P(Majors, ComparedMajors, testing::Values("own_240", "own_241", "own_242"),
                         [](const auto& folder) { return std::string(folder.param); });

TEST(ComparedMajors, AreNotAlikeWhereOneWasChanged) {
  NEED_RECORDINGS();
  Json changed = exported("own_243");
  for (Json& set : changed["dataSets"]) {
    if (set["code"] == "DS_RMA") set["dataSetElements"].erase(0);
  }
  for (Json& indicator : changed["indicators"]) {
    if (indicator["id"] != "FMudumWY2Mr") continue;
    indicator["denominator"] = indicator["denominator"].get<std::string>() + "*2";
  }
  for (Json& category : changed["categories"]) {
    if (category["code"] == "CAT_SEX")
      std::swap(category["categoryOptions"][0], category["categoryOptions"][1]);
  }
  const ExportServer here(exported("own_240"));
  ExportServer there(std::move(changed));
  Product product(here.url());
  product.add_profile("other", there.url());

  EXPECT_EQ(rows_of(product, "dataSet").size(), 3U) << rows_of(product, "dataSet").dump(1);
  there.forget();
  rows_of(product, "dataSet", {"DS_RMA"});
  EXPECT_LE(there.requests(), 6U);
}

}  // namespace
}  // namespace recorded
