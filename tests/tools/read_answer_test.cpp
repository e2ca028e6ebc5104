// SPDX-License-Identifier: BSD-3-Clause
// Whatever comes back is read for what it is, and nothing of it is lost.
#include "tools/read_answer.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "tests/tools/instance.h"

namespace dhis2mcp::test {
namespace {

using Strings = std::vector<std::string>;

std::string notes(const Json& answer) { return answer.value("notes", Json::array()).dump(); }

Json ask(Instance& instance, const std::string& path, const std::string& further = "") {
  return instance.answer("dhis2_query", R"({"path":")" + path + "\"" + further + "}");
}

TEST(ReadAnswer, ReadsAListAsATableWithItsTotal) {
  Instance instance;
  instance.server.get("/api/dataElements",
                      R"({"pager":{"page":1,"total":2,"pageSize":50,"pageCount":1},
      "dataElements":[{"id":"a","categoryCombo":{"id":"c"}},{"id":"b","name":"B"}]})");

  const Json answer = ask(instance, "dataElements");

  EXPECT_EQ(answer["columns"], Json({"id", "categoryCombo.id", "name"}));
  EXPECT_EQ(answer["rows"], Json::parse(R"([["a","c",null],["b",null,"B"]])"));
  EXPECT_EQ(answer["total"], 2);
  EXPECT_FALSE(answer.value("truncated", false));
}

TEST(ReadAnswer, GoesOnWithTheNextPages) {
  Instance instance;
  instance.server.on("GET", "/api/dataElements", [](const Seen& seen) {
    const bool second = seen.query.find("page=2") != std::string::npos;
    return Reply{200, second ? R"({"pager":{"page":2,"total":3,"pageSize":2,"pageCount":2},
                                  "dataElements":[{"code":"C","id":"c"}]})"
                             : R"({"pager":{"page":1,"total":3,"pageSize":2,"pageCount":2},
                                  "dataElements":[{"id":"a"},{"id":"b"}]})"};
  });

  const Json first = ask(instance, "dataElements");
  ASSERT_TRUE(first["truncated"].get<bool>());
  EXPECT_EQ(first["total"], 3);
  const Json rest = instance.answer("result_page", Json{{"result", first["result"]}}.dump());

  EXPECT_EQ(rest["columns"], Json({"id", "code"}));
  EXPECT_EQ(rest["rows"], Json::parse(R"([["c","C"]])"));
  EXPECT_FALSE(rest.value("truncated", false));
}

TEST(ReadAnswer, CountsFromThePageThatWasAskedFor) {
  Instance instance;
  instance.server.on("GET", "/api/dataElements", [](const Seen& seen) {
    const bool third = seen.query.find("page=3") != std::string::npos;
    return Reply{200, third ? R"({"pager":{"page":3,"total":5,"pageSize":2,"pageCount":3},
                                 "dataElements":[{"id":"e"}]})"
                            : R"({"pager":{"page":2,"total":5,"pageSize":2,"pageCount":3},
                                 "dataElements":[{"id":"c"},{"id":"d"}]})"};
  });

  const Json second =
      instance.answer("dhis2_query", R"({"path":"dataElements","page":2,"page_size":2})");
  const Json rest = instance.answer("result_page", Json{{"result", second["result"]}}.dump());

  EXPECT_EQ(second["total"], 3) << second;
  EXPECT_NE(second["notes"].dump().find("of 5 rows those after the first 2"), std::string::npos);
  EXPECT_EQ(rest["rows"].size(), 1u) << rest;
}

TEST(ReadAnswer, ReadsAnalyticsWithNamesAndNumbers) {
  Instance instance;
  instance.server.get("/api/analytics", R"({"headers":[{"name":"ou","column":"Organisation unit",
      "valueType":"TEXT"},{"name":"value","column":"Value","valueType":"NUMBER"}],
      "metaData":{"items":{"O6uvpzGd5pU":{"name":"Bo"}},"dimensions":{"ou":["O6uvpzGd5pU"]},
      "ouNameHierarchy":{"O6uvpzGd5pU":"/Sierra Leone"}},
      "rows":[["O6uvpzGd5pU","12.0"]],"width":2,"height":1})");

  const Json answer = ask(instance, "analytics?dimension=ou:O6uvpzGd5pU");

  EXPECT_EQ(answer["columns"], Json({"Organisation unit", "Value"}));
  EXPECT_EQ(answer["rows"], Json::parse(R"([["Bo",12]])"));
  EXPECT_EQ(answer["read_as"], Json({"Bo = O6uvpzGd5pU"}));
  EXPECT_NE(notes(answer).find("/Sierra Leone"), std::string::npos);
}

