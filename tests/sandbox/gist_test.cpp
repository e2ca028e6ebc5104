// SPDX-License-Identifier: BSD-3-Clause
// Gist: fields, transformers, filters, pages and properties.
#include <gtest/gtest.h>

#include "tests/sandbox/fixture_test.h"
#include "tests/sandbox/metadata.h"

namespace sandbox {
namespace {

Reply read(const Country& country, const Request& request) { return *metadata(country, request); }

Json ask(const std::string& target, int major = 43, const std::string& user = "admin") {
  return answer_of(read, target, major, user);
}

TEST(Gist, ShowsByDefaultWhatFitsInAList) {
  const Json answer = ask("/dataElements/gist?pageSize=2");
  const Json& first = answer["dataElements"][0];

  EXPECT_EQ(first["id"], "y7qh476Nmd3");
  EXPECT_EQ(first["categoryCombo"], "bjDvmb4bfuf");
  EXPECT_EQ(first["dataElementGroups"], 1);
  EXPECT_FALSE(first.contains("sharing"));
  EXPECT_FALSE(first.contains("attributeValues"));
  EXPECT_EQ(first["apiEndpoints"]["dataElementGroups"],
            "/api/dataElements/y7qh476Nmd3/dataElementGroups/gist");
}

TEST(Gist, ShowsMoreOfAnObjectThanOfAList) {
  const Json one = ask("/dataElements/y7qh476Nmd3/gist");

  EXPECT_EQ(one["dataElementGroups"], Json::array({"mvhAIYgQ54V"}));
  EXPECT_EQ(one["attributeValues"]["UGMlzxviySl"], "ANC_N");
}

TEST(Gist, TransformsCollections) {
  const std::pair<const char*, Json> cases[] = {
      {"~size", 1},
      {"~ids", Json::array({"mvhAIYgQ54V"})},
      {"~isEmpty", false},
      {"~isNotEmpty", true},
      {"~member(mvhAIYgQ54V)", true},
      {"~not-member(mvhAIYgQ54V)", false},
      {"~pluck(code)", Json::array({"DEG_MCH"})},
  };
  for (const auto& [transformer, expected] : cases) {
    const Json answer = ask("/dataElements/y7qh476Nmd3/gist?fields=id,dataElementGroups" +
                            std::string(transformer));
    EXPECT_EQ(answer["dataElementGroups"], expected) << transformer;
  }
}

TEST(Gist, ShowsALoneFieldAsPlainValues) {
  EXPECT_EQ(ask("/dataElements/gist?headless=true&pageSize=2&fields=id"),
            Json::array({"y7qh476Nmd3", "gXjb5cxcmOh"}));
  EXPECT_EQ(ask("/dataElements/y7qh476Nmd3/name/gist"), "CPN 1re visite");
}

TEST(Gist, FiltersByOperatorsAndGroups) {
  const std::pair<const char*, size_t> cases[] = {
      {"filter=name:like:cpn", 3},
      {"filter=code:eq:DE_ANC1", 1},
      {"filter=code:in:[DE_ANC1,DE_ANC4]", 2},
      {"filter=dataElementGroups.id:eq:mvhAIYgQ54V", 6},
      {"filter=name:startsWith:CPN&filter=code:!eq:DE_ANC1", 2},
      {"filter=1:name:like:CPN&filter=2:code:eq:DE_OPD&rootJunction=OR", 4},
      {"filter=optionSet:!null&filter=code:null", 0},
  };
  for (const auto& [query, expected] : cases) {
    const Json answer = ask("/dataElements/gist?fields=id,name&total=true&" + std::string(query));
    EXPECT_EQ(answer["pager"]["total"], expected) << query;
  }
}

TEST(Gist, RefusesWhatItDoesNotKnow) {
  const std::pair<const char*, const char*> cases[] = {
      {"fields=nope", "Property `nope` does not exist in dataElement"},
      {"order=nope", "Property `nope` does not exist in dataElement"},
      {"filter=name:bogus:x", "Not an comparison operator symbol: bogus"},
      {"auto=Z", "Value 'Z' is not valid for parameter auto. Valid values are: [XL, L, M, S, XS]"},
  };
  for (const auto& [query, message] : cases) {
    const Reply reply = reply_of(read, "/dataElements/gist?" + std::string(query));
    EXPECT_EQ(reply.status, 400) << query;
    EXPECT_EQ(Json::parse(reply.body)["message"], message);
  }
  EXPECT_EQ(reply_of(read, "/dataElements/abcdefghijk/gist").status, 404);
}

TEST(Gist, CountsOnlyWhenAsked) {
  const Json plain = ask("/programs/gist?fields=id,name")["pager"];
  const Json counted = ask("/programs/gist?fields=id,name&total=true")["pager"];

  EXPECT_FALSE(plain.contains("total"));
  EXPECT_TRUE(plain.contains("nextPage"));
  EXPECT_EQ(counted["total"], 3);
  EXPECT_FALSE(counted.contains("nextPage"));
}

TEST(Gist, ListsMembersAndAllOthers) {
  const std::string path =
      "/dataElementGroups/mvhAIYgQ54V/dataElements/gist?total=true&fields=id,name";
  EXPECT_EQ(ask(path)["pager"]["total"], 6);
  EXPECT_EQ(ask(path + "&inverse=true")["pager"]["total"], 60);
}

TEST(Gist, WritesBareLinksUpTo41) {
  const Json answer = ask("/dataElements/gist?pageSize=1", 41);
  EXPECT_EQ(answer["pager"]["nextPage"], "/dataElements/gist?page=2");
  EXPECT_EQ(answer["dataElements"][0]["apiEndpoints"]["categoryCombo"],
            "/categoryCombos/bjDvmb4bfuf/gist");
}

}  // namespace
}  // namespace sandbox
