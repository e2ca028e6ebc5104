// SPDX-License-Identifier: BSD-3-Clause
// Tools that need no DHIS2: what the protocol does with them is what the tests look at.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>

#include "server/dispatcher.h"
#include "server/mcp.h"
#include "server/pool.h"
#include "server/toolbox.h"
#include "tests/support/count.h"

namespace dhis2mcp::test {

// Where `wait` calls stand until release() or a stop. Safe to use from several threads.
class Gate {
 public:
  // Lets every call, standing or still to come, answer.
  void release() {
    const std::lock_guard lock(mutex_);
    released_ = true;
    changed_.notify_all();
  }

  // Until that many calls have begun, or were stopped, in all; false after ten seconds.
  bool wait_begun(int count) const { return begun_.reaches(count); }
  bool wait_stopped(int count) const { return stopped_.reaches(count); }

 protected:
  ToolResult wait(const CallContext& context) const {
    ++begun_;
    std::unique_lock lock(mutex_);
    if (changed_.wait(lock, context.stop, [this] { return released_; })) {
      return {false, "released", R"({"object":{}})", {}};
    }
    ++stopped_;
    Error error(ErrorKind::cancelled, "The call was stopped.", "");
    return {true, "The call was stopped.", {}, error};
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable_any changed_;
  bool released_ = false;
  mutable Count begun_, stopped_;
};

// echo (local), slow_echo (on the pool), wait (until release() or a stop), fail, forbidden (refused
// before it runs), broken (throws what no tool may throw), huge (an answer over 4 MiB).
class FakeToolbox final : public Toolbox, public Gate {
 public:
  FakeToolbox() {
    for (const char* name : {"echo", "slow_echo", "wait", "fail", "forbidden", "broken", "huge"}) {
      Tool tool;
      tool.name = name;
      tool.local = tool.name == "echo";
      tools_.emplace(name, std::move(tool));
    }
  }

  std::shared_ptr<const std::string> list(const ListForm& form) const override {
    static const auto kFull = std::make_shared<const std::string>(
        R"([{"name":"echo","title":"Echo","outputSchema":{}}])");
    static const auto kOld = std::make_shared<const std::string>(R"([{"name":"echo"}])");
    return form.titles ? kFull : kOld;
  }

  const Tool* find(std::string_view name) const override {
    if (name == "forbidden") throw Error(ErrorKind::refused, "Not here.", "Ask elsewhere.");
    const auto found = tools_.find(name);
    return found == tools_.end() ? nullptr : &found->second;
  }

  std::vector<std::string> nearest(std::string_view) const override { return {"echo"}; }

  ToolResult call(const Tool& tool, std::string_view arguments,
                  const CallContext& context) const override {
    if (tool.name == "fail") {
      Error error(ErrorKind::not_found, "No such thing.", "Look for another.");
      return {true, "No such thing. Look for another.", {}, error};
    }
    if (tool.name == "broken") throw std::runtime_error("secret inside");
    if (tool.name == "huge") return {false, std::string(5'000'000, 'x'), "{}", {}};
    if (tool.name == "wait") return wait(context);
    const std::string text(arguments.empty() ? "{}" : arguments);
    return {false, text, R"({"object":)" + text + "}", {}};
  }

  std::string_view instructions() const override { return "Take a profile; use analytics_query."; }

 private:
  std::map<std::string, Tool, std::less<>> tools_;
};

// The protocol over those tools.
struct FakeServer {
  FakeToolbox toolbox;
  Mcp mcp{toolbox};
  Pool pool;
  Dispatcher dispatcher{mcp, pool};
};

}  // namespace dhis2mcp::test
