// SPDX-License-Identifier: BSD-3-Clause
// Pairs the uids of two servers.
#include "tests/sandbox/comparison/twins.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <vector>

#include "tests/sandbox/tracker_records.h"

namespace comparison {
namespace {

constexpr size_t kUidLength = 11;

bool word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

bool uid_shaped(std::string_view text) {
  return text.size() == kUidLength && std::isalpha(static_cast<unsigned char>(text[0])) != 0 &&
         std::all_of(text.begin(), text.end(), word);
}

// Calls `each(token)` for every run of letters and digits, `rest(text)` for what lies between.
template <typename Each, typename Rest>
void scan(std::string_view text, const Each& each, const Rest& rest) {
  for (size_t at = 0; at < text.size();) {
    const bool inside = word(text[at]);
    size_t end = at;
    while (end < text.size() && word(text[end]) == inside) ++end;
    if (inside) {
      each(text.substr(at, end - at));
    } else {
      rest(text.substr(at, end - at));
    }
    at = end;
  }
}

std::vector<std::string> tokens_of(std::string_view text) {
  std::vector<std::string> tokens;
  const auto add = [&](std::string_view piece) { tokens.emplace_back(piece); };
  scan(text, add, add);
  return tokens;
}

// Objects of one type have the same name for the same thing; option combos within their combo.
std::string name_in(const std::string& plural, const Json& object) {
  std::string combo;
  if (object.contains("categoryCombo")) combo = object["categoryCombo"].value("id", "");
  return plural + "/" + combo + "/" + object.value("name", "");
}

void collect_ids(const Json& value, std::unordered_set<std::string>& ids) {
  if (value.is_object()) {
    const auto id = value.find("id");
    if (id != value.end() && id->is_string()) ids.insert(id->get<std::string>());
  }
  if (!value.is_structured()) return;
  for (const Json& part : value) collect_ids(part, ids);
}

}  // namespace

Twins::Twins(const sandbox::Country& country, const std::filesystem::path& metadata_export) {
  std::map<std::string, std::string> by_name;
  for (const std::string& plural : country.plurals()) {
    for (const Json& object : country.list(plural)) {
      collect_ids(object, played_);
      by_name[name_in(plural, object)] = object.at("id").get<std::string>();
    }
  }
  // Both servers were loaded with the same tracker data, so these stand for themselves.
  const sandbox::TrackerRecords& tracker = sandbox::tracker_records();
  for (const auto& one : tracker.entities) played_.insert(one.uid);
  for (const auto& one : tracker.enrollments) played_.insert(one.uid);
  for (const auto& one : tracker.events) played_.insert(one.uid);
  for (const auto& one : tracker.relationships) played_.insert(one.uid);
  const Json recorded = Json::parse(read_text(metadata_export), nullptr, false);
  if (!recorded.is_object()) return;
  collect_ids(recorded, recorded_);
  for (const auto& [plural, objects] : recorded.items()) {
    if (!objects.is_array()) continue;
    for (const Json& object : objects) {
      const std::string id = object.value("id", "");
      const auto own = by_name.find(name_in(plural, object));
      if (own == by_name.end() || played_.count(id) > 0 || recorded_.count(own->second) > 0) {
        continue;
      }
      twins_[id] = own->second;
      taken_.insert(own->second);
    }
  }
}

bool Twins::known(const std::string& recorded) const {
  return twins_.count(recorded) > 0 || played_.count(recorded) > 0;
}

std::string Twins::translated(std::string_view text) const {
  std::string result;
  scan(
      text,
      [&](std::string_view token) {
        const auto twin =
            token.size() == kUidLength ? twins_.find(std::string(token)) : twins_.end();
        result += twin == twins_.end() ? token : std::string_view(twin->second);
      },
      [&](std::string_view rest) { result += rest; });
  return result;
}

bool Twins::agree(std::string_view recorded, std::string_view played) {
  if (recorded == played) return true;
  const std::vector<std::string> theirs = tokens_of(translated(recorded));
  const std::vector<std::string> ours = tokens_of(played);
  if (theirs.size() != ours.size()) return false;
  std::vector<std::pair<std::string, std::string>> found;
  for (size_t i = 0; i < theirs.size(); ++i) {
    if (theirs[i] == ours[i]) continue;
    if (!uid_shaped(theirs[i]) || !uid_shaped(ours[i]) || known(theirs[i]) ||
        taken_.count(theirs[i]) > 0 || taken_.count(ours[i]) > 0 || recorded_.count(ours[i]) > 0) {
      return false;
    }
    found.emplace_back(theirs[i], ours[i]);
  }
  for (const auto& [theirs_uid, our_uid] : found) {
    twins_[theirs_uid] = our_uid;
    taken_.insert(our_uid);
  }
  return true;
}

}  // namespace comparison
