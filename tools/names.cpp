// SPDX-License-Identifier: BSD-3-Clause
// Each text has one or more readings; the index is asked first, then the server, then for what is
// near.
#include "tools/names.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "dhis2/error.h"
#include "dhis2/json_members.h"
#include "tools/call.h"
#include "tools/document.h"
#include "tools/name_forms.h"
#include "tools/name_rank.h"
#include "tools/names_found.h"
#include "tools/parallel.h"
#include "tools/registry.h"
#include "tools/remembered.h"
#include "tools/uid_names.h"
#include "tools/untrusted.h"

namespace dhis2mcp {

// One text and the readings of it, the best one first.
struct Names::Wanted {
  struct Reading {
    std::string text;
    std::vector<const MetadataType*> types;
    std::string suffix;  // ".REPORTING_RATE", to be put behind the uid
  };
  std::string written;
  std::vector<Reading> readings;
  std::string purpose;  // part of the cache's key
  bool maybe = false;   // it may be none
};

namespace {

constexpr std::size_t kTextsPerRequest = 12;
constexpr std::size_t kNear = 5;
constexpr const char* kScope = "ou scope";
constexpr const char* kData = "dx";

Remembered<Named>& remembered() {
  static Remembered<Named> names(5'000);
  return names;
}

std::vector<std::string> type_names(const std::vector<const MetadataType*>& types) {
  std::vector<std::string> names;
  for (const MetadataType* type : types) names.push_back(type->name);
  return names;
}

// A type and texts to look for in it, as many as one request takes.
using TextsOfType = std::pair<const MetadataType*, std::vector<std::string>>;

std::vector<TextsOfType> requests_for(
    const std::map<const MetadataType*, std::vector<std::string>>& texts) {
  std::vector<TextsOfType> requests;
  for (const auto& [type, all] : texts) {
    for (auto& some : in_parts(all, kTextsPerRequest)) requests.emplace_back(type, std::move(some));
  }
  return requests;
}

Error ambiguous(const std::string& written, const std::vector<Candidate>& candidates) {
  Error error(ErrorKind::ambiguous,
              "\"" + written + "\" fits " + std::to_string(candidates.size()) +
                  " objects; nothing was run.",
              "Give the UID of the one you mean.");
  error.candidates = candidates;
  return error;
}

}  // namespace

std::string Named::read_as() const {
  std::string id = item.empty() ? uid : item;
  if (name.empty()) return id;
  return name + " = " + (type.empty() ? "" : type + " ") + id;
}

Names::Names(SignedClient& client, const Catalogue& catalogue, Patience patience,
             NameIndexes* indexes)
    : client_(client), catalogue_(catalogue), patience_(std::move(patience)), indexes_(indexes) {}

Names names_of(Call& call) {
  return {call.client(), call.registry.catalogue(), call.patience(), call.registry.indexes()};
}

std::vector<const MetadataType*> Names::known(const std::vector<std::string>& types) const {
  std::vector<const MetadataType*> out;
  for (const std::string& name : types) {
    if (const MetadataType* type = catalogue_.type(name)) out.push_back(type);
  }
  return out;
}

std::string Names::cache_key(const Wanted& wanted) const {
  return remembered_key(client_.profile(),
                        wanted.purpose + (wanted.maybe ? "?\n" : "\n") + wanted.written);
}

namespace {

Candidate candidate_of(const auto& found) {
  return {clean_line(found.display.empty() ? found.name : found.display), found.type->name,
          found.uid, clean_line(found.parent)};
}

}  // namespace

// The best fit of the first reading that has any; uid empty when none has.
Named Names::pick(const Wanted& wanted, const std::vector<Found>& found) {
  for (const Wanted::Reading& reading : wanted.readings) {
    int best = Found::kNoFit;
    std::vector<const Found*> fits;
    for (const Found& one : found) {
      if (std::ranges::find(reading.types, one.type) == reading.types.end()) continue;
      const int rank = one.rank(reading.text);
      if (rank >= Found::kNoFit || rank > best) continue;
      if (rank < best) fits.clear();
      best = rank;
      const bool again =
          std::ranges::any_of(fits, [&](const Found* fit) { return fit->uid == one.uid; });
      if (!again) fits.push_back(&one);
    }
    if (fits.empty()) continue;
    if (fits.size() > 1) {
      std::ranges::stable_sort(fits, {}, [](const Found* fit) {
        return std::tuple(type_class(fit->type->name), fit->name.size(), fit->parent);
      });
      std::vector<Candidate> candidates;
      for (const Found* fit : fits) candidates.push_back(candidate_of(*fit));
      throw ambiguous(wanted.written, candidates);
    }
    const Found& one = *fits.front();
    Named named{one.uid, clean_line(one.display.empty() ? one.name : one.display), one.type->name,
                one.uid + reading.suffix};
    if (!reading.suffix.empty()) named.type = "reportingRate";
    if (named.type == "organisationUnitLevel") {
      named.type = "level";
      named.item = "LEVEL-" + one.uid;
    } else if (named.type == "organisationUnitGroup" && wanted.purpose.starts_with("ou")) {
      named.type = "group";
      named.item = "OU_GROUP-" + one.uid;
    }
    return named;
  }
  return {};
}

std::shared_ptr<NameIndex> Names::index_of(const std::vector<const MetadataType*>& types) {
  if (indexes_ == nullptr) return nullptr;
  client_.whoami(patience_);  // whose index it is
  return indexes_->ready(client_, type_names(types));
}

std::vector<Names::Found> Names::indexed(const std::vector<IndexedName>& names) const {
  std::vector<Found> out;
  for (const IndexedName& one : names) {
    out.push_back({one.uid, one.code, one.name, one.display, one.short_name, one.parent,
                   catalogue_.type(one.type), one.also});
  }
  return out;
}

// Empty where the index is not ready for a reading, or knows nothing of that name.
Named Names::pick_indexed(const Wanted& wanted) {
  std::vector<Found> found;
  for (const Wanted::Reading& reading : wanted.readings) {
    const auto index = index_of(reading.types);
    if (!index) return {};
    for (Found& one : indexed(index->exact(reading.text, type_names(reading.types)))) {
      found.push_back(std::move(one));
    }
  }
  return pick(wanted, found);
}

// Nothing fits exactly: what differs in case only, else the near ones as candidates.
Named Names::pick_near(const Wanted& wanted) {
  std::vector<Found> near_ones;
  for (const Wanted::Reading& reading : wanted.readings) {
    if (const auto index = index_of(reading.types)) {
      const std::vector<std::string> types = type_names(reading.types);
      for (const auto& some : {index->search(reading.text, types, kNear).hits,
                               index->near(reading.text, types, kNear)}) {
        for (Found& one : indexed(some)) near_ones.push_back(std::move(one));
      }
      continue;
    }
    for (const auto& some : ask_each(
             reading.types, [&](const MetadataType* type) { return near(*type, reading.text); })) {
      near_ones.insert(near_ones.end(), some.begin(), some.end());
    }
  }
  Named named = pick(wanted, near_ones);
  if (!named.uid.empty()) return named;
  Error error(ErrorKind::not_found, "Nothing here is called \"" + wanted.written + "\".",
              near_ones.empty() ? "Search with metadata_find, with fewer or other words."
                                : "Take one of the near matches, or search with metadata_find.");
  const bool any_set =
      std::ranges::any_of(near_ones, [](const Found& one) { return one.type->name == "dataSet"; });
  if (any_set && wanted.purpose == kData) {
    error.hint += " Of a data set write \"<data set> reporting rate\", with its name or UID.";
  }
  std::set<std::string> told;
  for (const Found& one : near_ones) {
    if (error.candidates.size() < 10 && told.insert(one.uid).second) {
      error.candidates.push_back(candidate_of(one));
    }
  }
  throw error;
}

std::vector<Named> Names::look_up(std::vector<Wanted> wanted, bool all_exist) {
  // One of several readings may be ambiguous and another be right.
  const auto pick_one = [&](const auto& choose, const Wanted& one) {
    try {
      return choose(one);
    } catch (const Error& error) {
      const bool none = error.kind == ErrorKind::ambiguous || error.kind == ErrorKind::not_found;
      if (all_exist || !none) throw;
      return Named{};
    }
  };
  std::vector<std::optional<Named>> out(wanted.size());
  std::map<const MetadataType*, std::vector<std::string>> texts;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    // A filter for an empty name is an error of the server's own, one for a long name of its proxy.
    if (wanted[i].written.empty() || is_too_long(wanted[i].written)) {
      if (all_exist) demand_name_length(wanted[i].written);
      if (all_exist) throw Error(ErrorKind::bad_input, "A name is empty.", "Write what you mean.");
      out[i] = Named{};
      continue;
    }
    out[i] = remembered().find(cache_key(wanted[i]));
    if (out[i]) continue;
    Named named = pick_one([this](const Wanted& one) { return pick_indexed(one); }, wanted[i]);
    if (!named.uid.empty()) {
      out[i] = std::move(named);
      continue;
    }
    for (const Wanted::Reading& reading : wanted[i].readings) {
      for (const MetadataType* type : reading.types) texts[type].push_back(reading.text);
    }
  }
  std::vector<Found> found;
  for (auto& some : ask_each(requests_for(texts),
                             [this](const TextsOfType& r) { return ask(*r.first, r.second); })) {
    found.insert(found.end(), some.begin(), some.end());
  }
  std::vector<Named> named;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (!out[i]) {
      out[i] = pick_one([&](const Wanted& one) { return pick(one, found); }, wanted[i]);
      if (out[i]->uid.empty() && (all_exist || wanted[i].purpose == kScope)) {
        out[i] = pick_one([this](const Wanted& one) { return pick_near(one); }, wanted[i]);
      }
      // That it is none is remembered too, where it may be none.
      remembered().put(cache_key(wanted[i]), *out[i]);
    }
    named.push_back(*out[i]);
  }
  return named;
}

