// SPDX-License-Identifier: BSD-3-Clause
// metadata_compare. A side is asked for the objects with all that stands in them, then once for
// each type that they refer to and that is compared as well (category combinations with their
// categories and options, option sets), then once for each type of which a name or an object is
// looked up. Both sides are asked at once.
#include <algorithm>
#include <memory>
#include <optional>

#include "dhis2/error.h"
#include "dhis2/json_members.h"
#include "dhis2/readable.h"
#include "dhis2/text_list.h"
#include "tools/catalogue.h"
#include "tools/compare.h"
#include "tools/document.h"
#include "tools/handlers.h"
#include "tools/name_forms.h"
#include "tools/names.h"
#include "tools/parallel.h"
#include "tools/registry.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kLongestQuery = 7'000;  // Tomcat refuses a request line of more than 8 KB
constexpr std::size_t kLongestName = 200;
constexpr int kMostRounds = 6;
constexpr std::size_t kToldObjects = 20;
constexpr std::size_t kToldNames = 30;
constexpr const char* kLeftOut =
    "Not compared: times, users who changed something, translations, HTML of custom forms.";
constexpr const char* kMayBeHidden = "What an account may not see counts as missing.";

// One list to ask a side for.
struct Request {
  ComparedSide* side;
  const MetadataType* type;
  Query query;
  bool whole;  // objects to compare; else only names
};

Json ask(const Request& request, const Patience& patience) {
  const std::string path = "/api/" + request.type->collection;
  readable(path, request.query);
  return list_of(request.side->client().get(path, request.query, patience),
                 request.type->collection.c_str());
}

Query list_query(const std::string& fields) {
  return Query().add("fields", fields).add("paging", "false");
}

// The requests for objects of these UIDs, as many as it takes.
std::vector<Query> by_uid(const std::string& fields, const std::vector<std::string>& uids) {
  const Query base = list_query(fields);
  const std::size_t room = kLongestQuery - std::min(kLongestQuery / 2, base.text().size());
  std::vector<Query> queries;
  for (const auto& part : in_parts(uids, room / 14)) {  // a UID and an encoded comma
    queries.push_back(Query(base).add("filter", "id:in:[" + joined(part, ",") + "]"));
  }
  return queries;
}

// Commas cut the value of a filter, and brackets keep them (2.42).
std::string longest_piece(std::string name) {
  std::ranges::replace_if(
      name, [](char c) { return c == '[' || c == ']'; }, ',');
  std::string piece;
  for (const std::string& one : comma_list(name)) {
    if (one.size() > piece.size()) piece = one;
  }
  return piece;
}

// The requests for what may be these objects on another server: same UID, code or name. What comes
// is matched exactly afterwards.
std::vector<Query> by_identity(const std::string& fields, const std::vector<Json>& objects) {
  std::vector<Query> queries;
  Query query;
  const auto close = [&] {
    if (!query.empty()) queries.push_back(query.add("rootJunction", "OR"));
    query = Query();
  };
  for (const Json& object : objects) {
    if (query.text().size() > kLongestQuery - kLongestName * 6) close();
    if (query.empty()) query = list_query(fields);
    query.add("filter", "id:eq:" + text_of(object, "id"));
    const std::string code = text_of(object, "code"), name = text_of(object, "name");
    if (!code.empty() && code.size() < kLongestName &&
        code.find_first_of(",[]") == std::string::npos) {
      query.add("filter", "code:eq:" + code);
    }
    if (name.empty()) continue;
    const std::string piece = longest_piece(name);
    const bool whole = piece == name && name.size() < kLongestName;
    query.add("filter", (whole ? "name:eq:" : "name:ilike:") + piece.substr(0, kLongestName));
  }
  close();
  return queries;
}

// Asks for everything at once and keeps it on its side. Returns what came for each request.
std::vector<Json> fetch(const std::vector<Request>& requests, const Patience& patience) {
  if (requests.empty()) return {};
  std::vector<Json> lists =
      ask_each(requests, [&](const Request& request) { return ask(request, patience); });
  for (std::size_t i = 0; i < requests.size(); ++i) {
    for (const Json& object : lists[i]) {
      if (!object.is_object()) continue;
      if (requests[i].whole) {
        requests[i].side->absorb(requests[i].type->name, object);
      } else {
        requests[i].side->know(requests[i].type->name, object);
      }
    }
  }
  return lists;
}

// Both sides and what the user asked about them.
class Task {
 public:
  explicit Task(Call& call)
      : call_(call),
        other_(call.connections.client(call.arguments.text("with_profile"))),
        here_(call.client().profile().name, call.client()),
        there_(other_->profile().name, *other_),
        type_(call.registry.catalogue().known_type(call.arguments.text("type"))),
        fields_(compared_fields(type_.name)) {
    if (here_.name() == there_.name()) {
      throw Error(ErrorKind::bad_input, "Both sides are the profile " + here_.name() + ".",
                  "Name another one in `with_profile`; profile_list has them.");
    }
    for (ComparedSide* side : {&here_, &there_}) {
      side->major = side->client().whoami(patience()).version.major;
    }
  }

