// SPDX-License-Identifier: BSD-3-Clause
// Chooses the list by the place, then narrows it by what was typed.
#include "tools/known_completions.h"

#include <array>
#include <utility>

#include "auth/connections.h"
#include "dhis2/error.h"
#include "tools/catalogue.h"
#include "tools/catalogue_prompts.h"
#include "tools/instance_resources.h"
#include "tools/name_forms.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kMost = 100;  // the protocol's own bound

// The variable of a template decides; ids are not known without asking a server.
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

std::vector<std::string> KnownCompletions::known(const CompletionPlace& place) const {
  const CataloguePrompts::Choices choices =
      place.prompt ? prompts_.choices(place.ref, place.argument) : of_template(place);
  std::vector<std::string> values = choices.values;
  if (choices.kind == "profile") {
    for (const Profile& profile : connections_.profiles()) values.push_back(profile.name);
  } else if (choices.kind == "type") {
    for (const MetadataType& type : catalogue_.types()) values.push_back(type.name);
  }
  return values;
}

Completion KnownCompletions::complete(const CompletionPlace& place, const std::string& value,
                                      const std::map<std::string, std::string>& /*others*/,
                                      const CallContext& /*context*/) const {
  const std::string typed = lower_ascii(value);
  Completion begun;
  std::vector<std::string> held;
  for (std::string& one : known(place)) {
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
