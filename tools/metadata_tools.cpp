// SPDX-License-Identifier: BSD-3-Clause
// metadata_find (one request for each type, four at once) and metadata_get (one request, after the
// look-up of a name or of a UID's type; for formulas one more for each type of item, at once).
#include <algorithm>
#include <utility>

#include "dhis2/error.h"
#include "dhis2/readable.h"
#include "tools/call.h"
#include "tools/catalogue.h"
#include "tools/document.h"
#include "tools/field_check.h"
#include "tools/formula.h"
#include "tools/handlers.h"
#include "tools/name_forms.h"
#include "tools/name_indexes.h"
#include "tools/names.h"
#include "tools/parallel.h"
#include "tools/registry.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

// What people look for; every other type is searched when it is named.
const std::vector<std::string> kCommonTypes = {"dataElement",
                                               "indicator",
                                               "programIndicator",
                                               "dataSet",
                                               "program",
                                               "organisationUnit",
                                               "dataElementGroup",
                                               "indicatorGroup",
                                               "organisationUnitGroup",
                                               "category",
                                               "categoryOption",
                                               "optionSet",
                                               "validationRule",
                                               "dashboard",
                                               "visualization",
                                               "trackedEntityAttribute"};

constexpr std::int64_t kDefaultLimit = 50;

std::vector<const MetadataType*> asked_types(const Call& call) {
  const std::vector<std::string> asked = call.arguments.list("type");
  std::vector<const MetadataType*> types;
  for (const std::string& name : asked.empty() ? kCommonTypes : asked) {
    const MetadataType* type = &call.registry.catalogue().known_type(name);
    if (std::ranges::find(types, type) == types.end()) types.push_back(type);
  }
  return types;
}

struct Hit {
  std::string name, code, short_name, uid;
  const MetadataType* type = nullptr;
  int rank = 0;
};

struct Hits {
  const MetadataType* type = nullptr;
  std::vector<Hit> hits;
  std::uint64_t total = 0;
  std::optional<Error> failure;
};

std::string text_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// The lower, the better: exact, exact but for case, a name that begins with the words, the rest.
int rank_of(const Hit& hit, const std::string& query) {
  if (hit.uid == query || hit.code == query || hit.name == query || hit.short_name == query) {
    return 0;
  }
  const std::string lower = lower_ascii(query);
  if (lower_ascii(hit.name) == lower || lower_ascii(hit.code) == lower ||
      lower_ascii(hit.short_name) == lower) {
    return 1;
  }
  return lower_ascii(hit.name).starts_with(lower) ? 2 : 3;
}

Query search_query(const Call& call, const std::string& text, std::int64_t limit) {
  Query query;
  query.add("fields", "id,code,name,shortName");
  if (is_uid(text)) {
    query.add("filter", "id:eq:" + text);
  } else {
    query.add("filter", "identifiable:token:" + search_words(text));
  }
  for (const std::string& filter : call.arguments.list("filter")) query.add("filter", filter);
  query.add("pageSize", std::to_string(limit));
  return query;
}

// One type's hits. A type that cannot be searched (no access, not in this version, no such property
// to filter by) is told, not fatal.
Hits search(SignedClient& client, const Patience& patience, const MetadataType& type,
            const Query& query, const std::string& text) {
  Hits out{&type, {}, 0, std::nullopt};
  Json answer;
  try {
    const std::string path = "/api/" + type.collection;
    readable(path, query);
    answer = client.get(path, query, patience);
  } catch (const Error& error) {
    const bool local = error.kind == ErrorKind::forbidden || error.kind == ErrorKind::not_found ||
                       error.kind == ErrorKind::bad_input || error.kind == ErrorKind::conflict;
    if (!local) throw;
    out.failure = error;
    return out;
  }
  const Json rows = answer.value(type.collection, Json::array());
  for (const Json& object : rows) {
    Hit hit{text_of(object, "name"),
            text_of(object, "code"),
            text_of(object, "shortName"),
            text_of(object, "id"),
            &type,
            0};
    hit.rank = rank_of(hit, text);
    out.hits.push_back(std::move(hit));
  }
  const Paging paging = read_paging(answer, rows.size(), "/api/" + type.collection);
  out.total = paging.total.value_or(rows.size());
  return out;
}

// Of a UID the type is asked first: one request instead of one for each type.
std::vector<const MetadataType*> types_of_uid(Call& call, const std::string& uid) {
  try {
    Names names = names_of(call);
    return {call.registry.catalogue().type(names.any(uid).type)};
  } catch (const Error& error) {
    // Eleven letters may be a word after all.
    if (error.kind != ErrorKind::not_found) throw;
    return asked_types(call);
  }
}

// From the local index, where it holds all of these types and has an answer: an object that is not
// in it may be new. Filters are the server's affair.
std::optional<std::vector<Hits>> indexed_hits(Call& call,
                                              const std::vector<const MetadataType*>& types,
                                              const std::string& text, std::int64_t limit) {
  if (call.registry.indexes() == nullptr || call.arguments.has("filter")) return std::nullopt;
  std::vector<std::string> names;
  for (const MetadataType* type : types) names.push_back(type->name);
  const auto index = call.registry.indexes()->ready(call.client(), names);
  if (!index) return std::nullopt;
  const IndexSearch found = index->search(text, names, static_cast<std::size_t>(limit));
  if (found.hits.empty()) return std::nullopt;
  std::vector<Hits> out;
  for (const MetadataType* type : types) {
    const auto total = found.total.find(type->name);
    out.push_back({type, {}, total == found.total.end() ? 0 : total->second, std::nullopt});
  }
  for (const IndexedName& one : found.hits) {
    Hit hit{one.name, one.code, one.short_name, one.uid, call.registry.catalogue().type(one.type),
            0};
    // A name in another language is as good as the stored one.
    hit.rank = std::min(rank_of(hit, text), rank_of({one.display, "", "", "", nullptr, 0}, text));
    if (one.display != one.name) hit.name = one.display + " (" + one.name + ")";
    out.front().hits.push_back(std::move(hit));
  }
  return out;
}

