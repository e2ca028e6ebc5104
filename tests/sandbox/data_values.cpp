// SPDX-License-Identifier: BSD-3-Clause
// Exports data values as the played release writes them.
#include "tests/sandbox/data_values.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <memory>
#include <tuple>
#include <unordered_map>

#include "tests/sandbox/data_values_selection.h"
#include "tests/sandbox/data_values_stored.h"

namespace sandbox {
namespace {

constexpr int kNewFormSince = 43;

struct Value {
  Period period;
  size_t unit, element;  // places in the selection, for the order
  std::string co, ao, value, stored_by, created, updated;
  std::optional<std::string> comment;
  bool follow_up = false;
};

// DHIS2's "2026-11-21T09:45:34.291+0000".
std::string zoned(const std::string& time) { return time + "+0000"; }

bool contains(const std::vector<std::string>& list, const std::string& item) {
  return list.empty() || std::find(list.begin(), list.end(), item) != list.end();
}

class Export {
 public:
  Export(const Country& country, const Request& request)
      : country_(country),
        selection_(read_values_selection(country, request)),
        schemes_(read_schemes(country, request)),
        new_form_(country.settings().major >= kNewFormSince) {
    if (!selection_.foreign) read();
    if (new_form_) check_schemes();
  }

  bool is_hidden() const { return selection_.foreign; }
  const std::vector<Value>& values() const { return values_; }
  bool new_form() const { return new_form_; }

  // The keys of the whole set. In the new form those that all rows share, which rows leave out.
  Json root() const {
    Json root = Json::object();
    const bool one_set = selection_.sets.size() == 1;
    if (!new_form_ && !(one_set && one_period() && one_unit_named())) return root;
    if (one_set) root["dataSet"] = set_id();
    if (!new_form_) root["completeDate"] = complete_date();
    if (one_period()) root["period"] = selection_.periods[0].id;
    if (!new_form_ || shares_unit()) root["orgUnit"] = unit_root_id();
    if (!new_form_) return root;
    for (const char* kind : {"dataSet", "dataElement", "orgUnit", "categoryOptionCombo",
                             "attributeOptionCombo", "category", "categoryOption"}) {
      const auto scheme = schemes_.find(kind);
      if (scheme != schemes_.end()) root[std::string(kind) + "IdScheme"] = scheme->second;
    }
    return root;
  }

  Json row(const Value& value) const {
    Json row = {{"dataElement", element_id(value)}};
    if (!new_form_ || !one_period()) row["period"] = value.period.id;
    if (!new_form_ || !shares_unit()) row["orgUnit"] = unit_id(value);
    row["categoryOptionCombo"] = combo_id("categoryOptionCombo", value.co);
    row["attributeOptionCombo"] = combo_id("attributeOptionCombo", value.ao);
    row["value"] = value.value;
    row["storedBy"] = value.stored_by;
    row["created"] = zoned(value.created);
    row["lastUpdated"] = zoned(value.updated);
    if (value.comment) {
      row["comment"] = *value.comment;
    } else if (!new_form_) {
      row["comment"] = nullptr;
    }
    if (value.follow_up || !new_form_) row["followup"] = value.follow_up;
    return row;
  }

  std::vector<std::string> csv_row(const Value& value) const {
    const auto cell = [](const Json& id) { return id.is_null() ? "" : id.get<std::string>(); };
    const std::string no = new_form_ ? "" : "false";
    return {cell(element_id(value)),
            value.period.id,
            cell(unit_id(value)),
            cell(combo_id("categoryOptionCombo", value.co)),
            cell(combo_id("attributeOptionCombo", value.ao)),
            value.value,
            value.stored_by,
            zoned(value.updated),
            value.comment.value_or(""),
            value.follow_up ? "true" : no,
            new_form_ ? "false" : "null"};
  }

 private:
  bool one_period() const { return selection_.periods.size() == 1; }
  bool one_unit_named() const { return selection_.named_units.size() == 1 && !selection_.grouped; }
  bool shares_unit() const { return one_unit_named() && !selection_.children; }

