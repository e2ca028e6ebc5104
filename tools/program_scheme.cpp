// SPDX-License-Identifier: BSD-3-Clause
// Programs change seldom, and every tracker question needs their names: they are remembered.
#include "tools/program_scheme.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "dhis2/error.h"
#include "dhis2/json_members.h"
#include "tools/document.h"
#include "tools/name_forms.h"
#include "tools/names.h"
#include "tools/remembered.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

constexpr char kAttribute[] =
    "trackedEntityAttribute[id,code,name,shortName,displayName,formName,valueType,optionSet[id]]";
constexpr char kProgram[] =
    "id,displayName,programType,trackedEntityType[id,displayName],categoryCombo[name],"
    "programStages[id,code,name,displayName,sortOrder,programStageDataElements[dataElement[id,code,"
    "name,shortName,displayName,formName,valueType,optionSet[id]]]],"
    "programTrackedEntityAttributes[";

Remembered<Scheme>& remembered() {
  static Remembered<Scheme> all(200);
  return all;
}

std::string key_of(Call& call, const std::string& uid) {
  return remembered_key(call.client().profile(), uid);
}

void read_names(const Json& object, std::string& name, std::vector<std::string>& also) {
  name = line_of(object, "displayName");
  if (name.empty()) name = line_of(object, "name");
  if (name.empty()) name = line_of(object, "id");
  for (const char* other : {"name", "formName", "shortName", "code"}) {
    std::string text = line_of(object, other);
    if (!text.empty() && text != name) also.push_back(std::move(text));
  }
}

ProgramItem item_of(const Json& object, bool attribute) {
  ProgramItem item;
  item.uid = line_of(object, "id");
  read_names(object, item.name, item.also);
  item.value_type = line_of(object, "valueType");
  item.option_set = line_of(member_of(object, "optionSet"), "id");
  item.attribute = attribute;
  return item;
}

std::vector<ProgramItem> attributes_of(const Json& list) {
  std::vector<ProgramItem> out;
  for (const Json& one : list) {
    ProgramItem item = item_of(member_of(one, "trackedEntityAttribute"), true);
    if (!item.uid.empty()) out.push_back(std::move(item));
  }
  return out;
}

ProgramStage stage_of(const Json& object) {
  ProgramStage stage;
  stage.uid = line_of(object, "id");
  read_names(object, stage.name, stage.also);
  for (const Json& one : member_of(object, "programStageDataElements")) {
    ProgramItem item = item_of(member_of(one, "dataElement"), false);
    if (!item.uid.empty()) stage.items.push_back(std::move(item));
  }
  return stage;
}

Scheme scheme_of(const Json& program) {
  auto scheme = std::make_shared<ProgramScheme>();
  scheme->uid = line_of(program, "id");
  scheme->name = line_of(program, "displayName");
  const Json type = member_of(program, "trackedEntityType");
  scheme->type = line_of(type, "id");
  scheme->type_name = line_of(type, "displayName");
  const std::string combo = line_of(member_of(program, "categoryCombo"), "name");
  scheme->divided = !combo.empty() && combo != "default";
  Json stages = member_of(program, "programStages");
  if (stages.is_array()) {
    std::stable_sort(stages.begin(), stages.end(), [](const Json& a, const Json& b) {
      return a.value("sortOrder", 0) < b.value("sortOrder", 0);
    });
  }
  for (const Json& stage : stages) scheme->stages.push_back(stage_of(stage));
  scheme->attributes = attributes_of(member_of(program, "programTrackedEntityAttributes"));
  return scheme;
}

std::string program_fields() { return std::string(kProgram) + kAttribute + "]"; }

Json fetched(Call& call, const std::string& path, const std::string& fields, const char* what) {
  try {
    return call.client().get(path, Query().add("fields", fields), call.patience());
  } catch (Error& error) {
    if (error.kind == ErrorKind::not_found) {
      error.hint =
          "It does not exist here, or this account may not read it: find it with "
          "metadata_find, type " +
          std::string(what) + ".";
    }
    throw;
  }
}

}  // namespace

bool ProgramItem::is_number() const {
  static constexpr auto kNumbers =
      std::to_array<std::string_view>({"NUMBER", "INTEGER", "INTEGER_POSITIVE", "INTEGER_NEGATIVE",
                                       "PERCENTAGE", "INTEGER_ZERO_OR_POSITIVE", "UNIT_INTERVAL"});
  return std::ranges::find(kNumbers, value_type) != kNumbers.end();
}

const ProgramStage* ProgramScheme::stage(std::string_view id) const {
  const auto found =
      std::ranges::find_if(stages, [&](const ProgramStage& one) { return one.uid == id; });
  return found == stages.end() ? nullptr : &*found;
}

const ProgramItem* ProgramScheme::item(std::string_view id) const {
  for (const ProgramItem& one : attributes) {
    if (one.uid == id) return &one;
  }
  for (const ProgramStage& stage : stages) {
    for (const ProgramItem& one : stage.items) {
      if (one.uid == id) return &one;
    }
  }
  return nullptr;
}

