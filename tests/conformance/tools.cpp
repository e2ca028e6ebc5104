// SPDX-License-Identifier: BSD-3-Clause
// The suite's tools. Those that wait do so to have their notifications arrive one by one.
#include <chrono>
#include <thread>

#include "server/jsonrpc.h"
#include "tests/conformance/fixture.h"

namespace dhis2mcp::conformance {
namespace {

using Kind = Question::Kind;

constexpr std::chrono::milliseconds kPause{50};
constexpr int kMissingRequiredClientCapability = -32021;

const Json kText = {{"type", "string"}};

ToolResult said(std::string text) { return {.text = std::move(text)}; }

ToolResult simple_text(const Fixture&, const Json&, const CallContext&) {
  return said("This is a simple text response for testing.");
}

ToolResult picture(const Fixture&, const Json&, const CallContext&) {
  return {.content = {picture_content()}};
}

ToolResult sound(const Fixture&, const Json&, const CallContext&) {
  Content content;
  content.kind = Content::Kind::audio;
  content.bytes = kSound;
  content.mime_type = "audio/wav";
  return {.content = {content}};
}

ToolResult embedded_resource(const Fixture&, const Json&, const CallContext&) {
  return {.content = {resource_content("test://embedded-resource", "text/plain",
                                       "This is an embedded resource content.")}};
}

ToolResult mixed_content(const Fixture&, const Json&, const CallContext&) {
  return {.text = "Multiple content types test:",
          .content = {picture_content(),
                      resource_content("test://mixed-content-resource", "application/json",
                                       R"({"test":"data","value":123})")}};
}

ToolResult logging(const Fixture&, const Json&, const CallContext& context) {
  for (const char* line :
       {"Tool execution started", "Tool processing data", "Tool execution completed"}) {
    if (context.log) context.log(LogSeverity::info, line);
    std::this_thread::sleep_for(kPause);
  }
  return said("Tool with logging executed successfully");
}

ToolResult progress(const Fixture&, const Json&, const CallContext& context) {
  for (const double done : {0, 50, 100}) {
    if (context.progress) context.progress(done, 100, "");
    std::this_thread::sleep_for(kPause);
  }
  return said("Tool with progress executed successfully");
}

ToolResult failure(const Fixture&, const Json&, const CallContext&) {
  return {.is_error = true, .text = "This tool intentionally returns an error for testing"};
}

// A tool that cannot ask what it has to says so; the suite wants no question in vain.
const InputAnswer& demand(const CallContext& context, Question question) {
  if (!context.askable.can(question.kind)) {
    throw Error(ErrorKind::refused, "The client cannot be asked what this tool needs.", "");
  }
  return ask(context, std::move(question));
}

std::string_view action(const InputAnswer& answer) {
  return answer.action == InputAnswer::Action::accept    ? "accept"
         : answer.action == InputAnswer::Action::decline ? "decline"
                                                         : "cancel";
}

std::string told(const std::string& start, const InputAnswer& answer) {
  return start + "action=" + std::string(action(answer)) + ", content=" + to_text(answer.content);
}

// The text of a sampling answer, whose content is one block or a list of them.
std::string sampled(const InputAnswer& answer) {
  if (!answer.content.is_object()) return {};
  const Json content = answer.content.value("content", Json::object());
  return content.is_object() ? content.value("text", "") : to_text(content);
}

ToolResult sample(const Fixture&, const Json& arguments, const CallContext& context) {
  const InputAnswer& answer =
      demand(context, sampling("prompt", arguments.value("prompt", ""), 100));
  return said("LLM response: " + sampled(answer));
}

ToolResult elicit(const Fixture&, const Json& arguments, const CallContext& context) {
  const Json fields = Json::parse(
      R"({"username":{"type":"string","description":"User's response"},
          "email":{"type":"string","description":"User's email address"}})");
  const InputAnswer& answer =
      demand(context, form("user", arguments.value("message", ""), object_schema(fields)));
  return said(told("User response: ", answer));
}

ToolResult elicit_defaults(const Fixture&, const Json&, const CallContext& context) {
  const Json fields = Json::parse(R"({
    "name":{"type":"string","description":"User name","default":"John Doe"},
    "age":{"type":"integer","description":"User age","default":30},
    "score":{"type":"number","description":"User score","default":95.5},
    "status":{"type":"string","enum":["active","inactive","pending"],"default":"active"},
    "verified":{"type":"boolean","description":"Verification status","default":true}})");
  const Json schema = {{"type", "object"}, {"properties", fields}};
  return said(told("Elicitation completed: ",
                   demand(context, form("defaults", "Please review the defaults", schema))));
}

