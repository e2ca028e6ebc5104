// SPDX-License-Identifier: BSD-3-Clause
// Chooses the list by the place, then narrows it by what was typed.
#include "tools/known_completions.h"

#include <array>
#include <map>
#include <utility>

#include "auth/connections.h"
#include "dhis2/error.h"
#include "tools/catalogue.h"
#include "tools/catalogue_prompts.h"
#include "tools/instance_resources.h"
#include "tools/name_forms.h"
#include "tools/name_indexes.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kMost = 100;  // the protocol's own bound

// Where a client did not say of which type the object is.
const std::vector<std::string> kAskedFor = {"dataElement", "indicator", "programIndicator",
                                            "dataSet",     "program",   "organisationUnit"};

// The variable of a template decides.
CataloguePrompts::Choices of_template(const CompletionPlace& place) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kVariables = {{
      {kSystemTemplate, "profile"},
      {kObjectTemplate, "profile"},
      {kObjectTemplate, "type"},
      {kObjectTemplate, "id"},
      {kResultTemplate, "profile"},
      {kResultTemplate, "id"},
  }};
  for (const auto& [uri, variable] : kVariables) {
    if (place.ref == uri && place.argument == variable) return {std::string(variable), {}};
  }
  throw Error(ErrorKind::not_found,
              "There is no resource template \"" + clean_line(place.ref.substr(0, 200)) +
                  "\" with a variable \"" + clean_line(place.argument.substr(0, 80)) + "\".",
              "resources/templates/list names them.");
}

}  // namespace

std::vector<std::string> KnownCompletions::listed(const std::string& kind) const {
  std::vector<std::string> values;
  if (kind == "profile") {
    for (const Profile& profile : connections_.profiles()) values.push_back(profile.name);
  } else if (kind == "type") {
    for (const MetadataType& type : catalogue_.types()) values.push_back(type.name);
  }
  return values;
}

Completion KnownCompletions::names(const std::vector<std::string>& types, const std::string& value,
                                   const std::map<std::string, std::string>& others) const {
  Completion out;
  const auto given = others.find("profile");
  std::string profile;
  try {
    profile = connections_.choose(given == others.end() ? "" : given->second);
  } catch (const Error&) {
    return out;  // the prompt or the resource itself says what is wrong with the profile
  }
  const auto index = indexes_ == nullptr ? nullptr : indexes_->at_hand(profile, types);
  if (!index) return out;
  const IndexSearch found = index->search(trimmed(value), types, kMost);
  std::map<std::string, int> seen;
  for (const IndexedName& one : found.hits) ++seen[clean_line(one.display)];
  for (const IndexedName& one : found.hits) {
    const std::string name = clean_line(one.display);
    out.values.push_back(name.empty() || seen[name] > 1 ? one.uid : name);
  }
  std::uint64_t total = 0;
  for (const auto& [type, count] : found.total) total += count;
  if (found.counted) out.total = total;
  out.has_more = total > out.values.size();
  return out;
}

Completion KnownCompletions::complete(const CompletionPlace& place, const std::string& value,
                                      const std::map<std::string, std::string>& others,
                                      const CallContext& /*context*/) const {
  const CataloguePrompts::Choices choices =
      place.prompt ? prompts_.choices(place.ref, place.argument) : of_template(place);
  const bool object = !place.prompt && place.ref == kObjectTemplate && choices.kind == "id";
  if (object) {
    const auto type = others.find("type");
    if (type == others.end()) return names(kAskedFor, value, others);
    const MetadataType* known = catalogue_.type(type->second);
    return known == nullptr ? Completion() : names({known->name}, value, others);
  }
  if (const MetadataType* type = catalogue_.type(choices.kind)) {
    return names({type->name}, value, others);
  }
  std::vector<std::string> values = listed(choices.kind);
  values.insert(values.end(), choices.values.begin(), choices.values.end());
  const std::string typed = lower_ascii(value);
  Completion begun;
  std::vector<std::string> held;
  for (std::string& one : values) {
    const std::size_t at = lower_ascii(one).find(typed);
    if (at == 0) {
      begun.values.push_back(std::move(one));
    } else if (at != std::string::npos) {
      held.push_back(std::move(one));
    }
  }
  begun.values.insert(begun.values.end(), held.begin(), held.end());
  begun.total = begun.values.size();
  begun.has_more = begun.values.size() > kMost;
  if (begun.has_more) begun.values.resize(kMost);
  return begun;
}

}  // namespace dhis2mcp
