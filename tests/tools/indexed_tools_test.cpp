// SPDX-License-Identifier: BSD-3-Clause
// Tools of a process that keeps an index of names: what they no longer ask the server.
#include <gtest/gtest.h>

#include "tests/tools/filling.h"

namespace dhis2mcp::test {
namespace {

class IndexedTools : public Indexes {
 public:
  IndexedTools()
      : tools(instance.registry.catalogue(), {}, instance.connections, instance.results, &indexes) {
    for (const char* other : {"indicators", "programIndicators"}) {
      instance.server.get(std::string("/api/") + other, "{\"" + std::string(other) + "\":[]}");
    }
    elements.put({"y7qh476Nmd3", "ANC 1st visit"});
  }
  ToolResult call(const std::string& tool, const std::string& arguments) {
    return tools.call(*tools.find(tool), arguments, {});
  }
  Registry tools;
};

TEST(IndexedTools, FindMetadataWithoutAskingTheServer) {
  IndexedTools of;
  const std::string question = R"({"query":"element 42","type":["dataElement"]})";
  of.call("metadata_find", question);
  of.indexes.settle();
  of.instance.server.forget();

  const Json answer = Json::parse(of.call("metadata_find", question).structured);

  EXPECT_TRUE(of.instance.server.seen().empty());
  EXPECT_EQ(answer["rows"][0][0], "Element 42");
  EXPECT_EQ(answer["rows"][0][2], uid_of(42));
  EXPECT_EQ(answer["total"], 1);
}

TEST(IndexedTools, ResolveNamesWithoutAskingTheServer) {
  IndexedTools of;
  const std::string question =
      R"({"data":["anc 1ST visit"],"periods":["202608"],"org_units":["LEVEL-2"]})";
  of.instance.server.get("/api/analytics", R"({"headers":[],"metaData":{},"rows":[]})");
  of.indexes.ready(*of.instance.connections.client(""),
                   {"dataElement", "indicator", "programIndicator"});
  of.indexes.settle();
  of.instance.server.forget();

  of.call("analytics_query", question);

  EXPECT_EQ(of.instance.server.count("/api/dataElements"), 0u);
  ASSERT_GE(of.instance.server.count("/api/analytics"), 1u);
  EXPECT_NE(of.instance.server.seen().front().query.find("y7qh476Nmd3"), std::string::npos);
}

TEST(IndexedTools, NameWhatIsNearWhenNothingFits) {
  IndexedTools of;
  of.indexes.ready(*of.instance.connections.client(""),
                   {"dataElement", "indicator", "programIndicator"});
  of.indexes.settle();

  const ToolResult result =
      of.call("analytics_query",
              R"({"data":["ANC 1st vist"],"periods":["202608"],"org_units":["LEVEL-2"]})");

  ASSERT_TRUE(result.is_error);
  EXPECT_EQ(result.error->kind, ErrorKind::not_found);
  ASSERT_FALSE(result.error->candidates.empty());
  EXPECT_EQ(result.error->candidates[0].uid, "y7qh476Nmd3");
}

TEST(IndexedTools, AskTheServerForWhatTheIndexDoesNotKnow) {
  IndexedTools of;
  const std::string question = R"({"query":"Quite new","type":["dataElement"]})";
  of.call("metadata_find", question);
  of.indexes.settle();
  of.instance.server.forget();

  of.call("metadata_find", question);

  EXPECT_EQ(of.instance.server.count("/api/dataElements"), 1u);
}

TEST(IndexedTools, TellTypeWordsInAQuery) {
  IndexedTools of;
  of.elements.put({"aaaaaaaaaa1", "Coverage"});
  const std::string types = R"("type":["dataElement"])";
  of.call("metadata_find", R"({"query":"coverage",)" + types + "}");
  of.indexes.settle();

  const Json near =
      Json::parse(of.call("metadata_find", R"({"query":"Covrage",)" + types + "}").structured);

  EXPECT_EQ(near["rows"][0][0], "Coverage") << near.dump();
  EXPECT_EQ(near["total"], 1);
  EXPECT_NE(near["notes"].dump().find("these are near"), std::string::npos);
}

TEST(IndexedTools, FindOrgUnitsWithoutAskingTheServer) {
  IndexedTools of;
  of.instance.server.get("/api/organisationUnits", R"({"pager":{"page":1,"pageCount":1,"total":2},
      "organisationUnits":[{"id":"O6uvpzGd5pU","name":"Bo","level":2,
                            "path":"/ImspTQPwCqd/O6uvpzGd5pU","parent":{"name":"Sierra Leone"}},
                           {"id":"aaaaaaaaaa1","name":"Bo Central","level":3,"code":"C",
                            "path":"/ImspTQPwCqd/O6uvpzGd5pU/aaaaaaaaaa1","parent":{"name":"Bo"}}]})");
  of.instance.server.get("/api/organisationUnitLevels",
                         R"({"pager":{"page":1,"pageCount":1,"total":1},
      "organisationUnitLevels":[{"id":"tTUf91fCytl","name":"Chiefdom","level":3}]})");
  const auto client = of.instance.connections.client("");
  of.indexes.ready(*client, {"organisationUnit", "organisationUnitLevel"});
  of.indexes.settle();
  of.instance.server.forget();

  const Json all = Json::parse(of.call("org_unit_find", R"({"query":"bo"})").structured);
  const Json some = Json::parse(
      of.call("org_unit_find", R"({"query":"central","under":"Bo","level":"chiefdoms"})")
          .structured);

  EXPECT_TRUE(of.instance.server.seen().empty());
  EXPECT_EQ(all["rows"], Json::parse(R"([["Bo",2,"Sierra Leone","O6uvpzGd5pU",null],
                                         ["Bo Central",3,"Bo","aaaaaaaaaa1","C"]])"));
  EXPECT_EQ(all["total"], 2);
  EXPECT_EQ(some["rows"].size(), 1u);
  EXPECT_EQ(some["read_as"], Json({"Bo = organisationUnit O6uvpzGd5pU", "chiefdoms = level 3"}));
}

}  // namespace
}  // namespace dhis2mcp::test
