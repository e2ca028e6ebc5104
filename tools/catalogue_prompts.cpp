// SPDX-License-Identifier: BSD-3-Clause
// Reads the files, checks them, and fills in what the person gave.
#include "tools/catalogue_prompts.h"

#include <algorithm>
#include <optional>
#include <set>

#include "auth/nearest.h"
#include "dhis2/error.h"
#include "tools/schema_file.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

constexpr std::string_view kFolder = "prompts/";
constexpr std::size_t kLongestValue = 400;  // of one argument

const std::set<std::string, std::less<>> kMembers = {"name",      "title", "description",
                                                     "arguments", "tools", "text"};
const std::set<std::string, std::less<>> kKinds = {"profile", "type"};

std::string text_member(std::string_view path, const Json& object, const char* member) {
  if (!object.contains(member) || !object[member].is_string()) {
    throw_rule(path, member, "missing or not a text");
  }
  return object[member].get<std::string>();
}

void check_line(std::string_view path, std::string_view line, const Prompt& prompt) {
  while (const auto hole = hole_in(line)) {
    const auto found = std::ranges::find(prompt.arguments, hole->name, &PromptArgument::name);
    const std::string name(hole->name);
    if (found == prompt.arguments.end()) throw_rule(path, "text", "{" + name + "} is no argument");
    if (found->required == hole->optional) {
      throw_rule(path, "text", "write {x} for a required argument and {x?} for another: " + name);
    }
    line = hole->after;
  }
}

// Nothing where the line tells of an argument that was not given.
std::optional<std::string> filled(std::string_view line,
                                  const std::map<std::string, std::string>& arguments) {
  std::string out;
  while (const auto hole = hole_in(line)) {
    const auto given = arguments.find(std::string(hole->name));
    const std::string value = given == arguments.end() ? "" : clean_line(given->second);
    if (value.find_first_not_of(' ') == std::string::npos) return {};
    if (value.size() > kLongestValue) {
      throw Error(ErrorKind::bad_input,
                  "The argument " + given->first + " is longer than " +
                      std::to_string(kLongestValue) + " bytes.",
                  "Give a name or a few words.");
    }
    out.append(hole->before).append(value);
    line = hole->after;
  }
  return out.append(line);
}

}  // namespace

CataloguePrompts::Page CataloguePrompts::read_page(const EmbeddedFile& file) const {
  const Json json = parse_schema_file(file.path, file.text);
  for (const auto& [member, value] : json.items()) {
    if (!kMembers.contains(member)) throw_rule(file.path, member, "unknown");
  }
  Page page;
  page.prompt.name = text_member(file.path, json, "name");
  if (file.path != std::string(kFolder) + page.prompt.name + ".json") {
    throw_rule(file.path, "name", "not the file's name");
  }
  page.prompt.title = text_member(file.path, json, "title");
  page.prompt.description = text_member(file.path, json, "description");
  for (const Json& given : json.value("arguments", Json::array())) {
    page.prompt.arguments.push_back(
        {text_member(file.path, given, "name"), text_member(file.path, given, "title"),
         text_member(file.path, given, "description"), given.value("required", false)});
    page.choices.push_back(
        {given.value("complete", ""), given.value("values", std::vector<std::string>())});
    const std::string& kind = page.choices.back().kind;
    const bool known = kind.empty() || kKinds.contains(kind) || catalogue_.type(kind) != nullptr;
    if (!known) throw_rule(file.path, "complete", "unknown");
  }
  page.lines = json.value("text", std::vector<std::string>());
  std::string whole;
  for (const std::string& line : page.lines) {
    check_line(file.path, line, page.prompt);
    whole += line + "\n";
  }
  if (whole.empty()) throw_rule(file.path, "text", "missing");
  for (const std::string& name : json.value("tools", std::vector<std::string>())) {
    if (catalogue_.find(name) == nullptr) throw_rule(file.path, "tools", name + " is no tool");
    if (whole.find(name) == std::string::npos) {
      throw_rule(file.path, "tools", name + " is not in the text");
    }
  }
  return page;
}

const std::vector<CataloguePrompts::Page>& CataloguePrompts::pages() const {
  std::call_once(read_, [this] {
    for (const EmbeddedFile& file : files_) {
      if (file.path.starts_with(kFolder)) pages_.push_back(read_page(file));
    }
  });
  return pages_;
}

const CataloguePrompts::Page& CataloguePrompts::page(const std::string& name) const {
  std::vector<std::string> known;
  for (const Page& one : pages()) {
    if (one.prompt.name == name) return one;
    known.push_back(one.prompt.name);
  }
  throw Error(ErrorKind::not_found,
              "There is no prompt \"" + clean_line(name.substr(0, 80)) + "\".",
              "The prompts are " + either(known) + ".");
}

std::vector<Prompt> CataloguePrompts::list() const {
  std::vector<Prompt> prompts;
  for (const Page& one : pages()) prompts.push_back(one.prompt);
  return prompts;
}

FilledPrompt CataloguePrompts::get(const std::string& name,
                                   const std::map<std::string, std::string>& arguments,
                                   const CallContext& /*context*/) const {
  const Page& wanted = page(name);
  for (const PromptArgument& argument : wanted.prompt.arguments) {
    const auto given = arguments.find(argument.name);
    if (argument.required && (given == arguments.end() || clean_line(given->second).empty())) {
      throw Error(ErrorKind::bad_input, "The prompt " + name + " needs " + argument.name + ".",
                  argument.description + ".");
    }
  }
  std::string text;
  for (const std::string& line : wanted.lines) {
    if (const auto shown = filled(line, arguments)) text += *shown + "\n";
  }
  PromptMessage message;
  message.content.text = std::move(text);
  return {wanted.prompt.description, {std::move(message)}};
}

CataloguePrompts::Choices CataloguePrompts::choices(const std::string& prompt,
                                                    const std::string& argument) const {
  const Page& wanted = page(prompt);
  for (std::size_t i = 0; i < wanted.prompt.arguments.size(); ++i) {
    if (wanted.prompt.arguments[i].name == argument) return wanted.choices[i];
  }
  throw Error(
      ErrorKind::not_found,
      "The prompt " + prompt + " has no argument \"" + clean_line(argument.substr(0, 80)) + "\".",
      "prompts/list names the arguments of each.");
}

}  // namespace dhis2mcp
