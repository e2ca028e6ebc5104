// SPDX-License-Identifier: BSD-3-Clause
// Resources, prompts and completions of the suite.
#include "dhis2/error.h"
#include "tests/conformance/fixture.h"

namespace dhis2mcp::conformance {
namespace {

constexpr std::string_view kTemplateStart = "test://template/", kTemplateEnd = "/data";

ResourceContents text_resource(std::string uri, std::string mime_type, std::string text) {
  ResourceContents contents;
  contents.uri = std::move(uri);
  contents.mime_type = std::move(mime_type);
  contents.text = std::move(text);
  return contents;
}

// The variable of a URI that fits the template; empty when it does not.
std::string template_id(std::string_view uri) {
  if (!uri.starts_with(kTemplateStart) || !uri.ends_with(kTemplateEnd) ||
      uri.size() < kTemplateStart.size() + kTemplateEnd.size()) {
    return {};
  }
  uri.remove_prefix(kTemplateStart.size());
  uri.remove_suffix(kTemplateEnd.size());
  return uri.find('/') == std::string_view::npos ? std::string(uri) : std::string();
}

PromptMessage user(Content content) { return {false, std::move(content)}; }

}  // namespace

std::vector<Resource> FixtureResources::list() const {
  return {{.uri = "test://static-text",
           .name = "static-text",
           .title = "Static text",
           .description = "A text that never changes",
           .mime_type = "text/plain"},
          {.uri = "test://static-binary",
           .name = "static-binary",
           .title = "Static picture",
           .description = "A picture that never changes",
           .mime_type = "image/png",
           .size = kPicture.size()},
          {.uri = "test://watched-resource",
           .name = "watched-resource",
           .title = "Watched text",
           .description = "A text to subscribe to",
           .mime_type = "text/plain"}};
}

std::vector<ResourceTemplate> FixtureResources::templates() const {
  return {{.uri_template = "test://template/{id}/data",
           .name = "template",
           .title = "Data by id",
           .description = "Data of any id",
           .mime_type = "application/json"}};
}

std::vector<ResourceContents> FixtureResources::read(const std::string& uri,
                                                     const CallContext&) const {
  if (uri == "test://static-text") {
    return {text_resource(uri, "text/plain", "This is the content of the static text resource.")};
  }
  if (uri == "test://static-binary") {
    ResourceContents picture;
    picture.uri = uri;
    picture.mime_type = "image/png";
    picture.bytes = kPicture;
    picture.binary = true;
    return {picture};
  }
  if (uri == "test://watched-resource") {
    return {text_resource(uri, "text/plain", "This resource can be subscribed to.")};
  }
  const std::string id = template_id(uri);
  if (id.empty()) throw Error(ErrorKind::not_found, "Resource not found.", "List the resources.");
  const Json data = {{"id", id}, {"templateTest", true}, {"data", "Data for ID: " + id}};
  return {text_resource(uri, "application/json", to_text(data))};
}

std::vector<Prompt> FixturePrompts::list() const {
  const PromptArgument first{"arg1", "", "First test argument", true};
  const PromptArgument second{"arg2", "", "Second test argument", true};
  const PromptArgument uri{"resourceUri", "", "URI of the resource to embed", true};
  std::vector<Prompt> prompts = {
      {"test_simple_prompt", "", "A prompt without arguments", {}},
      {"test_prompt_with_arguments", "", "A prompt with two arguments", {first, second}},
      {"test_prompt_with_embedded_resource", "", "A prompt that carries a resource", {uri}},
      {"test_prompt_with_image", "", "A prompt that carries a picture", {}},
      {"test_input_required_result_prompt", "", "A prompt that asks before it is filled", {}},
  };
  if (more_) prompts.push_back({"test_extra_prompt", "", "There after every other change", {}});
  return prompts;
}

FilledPrompt FixturePrompts::get(const std::string& name,
                                 const std::map<std::string, std::string>& arguments,
                                 const CallContext& context) const {
  if (name == "test_prompt_with_arguments") {
    return {"",
            {user(text_content("Prompt with arguments: arg1='" + arguments.at("arg1") +
                               "', arg2='" + arguments.at("arg2") + "'"))}};
  }
  if (name == "test_prompt_with_embedded_resource") {
    return {"",
            {user(resource_content(arguments.at("resourceUri"), "text/plain",
                                   "Embedded resource content for testing.")),
             user(text_content("Please process the embedded resource above."))}};
  }
  if (name == "test_prompt_with_image") {
    return {"", {user(picture_content()), user(text_content("Please analyze the image above."))}};
  }
  if (name == "test_input_required_result_prompt") {
    const InputAnswer& answer =
        ask(context, form("user_context", "What context should the prompt use?",
                          object_schema({{"context", {{"type", "string"}}}})));
    return {"", {user(text_content("Context: " + to_text(answer.content)))}};
  }
  return {"", {user(text_content("This is a simple prompt for testing."))}};
}

Completion FixtureCompletions::complete(const CompletionPlace& place, const std::string& value,
                                        const std::map<std::string, std::string>&,
                                        const CallContext&) const {
  const bool known = place.prompt
                         ? place.ref == "test_prompt_with_arguments" &&
                               (place.argument == "arg1" || place.argument == "arg2")
                         : place.ref == "test://template/{id}/data" && place.argument == "id";
  if (!known) throw Error(ErrorKind::not_found, "Nothing is completed there.", "");
  Completion completion;
  for (const char* word : {"paris", "park", "party", "test", "testing"}) {
    if (std::string_view(word).starts_with(value)) completion.values.emplace_back(word);
  }
  completion.total = completion.values.size();
  return completion;
}

}  // namespace dhis2mcp::conformance
