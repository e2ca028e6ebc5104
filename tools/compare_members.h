// SPDX-License-Identifier: BSD-3-Clause
// What a comparison of two instances looks at in an object, and how: a table for the types of
// aggregate data, and what the answers themselves show for every other type.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dhis2/json.h"

namespace dhis2mcp {

enum class Compared {
  value,      // texts, numbers (0 and 0.0 are one), lists of texts in any order, other JSON
  count,      // only how many: org units that a data set is assigned to
  reference,  // one object
  set,        // objects in any order
  sequence,   // objects in an order that people see
  part,       // members of an object inside this one
  parts,      // such objects in any order; matched by their references, else by name
  formula,    // DHIS2's expression: the same when the same things are meant
  sharing,
  place  // not compared: puts the objects of a sequence into order
};

struct Member {
  std::string name;  // "categoryCombo"
  Compared as = Compared::value;
  std::string type;      // of what it refers to, or of its parts; empty where it is not known
  bool follow = false;   // the objects that it refers to are compared as well
  bool inlined = false;  // and stand whole in the answer; else they are asked for by their UIDs
  int since = 0;         // the DHIS2 major that first has it; 0: all
};

// The members of a type of the table ("dataSet"), or of a part ("dataSetElement"); empty for
// others.
const std::vector<Member>& compared_members(const std::string& type);

// Those of two answers of a type that the table does not know: everything that is not noise.
std::vector<Member> shown_members(const std::string& type, const Json& here, const Json& there);

// What to ask for: the members of the table, with code and name of what they refer to, inlined
// types whole; ":owner" for other types.
std::string compared_fields(const std::string& type);

// Whether an object has this member only from some major on, and this one is older.
bool lacks_member(std::string_view type, std::string_view member, int major);

// What DHIS2 fills in where nobody chose anything: false, 0, an empty list, "NONE".
bool says_nothing(const Json& value);

}  // namespace dhis2mcp
