// SPDX-License-Identifier: BSD-3-Clause
// OpenAPI documents of both generations, and the endpoints of servers without one.
#include "tools/api_index.h"

#include <gtest/gtest.h>

#include "dhis2/error.h"
#include "tests/tools/instance.h"

namespace dhis2mcp {
namespace {

using test::Instance;
using test::Reply;
using test::Seen;

// As 2.42+ writes it: paths with /api, shared parameters, enums by reference.
constexpr char kNew[] = R"({"openapi":"3.0.0","info":{"version":"2.42"},"paths":{
  "/api/dataSets/{uid}/form":{
    "get":{"operationId":"DataSet.getFormJson","parameters":[
       {"name":"ou","in":"query","schema":{"type":"string","format":"uid"}},
       {"name":"uid","in":"path","required":true,"schema":{"type":"string","format":"uid"}},
       {"$ref":"#/components/parameters/Translate.locale"},
       {"$ref":"#/components/parameters/Gone"},
       {"name":"X-Thing","in":"header","schema":{"type":"string"}}],
      "responses":{"200":{"description":"?","content":{"application/json":{"schema":{"parameters":[1]}}}}}},
    "post":{"parameters":[{"name":"never","in":"query","schema":{"type":"string"}}]}},
  "/api/analytics":{"get":{"description":"Aggregated figures. More of it.","parameters":[
       {"name":"dimension","in":"query","required":true,"schema":{"type":"array","items":{"type":"string"}}},
       {"name":"aggregationType","in":"query","schema":{"$ref":"#/components/schemas/AggregationType"}}]}},
  "/api/apiToken/":{"get":{"parameters":[]}},
  "/api/users/":{"get":{"description":"?","parameters":[]}},
  "/api/dataElements/":{"get":{"description":"List all DataElements","parameters":[]}},
  "/api/dataElements/{uid}":{"get":{"parameters":[]}},
  "/api/dataElements/gist":{"get":{"parameters":[]}},
  "/api/metadata":{"post":{}}},
 "components":{"parameters":{"Translate.locale":{"name":"locale","in":"query","description":"Language of names",
      "schema":{"type":"string"}}},
   "schemas":{"AggregationType":{"type":"string","enum":["SUM","AVERAGE"]},
              "Form":{"type":"object","properties":{"enum":{"type":"string"}}}}}})";

// As 2.40 writes it.
constexpr char kOld[] = R"({"openapi":"3.0.0","tags":[{"name":"data"}],"paths":{
  "/":{"get":{"description":"[no description yet]"}},
  "/dataElements/":{"get":{"description":"[no description yet]","parameters":[
     {"name":"paging","in":"query","description":"[no description yet]","required":false,
      "schema":{"type":"boolean"}}]}}},
 "components":{"schemas":{}}})";

const ApiPath* at(const std::vector<ApiPath>& paths, const std::string& path) {
  for (const ApiPath& one : paths) {
    if (one.path == path) return &one;
  }
  return nullptr;
}

TEST(ApiIndex, TakesTheReadableGetsOfADocument) {
  const std::vector<ApiPath> paths = read_openapi(kNew);
  std::vector<std::string> names;
  for (const ApiPath& one : paths) names.push_back(one.path);

  EXPECT_EQ(names, (std::vector<std::string>{"/api/analytics", "/api/dataElements",
                                             "/api/dataElements/gist", "/api/dataElements/{uid}",
                                             "/api/dataSets/{uid}/form", "/api/users"}));
  EXPECT_EQ(at(paths, "/api/analytics")->about, "Aggregated figures.");
  EXPECT_EQ(at(paths, "/api/users")->about, "");
}