Named Names::object(std::string_view written, const std::vector<std::string>& types) {
  const std::string text = trimmed(written);
  const std::vector<const MetadataType*> all = known(types);
  Wanted wanted{text, {{text, all, ""}}, ""};
  for (const std::string& type : types) wanted.purpose += type + ",";
  if (const auto typed = typed_text(text, all)) {
    wanted.readings.push_back({typed->text, {typed->type}, ""});
  }
  return look_up({wanted}).front();
}

Named Names::any(const std::string& uid) {
  const Wanted wanted{uid, {}, "any"};
  if (const auto known_already = remembered().find(cache_key(wanted))) return *known_already;
  const Json object = client_.get("/api/identifiableObjects/" + percent_encode(uid),
                                  Query().add("fields", "id,name,href"), patience_);
  const std::string href = text_of(object, "href");
  const std::string above = href.substr(0, href.rfind('/'));
  const MetadataType* type = catalogue_.type(last_segment(above));
  if (type == nullptr) {
    throw Error(
        ErrorKind::not_found,
        "The object " + uid + " is of a type that is not read here (" + last_segment(above) + ").",
        "Read it with dhis2_query at " + last_segment(above) + "/" + uid + ".");
  }
  Named named{uid, line_of(object, "name"), type->name, uid};
  remembered().put(cache_key(wanted), named);
  return named;
}

