// SPDX-License-Identifier: BSD-3-Clause
// The plain reading first, for all texts at once; the others only for what nobody else knows.
#include "tools/data_names.h"

#include <algorithm>

#include "dhis2/ascii.h"
#include "dhis2/error.h"
#include "dhis2/json_members.h"
#include "tools/call.h"
#include "tools/document.h"
#include "tools/name_forms.h"
#include "tools/registry.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

Named group_of(Names& names, std::string_view text, const std::vector<std::string>& types) {
  Named named = names.object(text, types);
  named.item = (named.type == "indicatorGroup" ? "IN_GROUP-" : "DE_GROUP-") + named.uid;
  return named;
}

// "data element group Malaria", "Malaria (indicator group)".
std::optional<Named> typed_group(Call& call, Names& names, const std::string& text) {
  for (const char* type_name : {"dataElementGroup", "indicatorGroup"}) {
    const MetadataType* type = call.registry.catalogue().type(type_name);
    if (type == nullptr) continue;
    if (const auto typed = typed_text(text, {type}))
      return group_of(names, typed->text, {type_name});
  }
  return std::nullopt;
}

Named operand_of(Call& call, const Named& element, const std::string& combo) {
  if (combo == "*") return {element.uid, element.name, "operand", element.uid + ".*"};
  const Named found = option_combo(call, element, "data", combo);
  return {element.uid, element.name + ", " + found.name, "operand", element.uid + "." + found.uid};
}

// "Malaria cases.Female". A name may hold points of its own, so each is tried.
std::optional<Named> operand(Call& call, Names& names, const std::string& text) {
  for (auto dot = text.rfind('.'); dot != std::string::npos && dot > 0;
       dot = text.rfind('.', dot - 1)) {
    const std::string wanted = trimmed(text.substr(dot + 1));
    if (wanted.empty()) continue;
    Named element;
    try {
      element = names.object(text.substr(0, dot), {"dataElement"});
    } catch (const Error& error) {
      if (error.kind != ErrorKind::not_found) throw;
      continue;
    }
    return operand_of(call, element, wanted);
  }
  return std::nullopt;
}

// "programUid.dataElementUid", by the name under which the apps list it.
std::optional<Named> program_item(Call& call, const std::string& text) {
  const Json found = call.client().get("/api/dataItems",
                                       Query()
                                           .add("filter", "displayName:ilike:" + text)
                                           .add("fields", "id,displayName,dimensionItemType")
                                           .add("pageSize", "20"),
                                       call.patience());
  for (const Json& item : found.value("dataItems", Json::array())) {
    const std::string id = text_of(item, "id"), name = text_of(item, "displayName");
    if (!same_word(name, text) || !is_data_item(id)) continue;
    const bool attribute = text_of(item, "dimensionItemType") == "PROGRAM_ATTRIBUTE";
    return Named{id.substr(0, id.find('.')), clean_line(name),
                 attribute ? "program attribute" : "program data element", id};
  }
  return std::nullopt;
}

// Nothing where neither is known, or the server has no such list.
std::optional<Named> rare(Call& call, Names& names, const std::string& text) {
  try {
    if (auto found = data_group(names, text)) return found;
    if (auto found = operand(call, names, text)) return found;
    // A comma would cut the filter's value.
    if (text.find(',') != std::string::npos) return std::nullopt;
    return program_item(call, text);
  } catch (const Error& error) {
    const bool ours = error.http == 0 && error.kind == ErrorKind::not_found;
    if (ours || error.kind == ErrorKind::ambiguous || error.kind == ErrorKind::cancelled) throw;
    return std::nullopt;
  }
}

// Throws bad_input that says what the text is, where it is one of the others.
void refuse_other(Names& names, const std::string& argument, std::string_view text,
                  const std::vector<OtherType>& others) {
  std::vector<std::string> types;
  for (const OtherType& other : others) types.emplace_back(other.type);
  Named found;
  try {
    found = names.object(text, types);
  } catch (const Error& error) {
    if (error.kind == ErrorKind::cancelled) throw;
    return;
  }
  const auto other =
      std::ranges::find_if(others, [&](const OtherType& one) { return found.type == one.type; });
  if (other == others.end()) return;
  throw Error(ErrorKind::bad_input,
              argument + ": \"" + clean_line(std::string(text)) + "\" is " + other->told + ".",
              other->hint);
}

Named one_named(Call& call, Names& names, const std::string& text) {
  try {
    return names.data_items({text}).front();
  } catch (const Error& error) {
    if (error.kind != ErrorKind::not_found) throw;
    if (auto found = rare(call, names, text)) return std::move(*found);
    refuse_other(names, "data", text, data_set_as_data());
    throw;
  }
}

}  // namespace

// Combos of one name exist under several category combinations; the element has one.
Named option_combo(Call& call, const Named& element, const std::string& argument,
                   const std::string& text) {
  const Json object = call.client().get(
      "/api/dataElements/" + percent_encode(element.uid),
      Query().add("fields", "categoryCombo[categoryOptionCombos[id,name,displayName]]"),
      call.patience());
  std::string known;
  for (const Json& combo : list_of(member_of(object, "categoryCombo"), "categoryOptionCombos")) {
    const std::string uid = text_of(combo, "id"), stored = text_of(combo, "name");
    std::string name = line_of(combo, "displayName");
    if (name.empty()) name = clean_line(stored);
    if (uid == text || same_word(straight(name), straight(text)) ||
        same_word(straight(stored), straight(text))) {
      return {uid, name, "option combo", uid};
    }
    if (known.size() < 400) known += (known.empty() ? "" : "; ") + name;
  }
  throw Error(ErrorKind::not_found,
              argument + ": \"" + element.name + "\" has no option combo \"" + text + "\".",
              "It has: " + known + ".");
}

std::optional<Named> data_group(Names& names, std::string_view text) {
  try {
    return group_of(names, text, {"dataElementGroup", "indicatorGroup"});
  } catch (const Error& error) {
    if (error.kind != ErrorKind::not_found) throw;
    return std::nullopt;
  }
}

Named object_but(Names& names, const std::string& argument, std::string_view text,
                 const std::vector<std::string>& types, const std::vector<OtherType>& others) {
  try {
    return names.object(text, types);
  } catch (const Error& error) {
    if (error.kind == ErrorKind::not_found) refuse_other(names, argument, text, others);
    throw;
  }
}

const std::vector<OtherType>& data_set_as_data() {
  static const std::vector<OtherType> others = {
      {"dataSet", "a data set",
       "Write \"<data set> reporting rate\", with its name or UID, or name its data elements."}};
  return others;
}

std::vector<Named> data_named(Call& call, Names& names, const std::vector<std::string>& texts) {
  std::vector<Named> out(texts.size());
  std::vector<std::string> plain;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (auto found = typed_group(call, names, trimmed(texts[i]))) {
      out[i] = std::move(*found);
      continue;
    }
    plain.push_back(texts[i]);
    places.push_back(i);
  }
  std::vector<Named> named;
  try {
    if (!plain.empty()) named = names.data_items(plain);
  } catch (const Error& error) {
    if (error.kind != ErrorKind::not_found) throw;
    for (const std::string& text : plain) named.push_back(one_named(call, names, trimmed(text)));
  }
  for (std::size_t i = 0; i < named.size(); ++i) out[places[i]] = std::move(named[i]);
  return out;
}

}  // namespace dhis2mcp
