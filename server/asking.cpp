// SPDX-License-Identifier: BSD-3-Clause
// Ids are ours and unique in the process; a session can only answer what it was asked.
#include "server/asking.h"

#include <algorithm>

#include "server/json_text.h"
#include "server/log.h"
#include "server/signals.h"

namespace dhis2mcp {
namespace {

std::string request_text(const std::string& id, const Question& question, Revision revision) {
  return R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":")" +
         std::string(question_method(question.kind)) + R"(","params":)" +
         question_params(question, revision) + "}";
}

std::string cancel_text(const std::string& id) {
  return R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":)" + id +
         R"(,"reason":"No answer came in time."}})";
}

// A client that refuses, or sends what is no answer, has not agreed to anything.
InputAnswer read_response(Question::Kind kind, const Message& response) {
  try {
    InputAnswer answer =
        response.result.empty() ? InputAnswer{} : read_answer(kind, response.result);
    answer.asked = true;
    return answer;
  } catch (const RpcError& bad) {
    log_event(LogLevel::warn, "answer", {{"id", response.id}, {"why", bad.message}});
    return {InputAnswer::Action::cancel, nullptr, true};
  }
}

}  // namespace

Asking::~Asking() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  if (watcher_.joinable()) watcher_.join();
}

void Asking::ask(const std::shared_ptr<Exchange>& exchange, const std::vector<Question>& questions,
                 Done done) {
  const auto inquiry = std::make_shared<Inquiry>();
  inquiry->exchange = exchange;
  inquiry->open = questions.size();
  inquiry->done = std::move(done);
  std::vector<std::string> texts;
  {
    const std::lock_guard lock(mutex_);
    const Time deadline = std::chrono::steady_clock::now() + patience_;
    for (const Question& question : questions) {
      const std::string id = "\"dhis2-" + std::to_string(++last_) + "\"";
      texts.push_back(request_text(id, question, exchange->revision));
      open_.emplace(id, Open{inquiry, question.key, question.kind, deadline});
    }
    if (!watcher_.joinable()) {
      const SignalsBlocked while_starting;
      watcher_ = std::thread([this] { watch(); });
    }
  }
  changed_.notify_all();
  for (std::string& text : texts) exchange->notify(std::move(text));
}

bool Asking::answer(const Session& session, const Message& response) {
  OpenQuestions::node_type question;
  {
    const std::lock_guard lock(mutex_);
    const auto found = open_.find(response.id);
    if (found == open_.end() || found->second.inquiry->exchange->session.get() != &session) {
      return false;
    }
    question = open_.extract(found);
  }
  InputAnswer answer = read_response(question.mapped().kind, response);
  settle(std::move(question), std::move(answer));
  return true;
}

void Asking::settle(OpenQuestions::node_type question, InputAnswer answer) {
  const std::shared_ptr<Inquiry> inquiry = question.mapped().inquiry;
  {
    const std::lock_guard lock(mutex_);
    inquiry->answers.insert_or_assign(question.mapped().key, std::move(answer));
    if (--inquiry->open > 0) return;
  }
  inquiry->done(inquiry->answers);
}

void Asking::forget(const Session& session) {
  std::vector<OpenQuestions::node_type>
      forgotten;  // dropped after the mutex: exchanges answer then
  const std::lock_guard lock(mutex_);
  for (auto each = open_.begin(); each != open_.end();) {
    const auto next = std::next(each);
    if (each->second.inquiry->exchange->session.get() == &session) {
      forgotten.push_back(open_.extract(each));
    }
    each = next;
  }
}

void Asking::watch() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    const auto first = std::min_element(
        open_.begin(), open_.end(),
        [](const auto& a, const auto& b) { return a.second.deadline < b.second.deadline; });
    if (first == open_.end()) {
      changed_.wait(lock);
      continue;
    }
    const Time deadline = first->second.deadline;
    if (deadline > std::chrono::steady_clock::now()) {
      changed_.wait_until(lock, deadline);
      continue;
    }
    OpenQuestions::node_type late = open_.extract(first);
    lock.unlock();
    late.mapped().inquiry->exchange->notify(cancel_text(late.key()));
    settle(std::move(late), {InputAnswer::Action::cancel, nullptr, true});
    lock.lock();
  }
}

}  // namespace dhis2mcp