TEST(ApiIndex, FollowsReferencesOfParameters) {
  const std::vector<ApiPath> paths = read_openapi(kNew);
  const ApiPath& form = *at(paths, "/api/dataSets/{uid}/form");
  const ApiPath& analytics = *at(paths, "/api/analytics");

  ASSERT_EQ(form.parameters.size(), 3U);
  EXPECT_EQ(form.parameters[0].type, "uid");
  EXPECT_EQ(form.parameters[1].where, "path");
  EXPECT_EQ(form.parameters[2].name, "locale");
  EXPECT_EQ(form.parameters[2].about, "Language of names");
  EXPECT_TRUE(analytics.parameters[0].required);
  EXPECT_EQ(analytics.parameters[0].type, "list of text");
  EXPECT_EQ(analytics.parameters[1].type, "SUM AVERAGE");
}

TEST(ApiIndex, ReadsTheOlderForm) {
  const std::vector<ApiPath> paths = read_openapi(kOld);

  ASSERT_EQ(paths.size(), 1U);
  EXPECT_EQ(paths[0].path, "/api/dataElements");
  EXPECT_EQ(paths[0].about, "");
  EXPECT_EQ(paths[0].parameters[0].type, "boolean");
}

TEST(ApiIndex, RefusesWhatIsNoDocument) {
  for (const std::string& text :
       {std::string(), std::string("<html>"), std::string("{}"), std::string("[]"),
        std::string(R"({"paths":{"/api/a":{"get":)"), std::string(R"({"paths":[1,2]})"),
        std::string(R"({"paths":{"/api/a":5}})"), std::string(1'000, '['),
        std::string(R"({"paths":{"/api/x":{"get":{"parameters":)") + std::string(500, '[')}) {
    EXPECT_THROW(read_openapi(text), Error) << text.substr(0, 40);
  }
  // Strange values inside are passed over.
  const std::vector<ApiPath> odd = read_openapi(
      R"({"paths":{"/api/a":{"get":{"description":5,"parameters":[{"name":7,"in":"query"},{}]}}}})");
  EXPECT_TRUE(odd[0].parameters.empty());
}

TEST(ApiIndex, ReadsEndpointsOfTypesWhereThereIsNoDocument) {
  const std::vector<ApiPath> paths = read_schemas(Json::parse(R"({"schemas":[
    {"displayName":"Data Element","relativeApiEndpoint":"/dataElements"},
    {"displayName":"Api Token","relativeApiEndpoint":"/apiToken"},{"displayName":"Access"}]})"));

  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(paths[0].path, "/api/dataElements");
  EXPECT_EQ(paths[1].path, "/api/dataElements/{uid}");
}

TEST(ApiIndex, MatchesWhatPeopleWrite) {
  const std::vector<ApiPath> paths = read_openapi(kNew);
  const std::pair<const char*, const char*> cases[] = {
      {"analytics", "/api/analytics"},
      {"/api/analytics?dimension=dx:a", "/api/analytics"},
      {"dataElements/fbfJHSPpUQD", "/api/dataElements/{uid}"},
      {"dataElements/gist", "/api/dataElements/gist"},
      {"/dataSets/{id}/form/", "/api/dataSets/{uid}/form"},
  };
  for (const auto& [text, path] : cases) {
    ASSERT_NE(matching(paths, text), nullptr) << text;
    EXPECT_EQ(matching(paths, text)->path, path) << text;
  }
  for (const char* text : {"", "weather", "analytics/x"}) {
    EXPECT_EQ(matching(paths, text), nullptr) << text;
  }
}

TEST(ApiIndex, ComesBackFromItsFileAsItWas) {
  const std::vector<ApiPath> paths = read_openapi(kNew);

  EXPECT_EQ(to_json(api_paths(to_json(paths))), to_json(paths));
  EXPECT_THROW(api_paths(Json::parse("[[1]]")), Json::exception);
}

TEST(ApiFind, FindsPathsByWords) {
  Instance instance;
  instance.server.get("/api/openapi/openapi.json", kNew);
  const Json answer = instance.answer("api_find", R"({"query":"data set form"})");

  ASSERT_TRUE(answer.contains("rows")) << answer;
  EXPECT_EQ(answer["rows"][0], Json::parse(R"(["/api/dataSets/{uid}/form",null,"ou locale"])"));
  EXPECT_EQ(instance.answer("api_find", R"({"query":"figures"})")["rows"][0][2],
            "dimension* aggregationType");
  EXPECT_TRUE(instance.answer("api_find", R"({"query":"weather"})")["rows"].empty());
}

TEST(ApiFind, SaysThatItIsCutWhereTheRowsDoNotFit) {
  Instance instance("2.38.1");
  Json schemas = Json::array();
  for (int i = 0; i < 25; ++i) {
    schemas.push_back({{"displayName", "Thing " + std::string(1'000, 'x')},
                       {"relativeApiEndpoint", "/things" + std::to_string(i)}});
  }
  instance.server.get("/api/schemas", Json{{"schemas", schemas}}.dump());

  const Json answer = instance.answer("api_find", R"({"query":"thing","limit":50})");

  EXPECT_LT(answer["rows"].size(), 50U) << answer["total"];
  EXPECT_EQ(answer["total"], 50);
  EXPECT_EQ(answer["truncated"], true);
  EXPECT_TRUE(answer.contains("result"));
}

TEST(ApiFind, AsksForTheDocumentOnceForEachVersion) {
  Instance instance;
  instance.server.get("/api/openapi/openapi.json", kNew);
  instance.call("api_find", R"({"query":"form"})");
  instance.call("api_describe", R"({"path":"analytics"})");
  Connections later(Places::from_environment(), {}, {});
  const Registry other(Catalogue::embedded(), {}, later, instance.results);
  other.call(*other.find("api_find"), R"({"query":"form"})", {});

  EXPECT_EQ(instance.server.count("/api/openapi/openapi.json"), 1U);
  const std::filesystem::path folder = Places::from_environment().cache / "api";
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1);
}

TEST(ApiFind, ReadsTypesOfServersWithoutADocument) {
  for (const char* version : {"2.38.1", "2.41.0"}) {
    Instance instance(version);
    instance.server.get(
        "/api/schemas",
        R"({"schemas":[{"displayName":"Data Element","relativeApiEndpoint":"/dataElements"}]})");
    const Json answer = instance.answer("api_find", R"({"query":"data element"})");

    ASSERT_TRUE(answer.contains("rows")) << answer;
    EXPECT_EQ(answer["rows"][0][0], "/api/dataElements") << version;
    EXPECT_EQ(instance.server.count("/api/openapi/openapi.json"), version[2] == '3' ? 0U : 1U);
  }
}

TEST(ApiFind, HoldsNoDocumentOfAnySize) {
  Instance instance;
  instance.server.on("GET", "/api/openapi/openapi.json", [](const Seen&) {
    return Reply{200, R"({"paths":{"/api/a":{"get":{"description":")" +
                          std::string(17'000'000, 'x') + R"("}}}})"};
  });
  const ToolResult result = instance.call("api_find", R"({"query":"form"})");

  EXPECT_EQ(result.error->kind, ErrorKind::unavailable);
  EXPECT_NE(result.text.find("16 MB"), std::string::npos);
}

TEST(ApiDescribe, TellsEachParameter) {
  Instance instance;
  instance.server.get("/api/openapi/openapi.json", kNew);
  const Json answer = instance.answer("api_describe", R"({"path":"dataSets/lyLU2wR22tC/form"})");

  EXPECT_EQ(answer["read_as"][0], "GET /api/dataSets/{uid}/form");
  EXPECT_EQ(answer["rows"], Json::parse(R"([["ou","query","uid",null],["uid*","path","uid",null],
                                            ["locale","query","text","Language of names"]])"));
}

TEST(ApiDescribe, SuggestsPathsForAnUnknownOne) {
  Instance instance;
  instance.server.get("/api/openapi/openapi.json", kNew);
  const ToolResult result = instance.call("api_describe", R"({"path":"dataSet/form"})");

  EXPECT_EQ(result.error->kind, ErrorKind::not_found);
  EXPECT_NE(result.error->hint.find("/api/dataSets/{uid}/form"), std::string::npos);
  EXPECT_EQ(instance.call("api_describe", R"({"path":"apiToken"})").error->kind,
            ErrorKind::not_found);
}

}  // namespace
}  // namespace dhis2mcp
