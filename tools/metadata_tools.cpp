// SPDX-License-Identifier: BSD-3-Clause
// metadata_find (one request for each type, four at once) and metadata_get (one request, after the
// look-up of a name or of a UID's type; for formulas one more for each type of item, at once).
#include <algorithm>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>

#include "dhis2/error.h"
#include "dhis2/readable.h"
#include "tools/call.h"
#include "tools/catalogue.h"
#include "tools/document.h"
#include "tools/field_check.h"
#include "tools/formula.h"
#include "tools/handlers.h"
#include "tools/name_fill.h"
#include "tools/name_forms.h"
#include "tools/name_indexes.h"
#include "tools/name_rank.h"
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
constexpr std::size_t kMostNear = 10;

using NameIndexRead = std::shared_ptr<NameIndex>;

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
  IndexedName object;
  const MetadataType* type = nullptr;
};

struct Hits {
  const MetadataType* type = nullptr;
  std::vector<Hit> hits;
  std::uint64_t total = 0;
  std::optional<Error> failure;
};

// What a search found, the best first.
struct Findings {
  std::vector<Hits> by_type;
  std::vector<Hit> hits;
  bool counted = true;  // false: there are more than the totals say
  bool alone = false;   // the server's own search, without the index of names
};

bool names_uid(const std::string& text) { return is_uid(text) && !may_be_word(text); }

Query search_query(const Call& call, const std::string& condition, std::int64_t limit) {
  Query query;
  query.add("fields", "id,code,name,displayName,shortName").add("filter", condition);
  for (const std::string& filter : call.arguments.list("filter")) query.add("filter", filter);
  query.add("pageSize", std::to_string(limit));
  return query;
}

