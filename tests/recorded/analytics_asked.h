// SPDX-License-Identifier: BSD-3-Clause
// Recorded analytics answers, asked of analytics_query instead of by their path.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>

#include "tests/recorded/fidelity.h"

namespace recorded {

// A recorded request in the words of analytics_query.
struct Question {
  Json arguments;
  std::set<std::string> wanted;  // the dimensions and filters that DHIS2 has to be asked
};

// The dimensions and filters of a request, whatever the order of them and of their items.
std::set<std::string> meaning_of(const std::string& target);

// A member of an object; an empty object where there is none.
const Json& member(const Json& object, const char* name);

// Nothing where analytics_query has no words for it; `why` says which.
std::optional<Question> question_of(const Exchange& exchange, std::string& why);

// The built program before a server that answers each analytics request with what is put there.
class Asker {
 public:
  explicit Asker(const std::string& version);
  ~Asker();

  // Whether the question was asked as recorded, and every figure of the answer stands in the table
  // under the same items; a recorded refusal has to be told with its code and a next step.
  Judgement judge(const Exchange& exchange, const Question& question);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace recorded
