// SPDX-License-Identifier: BSD-3-Clause
// access_explain: the user, the object, what its type demands, and for a data set its locks; four
// requests at once. What this account may not ask is told as unknown.
#include <algorithm>
#include <functional>
#include <utility>

#include "dhis2/error.h"
#include "dhis2/readable.h"
#include "tools/access.h"
#include "tools/almanac.h"
#include "tools/day_span.h"
#include "tools/document.h"
#include "tools/handlers.h"
#include "tools/json_members.h"
#include "tools/name_forms.h"
#include "tools/names.h"
#include "tools/parallel.h"
#include "tools/registry.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

// Where a name is looked for when no type is given: what people ask about access to.
const std::vector<std::string> kAskedTypes = {
    "dataSet",          "program",        "dataElement",   "indicator",
    "programIndicator", "dashboard",      "visualization", "map",
    "category",         "categoryOption", "optionSet",     "programStage",
    "organisationUnit"};

constexpr char kUserFields[] =
    "id,username,disabled,authorities,userGroups[id,name],userRoles[id,name,authorities],"
    "organisationUnits[id,name,path],dataViewOrganisationUnits[id,name,path]";

// Units of a user that are asked one by one.
constexpr std::size_t kAskedUnits = 3;

using Pairs = std::vector<std::pair<std::string, std::string>>;

// What could not be asked: null, with DHIS2's reason for the notes.
struct Asked {
  Json json;
  std::optional<Error> refusal;
};

Asked ask(SignedClient& client, const Patience& patience, const std::string& path,
          const Query& query) {
  readable(path, query);
  try {
    return {client.get(path, query, patience), {}};
  } catch (const Error& error) {
    const bool told = error.kind == ErrorKind::forbidden || error.kind == ErrorKind::not_found ||
                      error.kind == ErrorKind::conflict || error.kind == ErrorKind::bad_input;
    if (!told) throw;
    return {Json(), error};
  }
}

struct Object {
  const MetadataType* type = nullptr;
  std::string uid;
};

Object object_of(Call& call) {
  const std::string text = trimmed(call.arguments.text("object"));
  const Catalogue& catalogue = call.registry.catalogue();
  const MetadataType* type = nullptr;
  if (call.arguments.has("type")) type = &catalogue.known_type(call.arguments.text("type"));
  Names names = names_of(call);
  if (is_uid(text) && !may_be_word(text)) {
    if (type == nullptr) type = catalogue.type(names.any(text).type);
    return {type, text};
  }
  const Named named = names.object(text, type != nullptr ? std::vector{type->name} : kAskedTypes);
  return {catalogue.type(named.type), named.uid};
}

bool names_self(const Call& call, const Json& me) {
  const std::string asked = trimmed(call.arguments.text("user"));
  return asked.empty() || asked == text_of(me, "username") || asked == text_of(me, "id");
}

// Another user, as far as this account is shown them.
Json other_user(Call& call) {
  const std::string text = trimmed(call.arguments.text("user"));
  const std::string hint =
      "Ask with the profile of an administrator, or leave `user` out to explain your own access.";
  Query query;
  query.add("fields", kUserFields);
  query.add("filter", (is_uid(text) ? "id:eq:" : "username:eq:") + text);
  Asked found = ask(call.client(), call.patience(), "/api/users", query);
  if (found.refusal) {
    Error refused(ErrorKind::forbidden,
                  std::string("This account may not see other users: ") + found.refusal->what(),
                  hint);
    refused.code = found.refusal->code;
    refused.http = found.refusal->http;
    throw refused;
  }
  Json users = list_of(found.json, "users");
  if (users.empty() && is_uid(text)) {
    query.set("filter", "username:eq:" + text);
    users = list_of(call.client().get("/api/users", query, call.patience()), "users");
  }
  if (users.size() != 1 || !users[0].is_object()) {
    throw Error(ErrorKind::not_found,
                "There is no user \"" + clean_line(text) + "\" that this account can see.",
                "Give the username, exactly. " + hint);
  }
  return users[0];
}