// One type's hits. A type that cannot be searched (no access, not in this version, no such property
// to filter by) is told, not fatal.
Hits search(SignedClient& client, const Patience& patience, const MetadataType& type,
            const Query& query) {
  Hits out{&type, {}, 0, std::nullopt};
  Json answer;
  try {
    const std::string path = "/api/" + type.collection;
    readable(path, query);
    answer = client.get(path, query, patience);
  } catch (const Error& error) {
    if (!is_local(error)) throw;
    out.failure = error;
    return out;
  }
  const Json rows = answer.value(type.collection, Json::array());
  for (const Json& object : rows) {
    if (object.is_object()) out.hits.push_back({listed_name(type, object), &type});
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

std::vector<std::string> names_of_types(const std::vector<const MetadataType*>& types) {
  std::vector<std::string> names;
  for (const MetadataType* type : types) names.push_back(type->name);
  return names;
}

std::vector<Hit> hits_of(const Call& call, std::vector<IndexedName> names) {
  std::vector<Hit> hits;
  for (IndexedName& one : names) {
    const MetadataType* type = call.registry.catalogue().type(one.type);
    hits.push_back({std::move(one), type});
  }
  return hits;
}

// From the local index, where it holds all of these types and has an answer: an object that is not
// in it may be new. Filters are the server's affair.
std::optional<Findings> indexed(const Call& call, const NameIndexRead& index,
                                const std::vector<const MetadataType*>& types,
                                const std::string& text, std::size_t limit) {
  if (!index) return std::nullopt;
  IndexSearch found = index->search(text, names_of_types(types), limit);
  if (found.hits.empty()) return std::nullopt;
  Findings out;
  for (const MetadataType* type : types) {
    const auto total = found.total.find(type->name);
    out.by_type.push_back({type, {}, total == found.total.end() ? 0 : total->second, std::nullopt});
  }
  out.hits = hits_of(call, std::move(found.hits));
  out.counted = found.counted;
  return out;
}

Findings remote(Call& call, std::vector<const MetadataType*> types, const std::string& text,
                std::int64_t limit) {
  if (names_uid(text) && !call.arguments.has("type")) types = types_of_uid(call, text);
  SignedClient& client = call.client();
  const Patience patience = call.patience();
  const auto ask = [&](const std::string& condition) {
    const Query query = search_query(call, condition, limit);
    return ask_each(
        types, [&](const MetadataType* type) { return search(client, patience, *type, query); });
  };
  const std::string by_words = "identifiable:token:" + search_words(text);
  const bool by_uid = names_uid(text) && types.size() == 1;
  Findings out;
  out.by_type = ask(by_uid ? "id:eq:" + text : by_words);
  // Names and codes may have the form of a UID.
  if (by_uid && out.by_type[0].total == 0 && !out.by_type[0].failure) out.by_type = ask(by_words);
  const auto failed = [](const Hits& hits) { return hits.failure.has_value(); };
  if (std::ranges::all_of(out.by_type, failed)) throw Error(*out.by_type.front().failure);
  for (const Hits& some : out.by_type) {
    out.hits.insert(out.hits.end(), some.hits.begin(), some.hits.end());
  }
  std::ranges::stable_sort(out.hits, {}, [&](const Hit& hit) {
    return std::tuple(name_rank(hit.object, text), type_class(hit.type->name),
                      hit.object.display.size());
  });
  if (out.hits.size() > static_cast<std::size_t>(limit)) {
    out.hits.resize(static_cast<std::size_t>(limit));
  }
  return out;
}

// What nothing was found by, and what may find more.
std::string nothing_found(const Call& call, const Findings& found) {
  const std::string what = found.alone ? "Nothing that the server found has all these words"
                                       : "Nothing has all these words";
  const std::string where = what + " in its name, short name or code";
  if (!found.hits.empty()) return where + ": these are near.";
  return where + (call.arguments.has("type") ? ". Try fewer or other words."
                                             : ". Try fewer words, or name a `type`.");
}

// The index takes "deces" for what it folds to; a database may not.
void tell_alone(const Call& call, const Findings& found, Answer& answer) {
  const bool to_come = call.registry.indexes() != nullptr && !call.arguments.has("filter");
  if (!found.alone || (!to_come && !found.hits.empty())) return;
  answer.notes.push_back(
      std::string("The search was made on the server alone, which may tell accents apart") +
      (to_come ? ": names are still being read here, and a later call may find more." : "."));
}

void tell_totals(const Call& call, const Findings& found, Answer& answer) {
  std::string totals;
  std::uint64_t total = 0;
  for (const Hits& hits : found.by_type) {
    total += hits.total;
    if (hits.total == 0) continue;
    totals += (totals.empty() ? "" : ", ") + hits.type->words + " " + std::to_string(hits.total);
  }
  // The near ones are all there is to show.
  const bool near = total == 0 && !found.hits.empty();
  if (found.counted && !near) answer.total = total;
  if (!found.counted) {
    answer.notes.push_back("More than " + std::to_string(total) + " names match.");
  } else if (found.by_type.size() > 1 && !totals.empty()) {
    answer.notes.push_back("Matches by type: " + totals + ".");
  }
  for (const Hits& hits : found.by_type) {
    if (!hits.failure) continue;
    answer.notes.push_back("Not searched: " + hits.type->words + " (" + hits.failure->what() +
                           ").");
  }
  if (total == 0) {
    answer.notes.push_back(nothing_found(call, found));
  } else if (found.hits.size() < total) {
    answer.notes.emplace_back(call.arguments.has("type")
                                  ? "For the rest give a larger `limit`, or more words."
                                  : "For the rest give a `type` and a larger `limit`, or more "
                                    "words.");
  }
  tell_alone(call, found, answer);
}

Findings find(Call& call, const std::vector<const MetadataType*>& types, const std::string& text,
              Answer& answer) {
  const std::int64_t limit = call.arguments.integer("limit", kDefaultLimit);
  const auto most = static_cast<std::size_t>(limit);
  NameIndexRead index;
  if (call.registry.indexes() != nullptr && !call.arguments.has("filter")) {
    index = call.registry.indexes()->ready(call.client(), names_of_types(types));
  }
  // Who names no type in `type` may do so in the words.
  std::optional<TypedText> typed;
  if (!call.arguments.has("type")) typed = typed_text(text, types);
  if (typed && search_words(typed->text).empty()) typed.reset();
  const bool alone = !index && !names_uid(text);
  if (auto found = indexed(call, index, types, text, most)) return std::move(*found);
  if (typed) {
    auto found = indexed(call, index, {typed->type}, typed->text, most);
    if (!found) found = remote(call, {typed->type}, typed->text, limit);
    found->alone = alone;
    if (!found->hits.empty()) {
      answer.read_as.push_back(clean_line(text) + " = " + typed->type->words + " " +
                               clean_line(typed->text));
      return std::move(*found);
    }
  }
  Findings found = remote(call, types, text, limit);
  found.alone = alone;
  if (found.hits.empty() && index) {
    found.hits = hits_of(call, index->near(text, names_of_types(types), std::min(most, kMostNear)));
  }
  return found;
}

Named named_object(Names& names, const std::string& text, const MetadataType* type) {
  try {
    if (names_uid(text)) return names.any(text);
  } catch (const Error& error) {
    // Names and codes may have the form of a UID.
    if (error.http != 404) throw;
  }
  return names.object(text, type != nullptr ? std::vector{type->name} : kCommonTypes);
}

}  // namespace

Answer metadata_find(Call& call) {
  const std::string text = trimmed(call.arguments.text("query"));
  demand_name_length(text);
  if (!is_uid(text) && search_words(text).empty()) {
    throw Error(ErrorKind::bad_input, "`query` holds no word to search for.",
                "Give words of a name, a code or a UID.");
  }
  Answer answer = call.answer();
  const std::vector<const MetadataType*> types = asked_types(call);
  const Findings found = find(call, types, text, answer);
  std::vector<std::string> columns = {"Type", "Name", "Code", "UID"};
  const bool one_type = call.arguments.has("type") && types.size() == 1;
  if (one_type) columns.erase(columns.begin());
  RowCollector collector(call.results, call.owner(), columns);
  for (const Hit& hit : found.hits) {
    const IndexedName& object = hit.object;
    const bool translated = object.display != object.name && !object.name.empty();
    Row row;
    if (!one_type) row.push_back(Cell::text(hit.type->words));
    row.push_back(Cell::text(object.display + (translated ? " (" + object.name + ")" : "")));
    row.push_back(object.code.empty() ? Cell() : Cell::text(object.code));
    row.push_back(Cell::text(object.uid));
    collector.add(std::move(row));
  }
  tell_totals(call, found, answer);
  collector.finish(answer);
  if (!found.counted || (answer.total && found.hits.size() < *answer.total)) {
    answer.truncated = true;
  }
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
  if (!names_uid(text) || type == nullptr) {
    const Named named = named_object(names, text, type);
    uid = named.uid;
    type = call.registry.catalogue().type(named.type);
  }

  const std::string path = "/api/" + type->collection + "/" + uid;
  const std::string asked = call.arguments.text("fields");
  const Query query = Query().add("fields", asked.empty() ? type->fields : asked);
  readable(path, query);
  Answer answer = call.answer();
  Json object = call.client().get(path, query, call.patience());
  answer.object = Json{{"type", type->words}};
  if (object.is_object()) {
    // Visualizations and reports have a type of their own.
    if (const Json& own = member_of(object, "type"); !own.is_null()) {
      (*answer.object)["own_type"] = own;
      object.erase("type");
    }
    answer.object->update(object);
  }
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