std::vector<const ProgramStage*> ProgramScheme::stages_of(std::string_view id) const {
  std::vector<const ProgramStage*> out;
  for (const ProgramStage& stage : stages) {
    const bool has =
        std::ranges::any_of(stage.items, [&](const ProgramItem& one) { return one.uid == id; });
    if (has) out.push_back(&stage);
  }
  return out;
}

std::string ProgramScheme::title(const ProgramItem& item) const {
  const auto alike = [&](const ProgramItem& other) {
    return other.name == item.name && other.uid != item.uid;
  };
  const bool shared = std::ranges::any_of(attributes, alike) ||
                      std::ranges::any_of(stages, [&](const ProgramStage& one) {
                        return std::ranges::any_of(one.items, alike);
                      });
  return shared ? item.name + " (" + item.uid + ")" : item.name;
}

const ProgramItem* ProgramScheme::titled(std::string_view text) const {
  for (const ProgramItem& one : attributes) {
    if (title(one) == text) return &one;
  }
  for (const ProgramStage& stage : stages) {
    for (const ProgramItem& one : stage.items) {
      if (title(one) == text) return &one;
    }
  }
  return nullptr;
}

const ProgramStage& ProgramScheme::named_stage(std::string_view written) const {
  std::string text = trimmed(written);
  if (lower_ascii(text).starts_with("stage ")) text = trimmed(text.substr(6));
  std::string names;
  for (const ProgramStage& one : stages) {
    const bool also = std::ranges::any_of(
        one.also, [&](const std::string& other) { return same_word(other, text); });
    if (one.uid == text || same_word(one.name, text) || also) return one;
    names += (names.empty() ? "" : ", ") + one.name;
  }
  Error error(ErrorKind::not_found,
              "The program \"" + name + "\" has no stage \"" + clean_line(text) + "\".",
              "Its stages are: " + names + ".");
  for (const ProgramStage& one : stages) {
    error.candidates.push_back({one.name, "programStage", one.uid, name});
  }
  throw error;
}

Scheme program_scheme(Call& call, const std::string& program) {
  const std::string key = key_of(call, program);
  if (const auto known = remembered().find(key)) return *known;
  Scheme scheme = scheme_of(
      fetched(call, "/api/programs/" + percent_encode(program), program_fields(), "program"));
  remembered().put(key, scheme);
  return scheme;
}

Scheme entity_type_scheme(Call& call, const std::string& type) {
  const std::string key = key_of(call, type);
  if (const auto known = remembered().find(key)) return *known;
  const Json object =
      fetched(call, "/api/trackedEntityTypes/" + percent_encode(type),
              std::string("id,displayName,trackedEntityTypeAttributes[") + kAttribute + "]",
              "tracked entity type");
  auto scheme = std::make_shared<ProgramScheme>();
  scheme->type = line_of(object, "id");
  scheme->type_name = line_of(object, "displayName");
  scheme->attributes = attributes_of(member_of(object, "trackedEntityTypeAttributes"));
  remembered().put(key, scheme);
  return scheme;
}

Scheme read_program(Call& call, std::string_view written, Answer& answer) {
  const std::string text = trimmed(written);
  std::optional<Error> unknown;
  if (is_uid(text)) {
    try {
      Scheme scheme = program_scheme(call, text);
      answer.read_as.push_back(scheme->name + " = program " + text);
      return scheme;
    } catch (const Error& error) {
      if (error.kind != ErrorKind::not_found) throw;
      unknown = error;
    }
  }
  try {
    const Named named = names_of(call).object(text, {"program"});
    Scheme scheme = program_scheme(call, named.uid);
    answer.read_as.push_back(scheme->name + " = program " + named.uid);
    return scheme;
  } catch (const Error& error) {
    // What has the form of a UID was most likely one.
    if (unknown && error.kind == ErrorKind::not_found && error.candidates.empty()) throw *unknown;
    throw;
  }
}

std::vector<Scheme> program_schemes(Call& call, const std::vector<std::string>& programs) {
  std::vector<Scheme> out;
  std::string absent;
  for (const std::string& program : programs) {
    if (const auto known = remembered().find(key_of(call, program))) {
      out.push_back(*known);
    } else if (is_uid(program)) {
      absent += (absent.empty() ? "" : ",") + program;
    }
  }
  if (absent.empty()) return out;
  const Json answer = call.client().get("/api/programs",
                                        Query()
                                            .add("fields", program_fields())
                                            .add("filter", "id:in:[" + absent + "]")
                                            .add("paging", "false"),
                                        call.patience());
  for (const Json& program : member_of(answer, "programs")) {
    out.push_back(scheme_of(program));
    remembered().put(key_of(call, out.back()->uid), out.back());
  }
  return out;
}

}  // namespace dhis2mcp
