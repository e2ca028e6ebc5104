// SPDX-License-Identifier: BSD-3-Clause
// What is offered while a value is typed.
#include "tools/known_completions.h"

#include <gtest/gtest.h>

#include "tests/tools/instance.h"
#include "tools/catalogue_prompts.h"
#include "tools/name_indexes.h"

namespace dhis2mcp {
namespace {

using test::Instance;
using Values = std::vector<std::string>;

class KnownCompletionsTest : public testing::Test {
 protected:
  KnownCompletionsTest() {
    Profiles::edit(Places::from_environment().profiles(), [](Profiles& profiles) {
      Profile profile;
      profile.name = "old-demo";
      profile.url = "https://old.example.org";
      profiles.put(profile);
    });
  }

  Completion complete(bool prompt, const std::string& ref, const std::string& argument,
                      const std::string& value) {
    return completions.complete({prompt, ref, argument}, value, {}, {});
  }

  Instance instance;
  CataloguePrompts prompts{Catalogue::embedded()};
  KnownCompletions completions{Catalogue::embedded(), prompts, instance.connections};
};

TEST_F(KnownCompletionsTest, OffersProfiles) {
  const char* object = "dhis2://{profile}/{type}/{id}";

  EXPECT_EQ(complete(false, object, "profile", "").values, (Values{"demo", "old-demo"}));
  EXPECT_EQ(complete(false, object, "profile", "DEM").values, (Values{"demo", "old-demo"}));
  EXPECT_EQ(complete(false, "dhis2://{profile}/system", "profile", "old").values,
            Values{"old-demo"});
  EXPECT_EQ(complete(true, "onboarding", "profile", "d").values, (Values{"demo", "old-demo"}));
  EXPECT_EQ(instance.server.seen().size(), 0U);
}

TEST_F(KnownCompletionsTest, OffersMetadataTypesThatBeginWithTheWordFirst) {
  const Completion types = complete(false, "dhis2://{profile}/{type}/{id}", "type", "indicator");

  ASSERT_GE(types.values.size(), 4U);
  EXPECT_EQ(types.values[0], "indicator");
  EXPECT_TRUE(types.values[1].starts_with("indicator"));
  EXPECT_EQ(types.values.back().substr(0, 7), "program") << types.values.back();
  EXPECT_EQ(types.total, types.values.size());
  EXPECT_FALSE(types.has_more);
}

TEST_F(KnownCompletionsTest, OffersTheValuesThatAPromptNames) {
  EXPECT_EQ(complete(true, "reporting_completeness", "periods", "last_3").values,
            Values{"LAST_3_MONTHS"});
}

TEST_F(KnownCompletionsTest, OffersNamesOfTheProfileFromItsIndex) {
  instance.server.get("/api/indicators", R"({"pager":{"page":1,"pageCount":1,"total":2},
      "indicators":[{"id":"Uvn6LCg7dVU","name":"ANC 1 Coverage"},
                    {"id":"aaaaaaaaaa1","name":"Ancient"}]})");
  NameIndexes indexes(instance.connections, Catalogue::embedded());
  const KnownCompletions names(Catalogue::embedded(), prompts, instance.connections, &indexes);
  const auto typed = [&](const std::map<std::string, std::string>& others) {
    return names.complete({false, "dhis2://{profile}/{type}/{id}", "id"}, "anc", others, {});
  };
  EXPECT_TRUE(typed({{"profile", "demo"}, {"type", "indicator"}}).values.empty());
  indexes.settle();
  instance.server.forget();

  const Completion known = typed({{"profile", "demo"}, {"type", "indicators"}});

  EXPECT_EQ(known.values, (Values{"ANC 1 Coverage", "Ancient"}));
  EXPECT_EQ(known.total, 2u);
  EXPECT_TRUE(instance.server.seen().empty());
  EXPECT_TRUE(typed({{"profile", "demo"}, {"type", "nonsense"}}).values.empty());
  EXPECT_TRUE(typed({{"profile", "old-demo"}, {"type", "indicator"}}).values.empty());
  EXPECT_TRUE(typed({{"profile", "nobody"}, {"type", "indicator"}}).values.empty());
}

TEST_F(KnownCompletionsTest, OffersNothingForWhatOnlyAServerKnows) {
  EXPECT_TRUE(complete(false, "dhis2://{profile}/{type}/{id}", "id", "A").values.empty());
  EXPECT_TRUE(complete(false, "dhis2://{profile}/result/{id}", "id", "r-").values.empty());
  EXPECT_TRUE(complete(true, "reporting_completeness", "data_set", "R").values.empty());
  EXPECT_TRUE(complete(true, "onboarding", "profile", std::string(100'000, 'x')).values.empty());
}

TEST_F(KnownCompletionsTest, RefusesPlacesThatDoNotExist) {
  const CompletionPlace cases[] = {{true, "weather", "profile"},
                                   {true, "onboarding", "colour"},
                                   {false, "dhis2://{profile}/{type}/{id}", "colour"},
                                   {false, "dhis2://{profile}/system", "type"},
                                   {false, "file:///{path}", "path"}};
  for (const CompletionPlace& place : cases) {
    try {
      completions.complete(place, "", {}, {});
      FAIL() << place.ref;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind, ErrorKind::not_found) << place.ref;
    }
  }
}

}  // namespace
}  // namespace dhis2mcp