  Answer run() {
    Answer answer = call_.answer();
    answer.source += "; " + there_.client().source(patience());
    if (call_.arguments.list("objects").empty()) {
      read_all();
    } else {
      read_named();
    }
    follow();
    const std::unique_ptr<Comparison> comparison = compare();
    tell_objects(answer);
    tell(*comparison, answer);
    return answer;
  }

 private:
  Patience patience() const { return call_.patience(); }

  void read_all() {
    fetch(
        {{&here_, &type_, list_query(fields_), true}, {&there_, &type_, list_query(fields_), true}},
        patience());
    pairing_ = pair_up(type_.name, here_.all(type_.name), there_.all(type_.name));
  }

  // Each text by this side's names, else by the other's: what only one has is told as missing.
  void read_named() {
    Names here(here_.client(), call_.registry.catalogue(), patience(), call_.registry.indexes());
    Names there(there_.client(), call_.registry.catalogue(), patience(), call_.registry.indexes());
    std::vector<std::string> uids, others;
    for (const std::string& text : call_.arguments.list("objects")) {
      if (is_uid(text) && !may_be_word(text)) {
        uids.push_back(text);
        continue;
      }
      try {
        uids.push_back(here.object(text, {type_.name}).uid);
      } catch (const Error& error) {
        if (error.kind != ErrorKind::not_found) throw;
        others.push_back(on_other_side(there, text, error));
      }
    }
    read_here(uids, others);
    read_there(others);
  }

  std::string on_other_side(Names& there, const std::string& text, const Error& refusal) const {
    try {
      return there.object(text, {type_.name}).uid;
    } catch (const Error& error) {
      if (error.kind != ErrorKind::not_found) throw;
      Error both(ErrorKind::not_found,
                 "Neither " + here_.name() + " nor " + there_.name() + " has it: " + refusal.what(),
                 refusal.hint);
      both.candidates = refusal.candidates;
      throw both;
    }
  }

  // UIDs that this side does not have may be the other's.
  void read_here(const std::vector<std::string>& uids, std::vector<std::string>& others) {
    std::vector<Request> requests;
    for (Query& query : by_uid(fields_, uids)) requests.push_back({&here_, &type_, query, true});
    fetch(requests, patience());
    for (const std::string& uid : uids) {
      if (here_.find(type_.name, uid) == nullptr) others.push_back(uid);
    }
  }

  void read_there(const std::vector<std::string>& others) {
    const std::vector<const Json*> mine = here_.all(type_.name);
    std::vector<Json> wanted;
    for (const Json* object : mine) {
      wanted.push_back({{"id", text_of(*object, "id")},
                        {"code", text_of(*object, "code")},
                        {"name", text_of(*object, "name")}});
    }
    std::vector<Request> requests;
    for (Query& query : by_identity(fields_, wanted)) {
      requests.push_back({&there_, &type_, query, true});
    }
    for (Query& query : by_uid(fields_, others)) requests.push_back({&there_, &type_, query, true});
    fetch(requests, patience());
    pairing_ = pair_up(type_.name, mine, there_.all(type_.name));
    // Of what the names brought along, only what was asked for counts.
    std::erase_if(pairing_.only_there, [&](const Json* object) {
      return std::ranges::find(others, text_of(*object, "id")) == others.end();
    });
    for (const std::string& uid : others) {
      if (there_.find(type_.name, uid) != nullptr) continue;
      throw Error(ErrorKind::not_found,
                  "Neither " + here_.name() + " nor " + there_.name() + " has a " + type_.words +
                      " " + uid + ".",
                  "Look it up with metadata_find.");
    }
  }

  // What the objects refer to and is compared as well.
  void follow() {
    std::set<std::string> asked;
    for (int round = 0; round < kMostRounds; ++round) {
      std::vector<Request> requests;
      for (ComparedSide* side : {&here_, &there_}) {
        for (auto& [name, uids] : side->pending()) {
          std::vector<std::string> fresh;
          for (const std::string& uid : uids) {
            if (asked.insert(side->name() + "\n" + uid).second) fresh.push_back(uid);
          }
          const MetadataType& type = call_.registry.catalogue().known_type(name);
          for (Query& query : by_uid(compared_fields(name), fresh)) {
            requests.push_back({side, &type, query, true});
          }
        }
      }
      if (requests.empty()) return;
      fetch(requests, patience());
    }
  }

  std::unique_ptr<Comparison> compare_once() {
    const std::vector<std::string> ignored = call_.arguments.list("ignore");
    auto comparison = std::make_unique<Comparison>(
        here_, there_, std::set<std::string>(ignored.begin(), ignored.end()));
    for (const Pairing::Pair& pair : pairing_.pairs) {
      comparison->compare(type_.name, *pair.here, *pair.there);
    }
    for (const Json* object : pairing_.only_here) comparison->missing(type_.name, *object, false);
    for (const Json* object : pairing_.only_there) comparison->missing(type_.name, *object, true);
    return comparison;
  }

