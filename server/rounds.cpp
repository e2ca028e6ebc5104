// SPDX-License-Identifier: BSD-3-Clause
// The state is a JSON object: the profile, the kinds of the open questions, the answers so far.
#include "server/rounds.h"

#include "dhis2/error.h"
#include "dhis2/json_guard.h"
#include "server/json_text.h"
#include "server/questions.h"

namespace dhis2mcp {
namespace {

using Kinds = std::map<std::string, Question::Kind, std::less<>>;

constexpr std::chrono::minutes kLife{10};

bool repeats(std::string_view name) {
  return name != "_meta" && name != "inputResponses" && name != "requestState";
}

// The same params in another order or with other white space are the same request.
std::string place_of(const Message& message) {
  nlohmann::json sorted = nlohmann::json::object();
  each_member(message.params, [&](std::string_view name, std::string_view value) {
    if (repeats(name)) sorted[std::string(name)] = nlohmann::json::parse(value, nullptr, false);
  });
  return message.method + "\n" +
         sorted.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

[[noreturn]] void bad_state() {
  throw RpcError{kInvalidParams,
                 "This requestState is unknown, used or older than ten minutes. Send the request "
                 "again without it.",
                 400,
                 {}};
}

Json to_json(const InputAnswer& answer) {
  return {{"action", static_cast<int>(answer.action)}, {"content", answer.content}};
}

InputAnswer from_json(const Json& kept) {
  return {static_cast<InputAnswer::Action>(kept.at("action").get<int>()), kept.at("content"), true};
}

Kinds read_state(const std::string& state, Round& round) {
  const Json kept = parse_json(state);
  round.bound_to = kept.at("bound_to").get<std::string>();
  for (const auto& [key, answer] : kept.at("answers").items()) {
    round.answers.emplace(key, from_json(answer));
  }
  Kinds open;
  for (const auto& [key, kind] : kept.at("open").items()) {
    open.emplace(key, static_cast<Question::Kind>(kind.get<int>()));
  }
  return open;
}

}  // namespace

Round Rounds::enter(const Message& message, Time now) {
  Round round;
  if (message.params.empty()) return round;
  std::string_view responses, state;
  each_member(message.params, [&](std::string_view name, std::string_view value) {
    if (name == "inputResponses") responses = value;
    if (name == "requestState") state = value;
  });
  if (responses.empty() && state.empty()) return round;
  Kinds open;
  if (!state.empty()) {
    if (type_of(state) != JsonType::string) bad_state();
    const auto opened = seal_.open(unquoted(state), place_of(message), now);
    if (!opened) bad_state();
    open = read_state(*opened, round);
  }
  if (responses.empty()) return round;
  if (type_of(responses) != JsonType::object) {
    throw RpcError{kInvalidParams, "inputResponses is an object.", 400, {}};
  }
  each_member(responses, [&](std::string_view key, std::string_view raw) {
    const auto asked = open.find(key);
    if (state.empty()) round.answers.insert_or_assign(std::string(key), read_unasked(raw));
    if (asked == open.end()) return;
    InputAnswer answer = read_answer(asked->second, raw);
    answer.asked = true;
    round.answers.insert_or_assign(std::string(key), std::move(answer));
  });
  return round;
}

std::string Rounds::ask(const Message& message, const Round& so_far,
                        const std::vector<Question>& questions, Revision revision, Time now) {
  Json state = {
      {"bound_to", so_far.bound_to}, {"open", Json::object()}, {"answers", Json::object()}};
  for (const auto& [key, answer] : so_far.answers) {
    if (answer.asked) state["answers"][key] = to_json(answer);
  }
  std::string text = R"({"resultType":"input_required","inputRequests":{)";
  for (const Question& question : questions) {
    state["open"][question.key] = static_cast<int>(question.kind);
    if (text.back() != '{') text += ',';
    text.append(json_quoted(question.key)).append(R"(:{"method":")");
    text.append(question_method(question.kind)).append(R"(","params":)");
    text.append(question_params(question, revision)).append("}");
  }
  text.append(R"(},"requestState":")");
  text.append(seal_.close(to_text(state), place_of(message), now + kLife));
  return text.append(R"(","_meta":{"io.modelcontextprotocol/serverInfo":)")
      .append(server_info(revision))
      .append("}}");
}

}  // namespace dhis2mcp
