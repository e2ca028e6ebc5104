// SPDX-License-Identifier: BSD-3-Clause
// What people wrote into an instance leaves clean, and persons leave masked.
#include "tools/untrusted.h"

#include <gtest/gtest.h>

#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

TEST(Clean, RemovesWhatNobodySees) {
  const std::tuple<const char*, std::string, std::string> cases[] = {
      {"plain text stays", "ANC 1st visit, \"fixed\"", "ANC 1st visit, \"fixed\""},
      {"newline and tab stay", "a\n\tb", "a\n\tb"},
      {"control characters",
       std::string("a\0b\x01\x08\x0b\x1f\x7f"
                   "c",
                   9),
       "abc"},
      {"colour", "\x1b[1;31mred\x1b[0m", "red"},
      {"window title", "\x1b]0;evil\x07name", "name"},
      {"title ended by ESC backslash", "\x1b]0;evil\x1b\\name", "name"},
      {"hyperlink", "\x1b]8;;http://x\x1b\\go\x1b]8;;\x1b\\", "go"},
      {"device control", "\x1bPpayload\x1b\\x", "x"},
      {"reset",
       "a\x1b"
       "cb",
       "ab"},
      {"escape at the end", "a\x1b", "a"},
      {"colour that never ends", "a\x1b[31", "a"},
      {"C1 control",
       "a\xC2\x9B"
       "31mb",
       "a31mb"},
      {"right-to-left override",
       "a\xE2\x80\xAE"
       "b\xE2\x80\xAC",
       "ab"},
      {"isolates", "\xE2\x81\xA6x\xE2\x81\xA9", "x"},
      {"Arabic letter mark",
       "a\xD8\x9C"
       "b",
       "ab"},
      {"zero-width space",
       "a\xE2\x80\x8B"
       "b",
       "ab"},
      {"zero-width joiner in Latin",
       "a\xE2\x80\x8D"
       "b",
       "ab"},
      {"word joiner",
       "a\xE2\x81\xA0"
       "b",
       "ab"},
      {"byte order mark", "\xEF\xBB\xBFname", "name"},
      {"soft hyphen",
       "a\xC2\xAD"
       "b",
       "ab"},
      {"tags",
       "a\xF3\xA0\x81\xA9\xF3\xA0\x81\xA7"
       "b",
       "ab"},
      {"variation selectors, a run",
       "a\xEF\xB8\x8F\xEF\xB8\x80\xEF\xB8\x81"
       "b",
       "a\xEF\xB8\x8F"
       "b"},
      {"variation selectors, supplement",
       "a\xF3\xA0\x84\x80"
       "b",
       "ab"},
      {"Hangul filler",
       "a\xE3\x85\xA4"
       "b",
       "ab"},
      {"line separator",
       "a\xE2\x80\xA8"
       "b",
       "a\nb"},
      {"carriage return", "a\rb\r\nc", "a\nb\nc"},
      {"broken UTF-8", "a\xffz", "a\xEF\xBF\xBDz"},
      {"overlong", "\xC0\xAF", "\xEF\xBF\xBD\xEF\xBF\xBD"},
      {"cut at the end", "a\xE2\x80", "a\xEF\xBF\xBD\xEF\xBF\xBD"},
  };
  for (const auto& [what, given, cleaned] : cases) EXPECT_EQ(clean(given), cleaned) << what;
}

TEST(Clean, KeepsTheLettersOfEveryScript) {
  for (const std::string text :
       {"H\xC3\xB4pital de district Domb\xC3\xA9"
        "a",
        "\xE0\xA6\xAC\xE0\xA6\xBE\xE0\xA6\x82\xE0\xA6\xB2\xE0\xA6\xBE", "\xE4\xB8\xAD\xE6\x96\x87",
        "\xD8\xB9\xD8\xB1\xD8\xA8\xD9\x8A", "\xF0\x9F\x98\x80",
        // Sinhala needs U+200D, Persian U+200C.
        "\xE0\xB7\x81\xE0\xB7\x8A\xE2\x80\x8D\xE0\xB6\xBB",
        "\xD9\x85\xDB\x8C\xE2\x80\x8C\xD8\xB4"}) {
    EXPECT_EQ(clean(text), text);
  }
}

