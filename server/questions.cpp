// SPDX-License-Identifier: BSD-3-Clause
// The shapes of ElicitRequest, CreateMessageRequest and ListRootsRequest through the revisions.
#include "server/questions.h"

#include <algorithm>

#include "dhis2/error.h"
#include "dhis2/json_guard.h"
#include "server/json_text.h"

namespace dhis2mcp {
namespace {

bool has_object(std::string_view object, std::string_view name) {
  const std::string_view value = member(object, name);
  return !value.empty() && type_of(value) == JsonType::object;
}

[[noreturn]] void bad_answer(const std::string& expected) {
  throw RpcError{kInvalidParams, "An answer in inputResponses is " + expected + ".", 400, {}};
}

Json parsed(std::string_view raw) {
  try {
    return parse_json(raw);
  } catch (const Error&) {
    bad_answer("JSON of a reasonable size");
  }
}

InputAnswer read_elicitation(std::string_view raw, bool form) {
  using Action = InputAnswer::Action;
  const std::string_view action = member(raw, "action");
  InputAnswer answer;
  if (action == "\"accept\"") {
    answer.action = Action::accept;
  } else if (action == "\"decline\"") {
    answer.action = Action::decline;
  } else if (action != "\"cancel\"") {
    bad_answer("an object whose action is accept, decline or cancel");
  }
  const std::string_view content = member(raw, "content");
  if (answer.action != Action::accept || content.empty()) return answer;
  if (form && type_of(content) != JsonType::object) bad_answer("an object with a content object");
  answer.content = parsed(content);
  return answer;
}

}  // namespace

Askable askable_of(std::string_view capabilities, Revision revision) {
  Askable askable;
  if (capabilities.size() <= 2 || type_of(capabilities) != JsonType::object) return askable;
  askable.sampling = has_object(capabilities, "sampling");
  askable.roots = has_object(capabilities, "roots");
  const std::string_view elicitation = member(capabilities, "elicitation");
  if (elicitation.empty() || type_of(elicitation) != JsonType::object) return askable;
  askable.url = knows_url_questions(revision) && has_object(elicitation, "url");
  askable.form = knows_forms(revision) && (has_object(elicitation, "form") || !askable.url);
  return askable;
}

std::string_view question_method(Question::Kind kind) {
  switch (kind) {
    case Question::Kind::form:
    case Question::Kind::url:
      return "elicitation/create";
    case Question::Kind::sampling:
      return "sampling/createMessage";
    default:
      return "roots/list";
  }
}

std::string question_params(const Question& question, Revision revision) {
  if (question.kind == Question::Kind::roots) return "{}";
  if (question.kind == Question::Kind::sampling) return to_text(question.params);
  std::string text = "{";
  if (knows_url_questions(revision)) {
    text.append(question.kind == Question::Kind::url ? R"("mode":"url",)" : R"("mode":"form",)");
  }
  text.append(R"("message":)");
  append_quoted(text, question.message);
  if (question.kind == Question::Kind::form) {
    return text.append(R"(,"requestedSchema":)")
        .append(to_text(question.requested_schema))
        .append("}");
  }
  text.append(R"(,"url":)");
  append_quoted(text, question.url);
  if (!is_modern(revision)) {
    text.append(R"(,"elicitationId":)");
    append_quoted(text, question.elicitation_id);
  }
  return text.append("}");
}

std::string required_capabilities(const std::vector<Question>& questions) {
  const auto asks = [&](Question::Kind kind) {
    return std::any_of(questions.begin(), questions.end(),
                       [&](const Question& each) { return each.kind == kind; });
  };
  Json required = Json::object();
  if (asks(Question::Kind::form)) required["elicitation"]["form"] = Json::object();
  if (asks(Question::Kind::url)) required["elicitation"]["url"] = Json::object();
  if (asks(Question::Kind::sampling)) required["sampling"] = Json::object();
  if (asks(Question::Kind::roots)) required["roots"] = Json::object();
  return to_text(required);
}

InputAnswer read_answer(Question::Kind kind, std::string_view raw) {
  if (raw.empty() || type_of(raw) != JsonType::object) bad_answer("an object");
  if (kind == Question::Kind::form || kind == Question::Kind::url) {
    return read_elicitation(raw, kind == Question::Kind::form);
  }
  return {InputAnswer::Action::accept, parsed(raw)};
}

InputAnswer read_unasked(std::string_view raw) {
  if (raw.empty() || type_of(raw) != JsonType::object) bad_answer("an object");
  const bool elicited = !member(raw, "action").empty();
  return read_answer(elicited ? Question::Kind::form : Question::Kind::sampling, raw);
}

}  // namespace dhis2mcp
