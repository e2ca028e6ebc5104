// SPDX-License-Identifier: BSD-3-Clause
// Options are remembered by their set and code; UIDs as UidNames remembers them.
#include "tools/referred_names.h"

#include "dhis2/error.h"
#include "dhis2/json_members.h"
#include "dhis2/text_list.h"
#include "tools/document.h"
#include "tools/remembered.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kPerRequest = 100;

using Options = std::vector<std::pair<std::string, std::string>>;  // code, name

Remembered<std::string>& remembered_options() {
  static Remembered<std::string> all(20'000);
  return all;
}

Remembered<Options>& remembered_sets() {
  static Remembered<Options> all(50);
  return all;
}

// A comma, a bracket or a colon cannot stand in a list of a filter.
bool fits_list(const std::string& code) { return code.find_first_of(",[]:") == std::string::npos; }

std::string option_key(Call& call, const std::string& option_set, const std::string& code) {
  return remembered_key(call.client().profile(), option_set + "\n" + code);
}

}  // namespace

void ReferredNames::want(const std::string& collection, const std::string& uid) {
  if (is_uid(uid) && !uids_.knows(uid)) wanted_[collection].insert(uid);
}

void ReferredNames::want_option(const std::string& option_set, const std::string& code) {
  const Key key{option_set, code};
  if (option_set.empty() || code.empty() || options_.contains(key)) return;
  if (auto name = remembered_options().find(option_key(call_, option_set, code))) {
    options_[key] = std::move(*name);
  } else if (fits_list(code)) {
    wanted_options_.insert(key);
  }
}

void ReferredNames::fetch() {
  UidsByType uids;
  for (const auto& [collection, some] : wanted_) uids[collection] = {some.begin(), some.end()};
  uids_.learn(std::move(uids));
  try {
    std::vector<Key> some;
    for (const Key& key : wanted_options_) {
      some.push_back(key);
      if (some.size() < kPerRequest && key != *wanted_options_.rbegin()) continue;
      ask_options(some);
      some.clear();
    }
  } catch (const Error& error) {
    if (error.kind == ErrorKind::cancelled || error.kind == ErrorKind::sign_in_required) throw;
  }
  wanted_.clear();
  wanted_options_.clear();
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
  for (const Json& option : list_of(answer, "options")) {
    const Key key{text_of(member_of(option, "optionSet"), "id"), text_of(option, "code")};
    std::string name = line_of(option, "displayName");
    remembered_options().put(option_key(call_, key.first, key.second), name);
    options_[key] = std::move(name);
  }
}

std::string ReferredNames::option(const std::string& option_set, const std::string& code) const {
  const auto found = options_.find({option_set, code});
  return found == options_.end() || found->second.empty() ? code : found->second;
}

Options options_of(Call& call, const std::string& option_set) {
  const std::string key = remembered_key(call.client().profile(), option_set);
  if (auto known = remembered_sets().find(key)) return *known;
  const Json answer =
      call.client().get("/api/optionSets/" + percent_encode(option_set),
                        Query().add("fields", "options[code,name,displayName]"), call.patience());
  Options out;
  for (const Json& option : list_of(answer, "options")) {
    std::string name = line_of(option, "displayName");
    if (name.empty()) name = line_of(option, "name");
    out.emplace_back(text_of(option, "code"), std::move(name));
  }
  remembered_sets().put(key, out);
  return out;
}

}  // namespace dhis2mcp
