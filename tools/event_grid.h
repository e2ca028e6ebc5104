// SPDX-License-Identifier: BSD-3-Clause
// Answers of event and enrollment analytics: which columns are shown, options by name, persons
// masked.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "tools/grid.h"
#include "tools/laid_rows.h"
#include "tools/names.h"
#include "tools/referred_names.h"

namespace dhis2mcp {

// The header that people mean by "last updated", "longitude" or "stored by"; empty for none.
std::string standard_header(std::string_view words);

class EventGrid : public LaidRows {
 public:
  // `layout` holds "of" (events, enrollments), "keep" (standard headers that were asked for),
  // "units" (the items that were asked for) and, where one was asked for, "stage".
  EventGrid(Call& call, Scheme scheme, const Json& layout);
  LaidPage lay(const std::string& path, Json page, std::vector<std::string>& columns) override;

  // The cells of a count as texts: options by name, persons masked. True when something was.
  bool name_cells(const std::string& path, const Json& headers, const Json& metadata,
                  std::vector<std::vector<std::string>>& rows);

 private:
  // One column of the answer at hand.
  struct Column {
    std::string header, title, option_set;
    bool shown = true, person = false, time = false, several = false, number = false;
    std::map<std::string, std::string> options;  // names by code, as far as the answer tells
  };

  std::vector<Column> read_columns(const std::string& path, const Json& headers,
                                   const Json& metadata) const;
  bool is_shown(const std::string& header, bool has_unit_name) const;
  std::string named(const Column& column, const std::string& code) const;
  void want(const std::vector<Column>& columns, const Json& rows);

  Call& call_;
  Scheme scheme_;
  std::vector<Named> units_;
  bool masks_, enrollments_, one_stage_;
  std::set<std::string> keep_;
  ReferredNames names_;
};

}  // namespace dhis2mcp
