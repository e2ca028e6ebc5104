// SPDX-License-Identifier: BSD-3-Clause
// Rules that hold for every tool and type, and what a broken file is told.
#include "tools/catalogue.h"

#include <gtest/gtest.h>

#include <set>

#include "dhis2/error.h"
#include "dhis2/readable.h"
#include "tools/handlers.h"
#include "tools/schema_file.h"

namespace dhis2mcp {
namespace {

const Catalogue& all() { return Catalogue::embedded(); }

// Each JSON Schema object inside a schema.
void each_schema(const Json& schema, const std::function<void(const Json&)>& visit) {
  visit(schema);
  if (schema.contains("items")) each_schema(schema["items"], visit);
  const Json properties = schema.value("properties", Json::object());
  for (const Json& inner : properties) each_schema(inner, visit);
}

TEST(Catalogue, NamesToolsOnceAndShort) {
  std::set<std::string> names;
  for (const Tool& tool : all().tools()) {
    EXPECT_TRUE(names.insert(tool.name).second) << tool.name;
    EXPECT_LE(tool.name.size(), 40U);
    EXPECT_EQ(tool.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"),
              std::string::npos);
  }
  EXPECT_GE(names.size(), 9U);
}

TEST(Catalogue, DescribesToolsInFewWords) {
  std::size_t total = 0;
  for (const Tool& tool : all().tools()) {
    EXPECT_LE(tool.description.size(), 600U) << tool.name;
    EXPECT_GE(tool.description.size(), 40U) << tool.name;
    EXPECT_LE(tool.title.size(), 60U) << tool.name;
    total += tool.description.size();
  }
  EXPECT_LE(total, 350 * all().tools().size());
}

TEST(Catalogue, EmitsSchemasThatEveryClientTakes) {
  const std::set<std::string> types = {"string", "integer", "number", "boolean", "array", "object"};
  for (const Tool& tool : all().tools()) {
    for (const Json* schema : {&tool.input_schema, &tool.output_schema}) {
      EXPECT_EQ((*schema)["type"], "object") << tool.name;
      each_schema(*schema, [&](const Json& one) {
        for (const char* word : {"$ref", "$use", "oneOf", "anyOf", "allOf", "not", "$defs"}) {
          EXPECT_FALSE(one.contains(word)) << tool.name << " " << word;
        }
        const std::string type = one.value("type", "");
        EXPECT_TRUE(types.contains(type)) << tool.name << one;
        // Models' providers refuse an input without; of an answer's cells nothing can be said.
        EXPECT_TRUE(type != "array" || one.contains("items") || schema == &tool.output_schema)
            << tool.name;
        EXPECT_FALSE(one.empty()) << tool.name << ": a schema that says nothing";
        EXPECT_FALSE(one.contains("required") && !one["required"].is_array()) << tool.name;
      });
    }
  }
}

TEST(Catalogue, LetsEveryToolChooseAProfile) {
  for (const Tool& tool : all().tools()) {
    EXPECT_EQ(tool.input_schema["properties"]["profile"]["type"], "string") << tool.name;
  }
}

TEST(Catalogue, RequiresOnlyWhatItDeclares) {
  for (const Tool& tool : all().tools()) {
    for (const Json& name : tool.input_schema.value("required", Json::array())) {
      EXPECT_TRUE(tool.input_schema["properties"].contains(name.get<std::string>())) << tool.name;
    }
  }
}

TEST(Catalogue, KnowsItsToolsets) {
  EXPECT_EQ(all().toolset("all").size(), all().tools().size());
  EXPECT_LE(all().toolset("default").size(), 28U);
  EXPECT_EQ(all().toolset("compact").front()->name, "profile_login");
  EXPECT_TRUE(all().toolset("").empty());
  for (const Tool* tool : all().toolset("core, analytics")) {
    EXPECT_TRUE(tool->toolset == "core" || tool->toolset == "analytics") << tool->name;
  }
  try {
    all().toolset("core,trackers");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::bad_input);
    EXPECT_NE(error.hint.find("tracker"), std::string::npos);
  }
}

TEST(Catalogue, FindsTypesByTheWordsOfPeople) {
  const std::pair<const char*, const char*> cases[] = {
      {"dataElement", "dataElements"},       {"data elements", "dataElements"},
      {"Data Element", "dataElements"},      {"DATAELEMENTS", "dataElements"},
      {"org unit", "organisationUnits"},     {"organisation units", "organisationUnits"},
      {"categories", "categories"},          {"category", "categories"},
      {"indicator_types", "indicatorTypes"}, {"program", "programs"}};
  for (const auto& [text, collection] : cases) {
    const MetadataType* type = all().type(text);
    ASSERT_NE(type, nullptr) << text;
    EXPECT_EQ(type->collection, collection) << text;
  }
  for (const char* text : {"", "weather", "dataElementx", "s"})
    EXPECT_EQ(all().type(text), nullptr);
}

TEST(Catalogue, ListsTypesOnceAndOnlyReadableOnes) {
  std::set<std::string> names;
  for (const MetadataType& type : all().types()) {
    EXPECT_TRUE(names.insert(type.name).second) << type.name;
    EXPECT_EQ(all().type(type.name), &type) << type.name;
    EXPECT_EQ(all().type(type.collection), &type) << type.collection;
    EXPECT_EQ(all().type(type.words), &type) << type.words;
    for (const std::string& word : type.also) EXPECT_EQ(all().type(word), &type) << word;
    EXPECT_NO_THROW(readable(type.collection, Query().add("fields", type.fields))) << type.name;
    EXPECT_TRUE(type.until == 0 || type.since < type.until) << type.name;
  }
  EXPECT_GE(names.size(), 50U);
}

class SchemaFile : public testing::Test {
 protected:
  const Json common = Json::parse(R"({
    "fields": {"profile": {"type": "string"}, "limit": {"type": "integer", "maximum": 100}},
    "outputs": {"answer": {"type": "object"}}})");
  Json file = Json::parse(R"({
    "name": "x_get", "toolset": "core", "effect": "read", "title": "X", "description": "Gets x.",
    "input": {"id": {"type": "string", "required": true}},
    "request": {"path": "/api/x/{id}", "query": {"fields": "id,name"}}})");

  Tool read() { return read_tool("tools/x_get.json", file, common); }
  std::string refusal() {
    try {
      read();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind, ErrorKind::internal);
      return error.what();
    }
    return "taken";
  }
};