  // An object's id in the scheme of its kind; null when it has none.
  Json id_of(const char* kind, const char* plural, const std::string& uid) const {
    const auto scheme = schemes_.find(kind);
    if (scheme == schemes_.end()) return uid;
    const Json* object = country_.find(plural, uid);
    const auto id = object == nullptr ? std::nullopt : in_scheme(*object, scheme->second);
    return id ? Json(*id) : Json(nullptr);
  }

  Json set_id() const { return id_of("dataSet", "dataSets", selection_.sets[0]); }
  Json element_id(const Value& value) const {
    return id_of("dataElement", "dataElements", selection_.elements[value.element]);
  }
  Json unit_id(const Value& value) const {
    return id_of("orgUnit", "organisationUnits", selection_.units[value.unit]->uid);
  }
  Json unit_root_id() const {
    if (selection_.units.empty()) return selection_.named_units[0];
    return id_of("orgUnit", "organisationUnits", selection_.named_units[0]);
  }
  Json combo_id(const char* kind, const std::string& uid) const {
    return id_of(kind, "categoryOptionCombos", uid);
  }

  Json complete_date() const {
    const auto database = country_.stored();
    SQLite::Statement row(database,
                          "SELECT date FROM completeness WHERE data_set = ? AND period = ? AND "
                          "org_unit = ? LIMIT 1");
    row.bind(1, selection_.sets[0]);
    row.bind(2, selection_.periods[0].id);
    row.bind(3, selection_.named_units[0]);
    if (!row.executeStep()) return nullptr;
    return row.getColumn(0).getString().substr(0, 10) + "T00:00:00.000+0000";
  }

  void read() {
    std::unordered_map<std::string, size_t> elements;
    for (size_t i = 0; i < selection_.elements.size(); ++i) elements[selection_.elements[i]] = i;
    const StoredValues stored(country_);
    const auto database = country_.stored();
    SQLite::Statement rows(
        database,
        "SELECT data_element, period, category_option_combo, attribute_option_combo, value, "
        "stored_by, created, last_updated, comment, follow_up FROM data_value WHERE org_unit = ? "
        "AND (? = '' OR period = ?)");
    std::vector<std::string> periods;
    for (const Period& period : selection_.periods) periods.push_back(period.id);
    if (periods.empty()) periods.emplace_back();
    for (size_t unit = 0; unit < selection_.units.size(); ++unit) {
      for (const std::string& period : periods) {
        rows.reset();
        rows.bind(1, selection_.units[unit]->uid);
        rows.bind(2, period);
        rows.bind(3, period);
        while (rows.executeStep()) add(rows, unit, elements, stored);
      }
    }
    order();
  }

  void add(SQLite::Statement& row, size_t unit,
           const std::unordered_map<std::string, size_t>& elements, const StoredValues& stored) {
    const auto element = elements.find(row.getColumn(0).getString());
    const auto period = parse_period(row.getColumn(1).getString(), 43);
    if (element == elements.end() || !period || !selection_.has_period(*period)) return;
    Value value;
    value.period = *period;
    value.unit = unit;
    value.element = element->second;
    value.co = row.getColumn(2).getString();
    value.ao = row.getColumn(3).getString();
    value.value = row.getColumn(4).getString();
    if (!contains(selection_.co, value.co) || !contains(selection_.ao, value.ao)) return;
    if (!stored.keeps(*country_.find("dataElements", element->first), *period, value.value)) return;
    value.stored_by = row.getColumn(5).getString();
    value.created = row.getColumn(6).getString();
    value.updated = row.getColumn(7).getString();
    if (!row.getColumn(8).isNull()) value.comment = row.getColumn(8).getString();
    value.follow_up = row.getColumn(9).getInt() != 0;
    if (value.updated < selection_.since) return;
    values_.push_back(std::move(value));
  }