TEST(Clean, MakesOneLineOfAName) { EXPECT_EQ(clean_line("a\nb\tc"), "a b c"); }

TEST(CompactJson, CleansNamesAndTextsAndDropsNulls) {
  const Json value = {
      {"a\x1b[0m", "x\xE2\x80\x8B"}, {"n", nullptr}, {"d", 3.0}, {"l", {nullptr, 1.5}}};

  EXPECT_EQ(compact_json(value), R"({"a":"x","d":3,"l":[null,1.5]})");
}

// A name, a birth date and a phone number in each place where DHIS2 puts them.
TEST(MaskPersons, FindsAttributesWhereverTheyStand) {
  const char* attributes =
      R"([{"attribute":"zjjwRl76LGB","displayName":"First name","value":"Aminata","valueType":"TEXT"}])";
  const std::pair<const char*, std::string> cases[] = {
      {"/api/tracker/trackedEntities", R"({"instances":[{"attributes":ATTR}]})"},
      {"/api/tracker/trackedEntities", R"({"trackedEntities":[{"attributes":ATTR}]})"},
      {"/api/tracker/trackedEntities/abc", R"({"enrollments":[{"attributes":ATTR}]})"},
      {"/api/tracker/enrollments", R"({"enrollments":[{"attributes":ATTR}]})"},
      {"/api/tracker/relationships",
       R"({"instances":[{"from":{"trackedEntity":{"attributes":ATTR}}}]})"},
      {"/api/tracker/events",
       R"({"events":[{"relationships":[{"to":{"trackedEntity":{"attributes":ATTR}}}]}]})"},
      {"/api/trackedEntityInstances", R"({"trackedEntityInstances":[{"attributes":ATTR}]})"},
      {"/api/trackedEntityInstances.json", R"({"trackedEntityInstances":[{"attributes":ATTR}]})"},
      {"/api/events/eventRows", R"({"eventRows":[{"attributes":ATTR}]})"},
      {"/api/relationships", R"([{"from":{"trackedEntityInstance":{"attributes":ATTR}}}])"},
      {"/api/tracker/trackedEntities", R"({"attributes":ATTR})"},
      {"/api/tracker/trackedEntities/a/changeLogs",
       R"({"changeLogs":[{"change":{"attributeValue":{"attribute":"zjjwRl76LGB","currentValue":"Aminata","previousValue":"Amina"}}}]})"},
      {"/api/tracker/trackedEntities", R"({"trackedEntities":[{"attributes":["Aminata"]}]})"},
      {"/api/tracker/trackedEntities", R"({"trackedEntities":[{"attributes":[{"x":"Aminata"}]}]})"},
      {"/api/tracker/trackedEntities",
       R"({"trackedEntities":[{"attributes":{"zjj":[{"value":"Aminata"}]}}]})"},
      {"/api/audits/trackedEntityAttributeValue.json",
       R"({"trackedEntityAttributeValueAudits":[{"value":"Aminata"}]})"},
      {"/api/audits/trackedEntityAttributeValue",
       R"({"audits":[{"trackedEntityAttribute":{"id":"zjjwRl76LGB"},"value":"Aminata"}]})"},
  };
  for (auto [path, text] : cases) {
    if (const auto at = text.find("ATTR"); at != std::string::npos) text.replace(at, 4, attributes);
    Json document = Json::parse(text);
    EXPECT_TRUE(mask_persons(path, document)) << path;
    EXPECT_EQ(document.dump().find("Amina"), std::string::npos) << path << document;
  }
}

TEST(MaskPersons, LeavesEverythingElse) {
  const std::pair<const char*, const char*> cases[] = {
      {"/api/tracker/events",
       R"({"events":[{"dataValues":[{"dataElement":"abc","value":"12"}]}]})"},
      {"/api/tracker/trackedEntities",
       R"({"trackedEntities":[{"trackedEntity":"acAAZ27Q6Jw","attributes":[]}]})"},
      {"/api/programs", R"({"programs":[{"attributes":[{"value":"public"}]}]})"},
      {"/api/dataValueSets", R"({"dataValues":[{"value":"5"}]})"},
  };
  for (const auto& [path, text] : cases) {
    Json document = Json::parse(text);
    EXPECT_FALSE(mask_persons(path, document)) << path;
    EXPECT_EQ(document, Json::parse(text));
  }
}

