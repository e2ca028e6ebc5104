// SPDX-License-Identifier: BSD-3-Clause
// From what people write to DHIS2 objects: a UID, a code or an exact name, with type words.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "auth/signed_client.h"
#include "tools/catalogue.h"
#include "tools/name_indexes.h"

namespace dhis2mcp {

struct Named {
  std::string uid, name;        // name is empty where a UID was taken as it stood
  std::string type;             // "indicator"; also "reportingRate", "operand", "level", "group"
  std::string item;             // what a dimension takes: the uid, "uid.coc", "uid.REPORTING_RATE"
  std::string read_as() const;  // "ANC 1 Coverage = indicator Uvn6LCg7dVU"
};

// One of several readings of a text about places.
struct UnitText {
  enum class Kind { any, scope, unit };  // a scope is a level or a group
  std::string text;
  Kind kind = Kind::any;
};

// Asks the server for what was written: an exact UID, else code, else name, display name or short
// name; a leading or trailing type word ("indicator ANC 1 Coverage") narrows. What differs only in
// case is taken where it is the only one. Throws ambiguous with candidates, or not_found with near
// matches; nothing else was run then. Answers are remembered in this process for ten minutes, per
// profile, so that a question asked again costs no look-up.
class Names {
 public:
  // With `indexes`, names are found in the local index once it holds their types; what it does not
  // know is asked of the server all the same, for it may be new.
  Names(SignedClient& client, const Catalogue& catalogue, Patience patience,
        NameIndexes* indexes = nullptr);

  // `types` are names of MetadataType.
  Named object(std::string_view text, const std::vector<std::string>& types);

  // The object of a UID, whatever its type.
  Named any(const std::string& uid);

  // Data items of analytics: data elements, operands, indicators, program indicators, reporting
  // rates ("RMA reporting rate"). What has the form of a UID or of an item is not looked up:
  // analytics names it.
  std::vector<Named> data_items(const std::vector<std::string>& texts);

  // Units, levels ("level 3", "District", LEVEL-3), groups and the user's own (USER_ORGUNIT, "my
  // org units").
  std::vector<Named> org_units(const std::vector<std::string>& texts);

  // The same for texts that may be none: `item` is empty for what is unknown or ambiguous.
  std::vector<Named> known_org_units(const std::vector<UnitText>& texts);

  // A dimension to break figures down by: a category, a group set, "option combo".
  Named dimension(std::string_view text);

 private:
  struct Found;
  struct Wanted;

  std::vector<Found> ask(const MetadataType& type, const std::vector<std::string>& texts);
  std::vector<Found> near(const MetadataType& type, const std::string& text);
  static std::vector<Found> found_in(const Json& answer, const MetadataType& type);
  Named pick(const Wanted& wanted, const std::vector<Found>& found);
  Named pick_near(const Wanted& wanted);
  Named pick_indexed(const Wanted& wanted);
  std::shared_ptr<NameIndex> index_of(const std::vector<const MetadataType*>& types);
  std::vector<Found> indexed(const std::vector<IndexedName>& names) const;
  std::vector<Named> look_up(std::vector<Wanted> wanted, bool all_exist = true);
  std::vector<Named> units(const std::vector<UnitText>& texts, bool all_exist);
  Wanted wanted_unit(const std::string& text, UnitText::Kind kind) const;
  std::vector<const MetadataType*> known(const std::vector<std::string>& types) const;
  std::string cache_key(const Wanted& wanted) const;

  SignedClient& client_;
  const Catalogue& catalogue_;
  Patience patience_;
  NameIndexes* indexes_;
};

class Call;

// With the client, the patience and the index of a call.
Names names_of(Call& call);

}  // namespace dhis2mcp