ToolResult elicit_enums(const Fixture&, const Json&, const CallContext& context) {
  const Json fields = Json::parse(R"({
    "untitledSingle":{"type":"string","enum":["option1","option2","option3"]},
    "titledSingle":{"type":"string","oneOf":[{"const":"value1","title":"First Option"},
      {"const":"value2","title":"Second Option"},{"const":"value3","title":"Third Option"}]},
    "legacyEnum":{"type":"string","enum":["opt1","opt2","opt3"],
      "enumNames":["Option One","Option Two","Option Three"]},
    "untitledMulti":{"type":"array","items":{"type":"string",
      "enum":["option1","option2","option3"]}},
    "titledMulti":{"type":"array","items":{"anyOf":[{"const":"value1","title":"First Choice"},
      {"const":"value2","title":"Second Choice"},{"const":"value3","title":"Third Choice"}]}}})");
  const Json schema = {{"type", "object"}, {"properties", fields}};
  return said(
      told("Elicitation completed: ", demand(context, form("enums", "Please choose", schema))));
}

ToolResult reconnection(const Fixture&, const Json&, const CallContext& context) {
  if (context.let_client_poll) context.let_client_poll();
  std::this_thread::sleep_for(2 * kPause);
  return said("Reconnection test completed successfully");
}

ToolResult echo_header(const Fixture&, const Json& arguments, const CallContext&) {
  return said("Got: " + to_text(arguments));
}

ToolResult missing_capability(const Fixture&, const Json&, const CallContext& context) {
  if (!context.askable.sampling) {
    throw RpcError{kMissingRequiredClientCapability, "This tool needs a client that samples.", 400,
                   R"({"requiredCapabilities":{"sampling":{}}})"};
  }
  return said("The client declared sampling.");
}

ToolResult change_tools(const Fixture& fixture, const Json&, const CallContext&) {
  fixture.flip_tools();
  return said("The list of tools changed.");
}

ToolResult change_prompts(const Fixture& fixture, const Json&, const CallContext&) {
  fixture.flip_prompts();
  return said("The list of prompts changed.");
}

Question name_question(std::string key, std::string message = "What is your name?") {
  return form(std::move(key), std::move(message), object_schema({{"name", kText}}));
}

std::string name_in(const InputAnswer& answer) {
  return answer.content.is_object() ? answer.content.value("name", "nobody") : "nobody";
}

ToolResult greet(const Fixture&, const Json&, const CallContext& context) {
  return said("Hello, " + name_in(demand(context, name_question("user_name"))) + "!");
}

ToolResult ask_model(const Fixture&, const Json&, const CallContext& context) {
  return said(sampled(
      demand(context, sampling("capital_question", "What is the capital of France?", 100))));
}

ToolResult ask_roots(const Fixture&, const Json&, const CallContext& context) {
  return said("Client roots: " + to_text(demand(context, roots("client_roots")).content));
}

ToolResult ask_confirmation(const Fixture&, const Json&, const CallContext& context) {
  const Json schema = object_schema({{"ok", {{"type", "boolean"}}}});
  const InputAnswer& answer = demand(context, form("confirm", "Please confirm", schema));
  return said(told("state-ok: ", answer));
}

// All at once: what is already answered is not asked again.
ToolResult ask_many(const Fixture&, const Json&, const CallContext& context) {
  NeedInput need;
  for (Question question :
       {name_question("user_name"), sampling("greeting", "Generate a greeting", 50),
        roots("client_roots")}) {
    if (context.answers.count(question.key) == 0) need.questions.push_back(std::move(question));
  }
  if (!need.questions.empty()) throw need;
  return said(sampled(context.answers.at("greeting")) + ", " +
              name_in(context.answers.at("user_name")) + ": " +
              to_text(context.answers.at("client_roots").content));
}

ToolResult ask_in_rounds(const Fixture&, const Json&, const CallContext& context) {
  const InputAnswer& name = demand(context, name_question("step1", "Step 1: What is your name?"));
  const InputAnswer& color = demand(context, form("step2", "Step 2: What is your favorite color?",
                                                  object_schema({{"color", kText}})));
  return said(name_in(name) + " likes " + to_text(color.content));
}