TEST(MaskPersons, KeepsWhatNamesTheAttribute) {
  Json document = Json::parse(
      R"({"attributes":[{"attribute":"zjjwRl76LGB","code":"FN","displayName":"First name","value":"A"}]})");

  EXPECT_TRUE(mask_persons("/api/tracker/trackedEntities", document));
  EXPECT_EQ(document["attributes"][0].dump(),
            R"({"attribute":"zjjwRl76LGB","code":"FN","displayName":"First name","value":"***"})");
}

TEST(PersonColumns, AreThoseOfAttributes) {
  const auto columns = [](const char* path, const std::vector<std::string>& names) {
    Json headers = Json::array();
    for (const std::string& name : names)
      headers.push_back({{"name", name}, {"valueType", "TEXT"}});
    return person_columns(path, headers);
  };
  using Places = std::vector<std::size_t>;

  EXPECT_EQ(columns("/api/analytics/enrollments/query/ACGFZknRgLX",
                    {"pi", "lastupdated", "ouname", "f35ZHCxlhFa.lhdy9nyQN32", "DjlPqdsimPN"}),
            Places{4});
  EXPECT_EQ(columns("/api/analytics/enrollments/query/ACGFZknRgLX",
                    {"h47LS5Vr4Q3[-1].lhdy9nyQN32", "ACGFZknRgLX.DjlPqdsimPN"}),
            Places{1});
  EXPECT_EQ(
      columns("/api/analytics/trackedEntities/query/paxaGXfql5x",
              {"zjjwRl76LGB", "ACGFZknRgLX.f35ZHCxlhFa.aooqOIg7qlM", "ACGFZknRgLX.zjjwRl76LGB"}),
      (Places{0, 2}));
  EXPECT_EQ(
      columns("/api/trackedEntityInstances/query", {"instance", "lastupdated", "zjjwRl76LGB"}),
      Places{2});
  EXPECT_EQ(columns("/api/analytics", {"dx", "pe", "ou", "value", "J5jldMd8OHv"}), Places{});
}

TEST(PersonColumns, OfCountsAreThoseThatNameSomebody) {
  const Json headers = Json::parse(R"([
    {"name":"zjjwRl76LGB","valueType":"TEXT"},
    {"name":"wfYkrcEU5OP","valueType":"TEXT","optionSet":"YkEXYKHViF1"},
    {"name":"SOTMfSRgvnN","valueType":"INTEGER"},
    {"name":"value","valueType":"NUMBER"}])");

  EXPECT_EQ(person_columns("/api/analytics/enrollments/aggregate/ACGFZknRgLX", headers),
            std::vector<std::size_t>{0});
}

TEST(DemandMaskable, RefusesWhatWouldSlipThrough) {
  const std::pair<const char*, const char*> refused[] = {
      {"/api/tracker/trackedEntities.csv", ""},
      {"/api/trackedEntityInstances.xml", ""},
      {"/api/trackedEntityInstances/query.xls", ""},
      {"/api/analytics/events/query/Svw72tiR0Da.html", ""},
      {"/api/tracker/trackedEntities/a/attributes/b/image", ""},
      {"/api/tracker/trackedEntities", "fields=attributes~rename(x)"},
      {"/api/tracker/trackedEntities", "fields=attributes[value::rename(x)]"},
  };
  for (const auto& [path, query] : refused) {
    EXPECT_THROW(demand_maskable(path, Query::parse(query)), Error) << path << query;
  }
  const std::pair<const char*, const char*> allowed[] = {
      {"/api/tracker/trackedEntities", "fields=attributes[value],enrollments~size"},
      {"/api/trackedEntityInstances.json", ""},
      {"/api/dataElements.csv", "fields=id~rename(x)"},
      {"/api/analytics.csv", ""},
  };
  for (const auto& [path, query] : allowed) {
    EXPECT_NO_THROW(demand_maskable(path, Query::parse(query))) << path << query;
  }
}

}  // namespace
}  // namespace dhis2mcp
