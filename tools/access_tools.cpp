// SPDX-License-Identifier: BSD-3-Clause
// access_explain: the user, the object, what its type demands, and for a data set its locks; four
// requests at once. What this account may not ask is told as unknown.
#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "dhis2/error.h"
#include "dhis2/json_members.h"
#include "tools/access_case.h"
#include "tools/almanac.h"
#include "tools/day_span.h"
#include "tools/document.h"
#include "tools/handlers.h"
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
  AccessAsked found = ask_access(call.client(), call.patience(), "/api/users", query);
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

// The names of the groups that the object is shared with; a uid stands where one is not shown.
std::vector<std::pair<std::string, std::string>> names_of_groups(const AccessCase& one) {
  std::string list;
  for (const auto& [uid, access] : AccessSharing(one.document).groups) {
    if (is_uid(uid)) list += (list.empty() ? "" : ",") + uid;
  }
  if (list.empty()) return {};
  const AccessAsked found = ask_access(one.call.client(), one.call.patience(), "/api/userGroups",
                                       Query()
                                           .add("fields", "id,name")
                                           .add("filter", "id:in:[" + list + "]")
                                           .add("paging", "false"));
  std::vector<std::pair<std::string, std::string>> names;
  for (const Json& group : list_of(found.json, "userGroups")) {
    names.emplace_back(text_of(group, "id"), text_of(group, "name"));
  }
  return names;
}

// What is asked beside the object: its type, lock exceptions, the server's day.
void read_case(AccessCase& one) {
  SignedClient& client = one.call.client();
  const Patience patience = one.call.patience();
  const std::string& type = one.type->name;
  const std::vector<std::pair<std::string, Query>> questions = {
      {"/api/" + one.type->collection + "/" + one.uid, Query().add("fields", fields_of(type))},
      {"/api/schemas/" + type,
       Query().add("fields", "shareable,dataShareable,authorities[type,authorities]")},
      {"/api/system/info", Query().add("fields", "serverDate")},
      {"/api/lockExceptions", Query()
                                  .add("filter", "dataSet.id:eq:" + one.uid)
                                  .add("fields", "name,period[id],organisationUnit[id]")
                                  .add("pageSize", "50")}};
  std::vector<std::size_t> asked = {0, 1, 2};
  if (type == "dataSet") asked.push_back(3);
  std::vector<AccessAsked> answers = ask_each(asked, [&](std::size_t i) {
    return ask_access(client, patience, questions[i].first, questions[i].second);
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

Answer told(AccessCase& one) {
  Answer answer = one.call.answer();
  std::string name = one.document.is_object() ? text_of(one.document, "name") : "";
  answer.read_as.push_back((name.empty() ? one.uid : name) + " = " + one.type->words + " " +
                           one.uid);
  answer.read_as.push_back(one.user.username + " = user " + one.user.uid);
  if (!one.self) {
    answer.notes.emplace_back(
        "Worked out from what this account is shown; DHIS2 tells its own verdict only to the user "
        "who asks.");
  }
  Table table = access_table(one.checks);
  RowCollector collector(one.call.results, one.call.owner(), table.columns);
  for (Row& row : table.rows) collector.add(std::move(row));
  collector.finish(answer);
  return answer;
}

// DHIS2 does not show the object to this account: for its own access that is the answer.
void explain_unseen(AccessCase& one) {
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
  if (object.type == nullptr) {
    throw Error(ErrorKind::bad_input, "Objects of this type are not explained.",
                "Give the `type` of the object, e.g. data set.");
  }
  AccessCase one{
      call, object.type, object.uid, AccessUser(self ? me : other_user(call)),   self, {}, {},
      {},   {},          {},         almanac_of(call.client(), call.patience()), {}};
  read_case(one);
  if (one.unseen) {
    explain_unseen(one);
  } else {
    one.group_names = names_of_groups(one);
    check_access(one);
  }
  return told(one);
}

}  // namespace dhis2mcp
