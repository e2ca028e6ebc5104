// SPDX-License-Identifier: BSD-3-Clause
// The checks, in the order in which DHIS2 would refuse.
#include "tools/access_case.h"

#include <algorithm>

#include "dhis2/json_members.h"
#include "dhis2/readable.h"

namespace dhis2mcp {
namespace {

// Units of a user that are asked one by one.
constexpr std::size_t kAskedUnits = 3;

// The server's own word about the signed-in account stands above what is worked out.
void hold_to_server(const AccessCase& one, AccessCheck& check, const char* member, bool data) {
  if (!one.self || !one.document.contains("access")) return;
  Json access = one.document["access"];
  if (data) access = access.is_object() ? access.value("data", Json()) : Json();
  if (!access.is_object() || !access.contains(member) || !access[member].is_boolean()) return;
  const bool yes = access[member].get<bool>();
  if (check.verdict == (yes ? Verdict::yes : Verdict::no)) return;
  check.verdict = yes ? Verdict::yes : Verdict::no;
  check.evidence = std::string("DHIS2 itself says ") + (yes ? "yes" : "no") + " (access." +
                   (data ? "data." : "") + member + "); sharing alone reads: " + check.evidence;
}

void check_sharing(AccessCase& one) {
  const AccessSchema schema(one.schema);
  const std::set<Right> all = every_right(one);
  if (schema.known && !schema.shareable) {
    one.add({"Sharing", all, Verdict::not_needed, "this type is not shared: every user sees it"});
    return;
  }
  const AccessSharing sharing(one.document);
  AccessCheck read =
      sharing_check("Sharing, metadata read", all, 0, sharing, one.user, one.group_names);
  hold_to_server(one, read, "read", false);
  one.add(std::move(read));
  one.add(sharing_check("Sharing, metadata write", {Right::change}, 1, sharing, one.user,
                        one.group_names));
  if (!schema.data_shareable) return;
  AccessCheck data = sharing_check("Sharing, data read", {Right::read_data}, 2, sharing, one.user,
                                   one.group_names);
  hold_to_server(one, data, "read", true);
  one.add(std::move(data));
  if (all.count(Right::enter_data) == 0) return;
  AccessCheck enter = sharing_check("Sharing, data write", {Right::enter_data}, 3, sharing,
                                    one.user, one.group_names);
  hold_to_server(one, enter, "write", true);
  one.add(std::move(enter));
}

std::string units_text(const std::vector<AccessUser::Unit>& units) {
  std::string out;
  for (std::size_t i = 0; i < std::min<std::size_t>(units.size(), 5); ++i) {
    out += (i == 0 ? "\"" : ", \"") + units[i].name + "\"";
  }
  return units.size() > 5 ? out + " and " + std::to_string(units.size() - 5) + " more" : out;
}

// Whether their units of a kind are any at all; for an org unit, whether it lies below one.
void check_units(AccessCase& one, const char* name, const std::vector<AccessUser::Unit>& units,
                 Right right) {
  AccessCheck check{name, {right}, Verdict::yes, {}};
  if (units.empty()) {
    check.verdict = Verdict::no;
    check.evidence = "they have no such org unit";
  } else {
    check.evidence = units_text(units) + " and all below";
  }
  const std::string path = text_of(one.document, "path");
  if (one.type->name == "organisationUnit" && !units.empty() && !path.empty()) {
    const auto above = std::ranges::find_if(units, [&](const AccessUser::Unit& unit) {
      return (path + "/").find("/" + unit.uid + "/") != std::string::npos;
    });
    const bool inside = above != units.end();
    check.verdict = inside ? Verdict::yes : Verdict::no;
    check.evidence =
        inside ? "it lies in \"" + above->name + "\"" : "it lies in none of " + units_text(units);
  }
  one.add(std::move(check));
}

// Units below those of the user to which the object is assigned.
void check_assigned(AccessCase& one, const char* member) {
  AccessCheck check{"Assigned org units", {Right::enter_data}, Verdict::unknown, {}};
  std::uint64_t found = 0;
  bool all = one.user.capture.size() <= kAskedUnits;
  std::vector<AccessUser::Unit> units = one.user.capture;
  units.resize(std::min(units.size(), kAskedUnits));
  for (const AccessUser::Unit& unit : units) {
    const AccessAsked answer =
        ask_access(one.call.client(), one.call.patience(), "/api/organisationUnits",
                   Query()
                       .add("filter", std::string(member) + ".id:eq:" + one.uid)
                       .add("filter", "path:like:" + unit.uid)
                       .add("fields", "id")
                       .add("pageSize", "1"));
    if (!answer.json.is_object() || !answer.json.contains("pager")) {
      all = false;
      continue;
    }
    found += answer.json["pager"].value("total", std::uint64_t{0});
  }
  if (found > 0) {
    check.verdict = Verdict::yes;
    check.evidence =
        "assigned to " + std::to_string(found) + " units at or below " + units_text(units);
  } else if (all) {
    check.verdict = Verdict::no;
    check.evidence = units.empty() ? "they have no org unit to enter data for"
                                   : "assigned to no unit at or below " + units_text(units);
  } else {
    check.evidence = "not all of their org units could be looked at";
  }
  one.add(std::move(check));
}

// Every value of a data set with a category combo of its own belongs to one option of it.
void check_attribute_options(AccessCase& one) {
  AccessCheck check{"Attribute options",
                    {Right::enter_data},
                    Verdict::not_needed,
                    "the data set has no category combo of its own"};
  const Json combo = one.document.value("categoryCombo", Json());
  if (combo.is_object() && combo.value("isDefault", Json(true)) != Json(true)) {
    std::size_t options = 0, open = 0;
    for (const Json& category : list_of(combo, "categories")) {
      for (const Json& option : list_of(category, "categoryOptions")) {
        ++options;
        const AccessCheck each =
            sharing_check("", {}, 3, AccessSharing(option), one.user, one.group_names);
        open += each.verdict == Verdict::yes ? 1 : 0;
      }
    }
    check.verdict = options == 0 ? Verdict::unknown : open == 0 ? Verdict::no : Verdict::yes;
    check.evidence = "they may enter data for " + std::to_string(open) + " of the " +
                     std::to_string(options) + " options of \"" + text_of(combo, "name") + "\"";
  }
  one.add(std::move(check));
}

bool locks(const std::string& state) {
  return state.starts_with("APPROVED") || state.starts_with("ACCEPTED");
}

void check_approval(AccessCase& one, const std::string& period) {
  AccessCheck check{"Data approval",
                    {Right::enter_data},
                    Verdict::not_needed,
                    "the data set has no approval workflow"};
  const Json workflow = one.document.value("workflow", Json());
  if (!workflow.is_object()) {
    one.add(std::move(check));
    return;
  }
  check.verdict = Verdict::unknown;
  check.evidence = "workflow \"" + text_of(workflow, "name") + "\"";
  std::size_t locked = 0, open = 0;
  for (std::size_t i = 0; i < std::min(one.user.capture.size(), kAskedUnits); ++i) {
    if (period.empty()) break;
    const AccessUser::Unit& unit = one.user.capture[i];
    const AccessAsked answer = ask_access(
        one.call.client(), one.call.patience(), "/api/dataApprovals",
        Query().add("wf", text_of(workflow, "id")).add("pe", period).add("ou", unit.uid));
    const std::string state = answer.json.is_object() ? text_of(answer.json, "state") : "";
    if (state.empty()) continue;
    (locks(state) ? locked : open) += 1;
    check.evidence += ", \"" + unit.name + "\" " + period + ": " + state;
  }
  if (locked + open > 0) check.verdict = open > 0 ? Verdict::yes : Verdict::no;
  if (check.verdict == Verdict::no) {
    check.evidence += "; the data entry app locks approved data (the Web API may still take it)";
  }
  if (check.verdict == Verdict::unknown) {
    check.evidence += ": this account was told no state for their org units";
  }
  one.add(std::move(check));
}

// Values of a data element are entered in its data sets.
void check_data_sets(AccessCase& one) {
  AccessCheck check{"Its data sets, data write",
                    {Right::enter_data},
                    Verdict::no,
                    "it is in no data set that is shown to this account"};
  std::string open, closed;
  for (const Json& element : list_of(one.document, "dataSetElements")) {
    const Json set = element.is_object() ? element.value("dataSet", Json()) : Json();
    if (!set.is_object()) continue;
    const AccessCheck each =
        sharing_check("", {}, 3, AccessSharing(set), one.user, one.group_names);
    std::string& list = each.verdict == Verdict::yes ? open : closed;
    list += (list.empty() ? "\"" : ", \"") + text_of(set, "name") + "\"";
  }
  if (!open.empty()) {
    check.verdict = Verdict::yes;
    check.evidence = "through " + open + " (ask about the data set for its locks)";
  } else if (!closed.empty()) {
    check.evidence = "they may not enter data in " + closed;
  }
  one.add(std::move(check));
}

void check_data_set(AccessCase& one) {
  check_assigned(one, "dataSets");
  check_attribute_options(one);
  std::string latest;
  std::vector<AccessCheck> periods =
      period_checks(one.document, one.user, one.exceptions, one.almanac, latest);
  check_approval(one, latest);
  for (AccessCheck& check : periods) one.add(std::move(check));
}

}  // namespace

AccessAsked ask_access(SignedClient& client, const Patience& patience, const std::string& path,
                       const Query& query) {
  readable(path, query);
  try {
    return {client.get(path, query, patience), {}};
  } catch (const Error& error) {
    // A server that has no such list, or fails at it, is as silent as one that refuses.
    const bool told = error.http >= 400 && error.kind != ErrorKind::sign_in_required &&
                      error.kind != ErrorKind::rate_limited;
    if (!told) throw;
    return {Json(), error};
  }
}

std::set<Right> every_right(const AccessCase& one) {
  std::set<Right> rights = {Right::see, Right::change};
  static const std::set<std::string> kWithData = {"dataElement", "indicator", "programIndicator"};
  const std::string& type = one.type->name;
  if (AccessSchema(one.schema).data_shareable || kWithData.count(type) > 0) {
    rights.insert(Right::read_data);
  }
  if (type == "dataSet" || type == "dataElement" || type == "program" || type == "programStage") {
    rights.insert(Right::enter_data);
  }
  return rights;
}

void check_groups(AccessCase& one) {
  std::string names;
  for (const auto& [uid, name] : one.user.groups)
    names += (names.empty() ? "\"" : ", \"") + name + "\"";
  std::string roles;
  for (const auto& [uid, name] : one.user.roles)
    roles += (roles.empty() ? "\"" : ", \"") + name + "\"";
  one.add({"Groups and roles",
           {},
           Verdict::not_needed,
           "groups: " + (names.empty() ? "none" : names) +
               "; roles: " + (roles.empty() ? "none" : roles)});
}

void check_access(AccessCase& one) {
  const std::string& type = one.type->name;
  const std::set<Right> rights = every_right(one);
  if (one.user.disabled) {
    one.add({"Account", rights, Verdict::no, "the account is disabled"});
  }
  check_sharing(one);
  check_groups(one);
  one.add(change_authority_check(AccessSchema(one.schema), one.user));
  const bool aggregate = type == "dataSet" || type == "dataElement";
  if (aggregate) one.add(authority_check("F_DATAVALUE_ADD", Right::enter_data, one.user));
  if (type == "organisationUnit") {
    check_units(one, "Data view org units", one.user.view, Right::read_data);
    check_units(one, "Data capture org units", one.user.capture, Right::enter_data);
  }
  if (rights.count(Right::read_data) > 0) {
    check_units(one, "Data view org units", one.user.view, Right::read_data);
  }
  if (rights.count(Right::enter_data) > 0) {
    check_units(one, "Data capture org units", one.user.capture, Right::enter_data);
  }
  if (type == "dataSet") check_data_set(one);
  if (type == "dataElement") check_data_sets(one);
  if (type == "program") check_assigned(one, "programs");
}

}  // namespace dhis2mcp
