// SPDX-License-Identifier: BSD-3-Clause
// Which of several names that hold the same words is meant first.
#pragma once

#include <string>
#include <string_view>

#include "tools/name_index.h"

namespace dhis2mcp {

// How well a name fits what was typed. The lower, the better; within one, shorter names come first.
enum class NameRank : int {
  same,  // the UID, code or a name, to the letter
  same_but_case,
  begun,       // a name begins with the words
  words,       // all words stand in its names; "ANC1" holds ANC and 1
  begun_part,  // a name begins with the text, within a word
  parts,       // all words begin words of its names
  inside
};
NameRank name_rank(const IndexedName& object, std::string_view text);

// 0: what people ask for (data elements, indicators, data sets, programs, org units); 1: what such
// objects are grouped, counted or shown by; 2: what they are made of. `type` is a MetadataType
// name.
int type_class(std::string_view type);

}  // namespace dhis2mcp
