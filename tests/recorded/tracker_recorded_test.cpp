// SPDX-License-Identifier: BSD-3-Clause
// Contract tests: what real servers answered to the tracker and to event analytics is asked through
// the tools of the built program and read. What no tool asks is listed with the reason.
#include <gtest/gtest.h>

#include <iostream>
#include <map>
#include <set>

#include "tests/recorded/tracker_answers.h"

namespace recorded {
namespace {

struct Tally {
  int right = 0;
  std::map<std::string, std::vector<std::string>> missed, unasked;

  // Of what can be asked; what is missed is printed.
  double share() const {
    std::size_t misses = 0;
    for (const auto& [why, all] : missed) misses += all.size();
    return right / static_cast<double>(right + misses);
  }

  void print(const std::string& title) const {
    std::size_t misses = 0, rest = 0;
    for (const auto& [why, all] : missed) misses += all.size();
    for (const auto& [why, all] : unasked) rest += all.size();
    std::cout << title << ": " << right << " of " << right + misses << " asked and read right, "
              << rest << " cannot be asked\n";
    for (const auto& [why, all] : missed) {
      std::cout << "  missed, " << all.size() << " x " << why << "\n";
      for (const std::string& one : all) std::cout << "      " << one.substr(0, 260) << "\n";
    }
    for (const auto& [why, all] : unasked) {
      std::cout << "  " << all.size() << " x not asked: " << why << " ("
                << all.front().substr(0, 120) << ")\n";
    }
  }
};

int major_of(const std::string& name) { return std::stoi(name.substr(name.size() - 2)); }

// Asks one question twice: shown in full, and masked. Empty when both are right.
class Asker {
 public:
  explicit Asker(Relay& relay)
      : relay_(relay), known_(relay), open_(relay.url(), "allow"), masked_(relay.url(), "mask") {}

  std::string ask(const Exchange& exchange, const ToolQuestion& question) {
    relay_.serve(exchange);
    const Json result = open_.call(question.tool, question.arguments);
    std::string why = missed(known_, exchange, question, relay_.asked(), result);
    if (!why.empty()) return why;
    const std::string hidden = masked_.call(question.tool, question.arguments).dump();
    for (const std::string& person : persons(known_, exchange)) {
      const bool asked = question.arguments.dump().find(person) != std::string::npos;
      if (!asked && hidden.find(person) != std::string::npos) why = "a person is not masked";
    }
    return why;
  }

 private:
  Relay& relay_;
  const Known known_;
  Product open_, masked_;
};

Tally ask_all(Relay& relay, const std::vector<Exchange>& exchanges, int version) {
  Tally tally;
  Asker asker(relay);
  for (const Exchange& exchange : exchanges) {
    const std::string told = exchange.id + " " + exchange.path;
    const ToolQuestion question = question_of(exchange, version);
    if (!question.askable()) {
      tally.unasked[question.why].push_back(told);
      continue;
    }
    std::string why;
    try {
      why = asker.ask(exchange, question);
    } catch (const Json::exception& error) {
      why = std::string("of a form that the comparison does not know: ") + error.what();
    }
    if (why.empty()) {
      ++tally.right;
    } else if (why.starts_with(kRefusedUnasked)) {
      tally.unasked[why].push_back(told);
    } else {
      tally.missed[why].push_back(told + "  <-  " + question.arguments.dump());
    }
  }
  return tally;
}

class OwnTracker : public testing::TestWithParam<const char*> {};

TEST_P(OwnTracker, IsAskedAndReadThroughTheTools) {
  NEED_RECORDINGS();
  const int version = major_of(GetParam());
  Relay relay("2." + std::to_string(version));
  std::vector<Exchange> exchanges;
  for (const char* file : {"tracker_read.jsonl.gz", "analytics_event.jsonl.gz"}) {
    for (Exchange& exchange : read_exchanges(folder() / GetParam() / file)) {
      exchanges.push_back(std::move(exchange));
    }
  }

  const Tally tally = ask_all(relay, exchanges, version);

  tally.print(GetParam());
  EXPECT_GT(tally.right, 120);
  // 2.40 and 2.41 tell attributes that belong to no program or type that was asked about.
  EXPECT_GE(tally.share(), 0.95);
}

INSTANTIATE_TEST_SUITE_P(Majors, OwnTracker,
                         testing::Values("own_240", "own_241", "own_242", "own_243"),
                         [](const auto& file) { return std::string(file.param); });

// The programs that the reconstructed answers are about, as far as their questions show them.
class Programs {
 public:
  void learn(const Exchange& exchange) {
    const std::string path = exchange.path.substr(0, exchange.path.find('?'));
    const std::string uid = path.substr(path.rfind('/') + 1);
    Json& program = programs_[uid];
    program["id"] = uid;
    program["displayName"] = name_of(exchange, uid);
    // What may be a person's or a group set's is left unknown, and only stages tell their items.
    if (path.find("/enrollments/") != std::string::npos) registers_.insert(uid);
    std::string stage;
    Parts parts = parts_of(exchange.path.substr(exchange.path.find('?') + 1));
    for (const auto& [name, value] : parts) {
      if (name == "stage") stage = value;
      if (name == "outputType" && value == "ENROLLMENT") registers_.insert(uid);
    }
    if (!stage.empty()) items_[uid][stage];
    for (const auto& [name, value] : parts) {
      if (name == "timeField" || name == "value") learn_item(exchange, uid, stage, value);
      if (name != "dimension" && name != "filter") continue;
      std::string one;
      for (const char c : value + ",") {
        if (c != ',') {
          one += c;
          continue;
        }
        one = one.substr(0, one.find(':'));
        one.erase(0,
                  one.find_first_not_of(' ') == std::string::npos ? 0 : one.find_first_not_of(' '));
        if (one.size() == 23 && one[11] == '.') {
          learn_item(exchange, uid, one.substr(0, 11), one.substr(12));
        }
        one.clear();
      }
    }
  }

