// SPDX-License-Identifier: BSD-3-Clause
// The forms in which people and DHIS2 write items, told apart without asking a server.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dhis2/ascii.h"
#include "tools/catalogue.h"

namespace dhis2mcp {

// "uid", "uid.uid", "uid.uid.uid", "uid.REPORTING_RATE", DE_GROUP-uid, IN_GROUP-uid: what the dx
// dimension takes as it stands.
bool is_data_item(std::string_view text);

// USER_ORGUNIT and its kin, LEVEL-n, LEVEL-uid, LEVEL-n-uid, OU_GROUP-uid, and the plain words for
// them ("level 3", "my org units"): the item, or nothing.
std::optional<std::string> org_unit_item(std::string_view text);

// "RMA - reporting rate" is {"RMA", "REPORTING_RATE"}.
struct DataSetMetric {
  std::string data_set, metric;
};
std::optional<DataSetMetric> data_set_metric(std::string_view text);

// "indicator ANC 1 Coverage", "ANC 1 Coverage (indicator)": the type and what is left, where the
// type is one of `types`.
struct TypedText {
  const MetadataType* type;
  std::string text;
};
std::optional<TypedText> typed_text(std::string_view text,
                                    const std::vector<const MetadataType*>& types);

// The member of an object that names what it belongs to: "parent" of an org unit, "program" of a
// stage. Empty for types whose objects stand alone.
std::string parent_member(std::string_view type);

// A text in the form of a UID that reads as a word: "Ouagadougou".
bool may_be_word(std::string_view text);

std::string trimmed(std::string_view text);

// With the typewriter's apostrophe for each typographic one: people type what is on the keyboard.
std::string straight(std::string_view text);

// DHIS2's names hold 230 characters, and people put a type or a place beside one. Throws bad_input
// for what is longer than that, before it is sent in a URL.
inline constexpr std::size_t kLongestName = 300;  // characters
bool is_too_long(std::string_view text);
void demand_name_length(std::string_view text);

// "districts" as "district", "facilities" as "facility", "centres de sante" as "centre de sante":
// what may be meant, and nothing for what is no plural.
std::vector<std::string> singulars(std::string_view text);

// Only letters, digits and bytes beyond ASCII, in words: what DHIS2's token operator can take.
std::string search_words(std::string_view text);

// What stands between the marks, trimmed, none of it empty.
std::vector<std::string> split_at(std::string_view text, char mark);

std::vector<std::string> split_at_spaces(std::string_view text);

// "ANC1" as "ANC 1", "dataElement" as "data Element"; empty where no word is made of several.
std::string split_words(std::string_view text);

}  // namespace dhis2mcp