std::vector<Named> Names::data_items(const std::vector<std::string>& texts) {
  const auto types = known({"dataElement", "indicator", "programIndicator"});
  const auto sets = known({"dataSet"});
  std::vector<Named> out(texts.size());
  std::vector<Wanted> wanted;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::string text = trimmed(texts[i]);
    if (is_data_item(text) && !may_be_word(text)) {
      out[i] = {text.substr(0, text.find('.')), "", "", text};
      continue;
    }
    Wanted one{text, {{text, types, ""}}, kData};
    if (const auto typed = typed_text(text, types)) {
      one.readings.push_back({typed->text, {typed->type}, ""});
    }
    if (const auto metric = data_set_metric(text)) {
      one.readings.push_back({metric->data_set, sets, "." + metric->metric});
    }
    wanted.push_back(std::move(one));
    places.push_back(i);
  }
  const std::vector<Named> named = look_up(std::move(wanted));
  for (std::size_t i = 0; i < named.size(); ++i) out[places[i]] = named[i];
  return out;
}

Names::Wanted Names::wanted_unit(const std::string& text, UnitText::Kind kind) const {
  const auto types =
      kind == UnitText::Kind::unit ? known({"organisationUnit"})
      : kind == UnitText::Kind::scope
          ? known({"organisationUnitLevel", "organisationUnitGroup"})
          : known({"organisationUnit", "organisationUnitLevel", "organisationUnitGroup"});
  Wanted one{text, {{text, types, ""}}, "ou"};
  // What is remembered of one kind is not an answer for another.
  if (kind == UnitText::Kind::unit) one.purpose = "ou unit";
  if (kind == UnitText::Kind::scope) one.purpose = kScope;
  if (const auto typed = typed_text(text, types)) {
    one.readings.push_back({typed->text, {typed->type}, ""});
  }
  // "districts" is the level District before it is a group of that name.
  if (kind == UnitText::Kind::unit) return one;
  for (const char* type : {"organisationUnitLevel", "organisationUnitGroup"}) {
    for (const std::string& singular : singulars(text)) {
      one.readings.push_back({singular, known({type}), ""});
    }
  }
  return one;
}

std::vector<Named> Names::units(const std::vector<UnitText>& texts, bool all_exist) {
  std::vector<Named> out(texts.size());
  std::vector<Wanted> wanted;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::string text = trimmed(texts[i].text);
    if (const auto item = org_unit_item(text)) {
      out[i] = {"", "", "", *item};
    } else if (is_uid(text) && !may_be_word(text) && texts[i].kind != UnitText::Kind::scope) {
      out[i] = {text, "", "", text};
    } else {
      wanted.push_back(wanted_unit(text, texts[i].kind));
      if (!all_exist) wanted.back().maybe = true;
      places.push_back(i);
    }
  }
  const std::vector<Named> named = look_up(std::move(wanted), all_exist);
  for (std::size_t i = 0; i < named.size(); ++i) out[places[i]] = named[i];
  return out;
}

std::vector<Named> Names::org_units(const std::vector<std::string>& texts) {
  std::vector<UnitText> units_asked;
  for (const std::string& text : texts) units_asked.push_back({text});
  return units(units_asked, true);
}

std::vector<Named> Names::known_org_units(const std::vector<UnitText>& texts) {
  return units(texts, false);
}

Named Names::dimension(std::string_view written) {
  const std::string text = trimmed(written);
  const std::string lower = lower_ascii(text);
  for (const std::string_view combo : {"co", "option combo", "category option combo"}) {
    if (lower == combo) return {"co", "", "", "co"};
  }
  for (const std::string_view combo : {"ao", "attribute option combo"}) {
    if (lower == combo) return {"ao", "", "", "ao"};
  }
  if (is_uid(text) && !may_be_word(text)) return {text, "", "", text};
  return object(text, {"category", "categoryOptionGroupSet", "organisationUnitGroupSet",
                       "dataElementGroupSet"});
}

}  // namespace dhis2mcp