  // 2.43 goes by period and then the uid of the data element. Older releases go by unit and data
  // element in the order in which they were made; by data element first when several periods are
  // asked for.
  void order() {
    const bool by_element = selection_.has_time() && !one_period();
    std::stable_sort(values_.begin(), values_.end(), [&](const Value& a, const Value& b) {
      const Day day_a = a.period.start, day_b = b.period.start;
      if (new_form_) {
        return std::tie(day_a, selection_.elements[a.element]) <
               std::tie(day_b, selection_.elements[b.element]);
      }
      if (by_element) {
        return std::tie(a.element, day_a, a.unit) < std::tie(b.element, day_b, b.unit);
      }
      return std::tie(a.unit, day_a, a.element) < std::tie(b.unit, day_b, b.element);
    });
    const auto first =
        values_.begin() + static_cast<long>(std::min(selection_.offset, values_.size()));
    values_.erase(values_.begin(), first);
    if (selection_.limit && *selection_.limit < values_.size()) values_.resize(*selection_.limit);
  }

  // 2.43 exports nothing when one object has no id in the scheme asked for.
  void check_schemes() const {
    if (selection_.sets.size() == 1 && set_id().is_null()) {
      refuse("dataSet", "data set: `" + selection_.sets[0] + "`", "E8200");
    }
    if (shares_unit() && unit_root_id().is_null()) {
      refuse("orgUnit", "organisation unit: `" + selection_.named_units[0] + "`", "E8201");
    }
    std::vector<std::string> elements, cos, aos;
    const auto note = [](std::vector<std::string>& list, const std::string& uid) {
      if (std::find(list.begin(), list.end(), uid) == list.end()) list.push_back(uid);
    };
    for (const Value& value : values_) {
      if (element_id(value).is_null()) note(elements, selection_.elements[value.element]);
      if (combo_id("categoryOptionCombo", value.co).is_null()) note(cos, value.co);
      if (combo_id("attributeOptionCombo", value.ao).is_null()) note(aos, value.ao);
    }
    refuse_list("dataElement", "data element(s)", elements, "E8202");
    refuse_list("categoryOptionCombo", "category option combo(s)", cos, "E8203");
    refuse_list("attributeOptionCombo", "attribute option combo(s)", aos, "E8204");
  }

  void refuse_list(const char* kind, const char* name, const std::vector<std::string>& uids,
                   const char* code) const {
    std::string list;
    for (const std::string& uid : uids) list += (list.empty() ? "" : ", ") + uid;
    if (!list.empty()) refuse(kind, std::string(name) + ": `[" + list + "]`", code);
  }

  [[noreturn]] void refuse(const char* kind, const std::string& what, const char* code) const {
    const std::string& scheme = schemes_.at(kind);
    const std::string name = scheme.starts_with("ATTRIBUTE") ? "ATTR" : scheme;
    throw SelectionRefusal(
        409, "Export as " + name + " not possible as the property is undefined for " + what, code);
  }

