// SPDX-License-Identifier: BSD-3-Clause
// Questions to clients of the older revisions: requests of ours that wait for their answer, without
// a thread that waits.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "server/exchange.h"
#include "server/questions.h"
#include "server/session.h"

namespace dhis2mcp {

// Safe to use from several threads.
class Asking {
 public:
  using Answers = std::map<std::string, InputAnswer>;
  using Done = std::function<void(const Answers&)>;

  // An unanswered question counts as cancelled after `patience`, and the client is told that we do
  // not wait for it any more.
  explicit Asking(std::chrono::milliseconds patience = std::chrono::minutes(10))
      : patience_(patience) {}
  ~Asking();

  // Sends the questions on the way of the exchange, which belongs to a session. `done` is called
  // once, from any thread, when all are answered; never when the session ends first.
  void ask(const std::shared_ptr<Exchange>& exchange, const std::vector<Question>& questions,
           Done done);

  // Takes a client's response. False when the session was not asked anything under its id.
  bool answer(const Session& session, const Message& response);

  // The session has ended: nobody will answer.
  void forget(const Session& session);

 private:
  using Time = std::chrono::steady_clock::time_point;

  struct Inquiry {
    std::shared_ptr<Exchange> exchange;
    Answers answers;
    std::size_t open = 0;
    Done done;
  };
  struct Open {
    std::shared_ptr<Inquiry> inquiry;
    std::string key;
    Question::Kind kind;
    Time deadline;
  };
  using OpenQuestions = std::map<std::string, Open, std::less<>>;  // by raw id

  void settle(OpenQuestions::node_type question, InputAnswer answer);
  void watch();

  const std::chrono::milliseconds patience_;
  std::mutex mutex_;
  std::condition_variable changed_;
  OpenQuestions open_;
  std::uint64_t last_ = 0;
  bool ending_ = false;
  std::thread watcher_;  // started with the first question
};

}  // namespace dhis2mcp
