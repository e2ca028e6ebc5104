// SPDX-License-Identifier: BSD-3-Clause
// Tracked entities and events as rows: attributes and data elements as columns, names for UIDs,
// options by their names.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tools/laid_rows.h"
#include "tools/referred_names.h"

namespace dhis2mcp {

// "2026-01-05" for the midnight that DHIS2 makes of a day, "2026-01-05T14:30" for another time.
std::string short_time(const Json& time);

// A value as it is shown. Options and units must have been wanted and fetched.
Cell value_cell(const ProgramItem* item, const Json& value, const ReferredNames& names);
void want_value(const ProgramItem* item, const Json& value, ReferredNames& names);

// What is asked of each object, and no more.
extern const char kEntityFields[];
extern const char kEventFields[];

class TrackerRows : public LaidRows {
 public:
  // `stage` is the uid of the stage that was asked for, or empty.
  TrackerRows(Call& call, Scheme scheme, bool events, std::string stage);
  LaidPage lay(const std::string& path, Json page, std::vector<std::string>& columns) override;

 private:
  using Cells = std::map<std::string, Cell>;  // by the title of the column

  std::vector<std::string> fixed_columns() const;
  std::string title_of(const std::string& uid, const Json& value) const;
  void add_columns(const Json& items, std::vector<std::string>& columns) const;
  void want(const Json& item);
  Cells entity(const Json& item) const;
  Cells event(const Json& item) const;
  void put_values(const Json& values, const char* key, Cells& cells) const;

  Scheme scheme_;
  bool events_;
  bool masks_;
  std::string stage_;
  ReferredNames names_;
};

}  // namespace dhis2mcp
