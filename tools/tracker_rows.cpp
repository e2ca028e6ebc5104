// SPDX-License-Identifier: BSD-3-Clause
// Columns are found by their titles, so that a page is laid under those of an earlier one.
#include "tools/tracker_rows.h"

#include <algorithm>
#include <set>
#include <utility>

#include "dhis2/json_members.h"
#include "tools/catalogue.h"
#include "tools/document.h"
#include "tools/untrusted.h"

namespace dhis2mcp {

const char kEntityFields[] =
    "trackedEntity,orgUnit,updatedAt,attributes[attribute,displayName,value],"
    "enrollments[program,status,enrolledAt,attributes[attribute,displayName,value]]";
const char kEventFields[] =
    "event,status,program,programStage,trackedEntity,orgUnit,occurredAt,scheduledAt,"
    "attributeOptionCombo,dataValues[dataElement,value]";

namespace {

constexpr char kUnits[] = "organisationUnits";
constexpr char kCombos[] = "categoryOptionCombos";

// "instances" up to 2.40.
Json taken(Json& page, const std::string& path) {
  for (const std::string& name : {last_segment(path), std::string("instances")}) {
    const auto found = page.find(name);
    if (found != page.end() && found->is_array()) return std::move(*found);
  }
  return Json::array();
}

Cell text_cell(const std::string& text) { return text.empty() ? Cell() : Cell::text(text); }

// The enrollment in this program; the latest one where there are several.
Json enrollment_of(const Json& entity, const std::string& program) {
  Json best = Json::object();
  for (const Json& one : list_of(entity, "enrollments")) {
    if (!program.empty() && text_of(one, "program") != program) continue;
    if (best.empty() || text_of(one, "enrolledAt") > text_of(best, "enrolledAt")) best = one;
  }
  return best;
}

}  // namespace

std::string short_time(const Json& time) {
  if (!time.is_string()) return {};
  std::string text = time.get<std::string>();
  if (text.size() > 10 && (text[10] == 'T' || text[10] == ' ')) {
    text[10] = 'T';
    if (text.compare(11, 5, "00:00") == 0 &&
        text.find_first_not_of("0:.", 11) == std::string::npos) {
      return text.substr(0, 10);
    }
    return text.substr(0, 16);
  }
  return text;
}

void want_value(const ProgramItem* item, const Json& value, ReferredNames& names) {
  if (item == nullptr || !value.is_string()) return;
  const auto text = value.get<std::string>();
  if (text == kMasked) return;
  if (!item->option_set.empty()) {
    if (item->value_type != "MULTI_TEXT") return names.want_option(item->option_set, text);
    for (const std::string& code : comma_list(text)) names.want_option(item->option_set, code);
  }
  if (item->value_type == "ORGANISATION_UNIT") names.want(kUnits, text);
}

Cell value_cell(const ProgramItem* item, const Json& value, const ReferredNames& names) {
  if (!value.is_string()) return Cell::json(value);
  const auto text = value.get<std::string>();
  if (item == nullptr || text == kMasked) return Cell::text(text);
  if (!item->option_set.empty()) {
    if (item->value_type != "MULTI_TEXT") return Cell::text(names.option(item->option_set, text));
    std::string shown;
    for (const std::string& code : comma_list(text)) {
      shown += (shown.empty() ? "" : ", ") + names.option(item->option_set, code);
    }
    return Cell::text(shown);
  }
  if (item->is_number()) return Cell::number(text);
  if (item->value_type == "ORGANISATION_UNIT") return Cell::text(names.of(text));
  if (item->value_type == "DATE" || item->value_type == "AGE" || item->value_type == "DATETIME") {
    return Cell::text(short_time(value));
  }
  return Cell::text(text);
}

TrackerRows::TrackerRows(Call& call, Scheme scheme, bool events, std::string stage)
    : scheme_(std::move(scheme)),
      events_(events),
      masks_(!call.client().profile().pii_allowed),
      stage_(std::move(stage)),
      names_(call) {}

std::vector<std::string> TrackerRows::fixed_columns() const {
  if (!events_) {
    if (scheme_->uid.empty()) return {"Tracked entity", "Org unit", "Updated"};
    return {"Tracked entity", "Org unit", "Enrolled", "Status", "Updated"};
  }
  std::vector<std::string> columns = {"Event", "Date"};
  if (stage_.empty() && scheme_->stages.size() > 1) columns.emplace_back("Stage");
  columns.emplace_back("Org unit");
  columns.emplace_back("Status");
  if (scheme_->registers()) columns.emplace_back("Tracked entity");
  if (scheme_->divided) columns.emplace_back("Category options");
  return columns;
}

std::string TrackerRows::title_of(const std::string& uid, const Json& value) const {
  const ProgramItem* item = scheme_->item(uid);
  std::string title = item == nullptr ? line_of(value, "displayName") : scheme_->title(*item);
  if (title.empty()) return uid;
  const auto fixed = fixed_columns();
  const bool taken = std::ranges::find(fixed, title) != fixed.end();
  return taken ? title + " (" + uid + ")" : title;
}

// In the order of the program, then what it does not have (any more).
void TrackerRows::add_columns(const Json& items, std::vector<std::string>& columns) const {
  if (columns.empty()) columns = fixed_columns();
  std::set<std::string> seen;
  std::vector<std::string> strange;
  const auto see = [&](const Json& values, const char* key) {
    for (const Json& value : values) {
      const std::string uid = text_of(value, key);
      if (scheme_->item(uid) != nullptr) {
        seen.insert(uid);
      } else if (!uid.empty()) {
        strange.push_back(title_of(uid, value));
      }
    }
  };
  for (const Json& item : items) {
    see(list_of(item, "dataValues"), "dataElement");
    see(list_of(item, "attributes"), "attribute");
    if (!events_) see(list_of(enrollment_of(item, scheme_->uid), "attributes"), "attribute");
  }
  const auto add = [&](const std::string& title) {
    if (std::ranges::find(columns, title) == columns.end()) columns.push_back(title);
  };
  for (const ProgramItem& item : scheme_->attributes) {
    if (seen.contains(item.uid)) add(title_of(item.uid, Json()));
  }
  for (const ProgramStage& stage : scheme_->stages) {
    for (const ProgramItem& item : stage.items) {
      if (seen.contains(item.uid)) add(title_of(item.uid, Json()));
    }
  }
  for (const std::string& title : strange) add(title);
}

void TrackerRows::want(const Json& item) {
  names_.want(kUnits, text_of(item, "orgUnit"));
  const auto values = [&](const Json& list, const char* key) {
    for (const Json& value : list) {
      want_value(scheme_->item(text_of(value, key)), value.value("value", Json()), names_);
    }
  };
  values(list_of(item, "dataValues"), "dataElement");
  values(list_of(item, "attributes"), "attribute");
  if (!events_) values(list_of(enrollment_of(item, scheme_->uid), "attributes"), "attribute");
  if (events_ && scheme_->divided) names_.want(kCombos, text_of(item, "attributeOptionCombo"));
}

void TrackerRows::put_values(const Json& values, const char* key, Cells& cells) const {
  for (const Json& value : values) {
    const std::string uid = text_of(value, key);
    if (uid.empty()) continue;
    cells[title_of(uid, value)] =
        value_cell(scheme_->item(uid), value.value("value", Json()), names_);
  }
}

TrackerRows::Cells TrackerRows::entity(const Json& item) const {
  Cells cells;
  const Json enrollment = enrollment_of(item, scheme_->uid);
  cells["Tracked entity"] = text_cell(text_of(item, "trackedEntity"));
  if (const std::string unit = text_of(item, "orgUnit"); !unit.empty()) {
    cells["Org unit"] = Cell::text(names_.of(unit));
  }
  cells["Enrolled"] = text_cell(short_time(enrollment.value("enrolledAt", Json())));
  cells["Status"] = text_cell(text_of(enrollment, "status"));
  cells["Updated"] = text_cell(short_time(item.value("updatedAt", Json())));
  put_values(list_of(item, "attributes"), "attribute", cells);
  put_values(list_of(enrollment, "attributes"), "attribute", cells);
  return cells;
}

TrackerRows::Cells TrackerRows::event(const Json& item) const {
  Cells cells;
  cells["Event"] = text_cell(text_of(item, "event"));
  const std::string occurred = short_time(item.value("occurredAt", Json()));
  // What has not happened yet has the day that it is due.
  const std::string due = short_time(item.value("scheduledAt", Json()));
  cells["Date"] = occurred.empty() && !due.empty() ? Cell::text("due " + due) : text_cell(occurred);
  const std::string stage = text_of(item, "programStage");
  const ProgramStage* known = scheme_->stage(stage);
  cells["Stage"] = text_cell(known == nullptr ? stage : known->name);
  if (const std::string unit = text_of(item, "orgUnit"); !unit.empty()) {
    cells["Org unit"] = Cell::text(names_.of(unit));
  }
  cells["Status"] = text_cell(text_of(item, "status"));
  cells["Tracked entity"] = text_cell(text_of(item, "trackedEntity"));
  if (const std::string combo = text_of(item, "attributeOptionCombo"); !combo.empty()) {
    cells["Category options"] = Cell::text(names_.of(combo));
  }
  put_values(list_of(item, "dataValues"), "dataElement", cells);
  return cells;
}

LaidPage TrackerRows::lay(const std::string& path, Json page, std::vector<std::string>& columns) {
  LaidPage out;
  out.masked = masks_ && mask_persons(path, page);
  const Json items = taken(page, path);
  const Paging paging = read_paging(page, items.size(), path);
  out.total = paging.total;
  out.next = paging.next;
  add_columns(items, columns);
  for (const Json& item : items) want(item);
  names_.fetch();
  for (const Json& item : items) {
    const Cells cells = events_ ? event(item) : entity(item);
    Row row;
    row.reserve(columns.size());
    for (const std::string& column : columns) {
      const auto found = cells.find(column);
      row.push_back(found == cells.end() ? Cell() : found->second);
    }
    out.rows.push_back(std::move(row));
  }
  return out;
}

}  // namespace dhis2mcp