TEST_F(SchemaFile, BecomesATool) {
  file["input"]["limit"] = {{"$use", "limit"}, {"maximum", 5}};
  file["input"]["status"] = {{"type", "list"}, {"enum", {"A", "B"}}};
  file["since"] = 41;
  const Tool tool = read();

  EXPECT_EQ(tool.input_schema["required"], Json::array({"id"}));
  EXPECT_EQ(tool.input_schema["properties"]["limit"].dump(), R"({"type":"integer","maximum":5})");
  EXPECT_EQ(tool.input_schema["properties"]["status"].dump(),
            R"({"type":"array","items":{"type":"string","enum":["A","B"]}})");
  EXPECT_EQ(tool.request->path, "/api/x/{id}");
  EXPECT_EQ(tool.since, 41);
  EXPECT_EQ(tool.handler, nullptr);
}

TEST_F(SchemaFile, IsToldWhichMemberBreaksWhichRule) {
  const Json good = file;
  const std::pair<const char*, const char*> cases[] = {
      {R"({"name":"other"})", "name"},
      {R"({"name":"X-Get"})", "name"},
      {R"({"title":""})", "title: not a text"},
      {R"({"title":null})", "title: missing"},
      {R"({"effect":"peek"})", "effect"},
      {R"({"colour":"red"})", "colour: unknown"},
      {R"({"output":"none"})", "output"},
      {R"({"handler":"nobody"})", "exactly one"},
      {R"({"forwards":true})", "exactly one"},
      {R"({"handler":"nobody","request":null})", "no such handler"},
      {R"({"request":{"path":"/x"}})", "request.path"},
      {R"({"request":{"path":"/api/x/{uid}"}})", "{uid} is no argument"},
      {R"({"request":{"path":"/api/x/{id"}})", "not closed"},
      {R"({"request":{"path":"/api/x","query":{"a":"{b?}"}}})", "{b} is no argument"},
      {R"({"input":{"id":{"type":"text"}}})", "input.id.type"},
      {R"({"input":{"id":{"$use":"nothing"}}})", "no field"},
      {R"({"input":{"id":{"type":"string","pattern":"x"}}})", "input.id.pattern: unknown"},
      {R"({"input":{"id":5}})", "input.id: not an object"},
  };
  for (const auto& [patch, words] : cases) {
    file = good;
    file.merge_patch(Json::parse(patch));
    EXPECT_NE(refusal().find(words), std::string::npos) << patch << refusal();
    EXPECT_NE(refusal().find("schemas/tools/x_get.json"), std::string::npos) << patch;
  }
  file = good;
  file["description"] = std::string(601, 'x');
  EXPECT_NE(refusal().find("description: over 600"), std::string::npos);
}

TEST(SchemaFileText, MustBeJson) {
  EXPECT_THROW(parse_schema_file("tools/x.json", "{\"name\":"), Error);
}

TEST(CommaList, DropsSpacesAndEmptyParts) {
  EXPECT_EQ(comma_list(" a, b ,,c"), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_TRUE(comma_list(" , ").empty());
}

}  // namespace
}  // namespace dhis2mcp
