// SPDX-License-Identifier: BSD-3-Clause
// What that server offers.
#include "tests/server/full_toolbox.h"

#include "tools/call.h"

namespace dhis2mcp::test {
namespace {

Question form(const std::string& key) {
  Question question;
  question.key = key;
  question.message = "Your " + key + "?";
  question.requested_schema = {
      {"type", "object"}, {"properties", {{key, {{"type", "string"}}}}}, {"required", {key}}};
  return question;
}

Question other(Question::Kind kind) {
  Question question;
  question.kind = kind;
  question.key = kind == Question::Kind::url ? "page" : kind == Question::Kind::roots ? "r" : "s";
  question.message = "Open it.";
  question.url = "https://example.org/login";
  question.elicitation_id = "e-1";
  question.params = Json::parse(
      R"({"messages":[{"role":"user","content":{"type":"text","text":"Hi"}}],"maxTokens":10})");
  return question;
}

const InputAnswer& need(const CallContext& context, Question question) {
  const auto found = context.answers.find(question.key);
  if (found == context.answers.end()) throw NeedInput{{std::move(question)}};
  return found->second;
}

Json told(const InputAnswer& answer) {
  static const char* const kActions[] = {"accept", "decline", "cancel"};
  return {{"action", kActions[static_cast<int>(answer.action)]},
          {"content", answer.content},
          {"asked", answer.asked}};
}

ToolResult said(const Json& object) {
  return {false, to_text(object), R"({"object":)" + to_text(object) + "}"};
}

std::vector<Content> every_content() {
  Content image, audio, link, resource;
  image.kind = Content::Kind::image;
  image.bytes = std::string("\x89PNG\0\x1a", 6);
  image.mime_type = "image/png";
  audio.kind = Content::Kind::audio;
  audio.bytes = "RIFF";
  audio.mime_type = "audio/wav";
  link.kind = Content::Kind::link;
  link.uri = "test://link";
  link.name = "link";
  link.size = 7;
  link.hints.audience = {"user"};
  link.hints.priority = 0.5;
  resource.kind = Content::Kind::resource;
  resource.resource = {"test://inside", "text/plain", "inside", {}, false};
  return {image, audio, link, resource};
}

}  // namespace

std::vector<Resource> FullResources::list() const {
  std::vector<Resource> all;
  for (int i = 1; i <= 7; ++i) {
    Resource one;
    one.uri = "test://r/" + std::to_string(i);
    one.name = "r" + std::to_string(i);
    one.title = "Resource";
    one.mime_type = "text/plain";
    all.push_back(std::move(one));
  }
  all[0].size = 5;
  return all;
}

std::vector<ResourceTemplate> FullResources::templates() const {
  ResourceTemplate one;
  one.uri_template = "test://r/{id}";
  one.name = "any";
  return {one};
}

std::vector<ResourceContents> FullResources::read(const std::string& uri,
                                                  const CallContext& context) const {
  if (uri == "test://asks") {
    return {{uri, "text/plain", to_text(told(need(context, form("name")))), {}, false}};
  }
  if (uri == "test://bytes") return {{uri, "application/octet-stream", {}, "a\0b", true}};
  if (uri == "test://closed") {
    throw Error(ErrorKind::sign_in_required, "Nobody is signed in.", "Call profile_login.");
  }
  if (uri.starts_with("test://r/")) return {{uri, "text/plain", "hello", {}, false}};
  throw Error(ErrorKind::not_found, "There is no such resource.");
}

std::vector<Prompt> FullPrompts::list() const {
  return {{"greet", "Greet", "Greets.", {{"who", "Who", "Whom", true}, {"how", {}, {}, false}}},
          {"asks", {}, "Asks.", {}}};
}

FilledPrompt FullPrompts::get(const std::string& name,
                              const std::map<std::string, std::string>& arguments,
                              const CallContext& context) const {
  FilledPrompt prompt{"A prompt.", {}};
  const std::string text =
      name == "asks" ? to_text(told(need(context, form("name")))) : "Hi " + arguments.at("who");
  prompt.messages.push_back({false, {.text = text}});
  for (Content& content : every_content()) prompt.messages.push_back({true, std::move(content)});
  return prompt;
}

Completion FullCompletions::complete(const CompletionPlace& place, const std::string& value,
                                     const std::map<std::string, std::string>& others,
                                     const CallContext&) const {
  if (place.ref != "greet" && place.ref != "test://r/{id}") {
    throw Error(ErrorKind::not_found, "Nothing to complete there.");
  }
  Completion completion;
  for (int i = 0; i < 120; ++i) completion.values.push_back(value + std::to_string(i));
  for (const auto& [name, given] : others) completion.values[0] += name + given;
  completion.total = 120;
  return completion;
}

FullToolbox::FullToolbox() {
  for (const char* name : {"echo", "wait", "contents", "list", "progress", "log", "ask_form",
                           "ask_url", "ask_twice", "ask_sampling", "ask_roots", "ask_local",
                           "needs_more", "change", "poll", "region", "fail"}) {
    Tool tool;
    tool.name = name;
    tool.local = tool.name == "echo" || tool.name == "ask_local";
    tool.input_schema = Json::parse(R"({"type":"object"})");
    if (tool.name == "region") {
      tool.input_schema["properties"]["where"] = {{"type", "string"}, {"x-mcp-header", "Region"}};
      tool.input_schema["properties"]["deep"]["properties"]["n"] = {{"type", "integer"},
                                                                    {"x-mcp-header", "Count"}};
    }
    tools_.emplace(name, std::move(tool));
  }
}

std::shared_ptr<const std::string> FullToolbox::list(const ListForm& form) const {
  Json list = Json::array();
  for (const auto& [name, tool] : tools_) {
    Json entry = {{"name", name}, {"description", name}, {"inputSchema", tool.input_schema}};
    if (form.titles) entry["title"] = name;
    list.push_back(std::move(entry));
  }
  return std::make_shared<const std::string>(to_text(list));
}

const Tool* FullToolbox::find(std::string_view name) const {
  const auto found = tools_.find(name);
  return found == tools_.end() ? nullptr : &found->second;
}

ToolResult FullToolbox::call(const Tool& tool, std::string_view arguments,
                             const CallContext& context) const {
  const std::string& name = tool.name;
  if (name.starts_with("ask_")) ++entries_;
  if (name == "wait") return wait(context);
  if (name == "ask_form" || name == "ask_local") return said(told(need(context, form("name"))));
  if (name == "ask_twice") {
    const Json first = told(need(context, form("one")));
    return said({{"one", first}, {"two", told(need(context, form("two")))}});
  }
  if (name == "ask_sampling") return said(told(need(context, other(Question::Kind::sampling))));
  if (name == "ask_roots") return said(told(need(context, other(Question::Kind::roots))));
  if (name == "ask_url") {
    const Json answer = told(need(context, other(Question::Kind::url)));
    if (context.elicitation_done) context.elicitation_done("e-1");
    return said(answer);
  }
  if (name == "needs_more") throw NeedInput{{form("name"), other(Question::Kind::sampling)}};
  if (name == "progress" && context.progress) {
    for (int i = 1; i <= 10; ++i) context.progress(i, 10, "step");
    context.progress(3, 10, "back");
  }
  if (name == "log" && context.log) {
    for (int level = 0; level < 8; ++level) {
      context.log(static_cast<LogSeverity>(level), "line " + std::to_string(level));
    }
  }
  if (name == "change") {
    using Kind = Change::Kind;
    for (const Kind kind : {Kind::tools, Kind::prompts, Kind::resources}) {
      changes().announce({kind, {}});
    }
    changes().announce({Kind::resource, "test://r/1"});
  }
  if (name == "poll") {
    if (context.let_client_poll) context.let_client_poll();
    return wait(context);
  }
  if (name == "contents") return {false, "text", {}, {}, every_content()};
  if (name == "list") return {false, "[1]", "[1]"};
  if (name == "fail") {
    Error error(ErrorKind::not_found, "No such thing.", "Look for another.");
    return {true, "No such thing. Look for another.", {}, error};
  }
  const std::string text(arguments.empty() ? "{}" : arguments);
  return {false, text, R"({"object":)" + text + "}"};
}

}  // namespace dhis2mcp::test
