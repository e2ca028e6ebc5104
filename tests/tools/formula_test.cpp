// SPDX-License-Identifier: BSD-3-Clause
// Formulas in names, and where metadata_get puts them.
#include <gtest/gtest.h>

#include "tests/tools/stored_data.h"
#include "tools/formula.h"

namespace dhis2mcp::test {
namespace {

struct Case {
  const char* formula;
  FormulaKind kind;
  const char* readable;
};

TEST(Formula, ReadsInNames) {
  Instance instance;
  UidNames names(*instance.connections.client("demo"), Patience());
  for (const auto& [uid, name] :
       {std::pair(kCases, "Cases"), std::pair(kTests, "Tests"), std::pair(kMale, "Male"),
        std::pair(kFemale, "Female"), std::pair("Constantt01", "Pi"), std::pair(kSet, "RMA"),
        std::pair("Groupppppp1", "Clinics"), std::pair("Programmmm1", "Malaria"),
        std::pair("Stageeeeee1", "Visit"), std::pair("Attributee1", "Sex")}) {
    names.put(uid, name);
  }
  constexpr auto aggregate = FormulaKind::aggregate, program = FormulaKind::program;
  const Case cases[] = {
      {"#{CasesOfMal1}/12", aggregate, "[Cases]/12"},
      {"#{CasesOfMal1.MaleeeeCoc1} + #{TestsOfMal1.*.FemaleeCoc1}", aggregate,
       "[Cases, Male] + [Tests, Female]"},
      {"if(isNull(#{CasesOfMal1}),0,C{Constantt01})", aggregate, "if(isNull([Cases]),0,[Pi])"},
      {"R{SetOfMonth1.REPORTING_RATE} / OUG{Groupppppp1}", aggregate,
       "[RMA REPORTING_RATE] / [Clinics]"},
      {"D{Programmmm1.CasesOfMal1} - A{Programmmm1.Attributee1}", aggregate,
       "[Malaria, Cases] - [Malaria, Sex]"},
      {"#{deGroup:Groupppppp1.coGroup:MaleeeeCoc1&FemaleeCoc1}", aggregate,
       "[Clinics, Male & Female]"},
      {"#{Stageeeeee1.CasesOfMal1} == 'POS' && A{Attributee1} == 'M' && V{event_count} > 1",
       program, "[Visit, Cases] == 'POS' && [Sex] == 'M' && V{event_count} > 1"},
      {"[days] * #{NoSuchThin1}", aggregate, "[days] * [NoSuchThin1]"},
      {"#{unclosed", aggregate, "#{unclosed"},
      {"", aggregate, ""},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(formula_in_names(one.formula, one.kind, names), one.readable);
  }
}

TEST(Formula, AsksEachTypeOnce) {
  UidsByType wanted;
  formula_uids("#{CasesOfMal1.MaleeeeCoc1}+#{CasesOfMal1.FemaleeCoc1}+N{Indicatorr1}",
               FormulaKind::aggregate, wanted);
  EXPECT_EQ(wanted, (UidsByType{{"dataElements", {kCases}},
                                {"categoryOptionCombos", {kMale, kFemale}},
                                {"indicators", {"Indicatorr1"}}}));
}

TEST(Formula, StandsInNamesBehindTheFormulaOfAnObject) {
  StoredData dhis2;
  dhis2.instance.server.get("/api/validationRules/Rulleeeeee1", R"({"id":"Rulleeeeee1",
      "operator":"less_than_or_equal_to","leftSide":{"expression":"#{CasesOfMal1.MaleeeeCoc1}",
      "description":"cases"},"rightSide":{"expression":"10"}})");

  const Json answer =
      dhis2.instance.answer("metadata_get", R"({"object":"Rulleeeeee1","type":"validation rule"})");

  EXPECT_EQ(answer["object"]["leftSide"].dump(),
            Json::parse(R"({"expression":"#{CasesOfMal1.MaleeeeCoc1}",
                "expressionInNames":"[Malaria cases, Male, <5y]","description":"cases"})")
                .dump())
      << answer.dump();
  EXPECT_FALSE(answer["object"]["rightSide"].contains("expressionInNames"));
  EXPECT_EQ(dhis2.instance.server.count("/api/dataElements"), 1u);
}

}  // namespace
}  // namespace dhis2mcp::test
