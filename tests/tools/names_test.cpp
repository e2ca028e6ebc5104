// SPDX-License-Identifier: BSD-3-Clause
// Names, codes and UIDs find their object, and what is ambiguous runs nothing.
#include "tools/names.h"

#include <gtest/gtest.h>

#include "tests/tools/filtered_list.h"
#include "tests/tools/instance.h"
#include "tools/name_forms.h"

namespace dhis2mcp::test {
namespace {

class NamesOf {
 public:
  NamesOf() {
    serve(instance.server, "dataElements",
          R"([{"id":"y7qh476Nmd3","code":"DE_ANC1","name":"ANC 1st visit","shortName":"ANC1"},
              {"id":"aaaaaaaaaa1","name":"Shared"},{"id":"aaaaaaaaaa2","name":"A, b"},
              {"id":"aaaaaaaaaa4","name":"Taux d\u2019abandon"}])");
    serve(instance.server, "indicators", R"([{"id":"Uvn6LCg7dVU","name":"ANC 1 Coverage"},
              {"id":"aaaaaaaaaa3","name":"Shared"}])");
    serve(instance.server, "programIndicators", "[]");
    serve(instance.server, "dataSets", R"([{"id":"lc4Jz2USVpu","name":"RMA"}])");
    serve(instance.server, "organisationUnits",
          R"([{"id":"O6uvpzGd5pU","name":"Bo","parent":{"name":"South"}},
              {"id":"bbbbbbbbbb1","name":"Centre","parent":{"name":"Bo"}},
              {"id":"bbbbbbbbbb2","name":"Centre","parent":{"name":"Kenema"}}])");
    serve(instance.server, "organisationUnitLevels", R"([{"id":"wjP19dkFeIk","name":"District"}])");
    serve(instance.server, "organisationUnitGroups", R"([{"id":"RXL3lPSK8oG","name":"Clinics"}])");
  }

  Names names() {
    return {*instance.connections.client(""), instance.registry.catalogue(), Patience{}};
  }

  std::string data(const std::string& text) {
    try {
      return names().data_items({text}).front().read_as();
    } catch (const Error& error) {
      return std::string(to_string(error.kind)) + " " + std::to_string(error.candidates.size());
    }
  }

  std::string unit(const std::string& text) {
    try {
      return names().org_units({text}).front().item;
    } catch (const Error& error) {
      return std::string(to_string(error.kind)) + " " + std::to_string(error.candidates.size());
    }
  }

  Instance instance;
};

TEST(Names, FindsDataByNameCodeShortNameAndTypeWord) {
  NamesOf of;
  EXPECT_EQ(of.data("ANC 1st visit"), "ANC 1st visit = dataElement y7qh476Nmd3");
  EXPECT_EQ(of.data("DE_ANC1"), "ANC 1st visit = dataElement y7qh476Nmd3");
  EXPECT_EQ(of.data("ANC1"), "ANC 1st visit = dataElement y7qh476Nmd3");
  EXPECT_EQ(of.data("indicator ANC 1 Coverage"), "ANC 1 Coverage = indicator Uvn6LCg7dVU");
  EXPECT_EQ(of.data("RMA reporting rate"), "RMA = reportingRate lc4Jz2USVpu.REPORTING_RATE");
  EXPECT_EQ(of.data("A, b"), "A, b = dataElement aaaaaaaaaa2");
}

TEST(Names, TakesTheOnlyOneThatDiffersInCase) {
  NamesOf of;
  EXPECT_EQ(of.data("anc 1 coverage"), "ANC 1 Coverage = indicator Uvn6LCg7dVU");
}

TEST(Names, TakesOneApostropheForAnother) {
  NamesOf of;
  for (const char* text : {"Taux d'abandon",
                           "taux d\xE2\x80\x98"
                           "abandon"}) {
    EXPECT_EQ(of.data(text),
              "Taux d\xE2\x80\x99"
              "abandon = dataElement aaaaaaaaaa4")
        << text;
  }
}

TEST(Names, RefusesWhatIsTooLongForANameBeforeItAsks) {
  NamesOf of;
  const std::string longest(kLongestName, 'x'), longer = longest + "x";
  EXPECT_EQ(of.data(longer), "bad_input 0");
  EXPECT_EQ(of.unit(longer), "bad_input 0");
  EXPECT_EQ(of.instance.server.count("/api/dataElements"), 0u);
  EXPECT_TRUE(of.data(longest).starts_with("not_found")) << of.data(longest);
}

