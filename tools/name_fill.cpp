// SPDX-License-Identifier: BSD-3-Clause
// Lists are read in the order of their UIDs: objects that are added meanwhile shift no page for
// long, and what slipped through is found when the counts are compared.
#include "tools/name_fill.h"

#include <algorithm>
#include <utility>

#include "dhis2/error.h"
#include "tools/document.h"

namespace dhis2mcp {
namespace {

constexpr int kPage = 1'000;
constexpr int kUidPage = 5'000;
constexpr std::size_t kUidsPerRequest = 100;

std::string text_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::int64_t seconds(NameFill::Time time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

Query listing(const MetadataType& type, int page) {
  std::string fields = "id,code,name,displayName,shortName,lastUpdated";
  if (type.name == "organisationUnit") fields += ",parent[name]";
  return Query()
      .add("fields", fields)
      .add("order", "id:asc")
      .add("pageSize", std::to_string(kPage))
      .add("page", std::to_string(page));
}

bool is_absent(const Error& error) {
  return error.kind == ErrorKind::not_found || error.kind == ErrorKind::forbidden ||
         error.kind == ErrorKind::bad_input || error.kind == ErrorKind::conflict ||
         error.kind == ErrorKind::unsupported_version;
}

}  // namespace

NameFill::Page NameFill::page(const MetadataType& type, Query query) const {
  const std::string path = "/api/" + type.collection;
  const Json answer = client_.get(path, query, patience_);
  const auto rows = answer.find(type.collection);
  if (rows == answer.end() || !rows->is_array()) {
    throw Error(ErrorKind::not_found, "There is no list of " + type.words + " here.");
  }
  Page out;
  for (const Json& object : *rows) {
    if (!object.is_object()) continue;
    IndexedName name{type.name,
                     text_of(object, "id"),
                     text_of(object, "code"),
                     text_of(object, "name"),
                     text_of(object, "displayName"),
                     text_of(object, "shortName"),
                     ""};
    if (name.uid.empty()) continue;
    if (name.display.empty()) name.display = name.name;
    if (const auto parent = object.find("parent"); parent != object.end() && parent->is_object()) {
      name.parent = text_of(*parent, "name");
    }
    out.newest = std::max(out.newest, text_of(object, "lastUpdated"));
    out.objects.push_back(std::move(name));
  }
  const Paging paging = read_paging(answer, rows->size(), path);
  out.total = paging.total.value_or(out.objects.size());
  out.next = paging.next;
  return out;
}

void NameFill::bring_up(const MetadataType& type, Time now) {
  const auto known = index_.types();
  const auto found = known.find(type.name);
  IndexedType state = found == known.end() ? IndexedType() : found->second;
  const bool fresh = seconds(now) - state.checked < std::chrono::seconds(kFresh).count();
  if (fresh && (state.complete || state.absent)) return;
  try {
    if (state.complete) {
      read_changes(type, state);
    } else {
      read_all(type, state);
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

void NameFill::read_all(const MetadataType& type, IndexedType& state) {
  const bool resumed = state.next_page > 1;
  while (state.next_page > 0) {
    const Page some = page(type, listing(type, state.next_page));
    state.stamp = std::max(state.stamp, some.newest);
    state.next_page = some.next;
    // Ready once deletions between the pages were looked for, at the end.
    index_.put(type.name, some.objects, state);
    if (some.next == 0 && (resumed || some.total != index_.count(type.name))) {
      reconcile(type, state);
    }
  }
  state.complete = true;
  state.next_page = 1;
}

void NameFill::read_changes(const MetadataType& type, IndexedType& state) {
  std::uint64_t total = 0;
  if (!state.stamp.empty()) {
    for (int at = 1; at > 0;) {
      const Page some =
          page(type, listing(type, at).add("filter", "lastUpdated:ge:" + state.stamp));
      index_.put(type.name, some.objects, state);
      state.stamp = std::max(state.stamp, some.newest);
      at = some.next;
    }
  }
  total = page(type, Query().add("fields", "id").add("pageSize", "1")).total;
  if (total != index_.count(type.name)) reconcile(type, state);
}

void NameFill::reconcile(const MetadataType& type, IndexedType& state) {
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
  for (std::size_t at = 0; at < unknown.size(); at += kUidsPerRequest) {
    std::string some;
    const std::size_t end = std::min(at + kUidsPerRequest, unknown.size());
    for (std::size_t i = at; i < end; ++i) some += (some.empty() ? "" : ",") + unknown[i];
    const Page found = page(type, listing(type, 1).add("filter", "id:in:[" + some + "]"));
    index_.put(type.name, found.objects, state);
    state.stamp = std::max(state.stamp, found.newest);
  }
}

}  // namespace dhis2mcp