  // Again as long as a run finds something to look up: at most names, then objects by names.
  std::unique_ptr<Comparison> compare() {
    for (int round = 0;; ++round) {
      std::unique_ptr<Comparison> comparison = compare_once();
      std::vector<Request> requests;
      for (const bool of_here : {true, false}) {
        look_up(comparison->wanted(of_here), of_here ? here_ : there_, requests);
      }
      if (requests.empty() || round == kMostRounds) return comparison;
      fetch(requests, patience());
    }
  }

  void look_up(const Comparison::Wanted& wanted, ComparedSide& side,
               std::vector<Request>& requests) const {
    constexpr const char* kFields = "id,code,name";
    for (const auto& [name, uids] : wanted.uids) {
      const MetadataType* type = call_.registry.catalogue().type(name);
      std::vector<std::string> fresh;
      for (const std::string& uid : uids) {
        if (side.asked.insert({name, uid}).second) fresh.push_back(uid);
      }
      if (type == nullptr) continue;
      for (Query& query : by_uid(kFields, fresh)) requests.push_back({&side, type, query, false});
    }
    for (const auto& [name, objects] : wanted.objects) {
      const MetadataType* type = call_.registry.catalogue().type(name);
      std::vector<Json> fresh;
      for (const Json& object : objects) {
        if (side.asked.insert({name, text_of(object, "id")}).second) fresh.push_back(object);
      }
      if (type == nullptr) continue;
      for (Query& query : by_identity(kFields, fresh)) {
        requests.push_back({&side, type, query, false});
      }
    }
  }

  void tell_objects(Answer& answer) const {
    std::map<MatchedBy, std::size_t> counts;
    for (const Pairing::Pair& pair : pairing_.pairs) {
      ++counts[pair.by];
      if (answer.read_as.size() >= kToldObjects) continue;
      const std::string mine = text_of(*pair.here, "id"), other = text_of(*pair.there, "id");
      if (mine == other && call_.arguments.list("objects").empty()) continue;
      std::string line = label_of(*pair.here) + " = " + type_.words + " " + mine;
      if (mine != other) {
        line += " on " + here_.name() + ", " + other + " on " + there_.name() + " (same " +
                (pair.by == MatchedBy::code ? "code" : "name") + ")";
      }
      answer.read_as.push_back(line);
    }
    std::string matched;
    for (const auto& [by, word] :
         {std::pair(MatchedBy::uid, "UID"), std::pair(MatchedBy::code, "code"),
          std::pair(MatchedBy::name, "name")}) {
      if (counts[by] == 0) continue;
      matched += (matched.empty() ? "" : ", ") + std::to_string(counts[by]) + " by " + word;
    }
    if (!matched.empty()) {
      answer.notes.push_back("Objects of type " + type_.words + " matched: " + matched + ".");
    }
  }

  void tell(const Comparison& comparison, Answer& answer) {
    const std::vector<Difference> differences = comparison.differences();
    RowCollector collector(call_.results, call_.owner(),
                           {"Object", "Property", here_.name(), there_.name(), "To do"});
    for (const Difference& one : differences) {
      collector.add({Cell::text(one.object), Cell::text(one.property), one.here, one.there,
                     Cell::text(one.advice)});
    }
    std::string counts;
    for (const auto& [type, count] : comparison.compared()) {
      counts += (counts.empty() ? "" : ", ") + words_of_type(type) + " " + std::to_string(count);
    }
    if (!counts.empty()) answer.notes.push_back("Compared: " + counts + ".");
    if (differences.empty()) answer.notes.emplace_back("No difference was found.");
    if (!differences.empty() && differences.back().effort >= Effort::creation) {
      answer.notes.emplace_back(kMayBeHidden);
    }
    for (const auto& [by, names] : comparison.matched()) {
      answer.notes.push_back(std::string("UIDs differ, matched by ") +
                             (by == MatchedBy::code ? "code: " : "name: ") +
                             some_of({names.begin(), names.end()}, kToldNames) + ".");
    }
    for (const bool of_here : {true, false}) {
      const auto& lacking = comparison.lacking(of_here);
      if (lacking.empty()) continue;
      answer.notes.push_back("Missing on " + (of_here ? here_ : there_).name() +
                             ", to be created there first: " + some_of(lacking, kToldNames) + ".");
    }
    const auto& once = comparison.not_in_both();
    if (!once.empty()) {
      answer.notes.push_back("Not compared, for one version does not have it: " +
                             some_of({once.begin(), once.end()}, kToldNames) + ".");
    }
    for (const std::string& name : call_.arguments.list("ignore")) {
      if (comparison.ignored().contains(name)) continue;
      answer.notes.push_back("`ignore`: nothing that was compared has \"" + clean_line(name) +
                             "\"; give names of the Property column.");
    }
    answer.notes.emplace_back(kLeftOut);
    collector.finish(answer);
  }

  Call& call_;
  std::shared_ptr<SignedClient> other_;
  ComparedSide here_, there_;
  const MetadataType& type_;
  std::string fields_;
  Pairing pairing_;
};

}  // namespace

Answer metadata_compare(Call& call) { return Task(call).run(); }

}  // namespace dhis2mcp
