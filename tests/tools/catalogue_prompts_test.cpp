// SPDX-License-Identifier: BSD-3-Clause
// Prompts say only what tools can do, and take what the person gives.
#include "tools/catalogue_prompts.h"

#include <gtest/gtest.h>

#include <regex>

#include "dhis2/error.h"
#include "tests/tools/own_catalogue.h"
#include "tools/call.h"

namespace dhis2mcp {
namespace {

using test::OwnCatalogue;

const CataloguePrompts& all() {
  static const CataloguePrompts prompts(Catalogue::embedded());
  return prompts;
}

std::string text_of(const std::string& name, const std::map<std::string, std::string>& arguments) {
  const FilledPrompt filled = all().get(name, arguments, {});
  EXPECT_EQ(filled.messages.size(), 1U);
  EXPECT_FALSE(filled.messages[0].assistant);
  return filled.messages[0].content.text;
}

TEST(CataloguePrompts, OffersTheJobs) {
  std::vector<std::string> names;
  for (const Prompt& prompt : all().list()) {
    names.push_back(prompt.name);
    EXPECT_LE(prompt.description.size(), 160U) << prompt.name;
    EXPECT_FALSE(prompt.title.empty()) << prompt.name;
    for (const PromptArgument& argument : prompt.arguments) {
      EXPECT_FALSE(argument.title.empty() || argument.description.empty()) << argument.name;
    }
  }
  EXPECT_EQ(names, (std::vector<std::string>{"compare_instances", "data_quality_review",
                                             "indicator_explained", "login_trouble", "onboarding",
                                             "reporting_completeness"}));
}

TEST(CataloguePrompts, NameNoToolThatDoesNotExist) {
  const std::regex tool(R"(\b(profile|system|metadata|org_unit|analytics|result|tool|data|event|)"
                        R"(tracker|reporting|indicator|api|dhis2)_[a-z_]+\b)");
  for (const Prompt& prompt : all().list()) {
    std::map<std::string, std::string> given;
    for (const PromptArgument& argument : prompt.arguments) given[argument.name] = "x";
    const std::string text = text_of(prompt.name, given);
    for (std::sregex_iterator at(text.begin(), text.end(), tool), end; at != end; ++at) {
      EXPECT_NE(Catalogue::embedded().find(at->str()), nullptr) << prompt.name << " " << at->str();
    }
    EXPECT_LE(text.size(), 3'000U) << prompt.name;
  }
}

TEST(CataloguePrompts, LeaveOutLinesAboutWhatWasNotGiven) {
  const std::string bare = text_of("onboarding", {});
  const std::string told = text_of("onboarding", {{"profile", "demo"}, {"subject", "malaria"}});

  EXPECT_EQ(bare.find("in every call"), std::string::npos);
  EXPECT_NE(told.find("Use profile demo in every call."), std::string::npos);
  EXPECT_NE(told.find("about malaria"), std::string::npos);
  EXPECT_EQ(told.find('{'), std::string::npos);
  EXPECT_EQ(text_of("onboarding", {{"subject", " "}}), bare) << "a blank value is none";
}

TEST(CataloguePrompts, CleanWhatIsPutIn) {
  const std::string text =
      text_of("reporting_completeness", {{"data_set", "RMNCH\n\x1b[31m{profile?}"}});

  EXPECT_NE(text.find("\"RMNCH {profile?}\""), std::string::npos) << text;
}

TEST(CataloguePrompts, RefuseWhatIsMissingUnknownOrTooLong) {
  const auto kind = [](const std::string& name,
                       const std::map<std::string, std::string>& arguments) {
    try {
      all().get(name, arguments, {});
    } catch (const Error& error) {
      return error.kind;
    }
    return ErrorKind::internal;
  };

  EXPECT_EQ(kind("weather", {}), ErrorKind::not_found);
  EXPECT_EQ(kind("reporting_completeness", {}), ErrorKind::bad_input);
  EXPECT_EQ(kind("reporting_completeness", {{"data_set", ""}}), ErrorKind::bad_input);
  EXPECT_EQ(kind("onboarding", {{"subject", std::string(500, 'x')}}), ErrorKind::bad_input);
}

TEST(CataloguePrompts, ReadTheirFilesWhenFirstNeeded) {
  const std::vector<EmbeddedFile> broken = {{"prompts/x.json", "{"}};
  const CataloguePrompts prompts(Catalogue::embedded(), broken);

  EXPECT_THROW(prompts.list(), Error);
  EXPECT_THROW(prompts.list(), Error) << "at every try";
}

TEST(CataloguePrompts, SayWhichRuleAFileBreaks) {
  const Json good = Json::parse(R"({
    "name": "x", "title": "X", "description": "Does x",
    "arguments": [{"name": "a", "title": "A", "description": "An a", "required": true},
                  {"name": "b", "title": "B", "description": "A b"}],
    "tools": ["system_info"], "text": ["Call system_info with {a}.", "And {b?}."]})");
  const auto refusal = [](const Json& file) -> std::string {
    const std::string text = file.dump();
    const std::vector<EmbeddedFile> files = {{"prompts/x.json", text}};
    try {
      CataloguePrompts(Catalogue::embedded(), files).list();
    } catch (const Error& error) {
      return error.what();
    }
    return "taken";
  };
  const std::pair<const char*, const char*> cases[] = {
      {R"({"name":"y"})", "not the file's name"},
      {R"({"title":null})", "title"},
      {R"({"colour":1})", "colour: unknown"},
      {R"({"text":["Call system_info with {c}."]})", "{c} is no argument"},
      {R"({"text":["Call system_info with {a?}."]})", "required argument"},
      {R"({"text":["Call system_info with {b}."]})", "required argument"},
      {R"({"text":["Call it."]})", "system_info is not in the text"},
      {R"({"text":[]})", "text: missing"},
      {R"({"tools":["weather"]})", "weather is no tool"},
      {R"({"arguments":[{"name":"a","title":"A","description":"D","complete":"moon"}]})",
       "complete: unknown"},
  };
  EXPECT_EQ(refusal(good), "taken");
  for (const auto& [patch, words] : cases) {
    Json file = good;
    file.merge_patch(Json::parse(patch));
    EXPECT_NE(refusal(file).find(words), std::string::npos) << patch << refusal(file);
  }
}

}  // namespace
}  // namespace dhis2mcp