  void put(Relay& relay) const {
    for (const auto& [uid, known] : programs_) {
      Json program = known;
      if (registers_.contains(uid)) {
        program["trackedEntityType"] = {{"id", "nEenWmSyUEp"}, {"displayName", "Person"}};
      }
      program["programStages"] = Json::array();
      if (items_.contains(uid)) {
        for (const auto& [stage, items] : items_.at(uid)) {
          Json elements = Json::array();
          for (const auto& [item, name] : items) {
            elements.push_back({{"dataElement", {{"id", item}, {"displayName", name}}}});
          }
          program["programStages"].push_back(
              {{"id", stage}, {"displayName", stage}, {"programStageDataElements", elements}});
        }
      }
      relay.put("/api/programs/" + uid, program);
    }
  }

 private:
  static std::string name_of(const Exchange& exchange, const std::string& uid) {
    const auto& body = exchange.body;
    if (!body.is_object() || !body.contains("metaData")) return uid;
    const Json items = body["metaData"].value("items", Json::object());
    return items.contains(uid) && items[uid].is_object() ? items[uid].value("name", uid) : uid;
  }

  void learn_item(const Exchange& exchange, const std::string& program, const std::string& stage,
                  const std::string& item) {
    const std::string uid =
        item.substr(item.rfind('.') == std::string::npos ? 0 : item.rfind('.') + 1);
    const std::string of = item.find('.') == 11 ? item.substr(0, 11) : stage;
    if (uid.size() == 11 && !of.empty()) items_[program][of][uid] = name_of(exchange, uid);
  }

  std::map<std::string, Json> programs_;
  std::set<std::string> registers_;
  std::map<std::string, std::map<std::string, std::map<std::string, std::string>>> items_;
};

class ReconstructedEvents : public testing::TestWithParam<const char*> {};

TEST_P(ReconstructedEvents, AreAskedAndReadThroughTheTools) {
  NEED_RECORDINGS();
  const int version = major_of(GetParam());
  Relay relay("2." + std::to_string(version));
  Programs programs;
  std::vector<Exchange> exchanges;
  for (Exchange& exchange :
       read_exchanges(folder() / "reconstructed" / (std::string(GetParam()) + ".jsonl.gz"))) {
    const bool ours = exchange.path.find("/analytics/events/") != std::string::npos ||
                      exchange.path.find("/analytics/enrollments/") != std::string::npos;
    if (!ours || !exchange.complete || exchange.method != "GET") continue;
    programs.learn(exchange);
    exchanges.push_back(std::move(exchange));
  }
  programs.put(relay);

  const Tally tally = ask_all(relay, exchanges, version);

  tally.print(GetParam());
  EXPECT_GT(tally.right, 20);
  EXPECT_GE(tally.share(), 0.95);
}

INSTANTIATE_TEST_SUITE_P(Majors, ReconstructedEvents,
                         testing::Values("analytics_40", "analytics_41", "analytics_42",
                                         "analytics_43"),
                         [](const auto& file) { return std::string(file.param); });

}  // namespace
}  // namespace recorded
