// SPDX-License-Identifier: BSD-3-Clause
// One cache for all calls of the process; a page of rows costs a request only for what is new.
#include "tools/referred_names.h"

#include <chrono>
#include <mutex>
#include <optional>

#include "dhis2/error.h"
#include "tools/document.h"
#include "tools/json_members.h"
#include "tools/text_list.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kPerRequest = 100;
constexpr char kUnits[] = "organisationUnits";

// Bounded by forgetting everything at once.
template <typename Value>
class Remembered {
 public:
  explicit Remembered(std::size_t most) : most_(most) {}

  std::optional<Value> find(const std::string& key) {
    const std::scoped_lock lock(mutex_);
    const auto found = entries_.find(key);
    if (found == entries_.end() || found->second.first < Clock::now()) return std::nullopt;
    return found->second.second;
  }

  void put(const std::string& key, const Value& value) {
    const std::scoped_lock lock(mutex_);
    if (entries_.size() >= most_) entries_.clear();
    entries_[key] = {Clock::now() + std::chrono::minutes(10), value};
  }

 private:
  using Clock = std::chrono::steady_clock;
  std::size_t most_;
  std::mutex mutex_;
  std::map<std::string, std::pair<Clock::time_point, Value>> entries_;
};

using Words = std::pair<std::string, std::string>;

Remembered<Words>& remembered_names() {
  static Remembered<Words> all(20'000);
  return all;
}

Remembered<std::vector<Words>>& remembered_sets() {
  static Remembered<std::vector<Words>> all(50);
  return all;
}

std::string profile_key(Call& call) {
  const Profile& profile = call.client().profile();
  return profile.name + "\n" + profile.url + "\n" + profile.user + "\n";
}

// A comma, a bracket or a colon cannot stand in a list of a filter.
bool fits_list(const std::string& code) { return code.find_first_of(",[]:") == std::string::npos; }

}  // namespace

std::string ReferredNames::remembered_key(const std::string& group, const Key& key) const {
  return profile_key(call_) + group + "\n" + key.first + "\n" + key.second;
}

bool ReferredNames::recall(const std::string& group, const Key& key) {
  const auto known = remembered_names().find(remembered_key(group, key));
  if (known) know(group, key, {known->first, known->second});
  return known.has_value();
}

void ReferredNames::know(const std::string& group, const Key& key, Name name) {
  if (group == "option") {
    options_[key] = std::move(name);
    return;
  }
  if (key.first == kUnits) units_by_name_[name.name].insert(key.second);
  names_[key] = std::move(name);
}

void ReferredNames::want(const std::string& collection, const std::string& uid) {
  if (!is_uid(uid) || names_.contains({collection, uid})) return;
  if (!recall("uid", {collection, uid})) wanted_[collection].insert(uid);
}

void ReferredNames::want_option(const std::string& option_set, const std::string& code) {
  if (option_set.empty() || code.empty() || options_.contains({option_set, code})) return;
  if (!recall("option", {option_set, code})) wanted_options_.insert({option_set, code});
}

void ReferredNames::fetch() {
  try {
    for (const auto& [collection, uids] : wanted_) {
      std::vector<std::string> some;
      for (const std::string& uid : uids) {
        some.push_back(uid);
        if (some.size() == kPerRequest || uid == *uids.rbegin()) {
          ask(collection, some);
          some.clear();
        }
      }
    }
    std::vector<Key> options;
    for (const Key& key : wanted_options_) {
      if (fits_list(key.second)) options.push_back(key);
      if (options.size() == kPerRequest) {
        ask_options(options);
        options.clear();
      }
    }
    if (!options.empty()) ask_options(options);
  } catch (const Error& error) {
    if (error.kind == ErrorKind::cancelled || error.kind == ErrorKind::sign_in_required) throw;
  }
  wanted_.clear();
  wanted_options_.clear();
}

void ReferredNames::ask(const std::string& collection, const std::vector<std::string>& uids) {
  const std::string fields =
      collection == kUnits ? "id,displayName,parent[displayName]" : "id,displayName";
  const Json answer = call_.client().get("/api/" + collection,
                                         Query()
                                             .add("fields", fields)
                                             .add("filter", "id:in:[" + joined(uids, ",") + "]")
                                             .add("paging", "false"),
                                         call_.patience());
  for (const Json& object : answer.value(collection, Json::array())) {
    const Key key{collection, text_of(object, "id")};
    Name name{clean_line(text_of(object, "displayName")), ""};
    if (object.contains("parent"))
      name.parent = clean_line(text_of(object["parent"], "displayName"));
    remembered_names().put(remembered_key("uid", key), {name.name, name.parent});
    know("uid", key, std::move(name));
  }
}

void ReferredNames::ask_options(const std::vector<Key>& wanted) {
  std::set<std::string> sets, codes;
  for (const auto& [set, code] : wanted) {
    sets.insert(set);
    codes.insert(code);
  }
  const Json answer =
      call_.client().get("/api/options",
                         Query()
                             .add("fields", "code,displayName,optionSet[id]")
                             .add("filter", "optionSet.id:in:[" + joined(sets, ",") + "]")
                             .add("filter", "code:in:[" + joined(codes, ",") + "]")
                             .add("paging", "false"),
                         call_.patience());
  for (const Json& option : answer.value("options", Json::array())) {
    const Key key{text_of(option.value("optionSet", Json::object()), "id"),
                  text_of(option, "code")};
    Name name{clean_line(text_of(option, "displayName")), ""};
    remembered_names().put(remembered_key("option", key), {name.name, ""});
    know("option", key, std::move(name));
  }
}

std::string ReferredNames::of(const std::string& collection, const std::string& uid) const {
  const auto found = names_.find({collection, uid});
  if (found == names_.end() || found->second.name.empty()) return uid;
  const auto& [name, parent] = found->second;
  const auto alike = units_by_name_.find(name);
  const bool shared =
      collection == kUnits && alike != units_by_name_.end() && alike->second.size() > 1;
  if (!shared) return name;
  return name + " (" + (parent.empty() ? uid : parent) + ")";
}

std::string ReferredNames::option(const std::string& option_set, const std::string& code) const {
  const auto found = options_.find({option_set, code});
  return found == options_.end() || found->second.name.empty() ? code : found->second.name;
}

std::vector<std::pair<std::string, std::string>> options_of(Call& call,
                                                            const std::string& option_set) {
  const std::string key = profile_key(call) + option_set;
  if (auto known = remembered_sets().find(key)) return *known;
  const Json answer =
      call.client().get("/api/optionSets/" + percent_encode(option_set),
                        Query().add("fields", "options[code,name,displayName]"), call.patience());
  std::vector<Words> out;
  for (const Json& option : answer.value("options", Json::array())) {
    std::string name = text_of(option, "displayName");
    if (name.empty()) name = text_of(option, "name");
    out.emplace_back(text_of(option, "code"), clean_line(name));
  }
  remembered_sets().put(key, out);
  return out;
}

}  // namespace dhis2mcp
