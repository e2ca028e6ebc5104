// SPDX-License-Identifier: BSD-3-Clause
// Sharing and authorities, as DHIS2's AclService reads them.
#include "tools/access.h"

#include <algorithm>

#include "dhis2/json_members.h"
#include "dhis2/text_list.h"

namespace dhis2mcp {
namespace {

constexpr Right kRights[] = {Right::see, Right::change, Right::read_data, Right::enter_data};

// Groups and grants that are told by name; more are counted.
constexpr std::size_t kTold = 6;

const char* question_of(Right right) {
  switch (right) {
    case Right::see:
      return "See it";
    case Right::change:
      return "Change it";
    case Right::read_data:
      return "Read its data";
    case Right::enter_data:
      return "Enter data";
  }
  return "";
}

const char* word_of(Right right) {
  switch (right) {
    case Right::see:
      return "see";
    case Right::change:
      return "change";
    case Right::read_data:
      return "read data";
    case Right::enter_data:
      return "enter data";
  }
  return "";
}

const char* word_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::yes:
      return "yes";
    case Verdict::no:
      return "no";
    case Verdict::unknown:
      return "unknown";
    case Verdict::not_needed:
      return "not needed";
  }
  return "";
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs named(const Json& user, const char* member) {
  Pairs out;
  for (const Json& one : list_of(user, member)) {
    if (one.is_object()) out.emplace_back(text_of(one, "id"), text_of(one, "name"));
  }
  return out;
}

std::vector<AccessUser::Unit> units(const Json& user, const char* member) {
  std::vector<AccessUser::Unit> out;
  for (const Json& one : list_of(user, member)) {
    if (one.is_object())
      out.push_back({text_of(one, "id"), text_of(one, "name"), text_of(one, "path")});
  }
  return out;
}

std::string quoted(const std::string& name) { return "\"" + name + "\""; }

std::string name_in(const Pairs& names, const std::string& uid) {
  const auto found = std::ranges::find(names, uid, &Pairs::value_type::first);
  return found == names.end() || found->second.empty() ? uid : quoted(found->second);
}

bool grants(const std::string& access, std::size_t place) {
  return access.size() > place && (access[place] == 'r' || access[place] == 'w');
}

// Of the new form: {"uid": {"id", "access"}}.
Pairs grants_of(const Json& sharing, const char* member) {
  Pairs out;
  const Json* const all = sharing.contains(member) ? &sharing[member] : nullptr;
  if (all == nullptr || !all->is_object()) return out;
  for (const auto& [uid, grant] : all->items()) {
    if (grant.is_object()) out.emplace_back(uid, text_of(grant, "access"));
  }
  return out;
}

// Of the old one: a list whose members carry the uid under one of two names.
Pairs old_grants(const Json& object, const char* member, const char* uid_member) {
  Pairs out;
  for (const Json& grant : list_of(object, member)) {
    if (!grant.is_object()) continue;
    std::string uid = text_of(grant, uid_member);
    if (uid.empty()) uid = text_of(grant, "id");
    out.emplace_back(uid, text_of(grant, "access"));
  }
  return out;
}

std::string shared_with(const AccessSharing& sharing, std::size_t place, const Pairs& names) {
  std::string out;
  std::size_t count = 0;
  for (const auto& [uid, access] : sharing.groups) {
    if (!grants(access, place)) continue;
    if (++count <= kTold) out += (out.empty() ? "group " : ", group ") + name_in(names, uid);
  }
  std::size_t people = 0;
  for (const auto& [uid, access] : sharing.users) people += grants(access, place) ? 1 : 0;
  if (count > kTold) out += " and " + std::to_string(count - kTold) + " more groups";
  if (people > 0) {
    out += (out.empty() ? "" : ", ") + std::to_string(people) + " other users by name";
  }
  return out.empty() ? "it is granted to nobody else" : "it is granted to " + out;
}

}  // namespace

AccessUser::AccessUser(const Json& user)
    : uid(text_of(user, "id")), username(text_of(user, "username")) {
  disabled = user.value("disabled", Json(false)) == Json(true);
  for (const Json& one : list_of(user, "authorities")) {
    if (one.is_string()) authorities.insert(one.get<std::string>());
  }
  for (const Json& role : list_of(user, "userRoles")) {
    if (!role.is_object()) continue;
    std::set<std::string> own;
    for (const Json& one : list_of(role, "authorities")) {
      if (one.is_string()) own.insert(one.get<std::string>());
    }
    authorities.insert(own.begin(), own.end());
    authorities_of_roles_.emplace_back(text_of(role, "name"), std::move(own));
  }
  groups = named(user, "userGroups");
  roles = named(user, "userRoles");
  capture = units(user, "organisationUnits");
  view = units(user, "dataViewOrganisationUnits");
  if (view.empty()) view = capture;
}

std::string AccessUser::role_with(const std::string& authority) const {
  for (const auto& [name, own] : authorities_of_roles_) {
    if (own.count(authority) > 0) return name;
  }
  return {};
}

AccessSharing::AccessSharing(const Json& object) {
  if (object.contains("sharing") && object["sharing"].is_object()) {
    const Json& sharing = object["sharing"];
    known = true;
    owner = text_of(sharing, "owner");
    everybody = text_of(sharing, "public");
    users = grants_of(sharing, "users");
    groups = grants_of(sharing, "userGroups");
  } else if (object.contains("publicAccess")) {
    known = true;
    everybody = text_of(object, "publicAccess");
    users = old_grants(object, "userAccesses", "userUid");
    groups = old_grants(object, "userGroupAccesses", "userGroupUid");
    if (object.contains("user") && object["user"].is_object()) {
      owner = text_of(object["user"], "id");
    }
  }
}