TEST(Names, ReturnsCandidatesForWhatIsAmbiguousOrUnknown) {
  NamesOf of;
  EXPECT_EQ(of.data("Shared"), "ambiguous 2");
  EXPECT_EQ(of.data("Shared (indicator)"), "Shared = indicator aaaaaaaaaa3");
  EXPECT_EQ(of.data("ANC"), "not_found 2");
  EXPECT_EQ(of.data("Nothing like it"), "not_found 0");
  try {
    of.names().org_units({"Centre"});
    FAIL();
  } catch (const Error& error) {
    ASSERT_EQ(error.candidates.size(), 2u);
    EXPECT_EQ(error.candidates[1].uid, "bbbbbbbbbb2");
    EXPECT_EQ(error.candidates[1].parent, "Kenema");
    EXPECT_EQ(error.candidates[1].type, "organisationUnit");
  }
}

TEST(Names, TellsAWordOfElevenLettersFromAUid) {
  NamesOf of;
  serve(of.instance.server, "organisationUnits", R"([{"id":"bbbbbbbbbb3","name":"Ouagadougou"}])");
  EXPECT_EQ(of.unit("Ouagadougou"), "bbbbbbbbbb3");
}

TEST(Names, FindsNamesInTheAccountsLanguageOnTheServer) {
  NamesOf of;
  of.instance.server.on("GET", "/api/dataElements", [](const Seen& seen) {
    const Query query = Query::parse(seen.query);
    const bool asked = *query.find("filter") == "displayName:ilike:CPN 1";
    return Reply{200, asked ? R"({"dataElements":[{"id":"y7qh476Nmd3","name":"ANC 1st visit",
                                                   "displayName":"CPN 1"}]})"
                            : R"({"dataElements":[]})"};
  });
  EXPECT_EQ(of.data("CPN 1 (data element)"), "CPN 1 = dataElement y7qh476Nmd3");
}

TEST(Names, RanksCandidatesAndNamesTheirParents) {
  NamesOf of;
  serve(of.instance.server, "programStages",
        R"([{"id":"aaaaaaaaaa1","name":"Birth","program":{"name":"Maternity"}},
            {"id":"aaaaaaaaaa2","name":"Birth","program":{"name":"Child"}}])");
  serve(of.instance.server, "optionSets", R"([{"id":"aaaaaaaaaa3","name":"Birth"}])");
  serve(of.instance.server, "indicators", R"([{"id":"aaaaaaaaaa4","name":"Birth"}])");
  serve(of.instance.server, "options", R"([{"id":"aaaaaaaaaa5","name":"Birth"}])");
  try {
    of.names().object("Birth", {"option", "optionSet", "programStage", "indicator"});
    FAIL();
  } catch (const Error& error) {
    std::string found;
    for (const Candidate& one : error.candidates) {
      found += one.type + " " + one.uid.back() + " " + one.parent + "; ";
    }
    EXPECT_EQ(found,
              "indicator 4 ; optionSet 3 ; programStage 2 Child; programStage 1 Maternity; "
              "option 5 ; ");
  }
}

TEST(Names, FindsUnitsLevelsAndGroups) {
  NamesOf of;
  EXPECT_EQ(of.unit("Bo"), "O6uvpzGd5pU");
  EXPECT_EQ(of.unit("District"), "LEVEL-wjP19dkFeIk");
  EXPECT_EQ(of.unit("districts"), "LEVEL-wjP19dkFeIk");
  EXPECT_EQ(of.unit("Clinics"), "OU_GROUP-RXL3lPSK8oG");
}

TEST(Names, AsksNothingForItemsAndRemembersNames) {
  NamesOf of;
  of.data("ANC 1st visit");
  of.instance.server.forget();

  EXPECT_EQ(of.data("ANC 1st visit"), "ANC 1st visit = dataElement y7qh476Nmd3");
  EXPECT_EQ(of.data("y7qh476Nmd3.HllvX50cXC0"), "y7qh476Nmd3.HllvX50cXC0");
  EXPECT_EQ(of.unit("level 3"), "LEVEL-3");
  EXPECT_EQ(of.unit("O6uvpzGd5pU"), "O6uvpzGd5pU");
  EXPECT_TRUE(of.instance.server.seen().empty());
}

TEST(Names, AsksOnceForEachTypeWhateverTheNumberOfNames) {
  NamesOf of;
  of.names().data_items({"ANC 1st visit", "ANC 1 Coverage", "Shared (indicator)"});

  EXPECT_EQ(of.instance.server.count("/api/dataElements"), 1u);
  EXPECT_EQ(of.instance.server.count("/api/indicators"), 1u);
}

TEST(Names, RefuseAnEmptyPieceOfAnArgument) {
  NamesOf of;
  of.instance.server.forget();
  for (const char* text : {"", "  "}) {
    try {
      of.names().object(text, {"dataElement"});
      ADD_FAILURE() << "\"" << text << "\" names nothing";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind, ErrorKind::bad_input);
    }
  }
  EXPECT_TRUE(of.instance.server.seen().empty());
}

}  // namespace
}  // namespace dhis2mcp::test