TEST(ReadAnswer, TellsCommonKeysOfDataValueSetsBesideTheRows) {
  Instance instance;
  instance.server.get("/api/dataValueSets", R"({"dataSet":"lc4Jz2USVpu","period":"202609",
      "dataValues":[{"dataElement":"a","value":"3"}]})");

  const Json answer = ask(instance, "dataValueSets");

  EXPECT_EQ(answer["rows"], Json::parse(R"([["a","3"]])"));
  EXPECT_NE(notes(answer).find("lc4Jz2USVpu"), std::string::npos);
}

TEST(ReadAnswer, KeepsWhatIsTooLargeForANoteAsAResultOfItsOwn) {
  Instance instance;
  Json body = {{"dataValues", Json::array({Json{{"value", "3"}}})}};
  for (int i = 0; i < 300; ++i) body["extra"]["member" + std::to_string(i)] = i;
  instance.server.get("/api/dataValueSets", body.dump());

  const Json answer = ask(instance, "dataValueSets");
  const std::string note = notes(answer);
  const auto at = note.find("result r-");
  ASSERT_NE(at, std::string::npos) << note;
  const std::string id = note.substr(at + 7, note.find_first_of(",. ", at + 7) - at - 7);
  const Json rest = instance.answer("result_page", Json{{"result", id}, {"from_row", 0}}.dump());

  EXPECT_NE(rest.dump().find("extra.member299"), std::string::npos) << rest.dump().substr(0, 500);
}

TEST(ReadAnswer, TellsThePageOnceWhereverItStands) {
  Instance instance;
  instance.server.get("/api/tracker/events",
                      R"({"instances":[{"event":"E1"}],"page":1,"pageSize":1,"also":"this"})");

  const Json answer = ask(instance, "tracker/events");

  EXPECT_EQ(answer["notes"][0], R"(Beside the rows: {"also":"this"})") << answer;
  EXPECT_EQ(answer["notes"][1], "Page 1.");
}

TEST(ReadAnswer, ReadsSingleDocumentsAndPlainValues) {
  Instance instance;
  instance.server.get("/api/dataElements/fbfJHSPpUQD", R"({"id":"fbfJHSPpUQD","groups":[]})");
  instance.server.get("/api/configuration/systemId", R"("abc")");
  instance.server.on("GET", "/api/systemSettings/keyUiLocale", {200, "fr", "text/plain"});
  instance.server.get("/api/dataStore", R"(["a","b"])");

  EXPECT_EQ(ask(instance, "dataElements/fbfJHSPpUQD")["object"]["id"], "fbfJHSPpUQD");
  EXPECT_EQ(ask(instance, "configuration/systemId")["object"], Json({{"value", "abc"}}));
  EXPECT_EQ(ask(instance, "systemSettings/keyUiLocale")["object"], Json({{"text", "fr"}}));
  EXPECT_EQ(ask(instance, "dataStore")["rows"], Json::parse(R"([["a"],["b"]])"));
}

// As expressions/description answers what is no expression, on 2.40 to 2.43.
TEST(ReadAnswer, TellsAnErrorThatCameAsASuccess) {
  Instance instance;
  instance.server.get("/api/things/description", R"({"httpStatus":"OK","httpStatusCode":200,
      "status":"ERROR","message":"Expression is not well-formed"})");

  const Json answer = instance.answer("dhis2_query", R"({"path":"things/description"})");

  EXPECT_EQ(answer["object"]["status"], "ERROR");
  EXPECT_NE(answer["notes"].dump().find("says ERROR: Expression is not"), std::string::npos);
}

TEST(ReadAnswer, ReadsALoneWordThatIsSentAsJson) {
  Instance instance;
  instance.server.get("/api/configuration/systemId", "a7c75a85-e21e-4312-bc08-614b69bdb9b3");

  EXPECT_EQ(ask(instance, "configuration/systemId")["object"]["value"],
            "a7c75a85-e21e-4312-bc08-614b69bdb9b3");
}

