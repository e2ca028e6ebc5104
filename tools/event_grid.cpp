// SPDX-License-Identifier: BSD-3-Clause
// Cells are read by header, never by position: columns came and went between majors.
#include "tools/event_grid.h"

#include <algorithm>
#include <array>
#include <utility>

#include "dhis2/json_members.h"
#include "tools/catalogue.h"
#include "tools/document.h"
#include "tools/name_forms.h"
#include "tools/place.h"
#include "tools/tracker_rows.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

// Columns that every line list has: shown only where they are asked for, by these words.
struct Standard {
  std::string_view header, words;
  enum class Shown { asked, events, registered, enrollments, always } shown;
};

constexpr auto kStandard = std::to_array<Standard>({
    {"psi", "event", Standard::Shown::events},
    {"ps", "program stage", Standard::Shown::asked},
    {"eventdate", "event date", Standard::Shown::always},
    {"pi", "enrollment", Standard::Shown::asked},
    {"tei", "tracked entity", Standard::Shown::registered},
    {"enrollmentdate", "enrollment date", Standard::Shown::enrollments},
    {"incidentdate", "incident date", Standard::Shown::enrollments},
    {"scheduleddate", "scheduled date", Standard::Shown::asked},
    {"storedby", "stored by", Standard::Shown::asked},
    {"createdby", "created by", Standard::Shown::asked},
    {"createdbydisplayname", "created by", Standard::Shown::asked},
    {"lastupdatedby", "last updated by", Standard::Shown::asked},
    {"lastupdatedbydisplayname", "last updated by", Standard::Shown::asked},
    {"lastupdated", "last updated", Standard::Shown::asked},
    {"created", "created", Standard::Shown::asked},
    {"completed", "completed", Standard::Shown::asked},
    {"geometry", "geometry", Standard::Shown::asked},
    {"enrollmentgeometry", "enrollment geometry", Standard::Shown::asked},
    {"longitude", "longitude", Standard::Shown::asked},
    {"latitude", "latitude", Standard::Shown::asked},
    {"ouname", "org unit name", Standard::Shown::always},
    {"ounamehierarchy", "org unit hierarchy", Standard::Shown::asked},
    {"oucode", "org unit code", Standard::Shown::asked},
    {"programstatus", "enrollment status", Standard::Shown::registered},
    {"eventstatus", "event status", Standard::Shown::always},
    {"ou", "org unit id", Standard::Shown::asked},
});

// The item of "stage[-1].item-legendSet".
std::string item_of(const std::string& header) {
  std::string text =
      header.substr(header.rfind('.') == std::string::npos ? 0 : header.rfind('.') + 1);
  return text.substr(0, text.find('-'));
}

// The units that were asked for, as the answer names them.
void tell_units(const Grid& grid, const Json& metadata, LaidPage& out) {
  const Json& units = member_of(member_of(metadata, "dimensions"), "ou");
  if (units.size() > 10) return;
  for (const Json& unit : units) {
    if (!unit.is_string()) continue;
    const auto uid = unit.get<std::string>();
    if (const std::string* name = grid.name_of(uid)) {
      out.read_as.push_back(clean_line(*name) + " = " + uid);
    }
  }
}

}  // namespace

std::string standard_header(std::string_view words) {
  const std::string text = lower_ascii(trimmed(words));
  for (const Standard& one : kStandard) {
    if (text == one.words || text == one.header) return std::string(one.header);
  }
  return {};
}

EventGrid::EventGrid(Call& call, Scheme scheme, const Json& layout)
    : call_(call),
      scheme_(std::move(scheme)),
      masks_(!call.client().profile().pii_allowed),
      enrollments_(layout.value("of", "") == "enrollments"),
      one_stage_(layout.contains("stage") || scheme_->stages.size() < 2),
      names_(call) {
  for (const Json& header : layout.value("keep", Json::array())) {
    keep_.insert(header.get<std::string>());
  }
  for (const Json& unit : layout.value("units", Json::array())) {
    units_.push_back({"", "", "", unit.get<std::string>()});
  }
}

bool EventGrid::is_shown(const std::string& header, bool has_unit_name) const {
  if (keep_.contains(header)) return true;
  for (const Standard& one : kStandard) {
    if (one.header != header) continue;
    switch (one.shown) {
      case Standard::Shown::always:
        return true;
      case Standard::Shown::events:
        return !enrollments_;
      case Standard::Shown::registered:
        return scheme_->registers() || scheme_->stages.empty();
      case Standard::Shown::enrollments:
        return enrollments_;
      default:
        return (header == "ou" && !has_unit_name) || (header == "ps" && !one_stage_);
    }
  }
  return true;
}