AccessSchema::AccessSchema(const Json& schema) {
  if (!schema.is_object() || !schema.contains("shareable")) return;
  known = true;
  shareable = schema["shareable"] == Json(true);
  data_shareable = schema.value("dataShareable", Json(false)) == Json(true);
  for (const Json& one : list_of(schema, "authorities")) {
    const std::string type = text_of(one, "type");
    if (type != "CREATE" && type != "CREATE_PUBLIC" && type != "CREATE_PRIVATE") continue;
    for (const Json& name : list_of(one, "authorities")) {
      if (name.is_string()) change_authorities.push_back(name.get<std::string>());
    }
  }
}

AccessCheck sharing_check(const std::string& name, std::set<Right> rights, std::size_t place,
                          const AccessSharing& sharing, const AccessUser& user,
                          const Pairs& group_names) {
  AccessCheck check{name, std::move(rights), Verdict::yes, {}};
  if (user.super()) {
    check.evidence = "authority ALL stands above sharing";
    return check;
  }
  if (!sharing.known) {
    check.verdict = Verdict::unknown;
    check.evidence = "this account is not shown the sharing of the object";
    return check;
  }
  // Ownership gives the object, not its data.
  if (place < 2 && sharing.owner.empty()) {
    check.evidence = "it has no owner, so its metadata is everybody's";
  } else if (place < 2 && sharing.owner == user.uid) {
    check.evidence = "they own it";
  } else if (grants(sharing.everybody, place)) {
    check.evidence = "public access is " + sharing.everybody;
  }
  for (const auto& [uid, access] : sharing.users) {
    if (check.evidence.empty() && uid == user.uid && grants(access, place)) {
      check.evidence = "shared with them by name: " + access;
    }
  }
  for (const auto& [uid, access] : sharing.groups) {
    const bool member =
        std::ranges::find(user.groups, uid, &Pairs::value_type::first) != user.groups.end();
    if (check.evidence.empty() && member && grants(access, place)) {
      check.evidence = "their group " + name_in(user.groups, uid) + " has " + access;
    }
  }
  if (!check.evidence.empty()) return check;
  check.verdict = Verdict::no;
  check.evidence =
      "public access is " + (sharing.everybody.empty() ? "none" : sharing.everybody) +
      "; neither they nor " +
      (user.groups.empty() ? "a group (they are in none)"
                           : "one of their " + std::to_string(user.groups.size()) + " groups") +
      " is granted it; " + shared_with(sharing, place, group_names);
  return check;
}

AccessCheck authority_check(const std::string& authority, Right right, const AccessUser& user) {
  AccessCheck check{"Authority", {right}, Verdict::yes, {}};
  const std::string held = user.super() ? "ALL" : authority;
  if (user.authorities.count(held) > 0) {
    const std::string role = user.role_with(held);
    check.evidence = held + (role.empty() ? "" : " by their role " + quoted(role));
    return check;
  }
  check.verdict = Verdict::no;
  check.evidence = "none of their " + count_of(user.roles.size(), "role") + " has " + authority;
  return check;
}

AccessCheck change_authority_check(const AccessSchema& schema, const AccessUser& user) {
  AccessCheck check{"Authority", {Right::change}, Verdict::not_needed, {}};
  if (!schema.known) {
    check.verdict = Verdict::unknown;
    check.evidence = "this account is not shown what the type demands";
    return check;
  }
  if (schema.change_authorities.empty()) {
    check.evidence = "the type demands none";
    return check;
  }
  std::string list;
  for (const std::string& one : schema.change_authorities) {
    if (user.super() || user.authorities.count(one) > 0) {
      return authority_check(one, Right::change, user);
    }
    list += (list.empty() ? "" : " or ") + one;
  }
  return authority_check(list, Right::change, user);
}

Table access_table(const std::vector<AccessCheck>& checks) {
  Table table{{"Check", "For", "Verdict", "Evidence"}, {}};
  for (const Right right : kRights) {
    const auto first = [&](Verdict verdict) {
      return std::ranges::find_if(checks, [&](const AccessCheck& check) {
        return check.rights.count(right) > 0 && check.verdict == verdict;
      });
    };
    const bool asked = std::ranges::any_of(
        checks, [&](const AccessCheck& check) { return check.rights.count(right) > 0; });
    if (!asked) continue;
    Verdict verdict = Verdict::yes;
    std::string why = "no check says no";
    if (const auto no = first(Verdict::no); no != checks.end()) {
      verdict = Verdict::no;
      why = no->name + ": " + no->evidence;
    } else if (const auto open = first(Verdict::unknown); open != checks.end()) {
      verdict = Verdict::unknown;
      why = "nothing that is known says no, but not known is " + open->name + ": " + open->evidence;
    }
    table.rows.push_back(
        {Cell::text(question_of(right)), Cell(), Cell::text(word_of(verdict)), Cell::text(why)});
  }
  for (const AccessCheck& check : checks) {
    std::string rights;
    for (const Right right : check.rights)
      rights += (rights.empty() ? "" : ", ") + std::string(word_of(right));
    table.rows.push_back({Cell::text(check.name), rights.empty() ? Cell() : Cell::text(rights),
                          Cell::text(word_of(check.verdict)), Cell::text(check.evidence)});
  }
  return table;
}

}  // namespace dhis2mcp