const char* fields_of(const std::string& type) {
  static constexpr char kPlain[] =
      "id,name,displayName,access,sharing,publicAccess,userAccesses,userGroupAccesses,user[id],"
      "path";
  static constexpr char kDataSet[] =
      "id,name,displayName,access,sharing,publicAccess,userAccesses,userGroupAccesses,user[id],"
      "periodType,openFuturePeriods,expiryDays,workflow[id,name],"
      "dataInputPeriods[period[id],openingDate,closingDate],"
      "categoryCombo[name,isDefault,categories[categoryOptions[name,sharing]]]";
  static constexpr char kDataElement[] =
      "id,name,displayName,access,sharing,publicAccess,userAccesses,userGroupAccesses,user[id],"
      "dataSetElements[dataSet[id,name,sharing]]";
  if (type == "dataSet") return kDataSet;
  return type == "dataElement" ? kDataElement : kPlain;
}

// All that the checks are made of.
struct Case {
  Call& call;
  Object object;
  AccessUser user;
  bool self = true;
  Json document, schema, exceptions;
  std::optional<Error> unseen;  // why the object is not shown to this account
  Pairs group_names;
  Almanac almanac;
  std::vector<AccessCheck> checks;

  SignedClient& client() const { return call.client(); }
  void add(AccessCheck check) { checks.push_back(std::move(check)); }
};

std::set<Right> every_right(const Case& one) {
  std::set<Right> rights = {Right::see, Right::change};
  static const std::set<std::string> kWithData = {"dataElement", "indicator", "programIndicator"};
  const std::string& type = one.object.type->name;
  if (AccessSchema(one.schema).data_shareable || kWithData.count(type) > 0) {
    rights.insert(Right::read_data);
  }
  if (type == "dataSet" || type == "dataElement" || type == "program" || type == "programStage") {
    rights.insert(Right::enter_data);
  }
  return rights;
}

// The names of the groups that the object is shared with; a uid stands where one is not shown.
Pairs names_of_groups(const Case& one) {
  std::string list;
  for (const auto& [uid, access] : AccessSharing(one.document).groups) {
    if (is_uid(uid)) list += (list.empty() ? "" : ",") + uid;
  }
  if (list.empty()) return {};
  const Asked found = ask(one.client(), one.call.patience(), "/api/userGroups",
                          Query()
                              .add("fields", "id,name")
                              .add("filter", "id:in:[" + list + "]")
                              .add("paging", "false"));
  Pairs names;
  for (const Json& group : list_of(found.json, "userGroups")) {
    names.emplace_back(text_of(group, "id"), text_of(group, "name"));
  }
  return names;
}

