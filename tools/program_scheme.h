// SPDX-License-Identifier: BSD-3-Clause
// What a program is made of: its stages, their data elements and the attributes of its persons.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tools/call.h"

namespace dhis2mcp {

// A data element or a tracked entity attribute.
struct ProgramItem {
  std::string uid, name;          // in the user's language
  std::vector<std::string> also;  // code, short name, form name
  std::string value_type, option_set;
  bool attribute = false;

  bool is_number() const;
};

struct ProgramStage {
  std::string uid, name;
  std::vector<std::string> also;
  std::vector<ProgramItem> items;
};

struct ProgramScheme {
  std::string uid, name;        // empty for the scheme of a tracked entity type alone
  std::string type, type_name;  // of its tracked entities; empty where it registers none
  bool divided = false;         // its events carry category options (not the default ones)
  std::vector<ProgramStage> stages;
  std::vector<ProgramItem> attributes;

  bool registers() const { return !type.empty(); }
  const ProgramStage* stage(std::string_view uid) const;

  // nullptr for what does not belong to it.
  const ProgramItem* item(std::string_view uid) const;

  // The stages that have this data element.
  std::vector<const ProgramStage*> stages_of(std::string_view item) const;

  // Its name, with its uid where another item has the same name.
  std::string title(const ProgramItem& item) const;
  const ProgramItem* titled(std::string_view title) const;

  // "stage Visit" or a uid or code of one; throws not_found with those that there are.
  const ProgramStage& named_stage(std::string_view text) const;
};

// One request each, whose answer is remembered in this process for ten minutes, per profile.
// Throws not_found for what does not exist or may not be read.
using Scheme = std::shared_ptr<const ProgramScheme>;
Scheme program_scheme(Call& call, const std::string& program);
Scheme entity_type_scheme(Call& call, const std::string& type);

// A program by name, code or UID: the scheme, and how it was read.
Scheme read_program(Call& call, std::string_view text, Answer& answer);

// The same of several programs, in one request for those that are not remembered. What cannot be
// read is left out.
std::vector<Scheme> program_schemes(Call& call, const std::vector<std::string>& programs);

}  // namespace dhis2mcp
