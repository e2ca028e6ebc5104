// SPDX-License-Identifier: BSD-3-Clause
// What dhis2_query sends, what it refuses before sending, and which fields it misses.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/tools/instance.h"
#include "tools/field_check.h"

namespace dhis2mcp::test {
namespace {

// The last request but for those that find out who we are.
std::string sent(const Instance& instance) {
  const std::vector<Seen> seen = instance.server.seen();
  for (auto one = seen.rbegin(); one != seen.rend(); ++one) {
    if (one->path == "/api/me" || one->path == "/api/system/info") continue;
    return one->path + "?" + percent_decode(one->query);
  }
  return {};
}

TEST(Dhis2Query, SendsItsArgumentsInDhis2sWords) {
  Instance instance;
  instance.server.get("/api/dataElements", R"({"dataElements":[{"id":"a","name":"b"}]})");

  instance.answer("dhis2_query",
                  R"({"path":"/api/41/dataElements?fields=id&order=id:asc","fields":"id,name",
      "filter":["name:ilike:anc","code:eq:X"],"page":2,"page_size":"10",
      "params":{"rootJunction":"OR","paging":false,"x":["1","2"]}})");

  EXPECT_EQ(sent(instance),
            "/api/dataElements?order=id:asc&fields=id,name&filter=name:ilike:anc&filter=code:eq:X"
            "&page=2&pageSize=10&rootJunction=OR&paging=false&x=1&x=2");
}

TEST(Dhis2Query, SendsEachOfAListOfParams) {
  Instance instance;
  instance.server.get("/api/things", "{}");
  instance.answer("dhis2_query", R"({"path":"things?fields=x&filter=a:eq:1","params":{
      "fields":["id","name"],"order":["name:asc","id:desc"],"filter":["b:eq:2","c:eq:3"]}})");

  const Query sent = Query::parse(instance.server.seen().back().query);

  const std::vector<std::pair<std::string, std::string>> wanted = {{"filter", "a:eq:1"},
                                                                   {"fields", "id,name"},
                                                                   {"order", "name:asc,id:desc"},
                                                                   {"filter", "b:eq:2"},
                                                                   {"filter", "c:eq:3"}};
  auto items = sent.items(), expected = wanted;
  std::ranges::sort(items);
  std::ranges::sort(expected);
  EXPECT_EQ(items, expected);
}

TEST(Dhis2Query, TellsThatAVersionWasLeftOut) {
  Instance instance;
  instance.server.get("/api/things", "{}");

  const Json answer = instance.answer("dhis2_query", R"({"path":"/api/44/things"})");

  EXPECT_NE(answer["notes"].dump().find("without the API version 44"), std::string::npos);
}

TEST(Dhis2Query, AsksOnceOnceWarm) {
  Instance instance;
  instance.server.get("/api/dataElements", R"({"dataElements":[{"id":"a"}]})");
  instance.answer("dhis2_query", R"({"path":"dataElements"})");
  instance.server.forget();

  instance.answer("dhis2_query", R"({"path":"dataElements"})");

  EXPECT_EQ(instance.server.seen().size(), 1u);
}

TEST(Dhis2Query, RefusesBeforeAnyConnection) {
  Instance instance;
  for (const char* path : {"apiToken", "users", "routes/x/run", "../api/me", "me/password"}) {
    const ToolResult result = instance.call("dhis2_query", Json{{"path", path}}.dump());
    ASSERT_TRUE(result.is_error) << path;
    EXPECT_EQ(result.error->kind, ErrorKind::refused) << path;
  }
  EXPECT_TRUE(instance.server.seen().empty());
}

TEST(Dhis2Query, KeepsDhis2sOwnMessage) {
  Instance instance;
  instance.server.on("GET", "/api/dataElements",
                     {400, R"({"httpStatus":"Bad Request","httpStatusCode":400,"status":"ERROR",
               "message":"Unknown path property: `nope`.","errorCode":"E1003"})"});

  const ToolResult result = instance.call("dhis2_query", R"({"path":"dataElements"})");

  ASSERT_TRUE(result.is_error);
  EXPECT_EQ(result.error->code, "E1003");
  EXPECT_NE(result.text.find("Unknown path property: `nope`"), std::string::npos);
}

TEST(Dhis2Query, RefusesParamsThatAreNoText) {
  Instance instance;
  const ToolResult result =
      instance.call("dhis2_query", R"({"path":"me","params":{"fields":{"a":1}}})");
  ASSERT_TRUE(result.is_error);
  EXPECT_NE(result.text.find("params.fields"), std::string::npos);
}

TEST(Dhis2Query, TellsUnknownFieldsAndOnlyThose) {
  Instance instance;
  instance.server.get("/api/dataElements", R"({"dataElements":[{"id":"a","parent":{"id":"p"}}]})");
  instance.server.get("/api/schemas/dataElement",
                      R"({"properties":[{"name":"id"},{"name":"shortName"},{"name":"code"},
                          {"name":"dataElementGroup","collectionName":"dataElementGroups"}]})");

  const Json answer = instance.answer(
      "dhis2_query", R"({"path":"dataElements","fields":"id,shortNam,code,parent[nmae]"})");

  const std::string notes = answer["notes"].dump();
  EXPECT_NE(notes.find("Unknown field \\\"shortNam\\\""), std::string::npos) << notes;
  EXPECT_NE(notes.find("shortName"), std::string::npos) << notes;
  EXPECT_NE(notes.find("parent.nmae"), std::string::npos) << notes;
  EXPECT_EQ(notes.find("\\\"code\\\""), std::string::npos) << notes;
}

TEST(Dhis2Query, AsksNoSchemaWhenEveryFieldCame) {
  Instance instance;
  instance.server.get("/api/dataElements",
                      R"({"dataElements":[{"id":"a","n":1,"groups":[{"id":"g"}]}]})");

  instance.answer("dhis2_query",
                  R"x({"path":"dataElements","fields":"id,groups[id],sections~size~rename(n)"})x");

  EXPECT_EQ(instance.server.count("/api/schemas/dataElement"), 0u);
}

TEST(FieldCheck, ReadsTheFieldGrammar) {
  using Paths = std::vector<std::string>;
  const std::pair<const char*, Paths> cases[] = {
      {"id,name", {"id", "name"}},
      {":all,!groups,*", {}},
      {"a[b,c[d]],e", {"a.b", "a.c.d", "e"}},
      {"a(b)", {"a.b"}},
      {"a[*]", {"a"}},
      {"groups~rename(g)", {"g"}},
      {"groups::size|rename(n)", {"n"}},
      {"groups~pluck[name],id", {"groups", "id"}},
      {"UGMlzxviySl,description", {"description"}},
      {"a]]b", {"a"}},
      {"id,\r\n  a b\t[ x ]", {"id", "ab.x"}},
      {"", {}},
  };
  for (const auto& [fields, paths] : cases) EXPECT_EQ(named_fields(fields), paths) << fields;
}

}  // namespace
}  // namespace dhis2mcp::test