void tell_totals(const std::vector<Hits>& found, std::uint64_t shown, Answer& answer) {
  std::string totals;
  std::uint64_t total = 0;
  for (const Hits& hits : found) {
    total += hits.total;
    if (hits.total == 0) continue;
    totals += (totals.empty() ? "" : ", ") + hits.type->words + " " + std::to_string(hits.total);
  }
  answer.total = total;
  if (found.size() > 1 && !totals.empty())
    answer.notes.push_back("Matches by type: " + totals + ".");
  for (const Hits& hits : found) {
    if (!hits.failure) continue;
    answer.notes.push_back("Not searched: " + hits.type->words + " (" + hits.failure->what() +
                           ").");
  }
  if (total == 0) {
    answer.notes.emplace_back(
        "Nothing has all these words in its name, short name or code. Try "
        "fewer words, or name a `type`.");
  } else if (shown < total) {
    answer.notes.emplace_back("For the rest give a `type` and a larger `limit`, or more words.");
  }
}

}  // namespace

Answer metadata_find(Call& call) {
  const std::string text = trimmed(call.arguments.text("query"));
  if (!is_uid(text) && search_words(text).empty()) {
    throw Error(ErrorKind::bad_input, "`query` holds no word to search for.",
                "Give words of a name, a code or a UID.");
  }
  const std::int64_t limit = call.arguments.integer("limit", kDefaultLimit);
  std::vector<const MetadataType*> types = asked_types(call);
  Answer answer = call.answer();
  std::optional<std::vector<Hits>> indexed = indexed_hits(call, types, text, limit);
  const bool one_uid = !indexed && is_uid(text) && !call.arguments.has("type");
  if (one_uid) types = types_of_uid(call, text);

  SignedClient& client = call.client();
  const Patience patience = call.patience();
  const bool as_words = is_uid(text) && types.size() > 1;
  Query query = search_query(call, text, limit);
  if (as_words) query.set("filter", "identifiable:token:" + text);
  const std::vector<Hits> found =
      indexed ? std::move(*indexed) : ask_each(types, [&](const MetadataType* type) {
        return search(client, patience, *type, query, text);
      });
  if (std::ranges::all_of(found, [](const Hits& hits) { return hits.failure.has_value(); })) {
    throw Error(*found.front().failure);
  }

  std::vector<Hit> hits;
  for (const Hits& some : found) hits.insert(hits.end(), some.hits.begin(), some.hits.end());
  std::ranges::stable_sort(hits, {},
                           [](const Hit& hit) { return std::pair(hit.rank, hit.name.size()); });
  if (hits.size() > static_cast<std::size_t>(limit)) hits.resize(static_cast<std::size_t>(limit));
  RowCollector collector(call.results, call.owner(), {"Type", "Name", "Code", "UID"});
  for (const Hit& hit : hits) {
    collector.add({Cell::text(hit.type->words), Cell::text(hit.name),
                   hit.code.empty() ? Cell() : Cell::text(hit.code), Cell::text(hit.uid)});
  }
  tell_totals(found, hits.size(), answer);
  collector.finish(answer);
  if (answer.total && hits.size() < *answer.total) answer.truncated = true;
  return answer;
}

Answer metadata_get(Call& call) {
  const std::string text = trimmed(call.arguments.text("object"));
  Names names = names_of(call);
  std::string uid = text;
  const MetadataType* type = nullptr;
  if (call.arguments.has("type")) {
    type = &call.registry.catalogue().known_type(call.arguments.text("type"));
  }
  if (!is_uid(text)) {
    const Named named =
        names.object(text, type != nullptr ? std::vector{type->name} : kCommonTypes);
    uid = named.uid;
    type = call.registry.catalogue().type(named.type);
  } else if (type == nullptr) {
    type = call.registry.catalogue().type(names.any(text).type);
  }

  const std::string path = "/api/" + type->collection + "/" + uid;
  const std::string asked = call.arguments.text("fields");
  const Query query = Query().add("fields", asked.empty() ? type->fields : asked);
  readable(path, query);
  Answer answer = call.answer();
  Json object = call.client().get(path, query, call.patience());
  answer.object = Json{{"type", type->words}};
  if (object.is_object()) answer.object->update(object);
  if (!call.client().profile().pii_allowed && mask_persons(path, *answer.object)) {
    answer.notes.emplace_back(kMaskedNote);
  }
  UidNames labels(call.client(), call.patience());
  if (decode_formulas(type->name, *answer.object, labels)) {
    answer.notes.insert(answer.notes.end(), labels.notes().begin(), labels.notes().end());
  }
  if (!asked.empty()) tell_absent_fields(call, path, asked, answer);
  return answer;
}

}  // namespace dhis2mcp
