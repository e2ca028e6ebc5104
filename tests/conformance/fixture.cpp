// SPDX-License-Identifier: BSD-3-Clause
// The list, the lookup and the building blocks that tools and prompts share.
#include "tests/conformance/fixture.h"

#include <algorithm>

#include "dhis2/json_guard.h"
#include "server/header_params.h"

namespace dhis2mcp::conformance {

using namespace std::string_view_literals;

const std::string_view kPicture =
    "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0\x90wS\xde\0\0\0\x0cIDATx\x9c"
    "c\xf8\xcf\xc0\0\0\3\1\1\0\xc9\xfe\x92\xef\0\0\0\0IEND\xae"
    "B`\x82"sv;

const std::string_view kSound =
    "RIFF\x2c\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x40\x1f\0\0\1\0\x08\0"
    "data\x08\0\0\0\x80\x80\x80\x80\x80\x80\x80\x80"sv;

Fixture::Fixture() : tools_(fixture_tools()) {}

std::shared_ptr<const std::string> Fixture::list(const ListForm&) const {
  Json list = Json::array();
  for (const FixtureTool& row : tools_) {
    list.push_back({{"name", row.tool.name},
                    {"description", row.tool.description},
                    {"inputSchema", row.tool.input_schema}});
  }
  if (!more_) list.erase(list.size() - 1);
  return std::make_shared<const std::string>(to_text(list));
}

const FixtureTool* Fixture::row(std::string_view name) const {
  const auto found = std::find_if(tools_.begin(), tools_.end(),
                                  [&](const FixtureTool& row) { return row.tool.name == name; });
  return found == tools_.end() ? nullptr : &*found;
}

const Tool* Fixture::find(std::string_view name) const {
  const FixtureTool* found = row(name);
  return found == nullptr ? nullptr : &found->tool;
}

std::vector<std::string> Fixture::nearest(std::string_view) const {
  return {tools_.front().tool.name};
}

std::vector<HeaderParam> Fixture::header_params(const Tool& tool) const {
  return dhis2mcp::header_params(tool.input_schema);
}

ToolResult Fixture::call(const Tool& tool, std::string_view arguments,
                         const CallContext& context) const {
  const Json values = arguments.empty() ? Json::object() : parse_json(arguments);
  try {
    return row(tool.name)->run(*this, values, context);
  } catch (const Error& error) {
    return {.is_error = true, .text = error.what(), .error = error};
  }
}

void Fixture::flip_tools() const {
  more_ = !more_;
  changes().announce({Change::Kind::tools, {}});
}

void Fixture::flip_prompts() const {
  prompts_.flip();
  changes().announce({Change::Kind::prompts, {}});
}

const InputAnswer& ask(const CallContext& context, Question question) {
  const auto found = context.answers.find(question.key);
  if (found != context.answers.end()) return found->second;
  throw NeedInput{{std::move(question)}};
}

Question form(std::string key, std::string message, Json schema) {
  Question question;
  question.key = std::move(key);
  question.message = std::move(message);
  question.requested_schema = std::move(schema);
  return question;
}

Question sampling(std::string key, const std::string& text, int most_tokens) {
  Question question;
  question.key = std::move(key);
  question.kind = Question::Kind::sampling;
  const Json content = {{"type", "text"}, {"text", text}};
  question.params = {{"messages", Json::array({{{"role", "user"}, {"content", content}}})},
                     {"maxTokens", most_tokens}};
  return question;
}

Question roots(std::string key) {
  Question question;
  question.key = std::move(key);
  question.kind = Question::Kind::roots;
  return question;
}

Json object_schema(const Json& properties) {
  Json required = Json::array();
  for (const auto& [name, schema] : properties.items()) required.push_back(name);
  return {{"type", "object"}, {"properties", properties}, {"required", required}};
}

Content text_content(std::string text) {
  Content content;
  content.text = std::move(text);
  return content;
}

Content picture_content() {
  Content content;
  content.kind = Content::Kind::image;
  content.bytes = kPicture;
  content.mime_type = "image/png";
  return content;
}

Content resource_content(std::string uri, std::string mime_type, std::string text) {
  Content content;
  content.kind = Content::Kind::resource;
  content.resource.uri = std::move(uri);
  content.resource.mime_type = std::move(mime_type);
  content.resource.text = std::move(text);
  return content;
}

}  // namespace dhis2mcp::conformance