std::vector<EventGrid::Column> EventGrid::read_columns(const std::string& path, const Json& headers,
                                                       const Json& metadata) const {
  const Json& items = member_of(metadata, "items");
  const Json& dimensions = member_of(metadata, "dimensions");
  const std::vector<std::size_t> persons =
      masks_ ? person_columns(path, headers) : std::vector<std::size_t>();
  const bool list = path.find("/query/") != std::string::npos;
  const bool has_unit_name = std::ranges::any_of(
      headers, [](const Json& header) { return text_of(header, "name") == "ouname"; });
  std::vector<Column> columns;
  for (std::size_t i = 0; i < headers.size(); ++i) {
    Column column;
    column.header = text_of(headers[i], "name");
    const ProgramItem* item = scheme_->item(item_of(column.header));
    const bool attribute = item != nullptr && item->attribute;
    // A data element that was asked without its stage looks like an attribute, and is none.
    column.person =
        std::ranges::find(persons, i) != persons.end() && (item == nullptr || attribute);
    if (masks_ && list && attribute) column.person = true;
    column.shown = is_shown(column.header, has_unit_name);
    const std::string type = text_of(headers[i], "valueType");
    column.time = type == "DATETIME" || type == "DATE" || type == "AGE";
    column.several = type == "MULTI_TEXT";
    column.number = item != nullptr && item->is_number();
    column.option_set = text_of(headers[i], "optionSet");
    if (column.option_set.empty() && item != nullptr) column.option_set = item->option_set;
    for (const Json& option : member_of(dimensions, column.header.c_str())) {
      if (!option.is_string()) continue;
      const Json& known = member_of(items, option.get_ref<const std::string&>().c_str());
      const std::string code = text_of(known, "code");
      if (!code.empty()) column.options[code] = text_of(known, "name");
    }
    columns.push_back(std::move(column));
  }
  return columns;
}

std::string EventGrid::named(const Column& column, const std::string& code) const {
  if (column.several && code.find(',') != std::string::npos) {
    std::string out;
    for (const std::string& one : comma_list(code)) {
      out += (out.empty() ? "" : ", ") + named(column, one);
    }
    return out;
  }
  const auto known = column.options.find(code);
  if (known != column.options.end()) return known->second;
  return column.option_set.empty() ? code : names_.option(column.option_set, code);
}

// Options that the answer itself does not name are asked for.
void EventGrid::want(const std::vector<Column>& columns, const Json& rows) {
  for (const Json& row : rows) {
    for (std::size_t i = 0; i < columns.size() && i < row.size(); ++i) {
      const Column& column = columns[i];
      if (column.option_set.empty() || column.person || !row[i].is_string()) continue;
      const auto& code = row[i].get_ref<const std::string&>();
      if (!column.options.contains(code)) names_.want_option(column.option_set, code);
    }
  }
  names_.fetch();
}

LaidPage EventGrid::lay(const std::string& path, Json page, std::vector<std::string>& columns) {
  const Json& headers = member_of(page, "headers");
  const Json& rows = member_of(page, "rows");
  const Json& metadata = member_of(page, "metaData");
  const bool first = columns.empty();
  Grid grid(headers, metadata);
  const std::vector<std::string> titles = grid.titles();
  const std::vector<Column> read = read_columns(path, headers, metadata);
  want(read, rows);
  std::vector<std::size_t> places(titles.size(), 0);
  for (std::size_t i = 0; i < titles.size(); ++i) {
    if (!read[i].shown) continue;
    const auto found = std::ranges::find(columns, titles[i]);
    places[i] = static_cast<std::size_t>(found - columns.begin());
    if (found == columns.end()) columns.push_back(titles[i]);
  }
  LaidPage out;
  if (first) {
    tell_units(grid, metadata, out);
    tell_dropped_units(
        call_.client(), units_, [&](const std::string& uid) { return grid.lacks(uid); },
        call_.patience(), out.notes);
  }
  for (const Json& cells : rows) {
    Row named_row = grid.row(cells);
    Row row(columns.size());
    for (std::size_t i = 0; i < read.size(); ++i) {
      if (!read[i].shown || named_row[i].absent()) continue;
      Cell cell = named_row[i];
      if (read[i].person) {
        cell = Cell::text(kMasked);
        out.masked = true;
      } else if (read[i].time) {
        cell = Cell::text(short_time(Json(cell.str())));
      } else if (!read[i].option_set.empty() || !read[i].options.empty()) {
        cell = Cell::text(
            named(read[i], cells[i].is_string() ? cells[i].get<std::string>() : cell.str()));
      }
      // What an org unit group set or a category has is told by UID.
      const std::string* name = is_uid(cell.str()) ? grid.name_of(cell.str()) : nullptr;
      if (name != nullptr) cell = Cell::text(*name);
      row[places[i]] = std::move(cell);
    }
    out.rows.push_back(std::move(row));
  }
  page.erase("rows");
  const Paging paging = read_paging(page, out.rows.size(), path);
  out.total = paging.total;
  out.next = paging.next;
  return out;
}

bool EventGrid::name_cells(const std::string& path, const Json& headers, const Json& metadata,
                           std::vector<std::vector<std::string>>& rows) {
  const std::vector<Column> read = read_columns(path, headers, metadata);
  bool masked = false;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < read.size() && i < row.size(); ++i) {
      if (read[i].option_set.empty() || read[i].person || read[i].options.contains(row[i]))
        continue;
      names_.want_option(read[i].option_set, row[i]);
    }
  }
  names_.fetch();
  for (auto& row : rows) {
    for (std::size_t i = 0; i < read.size() && i < row.size(); ++i) {
      if (row[i].empty()) continue;
      if (read[i].person) {
        row[i] = kMasked;
        masked = true;
      } else if (read[i].time) {
        row[i] = short_time(Json(row[i]));
      } else if (!read[i].option_set.empty() || !read[i].options.empty()) {
        row[i] = named(read[i], row[i]);
      } else if (read[i].number) {
        row[i] = Cell::number(row[i]).str();
      }
    }
  }
  return masked;
}

}  // namespace dhis2mcp
