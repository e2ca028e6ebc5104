// SPDX-License-Identifier: BSD-3-Clause
// Lists are read in the order of their UIDs: objects that are added meanwhile shift no page for
// long, and what slipped through is found when the counts are compared.
#include "tools/name_fill.h"

#include <algorithm>
#include <utility>

#include "dhis2/error.h"
#include "dhis2/json_members.h"
#include "dhis2/text_list.h"
#include "tools/document.h"
#include "tools/name_forms.h"
#include "tools/uid_names.h"

namespace dhis2mcp {
namespace {

constexpr int kPage = 1'000;
constexpr int kUidPage = 5'000;
constexpr std::size_t kUidsPerRequest = 100;

std::int64_t seconds(NameFill::Time time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

Query listing(const MetadataType& type, int page) {
  std::string fields =
      "id,code,name,displayName,shortName,displayShortName,lastUpdated,"
      "translations[locale,property,value]";
  const std::string above = parent_member(type.name);
  if (!above.empty()) fields += "," + above + "[name]";
  if (type.name == "organisationUnit") fields += ",path";
  if (type.name.starts_with("organisationUnit")) fields += ",level";
  return Query()
      .add("fields", fields)
      .add("order", "id:asc")
      .add("pageSize", std::to_string(kPage))
      .add("page", std::to_string(page));
}

void add_line(std::string& lines, const std::string& text) {
  if (text.empty()) return;
  lines += (lines.empty() ? "" : "\n") + text;
}

// What is kept beside the names in the account's own language. Lists show the translations of all
// languages [recorded on 2.40].
std::string further_names(const Json& object, const IndexedName& name) {
  std::string out;
  const std::string display_short = text_of(object, "displayShortName");
  if (display_short != name.short_name && display_short != name.display)
    add_line(out, display_short);
  const auto translations = object.find("translations");
  if (translations == object.end() || !translations->is_array()) return out;
  for (const Json& one : *translations) {
    if (!one.is_object() || !text_of(one, "locale").starts_with("en")) continue;
    const std::string property = text_of(one, "property"), value = text_of(one, "value");
    const bool named = property == "NAME" || property == "SHORT_NAME";
    if (named && value != name.name && value != name.display) add_line(out, value);
  }
  return out;
}

bool is_absent(const Error& error) {
  return is_local(error) || error.kind == ErrorKind::unsupported_version;
}

}  // namespace

IndexedName listed_name(const MetadataType& type, const Json& object) {
  IndexedName name{type.name,
                   text_of(object, "id"),
                   text_of(object, "code"),
                   text_of(object, "name"),
                   text_of(object, "displayName"),
                   text_of(object, "shortName"),
                   ""};
  if (name.display.empty()) name.display = name.name;
  const std::string above = parent_member(type.name);
  const auto parent = above.empty() ? object.end() : object.find(above);
  if (parent != object.end() && parent->is_object()) name.parent = text_of(*parent, "name");
  name.also = further_names(object, name);
  if (const std::string path = text_of(object, "path"); !path.empty()) name.path = path + "/";
  const auto level = object.find("level");
  if (level != object.end() && level->is_number_integer()) name.level = level->get<int>();
  return name;
}

NameFill::Page NameFill::page(const MetadataType& type, const Query& query) const {
  const std::string path = "/api/" + type.collection;
  const Json answer = client_.get(path, query, patience_);
  const auto rows = answer.find(type.collection);
  if (rows == answer.end() || !rows->is_array()) {
    throw Error(ErrorKind::not_found, "There is no list of " + type.words + " here.");
  }
  Page out;
  for (const Json& object : *rows) {
    if (!object.is_object()) continue;
    IndexedName name = listed_name(type, object);
    if (name.uid.empty()) continue;
    out.newest = std::max(out.newest, text_of(object, "lastUpdated"));
    out.objects.push_back(std::move(name));
  }
  const Paging paging = read_paging(answer, rows->size(), path);
  out.total = paging.total.value_or(out.objects.size());
  // A server that gives the same page whatever is asked would be asked for ever.
  const std::string* asked = query.find("page");
  out.next = asked != nullptr && paging.next <= std::stoi(*asked) ? 0 : paging.next;
  return out;
}

void NameFill::bring_up(const MetadataType& type, Time now) {
  const auto known = index_.types();
  const auto found = known.find(type.name);
  IndexedType state = found == known.end() ? IndexedType() : found->second;
  const bool fresh = seconds(now) - state.checked < std::chrono::seconds(kFresh).count();
  if (fresh && (state.complete || state.absent)) return;
  try {
    const bool old = seconds(now) - state.read >= std::chrono::seconds(kReadAnew).count();
    if (state.complete && !old) {
      const bool due = seconds(now) - state.reconciled >= std::chrono::seconds(kReconcile).count();
      if (read_changes(type, state) || due) reconcile(type, state, now);
    } else {
      read_all(type, state, now);
    }
    state.absent = false;
  } catch (const Error& error) {
    if (!is_absent(error)) throw;
    state.absent = true;
    state.complete = false;
    state.next_page = 1;
  }
  state.checked = seconds(now);
  index_.put(type.name, {}, state);
}

void NameFill::read_all(const MetadataType& type, IndexedType& state, Time now) {
  const bool resumed = state.next_page > 1;
  std::uint64_t total = 0;
  while (state.next_page > 0) {
    const Page some = page(type, listing(type, state.next_page));
    state.stamp = std::max(state.stamp, some.newest);
    state.next_page = some.next;
    total = some.total;
    index_.put(type.name, some.objects, state);
  }
  // Deletions between the pages.
  if (resumed || total != index_.count(type.name)) reconcile(type, state, now);
  state.complete = true;
  state.next_page = 1;
  state.read = state.reconciled = seconds(now);
}

// Whether the server's count is another one then.
bool NameFill::read_changes(const MetadataType& type, IndexedType& state) {
  if (!state.stamp.empty()) {
    for (int at = 1; at > 0;) {
      const Page some =
          page(type, listing(type, at).add("filter", "lastUpdated:ge:" + state.stamp));
      index_.put(type.name, some.objects, state);
      state.stamp = std::max(state.stamp, some.newest);
      at = some.next;
    }
  }
  return page(type, Query().add("fields", "id").add("pageSize", "1")).total !=
         index_.count(type.name);
}

void NameFill::reconcile(const MetadataType& type, IndexedType& state, Time now) {
  std::vector<std::string> uids;
  for (int at = 1; at > 0;) {
    const Page some = page(type, Query()
                                     .add("fields", "id")
                                     .add("order", "id:asc")
                                     .add("pageSize", std::to_string(kUidPage))
                                     .add("page", std::to_string(at)));
    for (const IndexedName& object : some.objects) uids.push_back(object.uid);
    at = some.next;
  }
  // The database of the server may sort by its own language.
  std::ranges::sort(uids);
  const std::vector<std::string> unknown = index_.keep_only(type.name, uids);
  for (const auto& some : in_parts(unknown, kUidsPerRequest)) {
    const Page found =
        page(type, listing(type, 1).add("filter", "id:in:[" + joined(some, ",") + "]"));
    index_.put(type.name, found.objects, state);
    state.stamp = std::max(state.stamp, found.newest);
  }
  state.reconciled = seconds(now);
}

}  // namespace dhis2mcp