  const Country& country_;
  Selection selection_;
  Schemes schemes_;
  bool new_form_;
  std::vector<Value> values_;
};

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string cell = "\"";
  for (const char c : text) cell += c == '"' ? std::string("\"\"") : std::string(1, c);
  return cell + "\"";
}

using Write = std::function<bool(std::string_view)>;

void write_json(const Export& values, const Write& write) {
  std::string root = values.root().dump();
  root.pop_back();
  if (root.size() > 1) root += ",";
  if (!write(root + "\"dataValues\":[")) return;
  bool first = true;
  for (const Value& value : values.values()) {
    if (!write((first ? "" : ",") + values.row(value).dump())) return;
    first = false;
  }
  write("]}");
}

void write_csv(const Export& values, const Write& write) {
  if (!write("dataelement,period,orgunit,categoryoptioncombo,attributeoptioncombo,value,storedby,"
             "lastupdated,comment,followup,deleted\n")) {
    return;
  }
  for (const Value& value : values.values()) {
    std::string line;
    for (const std::string& cell : values.csv_row(value)) {
      line += (line.empty() ? "" : ",") + csv_cell(cell);
    }
    if (!write(line + "\n")) return;
  }
}

std::string attribute(const std::string& name, const std::string& value) {
  std::string text = " " + name + "=\"";
  for (const char c : value) {
    if (c == '&') {
      text += "&amp;";
    } else if (c == '<') {
      text += "&lt;";
    } else if (c == '"') {
      text += "&quot;";
    } else if (c == '\n') {
      text += "&#xa;";
    } else {
      text += c;
    }
  }
  return text + "\"";
}

// The keys of JSON as attributes. 2.43 writes periods as day and length.
std::string attributes(const Json& object, bool new_form) {
  std::string text;
  for (const auto& [key, value] : object.items()) {
    if (value.is_null()) continue;
    if (key == "followup") {
      text += attribute("followUp", value.get<bool>() ? "true" : "false");
    } else if (key == "period" && new_form) {
      const Period period = *parse_period(value.get<std::string>(), 43);
      text += attribute(key, iso_day(period.start) + "/" + std::string(duration(period.type)));
    } else {
      text += attribute(key, value.get<std::string>());
    }
  }
  return text;
}

void write_xml(const Export& values, const Write& write) {
  const bool new_form = values.new_form();
  if (!write("<?xml version='1.0' encoding='UTF-8'?><dataValueSet "
             "xmlns=\"http://dhis2.org/schema/dxf/2.0\"" +
             attributes(values.root(), new_form) + ">")) {
    return;
  }
  for (const Value& value : values.values()) {
    if (!write("<dataValue" + attributes(values.row(value), new_form) + "/>")) return;
  }
  write("</dataValueSet>");
}

// The form by extension, then `format`, then, up to 2.42, Accept.
std::string form_of(const Country& country, const Request& request) {
  std::string form = request.extension;
  if (form.empty()) form = request.param("format").value_or("");
  if (form.empty() && country.settings().major < kNewFormSince) {
    const std::string accept = request.header("Accept");
    for (const char* name : {"adx+xml", "csv", "xml"}) {
      if (accept.find(std::string("application/") + name) != std::string::npos) return name;
    }
  }
  return form;
}

void add_disposition(const Country& country, const Request& request, const std::string& type,
                     Reply& reply) {
  const auto name = request.param("attachment");
  const bool new_form = country.settings().major >= kNewFormSince;
  if (new_form == name.has_value()) return;
  const std::string quote = new_form ? "\"" : "";
  reply.headers.emplace_back(
      "Content-Disposition",
      "attachment; filename=" + quote + name.value_or("dataValues") + "." + type + quote);
  reply.headers.emplace_back("Content-Transfer-Encoding", "binary");
}

Reply played(const Country& country, const Request& request) {
  const std::string form = form_of(country, request);
  const std::string compression = request.param("compression").value_or("none");
  auto values = std::make_shared<const Export>(country, request);
  if (values->is_hidden()) return Reply{};
  if (form == "adx+xml") return not_played("GET /api/dataValueSets as " + form);
  if (compression != "none") return not_played("GET /api/dataValueSets as " + compression);
  Reply reply;
  const std::string type = form == "csv" || form == "xml" ? form : "json";
  reply.content_type = "application/" + type + ";charset=UTF-8";
  add_disposition(country, request, type, reply);
  reply.stream = [values, type](const Write& write) {
    std::string buffer;
    const Write buffered = [&](std::string_view text) {
      buffer += text;
      if (buffer.size() < (1 << 16)) return true;
      const bool alive = write(buffer);
      buffer.clear();
      return alive;
    };
    const auto writer = type == "csv" ? write_csv : type == "xml" ? write_xml : write_json;
    writer(*values, buffered);
    if (!buffer.empty()) write(buffer);
  };
  return reply;
}

}  // namespace

Reply data_value_sets(const Country& country, const Request& request) {
  try {
    return played(country, request);
  } catch (const SelectionRefusal& refusal) {
    return web_message(refusal.status, refusal.what(), refusal.code);
  }
}

}  // namespace sandbox