TEST(ReadAnswer, TellsAWebPageWhereDataWasAsked) {
  Instance instance;
  instance.server.on("GET", "/api/dataElements",
                     {200, "<!doctype html><html><title>Portal</title></html>", "text/html"});
  instance.server.on("GET", "/api/analytics.html", {200, "<div>grid</div>", "text/html"});

  const ToolResult page = instance.call("dhis2_query", R"({"path":"dataElements"})");

  ASSERT_TRUE(page.is_error);
  EXPECT_EQ(page.error->kind, ErrorKind::unavailable);
  EXPECT_NE(page.text.find("Portal"), std::string::npos);
  EXPECT_TRUE(ask(instance, "analytics.html")["object"].contains("file"));
}

TEST(ReadAnswer, TellsAnEmptyBodyAsEmpty) {
  Instance instance;
  instance.server.on("GET", "/api/dataElements", {200, "", "application/json"});

  const Json answer = ask(instance, "dataElements", R"(,"fields":"id]")");

  EXPECT_EQ(answer["object"], Json::object());
  EXPECT_NE(notes(answer).find("bracket"), std::string::npos);
}

TEST(ReadAnswer, SavesOtherTypesInAPrivateFile) {
  Instance instance;
  instance.server.on("GET", "/api/dataSetReport.pdf", {200, "%PDF-1.4", "application/pdf"});
  instance.server.on("GET", "/api/dataValueSets", {200, "\x1f\x8b packed", "application/json"});

  const Json pdf = ask(instance, "dataSetReport.pdf")["object"];
  const Json packed = ask(instance, "dataValueSets")["object"];

  const std::string file = pdf["file"].get<std::string>();
  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  struct stat about {};
  ASSERT_EQ(stat(file.c_str(), &about), 0);
  EXPECT_EQ(text.str(), "%PDF-1.4");
  EXPECT_EQ(about.st_mode & 0777, 0600u);
  EXPECT_TRUE(file.ends_with(".pdf"));
  EXPECT_TRUE(packed["file"].get<std::string>().ends_with(".json.gz"));
}

TEST(ReadAnswer, ReadsCsvAsATable) {
  Instance instance;
  instance.server.on("GET", "/api/dataElements.csv", {200, "id,name\n1,\"a,b\"\n", "text/csv"});

  EXPECT_EQ(ask(instance, "dataElements.csv")["rows"], Json::parse(R"([["1","a,b"]])"));
}

TEST(ReadAnswer, SavesTextInAnotherEncoding) {
  Instance instance;
  const std::string latin = "nom;na\xefve\n1;2\n", wide("a\0,\0b\0", 6);
  instance.server.on("GET", "/api/documents/a/data", {200, latin, "text/csv;charset=UTF-8"});
  instance.server.on("GET", "/api/fileResources/a/data", {200, wide, "text/plain"});

  for (const auto& [path, text] :
       {std::pair("documents/a/data", latin), {"fileResources/a/data", wide}}) {
    const Json object = ask(instance, path)["object"];
    std::stringstream kept;
    kept << std::ifstream(object.value("file", "")).rdbuf();
    EXPECT_EQ(kept.str(), text) << path;
  }
}

TEST(ReadAnswer, SavesTheHtmlThatDhis2ItselfSends) {
  Instance instance;
  const std::string page = "<!doctype html><html><title>Report</title></html>";
  instance.server.on("GET", "/api/dataSets/a/customDataEntryForm",
                     {200, "<table><tr><td>1</td></tr></table>", "text/html"});
  instance.server.on("GET", "/api/reports/a/data", {200, page, "text/html"});
  instance.server.on("GET", "/api/reports/b/data",
                     {200, "<html><input type=\"password\"></html>", "text/html"});

  for (const char* path : {"dataSets/a/customDataEntryForm", "reports/a/data"}) {
    const std::string file = ask(instance, path)["object"].value("file", "");
    EXPECT_TRUE(file.ends_with(".html")) << path;
  }
  const ToolResult login = instance.call("dhis2_query", R"({"path":"reports/b/data"})");
  ASSERT_TRUE(login.is_error);
  EXPECT_EQ(login.error->kind, ErrorKind::sign_in_required);
}

TEST(ReadAnswer, TellsANullAndKeepsTheDigitsOfANumber) {
  Instance instance;
  instance.server.get("/api/dataStore/a/none", "null");
  instance.server.get("/api/dataStore/a/long", R"({"n":12345678901234567890123,"x":0.25})");

  EXPECT_NE(notes(ask(instance, "dataStore/a/none")).find("null"), std::string::npos);
  EXPECT_EQ(ask(instance, "dataStore/a/long")["object"],
            Json({{"n", "12345678901234567890123"}, {"x", 0.25}}));
}

