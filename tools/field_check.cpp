// SPDX-License-Identifier: BSD-3-Clause
// Compares what was asked with what came.
#include "tools/field_check.h"

#include <algorithm>
#include <functional>
#include <set>

#include "auth/nearest.h"
#include "dhis2/ascii.h"
#include "dhis2/error.h"
#include "dhis2/json_members.h"
#include "tools/answer.h"
#include "tools/call.h"
#include "tools/catalogue.h"
#include "tools/document.h"
#include "tools/registry.h"

namespace dhis2mcp {
namespace {

constexpr int kDepth = 8;

// Walks "a,b~rename(c),d[e,f[g]]".
class FieldList {
 public:
  explicit FieldList(std::string_view text) : text_(text) {}

  std::vector<std::string> paths() {
    read("", 0);
    return std::move(paths_);
  }

 private:
  void read(const std::string& above, int depth) {
    while (at_ < text_.size() && depth < kDepth) {
      const char c = text_[at_];
      if (c == ']' || c == ')') {
        ++at_;
        return;
      }
      if (c == ',') {
        ++at_;
        continue;
      }
      field(above, depth);
    }
    at_ = depth < kDepth ? at_ : text_.size();
  }

  void field(const std::string& above, int depth) {
    std::string name = take_name();
    const bool renamed = take_transformers(name);
    const bool by_name = !name.empty() && name.front() != ':' && name.front() != '!' &&
                         name != "*" && !(is_uid(name) && has_digit_or_capital(name));
    const std::string path = above + name;
    if (at_ < text_.size() && (text_[at_] == '[' || text_[at_] == '(')) {
      ++at_;
      const std::size_t before = paths_.size();
      read(path + ".", depth + 1);
      if (paths_.size() > before || !by_name) return;
    } else if (name.empty()) {
      ++at_;
    }
    if (by_name || renamed) paths_.push_back(path);
  }

  std::string take_name() {
    const std::size_t start = at_;
    while (at_ < text_.size() && std::string_view(",[]()~|").find(text_[at_]) == text_.npos) {
      if (at_ > start && text_[at_] == ':' && text_.substr(at_).starts_with("::")) break;
      ++at_;
    }
    return std::string(text_.substr(start, at_ - start));
  }

  // "~size", "|rename(x)", "::pluck[name]"; leaves `name` as the answer will call it.
  bool take_transformers(std::string& name) {
    bool renamed = false;
    while (at_ < text_.size() && (text_[at_] == '~' || text_[at_] == '|' || text_[at_] == ':')) {
      while (at_ < text_.size() && (text_[at_] == '~' || text_[at_] == '|' || text_[at_] == ':')) {
        ++at_;
      }
      const std::string transformer = take_name();
      std::string argument;
      if (at_ < text_.size() && (text_[at_] == '(' || text_[at_] == '[')) {
        const char close = text_[at_] == '(' ? ')' : ']';
        const std::size_t end = std::min(text_.find(close, at_), text_.size());
        argument = text_.substr(at_ + 1, end - at_ - 1);
        at_ = std::min(end + 1, text_.size());
      }
      if (transformer == "rename" && !argument.empty()) {
        name = argument;
        renamed = true;
      }
    }
    return renamed;
  }

  // "description" has the form of a UID and is none.
  static bool has_digit_or_capital(std::string_view name) {
    return std::ranges::any_of(name, is_digit) || is_upper(name.front());
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<std::string> paths_;
};

// Whether a member path is in the document, lists looked through.
bool holds_path(const Json& value, std::string_view path) {
  if (path.empty()) return true;
  if (value.is_array()) {
    return std::ranges::any_of(value, [path](const Json& item) { return holds_path(item, path); });
  }
  if (!value.is_object()) return false;
  const auto dot = path.find('.');
  const auto found = value.find(path.substr(0, dot));
  if (found == value.end()) return false;
  return dot == std::string_view::npos || holds_path(*found, path.substr(dot + 1));
}

bool table_holds(const Table& table, const std::string& path) {
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const std::string& column = table.columns[i];
    if (column == path || column.starts_with(path + ".")) return true;
    if (!path.starts_with(column + ".")) continue;
    const std::string inner = path.substr(column.size() + 1);
    for (const Row& row : table.rows) {
      if (i >= row.size() || row[i].absent()) continue;
      const Json cell = Json::parse(row[i].to_json(), nullptr, false);
      if ((cell.is_array() && cell.empty()) || holds_path(cell, inner)) return true;
    }
  }
  return false;
}

// Whether nothing of the branch came at all, so that its inner names cannot be judged.
bool parent_is_empty(const std::string& path,
                     const std::function<bool(const std::string&)>& holds) {
  const auto dot = path.rfind('.');
  return dot != std::string::npos && !holds(path.substr(0, dot));
}

// A list with rows too long for a table stands as an object.
const Json& objects_of(const Json& object, const std::string& path) {
  const Json& list = member_of(object, last_segment(path).c_str());
  return list.is_array() ? list : object;
}

const MetadataType* type_of(const Call& call, const std::string& path) {
  for (const MetadataType& type : call.registry.catalogue().types()) {
    const std::string start = "/api/" + type.collection;
    if (path == start || path.starts_with(start + "/") || path.starts_with(start + ".")) {
      return &type;
    }
  }
  return nullptr;
}

// Every name that DHIS2 takes for a property of the type; empty when it cannot be asked.
std::vector<std::string> known_properties(Call& call, const MetadataType& type) {
  std::vector<std::string> names;
  try {
    Query query;
    query.add("fields", "properties[name,fieldName,collectionName]");
    const Json schema = call.client().get("/api/schemas/" + type.name, query, call.patience());
    for (const Json& property : schema.value("properties", Json::array())) {
      for (const auto& [member, name] : property.items()) {
        if (name.is_string()) names.push_back(name.get<std::string>());
      }
    }
  } catch (const Error& error) {
    if (error.kind == ErrorKind::cancelled) throw;
  }
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace

std::vector<std::string> named_fields(std::string_view fields) {
  std::string text(fields);  // blanks and line breaks stand wherever somebody liked them
  std::erase_if(text, [](char c) { return c == ' ' || has_control({&c, 1}); });
  return FieldList(text).paths();
}

void tell_absent_fields(Call& call, const std::string& path, std::string_view fields,
                        Answer& answer) {
  if (answer.table ? answer.table->rows.empty() : !answer.object) return;
  const auto holds = [&](const std::string& name) {
    return answer.table ? table_holds(*answer.table, name)
                        : holds_path(objects_of(*answer.object, path), name);
  };
  std::vector<std::string> absent;
  for (const std::string& name : named_fields(fields)) {
    if (!holds(name) && !parent_is_empty(name, holds)) absent.push_back(name);
  }
  if (absent.empty()) return;
  const MetadataType* type = type_of(call, path);
  const std::vector<std::string> known =
      type == nullptr ? std::vector<std::string>{} : known_properties(call, *type);
  for (const std::string& name : absent) {
    const bool top = name.find('.') == std::string::npos;
    if (top && !known.empty() && !std::ranges::binary_search(known, name)) {
      std::string note = "Unknown field \"" + name + "\" of " + type->name + ": DHIS2 left it out.";
      if (const std::string nearest = did_you_mean(nearest_names(name, known)); !nearest.empty()) {
        note += " " + nearest;
      }
      answer.notes.push_back(note);
    } else if (!top || known.empty()) {
      answer.notes.push_back("Nothing here has \"" + name +
                             "\": it has no value, or DHIS2 does not know the name.");
    }
  }
}

}  // namespace dhis2mcp