// The server's own word about the signed-in account stands above what is worked out.
void hold_to_server(const Case& one, AccessCheck& check, const char* member, bool data) {
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

void check_sharing(Case& one) {
  const AccessSchema schema(one.schema);
  const std::set<Right> all = every_right(one);
  if (schema.known && !schema.shareable) {
    one.add({"Sharing", all, Verdict::not_needed, "this type is not shared: every user sees it"});
    return;
  }
  const AccessSharing sharing(one.document);
  std::set<Right> seeing = all;
  AccessCheck read =
      sharing_check("Sharing, metadata read", seeing, 0, sharing, one.user, one.group_names);
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

void check_groups(Case& one) {
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

std::string units_text(const std::vector<AccessUser::Unit>& units) {
  std::string out;
  for (std::size_t i = 0; i < std::min<std::size_t>(units.size(), 5); ++i) {
    out += (i == 0 ? "\"" : ", \"") + units[i].name + "\"";
  }
  return units.size() > 5 ? out + " and " + std::to_string(units.size() - 5) + " more" : out;
}

// Whether their units of a kind are any at all; for an org unit, whether it lies below one.
void check_units(Case& one, const char* name, const std::vector<AccessUser::Unit>& units,
                 Right right) {
  AccessCheck check{name, {right}, Verdict::yes, {}};
  if (units.empty()) {
    check.verdict = Verdict::no;
    check.evidence = "they have no such org unit";
  } else {
    check.evidence = units_text(units) + " and all below";
  }
  const std::string path = text_of(one.document, "path");
  if (one.object.type->name == "organisationUnit" && !units.empty() && !path.empty()) {
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
void check_assigned(Case& one, const char* member) {
  AccessCheck check{"Assigned org units", {Right::enter_data}, Verdict::unknown, {}};
  std::uint64_t found = 0;
  bool all = one.user.capture.size() <= kAskedUnits;
  std::vector<AccessUser::Unit> units = one.user.capture;
  units.resize(std::min(units.size(), kAskedUnits));
  for (const AccessUser::Unit& unit : units) {
    const Asked answer = ask(one.client(), one.call.patience(), "/api/organisationUnits",
                             Query()
                                 .add("filter", std::string(member) + ".id:eq:" + one.object.uid)
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
void check_attribute_options(Case& one) {
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

void check_approval(Case& one, const std::string& period) {
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
    const Asked answer =
        ask(one.client(), one.call.patience(), "/api/dataApprovals",
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
void check_data_sets(Case& one) {
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

void check_data_set(Case& one) {
  check_assigned(one, "dataSets");
  check_attribute_options(one);
  std::string latest;
  std::vector<AccessCheck> periods =
      period_checks(one.document, one.user, one.exceptions, one.almanac, latest);
  check_approval(one, latest);
  for (AccessCheck& check : periods) one.add(std::move(check));
}

void check_all(Case& one) {
  const std::string& type = one.object.type->name;
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

// What is asked beside the object: its type, lock exceptions, the server's day.
void read_case(Case& one) {
  SignedClient& client = one.client();
  const Patience patience = one.call.patience();
  const std::string& type = one.object.type->name;
  const std::vector<std::pair<std::string, Query>> questions = {
      {"/api/" + one.object.type->collection + "/" + one.object.uid,
       Query().add("fields", fields_of(type))},
      {"/api/schemas/" + type,
       Query().add("fields", "shareable,dataShareable,authorities[type,authorities]")},
      {"/api/system/info", Query().add("fields", "serverDate")},
      {"/api/lockExceptions", Query()
                                  .add("filter", "dataSet.id:eq:" + one.object.uid)
                                  .add("fields", "name,period[id],organisationUnit[id]")
                                  .add("pageSize", "50")}};
  std::vector<std::size_t> asked = {0, 1, 2};
  if (type == "dataSet") asked.push_back(3);
  std::vector<Asked> answers = ask_each(asked, [&](std::size_t i) {
    return ask(client, patience, questions[i].first, questions[i].second);
  });
  one.document = std::move(answers[0].json);
  one.unseen = answers[0].refusal;
  one.schema = std::move(answers[1].json);
  const std::string day =
      answers[2].json.is_object() ? text_of(answers[2].json, "serverDate").substr(0, 10) : "";
  if (day.size() == 10) one.almanac.today = read_days(day, {one.almanac.today, "", 0, {}}).first;
  if (asked.size() > 3 && answers[3].json.is_object() &&
      answers[3].json.contains("lockExceptions")) {
    one.exceptions = answers[3].json["lockExceptions"];
  }
}

Answer told(Case& one) {
  Answer answer = one.call.answer();
  std::string name = one.document.is_object() ? text_of(one.document, "name") : "";
  answer.read_as.push_back((name.empty() ? one.object.uid : name) + " = " + one.object.type->words +
                           " " + one.object.uid);
  answer.read_as.push_back(one.user.username + " = user " + one.user.uid);
  if (!one.self) {
    answer.notes.emplace_back(
        "Worked out from what this account is shown; DHIS2 tells its own verdict only to the user "
        "who asks.");
  }
  RowCollector collector(one.call.results, one.call.owner(), access_table(one.checks).columns);
  for (Row& row : access_table(one.checks).rows) collector.add(std::move(row));
  collector.finish(answer);
  return answer;
}

// DHIS2 does not show the object to this account: for its own access that is the answer.
void explain_unseen(Case& one) {
  if (!one.self || one.unseen->kind != ErrorKind::forbidden) {
    Error error = *one.unseen;
    error.hint =
        "It does not exist, or this account cannot see it: the profile of an "
        "administrator tells which.";
    throw error;
  }
  one.add({"Sharing, metadata read", every_right(one), Verdict::no,
           std::string("DHIS2 does not show it to this account: ") + one.unseen->what()});
  check_groups(one);
}

}  // namespace

Answer access_explain(Call& call) {
  const Json me = call.client().get("/api/me", Query().add("fields", kUserFields), call.patience());
  const bool self = names_self(call, me);
  const Object object = object_of(call);
  Case one{call, object, AccessUser(self ? me : other_user(call)),   self, {}, {}, {},
           {},   {},     almanac_of(call.client(), call.patience()), {}};
  read_case(one);
  if (one.unseen) {
    explain_unseen(one);
  } else {
    one.group_names = names_of_groups(one);
    check_all(one);
  }
  return told(one);
}

}  // namespace dhis2mcp