TEST(ReadAnswer, ShowsAListWithARowTooLongForATableAsProperties) {
  Instance instance;
  Json units = Json::array();
  for (int i = 0; i < 2'000; ++i) units.push_back({{"path", "/ImspTQPwCqd/" + std::to_string(i)}});
  instance.server.get("/api/dataSets",
                      Json{{"pager", {{"page", 1}, {"pageCount", 2}, {"pageSize", 1}}},
                           {"dataSets", {{{"id", "a"}, {"units", units}}}}}
                          .dump());

  const Json first = ask(instance, "dataSets", R"(,"fields":"id,units[path],nope")");
  const Json last =
      instance.answer("result_page", Json{{"result", first["result"]}, {"from_row", 2'003}}.dump());

  EXPECT_EQ(first["columns"], Json({"Property", "Value"}));
  EXPECT_EQ(last["rows"], Json::parse(R"([["dataSets[0].units[1999].path","/ImspTQPwCqd/1999"]])"));
  EXPECT_NE(notes(first).find("`page` 2"), std::string::npos) << notes(first);
  EXPECT_NE(notes(first).find("nope"), std::string::npos) << notes(first);
  EXPECT_EQ(notes(first).find("units.path"), std::string::npos) << notes(first);
}

TEST(ReadAnswer, CutsALongListAndKeepsItsRows) {
  Instance instance;
  std::string body = R"({"pager":{"page":1,"total":60000,"pageCount":1},"dataElements":[)";
  for (int i = 0; i < 60'000; ++i) {
    body += R"({"id":"id)" + std::to_string(i) +
            R"(","name":"a name that takes some room in the )"
            R"(answer so that it is long enough to be streamed"},)";
  }
  body += R"({"id":"last","late":"member"}]})";
  instance.server.get("/api/dataElements", body);

  const Json answer = ask(instance, "dataElements");

  ASSERT_TRUE(answer["truncated"].get<bool>()) << answer.dump().substr(0, 300);
  EXPECT_EQ(answer["total"], 60000);
  EXPECT_EQ(answer["columns"], Json({"id", "name", "late"}));
  EXPECT_LE(answer.dump().size(), kDefaultAnswerBytes + 2000);
  const Json end = instance.answer("result_page",
                                   Json{{"result", answer["result"]}, {"from_row", 60'000}}.dump());
  EXPECT_EQ(end["rows"], Json::parse(R"([["last",null,"member"]])"));
}

TEST(ReadAnswer, RefusesADocumentOfMoreThan16Megabytes) {
  Instance instance;
  instance.server.get("/api/dataElements/fbfJHSPpUQD",
                      R"({"id":")" + std::string(17 * 1024 * 1024, 'x') + R"("})");

  const ToolResult result = instance.call("dhis2_query", R"({"path":"dataElements/fbfJHSPpUQD"})");

  ASSERT_TRUE(result.is_error);
  EXPECT_NE(result.text.find("16 MB"), std::string::npos);
  EXPECT_NE(result.text.find("fields"), std::string::npos);
}

TEST(ReadAnswer, TellsAnAnswerThatBreaksOff) {
  Instance instance;
  instance.server.get("/api/dataElements", R"({"dataElements":[{"id":"a"},{"id")");

  const ToolResult result = instance.call("dhis2_query", R"({"path":"dataElements"})");

  ASSERT_TRUE(result.is_error);
  EXPECT_EQ(result.error->kind, ErrorKind::unavailable);
  EXPECT_TRUE(result.error->retry);
}

TEST(ReadAnswer, MasksPersonsUnlessTheProfileAllowsThem) {
  const std::string body = R"({"trackedEntities":[{"trackedEntity":"PQfMcpmXeFE",
      "attributes":[{"attribute":"w75KJ2mc4zz","value":"Fanta"}]}]})";
  for (const bool allowed : {false, true}) {
    Instance instance("2.42.1", allowed);
    instance.server.get("/api/tracker/trackedEntities", body);
    const Json answer = ask(instance, "tracker/trackedEntities");
    EXPECT_EQ(answer.dump().find("Fanta") != std::string::npos, allowed) << answer.dump();
  }
}

}  // namespace
}  // namespace dhis2mcp::test
