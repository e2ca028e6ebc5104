// SPDX-License-Identifier: BSD-3-Clause
// org_unit_tree: one request for the units, one for the unit that it starts from where one is
// named, after the look-up of a name.
#include <algorithm>
#include <map>

#include "dhis2/error.h"
#include "dhis2/json_members.h"
#include "tools/document.h"
#include "tools/handlers.h"
#include "tools/name_forms.h"
#include "tools/names.h"
#include "tools/registry.h"

namespace dhis2mcp {
namespace {

constexpr char kPath[] = "/api/organisationUnits";
constexpr std::int64_t kDefaultDepth = 2;
constexpr std::int64_t kDefaultLimit = 300;

// The unit that the tree begins at; a null when it begins at the top.
Json start_of(Call& call, Answer& answer) {
  const std::string under = call.arguments.text("under");
  if (under.empty()) return {};
  Names names = names_of(call);
  std::string uid = under;
  if (!is_uid(under) || may_be_word(under)) {
    const Named named = names.object(under, {"organisationUnit"});
    answer.read_as.push_back(named.read_as());
    uid = named.uid;
  }
  return call.client().get(std::string(kPath) + "/" + uid, Query().add("fields", "id,name,level"),
                           call.patience());
}

Query tree_query(const Json& start, std::int64_t depth, std::int64_t limit) {
  Query query;
  query.add("fields", "id,name,level,parent[id],children~size~rename(childCount)");
  const std::int64_t first = start.is_object() ? start.value("level", 1) : 1;
  if (start.is_object()) query.add("filter", "path:like:" + text_of(start, "id"));
  query.add("filter", "level:le:" + std::to_string(first + depth));
  // The upper levels first, so that a cut takes leaves.
  query.add("order", "level:asc").add("pageSize", std::to_string(limit));
  return query;
}

// The units as a reader of a tree meets them: each before what is below it, siblings by name.
class Walk {
 public:
  explicit Walk(const Json& units) {
    std::map<std::string, const Json*> by_uid;
    for (const Json& unit : units) by_uid[text_of(unit, "id")] = &unit;
    for (const Json& unit : units) {
      const std::string parent = text_of(unit.value("parent", Json::object()), "id");
      below_[by_uid.contains(parent) ? parent : std::string()].push_back(&unit);
    }
    for (auto& [parent, children] : below_) {
      std::ranges::sort(children, {}, [](const Json* unit) { return text_of(*unit, "name"); });
    }
  }

  void each(const std::function<void(const Json& unit)>& visit) { down({}, visit); }

 private:
  void down(const std::string& parent, const std::function<void(const Json& unit)>& visit) {
    const auto found = below_.find(parent);
    if (found == below_.end()) return;
    // Taken out, so that a broken hierarchy that bites its own tail ends all the same.
    const std::vector<const Json*> children = std::move(found->second);
    below_.erase(found);
    for (const Json* unit : children) {
      visit(*unit);
      down(text_of(*unit, "id"), visit);
    }
  }

  std::map<std::string, std::vector<const Json*>> below_;
};

}  // namespace

Answer org_unit_tree(Call& call) {
  Answer answer = call.answer();
  const Json start = start_of(call, answer);
  const std::int64_t depth = call.arguments.integer("depth", kDefaultDepth);
  const std::int64_t limit = call.arguments.integer("limit", kDefaultLimit);
  const Json json = call.client().get(kPath, tree_query(start, depth, limit), call.patience());
  const Json units = json.value("organisationUnits", Json::array());

  RowCollector collector(call.results, call.owner(), {"Org unit", "Level", "Children", "UID"});
  Walk(units).each([&](const Json& unit) {
    collector.add({Cell::text(text_of(unit, "name")), Cell::json(unit.value("level", Json())),
                   Cell::json(unit.value("childCount", Json())), Cell::text(text_of(unit, "id"))});
  });
  const Paging paging = read_paging(json, units.size(), kPath);
  answer.total = paging.total.value_or(units.size());
  answer.notes.emplace_back("Each unit stands before the units below it; `Children` counts those.");
  collector.finish(answer);
  if (*answer.total > units.size()) {
    answer.truncated = true;
    answer.notes.push_back("The first " + std::to_string(units.size()) + " of " +
                           std::to_string(*answer.total) +
                           " units, upper levels first: give `under`, less `depth` or more "
                           "`limit`.");
  }
  return answer;
}

}  // namespace dhis2mcp
