// SPDX-License-Identifier: BSD-3-Clause
// metadata_describe: what DHIS2's schema says of a type, in a few columns.
#include <gtest/gtest.h>

#include "tests/tools/instance.h"

namespace dhis2mcp {
namespace {

using test::Instance;

constexpr char kDataElement[] = R"({
  "name":"dataElement","plural":"dataElements","relativeApiEndpoint":"/dataElements","shareable":true,
  "properties":[
   {"klass":"java.lang.String","propertyType":"TEXT","name":"name","persisted":true,"collection":false,
    "writable":true,"unique":true,"required":true,"length":230,"max":230.0,"min":1.0},
   {"klass":"org.hisp.dhis.analytics.AggregationType","propertyType":"CONSTANT","name":"aggregationType",
    "persisted":true,"collection":false,"writable":true,"required":true,"length":50,
    "constants":["SUM","AVERAGE"]},
   {"klass":"java.util.Set","propertyType":"COLLECTION","itemKlass":"org.hisp.dhis.dataelement.DataElementGroup",
    "itemPropertyType":"REFERENCE","name":"dataElementGroup","collectionName":"dataElementGroups",
    "persisted":true,"collection":true,"writable":true,"required":false,
    "href":"https://h/api/schemas/dataElementGroup","max":1.7976931348623157e+308},
   {"klass":"org.hisp.dhis.category.CategoryCombo","propertyType":"REFERENCE","name":"categoryCombo",
    "persisted":true,"collection":false,"writable":true,"required":false,
    "href":"https://h/api/schemas/categoryCombo"},
   {"klass":"java.lang.Integer","propertyType":"INTEGER","name":"sortOrder","persisted":true,"collection":false,
    "writable":false,"required":false,"min":0,"max":2147483647},
   {"klass":"org.hisp.dhis.security.acl.Access","propertyType":"COMPLEX","name":"access","persisted":false,
    "collection":false,"writable":true,"required":false}]})";

TEST(MetadataDescribe, LaysAPropertyInEachRow) {
  Instance instance;
  instance.server.get("/api/schemas/dataElement", kDataElement);
  const Json answer = instance.answer("metadata_describe", R"({"type":"data elements"})");

  EXPECT_EQ(answer["columns"], Json::parse(R"(["Property","Type","Rules","Values"])"));
  EXPECT_EQ(answer["rows"], Json::parse(R"([
    ["aggregationType","constant","required","SUM AVERAGE"],
    ["name","text","required, unique, up to 230 letters",null],
    ["categoryCombo","reference to categoryCombo",null,null],
    ["dataElementGroups","list of dataElementGroup",null,null],
    ["sortOrder","integer","read only, from 0, to 2147483647",null]])"));
  EXPECT_EQ(answer["read_as"][0], "data element = dataElement, listed at /api/dataElements");
  EXPECT_NE(answer["notes"].dump().find("not to filter or order by: access."), std::string::npos);
}

TEST(MetadataDescribe, AsksOnceAndOnlyForWhatItShows) {
  Instance instance;
  instance.server.get("/api/schemas/dataElement", kDataElement);
  instance.call("metadata_describe", R"({"type":"dataElement"})");

  EXPECT_EQ(instance.server.count("/api/schemas/dataElement"), 1U);
  EXPECT_NE(instance.server.seen().back().query.find("fields="), std::string::npos);
}

TEST(MetadataDescribe, KnowsTheOlderNamesOfTypes) {
  Instance instance("2.40.3");
  instance.server.get("/api/schemas/programStageInstanceFilter",
                      R"({"name":"programStageInstanceFilter","shareable":false,"properties":[]})");
  const Json answer = instance.answer("metadata_describe", R"({"type":"event filter"})");

  EXPECT_NE(answer["notes"].dump().find("no sharing"), std::string::npos) << answer;
}

TEST(MetadataDescribe, SaysWhatIsUnknown) {
  Instance instance;
  const ToolResult strange = instance.call("metadata_describe", R"({"type":"data elemnt"})");
  const ToolResult absent = instance.call("metadata_describe", R"({"type":"mapView"})");

  EXPECT_EQ(strange.error->kind, ErrorKind::bad_input);
  EXPECT_EQ(strange.error->hint, "Did you mean data element?");
  EXPECT_EQ(absent.error->kind, ErrorKind::not_found);
  EXPECT_NE(absent.text.find("mapView"), std::string::npos);
}

}  // namespace
}  // namespace dhis2mcp
