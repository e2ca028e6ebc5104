// SPDX-License-Identifier: BSD-3-Clause
// Lists, grids and single objects are told apart by shape and path, for every pager there is.
#include "tools/document.h"

#include <gtest/gtest.h>

namespace dhis2mcp {
namespace {

TEST(Document, TellsListsGridsAndObjectsApart) {
  const struct {
    const char *path, *json;
    Shape shape;
    const char* member;
  } cases[] = {
      {"/api/dataElements", R"({"pager":{"page":1},"dataElements":[{"id":"a"}]})", Shape::list,
       "dataElements"},
      {"/api/dataElements.json", R"({"dataElements":[]})", Shape::list, "dataElements"},
      {"/api/dataElements/gist", R"({"pager":{},"dataElements":[]})", Shape::list, "dataElements"},
      {"/api/dataElements/fbfJHSPpUQD", R"({"id":"x","groups":[{"id":"g"}]})", Shape::object, ""},
      {"/api/dataElements/fbfJHSPpUQD", R"({"groups":[{"id":"g"}]})", Shape::object, ""},
      {"/api/organisationUnits/fbfJHSPpUQD", R"({"organisationUnits":[{"id":"g"}]})", Shape::list,
       "organisationUnits"},
      {"/api/tracker/events", R"({"page":1,"pageSize":50,"instances":[{}]})", Shape::list,
       "instances"},
      {"/api/tracker/events", R"({"pager":{},"page":1,"pageSize":50,"events":[]})", Shape::list,
       "events"},
      {"/api/dataValueSets", R"({"dataSet":"s","period":"202601","dataValues":[{}]})", Shape::list,
       "dataValues"},
      {"/api/system/id", R"({"codes":["a","b"]})", Shape::list, "codes"},
      {"/api/dataStore", R"(["a","b"])", Shape::list, ""},
      {"/api/me", R"({"id":"x","authorities":["A"],"programs":[]})", Shape::object, ""},
      {"/api/metadata", R"({"system":{},"dataElements":[],"indicators":[]})", Shape::object, ""},
      {"/api/analytics", R"({"headers":[{"name":"dx"}],"rows":[["a"]]})", Shape::grid, "rows"},
      {"/api/analytics", R"({"headers":[{"name":"dx"}],"metaData":{}})", Shape::object, ""},
      {"/api/x", R"({"pager":{},"listGrid":{"headers":[{"name":"a"}],"rows":[]}})", Shape::grid,
       "listGrid"},
      {"/api/routes/fbfJHSPpUQD", R"({"headers":{"a":"b"},"rows":[]})", Shape::object, ""},
      {"/api/x", "17", Shape::object, ""},
  };
  for (const auto& one : cases) {
    const Recognised seen = recognise(Json::parse(one.json), one.path);
    EXPECT_EQ(seen.shape, one.shape) << one.path << " " << one.json;
    EXPECT_EQ(seen.member, one.member) << one.path << " " << one.json;
  }
}

TEST(Document, ReadsThePagerOfEveryFamily) {
  const struct {
    const char *path, *json;
    std::size_t rows;
    int total, page, pages, next;  // total -1: not told
  } cases[] = {
      {"/api/dataElements", R"({"pager":{"page":1,"total":66,"pageSize":50,"pageCount":2}})", 50,
       66, 1, 2, 2},
      {"/api/dataElements", R"({"pager":{"page":2,"total":66,"pageSize":50,"pageCount":2}})", 16,
       66, 2, 2, 0},
      {"/api/dataElements", R"({"pager":{"page":1,"total":66,"pageSize":0,"pageCount":66}})", 0, 66,
       1, 66, 0},
      {"/api/dataElements/gist", R"({"pager":{"page":1,"pageSize":3,"nextPage":"http://x"}})", 3,
       -1, 1, 0, 2},
      {"/api/dataElements/gist", R"({"pager":{"page":1,"pageSize":3}})", 3, -1, 1, 0, 0},
      {"/api/tracker/events", R"({"page":1,"pageSize":50})", 50, -1, 1, 0, 2},
      {"/api/tracker/events", R"({"page":3,"pageSize":50})", 12, -1, 3, 0, 0},
      {"/api/tracker/events", R"({"page":1,"pageSize":2,"total":5})", 2, 5, 1, 0, 2},
      {"/api/analytics/events/query/x",
       R"({"metaData":{"pager":{"page":1,"pageSize":50,"isLastPage":false}}})", 50, -1, 1, 0, 2},
      {"/api/analytics/events/query/x",
       R"({"metaData":{"pager":{"page":1,"pageSize":50,"isLastPage":true}}})", 50, -1, 1, 0, 0},
      {"/api/me", R"({"id":"x"})", 0, -1, 0, 0, 0},
  };
  for (const auto& one : cases) {
    const Paging paging = read_paging(Json::parse(one.json), one.rows, one.path);
    EXPECT_EQ(paging.total ? static_cast<int>(*paging.total) : -1, one.total) << one.json;
    EXPECT_EQ(paging.page, one.page) << one.json;
    EXPECT_EQ(paging.pages, one.pages) << one.json;
    EXPECT_EQ(paging.next, one.next) << one.json;
  }
}

TEST(Document, KnowsUids) {
  EXPECT_TRUE(is_uid("fbfJHSPpUQD"));
  EXPECT_FALSE(is_uid("1bfJHSPpUQD"));
  EXPECT_FALSE(is_uid("fbfJHSPpUQ"));
  EXPECT_FALSE(is_uid("fbfJHSPpUQ-"));
}

TEST(Document, CutsTheExtensionOffTheLastSegment) {
  EXPECT_EQ(last_segment("/api/dataElements.json"), "dataElements");
  EXPECT_EQ(last_segment("/api/metadata.json.gz"), "metadata");
  EXPECT_EQ(last_segment("/api/me/"), "me");
  EXPECT_EQ(last_segment("me"), "me");
}

}  // namespace
}  // namespace dhis2mcp