// Only what the client declared that it can answer.
ToolResult ask_what_can_be_asked(const Fixture&, const Json&, const CallContext& context) {
  NeedInput need;
  for (Question question :
       {name_question("user_name"), sampling("greeting", "Generate a greeting", 50),
        roots("client_roots")}) {
    const bool missing = context.answers.count(question.key) == 0;
    if (missing && context.askable.can(question.kind)) need.questions.push_back(question);
  }
  if (!need.questions.empty()) throw need;
  return said("Nothing more to ask.");
}

const char* const kSchema2020 = R"({
  "$schema":"https://json-schema.org/draft/2020-12/schema","type":"object",
  "$defs":{"address":{"$anchor":"addressDef","type":"object",
    "properties":{"street":{"type":"string"},"city":{"type":"string"}}}},
  "properties":{"name":{"type":"string"},"address":{"$ref":"#/$defs/address"},
    "contactMethod":{"type":"string","enum":["phone","email"]},
    "phone":{"type":"string"},"email":{"type":"string"}},
  "allOf":[{"anyOf":[{"required":["phone"]},{"required":["email"]}]}],
  "if":{"properties":{"contactMethod":{"const":"phone"}},"required":["contactMethod"]},
  "then":{"required":["phone"]},"else":{"required":["email"]},"additionalProperties":false})";

using Run = ToolResult (*)(const Fixture&, const Json&, const CallContext&);

FixtureTool row(const char* name, const char* description, Run run, Json schema = nullptr) {
  if (schema.is_null()) schema = {{"type", "object"}, {"additionalProperties", false}};
  FixtureTool row;
  row.tool.name = name;
  row.tool.description = description;
  row.tool.input_schema = std::move(schema);
  row.run = run;
  return row;
}

}  // namespace

std::vector<FixtureTool> fixture_tools() {
  const Json header = Json::parse(
      R"({"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"}}})");
  return {
      row("test_simple_text", "Answers with one text", simple_text),
      row("test_image_content", "Answers with a picture", picture),
      row("test_audio_content", "Answers with a sound", sound),
      row("test_embedded_resource", "Answers with a resource", embedded_resource),
      row("test_multiple_content_types", "Answers with text, picture and resource", mixed_content),
      row("test_tool_with_logging", "Logs three lines", logging),
      row("test_logging_tool", "Logs three lines to those who want them", logging),
      row("test_tool_with_progress", "Tells its progress three times", progress),
      row("test_error_handling", "Fails", failure),
      row("test_sampling", "Asks the client's model", sample, object_schema({{"prompt", kText}})),
      row("test_elicitation", "Asks the user", elicit, object_schema({{"message", kText}})),
      row("test_elicitation_sep1034_defaults", "Asks with defaults", elicit_defaults),
      row("test_elicitation_sep1330_enums", "Asks with every kind of choice", elicit_enums),
      row("test_streaming_elicitation", "Asks the user for a name", greet),
      row("test_reconnection", "Lets the client come back for the answer", reconnection),
      row("json_schema_2020_12_tool", "Has an input schema with every keyword", echo_header,
          Json::parse(kSchema2020)),
      row("test_x_mcp_header", "Takes an argument that travels in a header, too", echo_header,
          header),
      row("test_missing_capability", "Needs a client that samples", missing_capability),
      row("test_trigger_tool_change", "Shows or hides a tool", change_tools),
      row("test_trigger_prompt_change", "Shows or hides a prompt", change_prompts),
      row("test_input_required_result_elicitation", "Greets by name", greet),
      row("test_input_required_result_sampling", "Asks the client's model", ask_model),
      row("test_input_required_result_list_roots", "Asks for roots", ask_roots),
      row("test_input_required_result_request_state", "Asks and checks its state",
          ask_confirmation),
      row("test_input_required_result_multiple_inputs", "Asks three things at once", ask_many),
      row("test_input_required_result_multi_round", "Asks twice", ask_in_rounds),
      row("test_input_required_result_tampered_state", "Asks and checks its state",
          ask_confirmation),
      row("test_input_required_result_capabilities", "Asks what can be asked",
          ask_what_can_be_asked),
      row("test_extra_tool", "There after every other change", simple_text),
  };
}

}  // namespace dhis2mcp::conformance
