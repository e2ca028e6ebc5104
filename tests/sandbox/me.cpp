// SPDX-License-Identifier: BSD-3-Clause
// The caller as the server sees them.
#include <algorithm>

#include "tests/sandbox/fields.h"
#include "tests/sandbox/system.h"

namespace sandbox {
namespace {

// What /api/me shows of the user object, in every version.
constexpr const char* kOfUser[] = {"id",
                                   "username",
                                   "surname",
                                   "firstName",
                                   "created",
                                   "lastUpdated",
                                   "dataViewOrganisationUnits",
                                   "userGroups",
                                   "translations",
                                   "teiSearchOrganisationUnits",
                                   "organisationUnits",
                                   "email",
                                   "phoneNumber",
                                   "userRoles",
                                   "attributeValues"};

Json uids_of(const Country& country, const char* plural, const User& user) {
  const Schema& schema = *Schemas::of(country.settings().major).by_plural(plural);
  Json uids = Json::array();
  for (const Json& object : country.list(plural)) {
    if (may_read(user, schema, object)) uids.push_back(object["id"]);
  }
  return uids;
}

// Up to 2.41 sign-in facts stand in an object of their own as well.
Json credentials_of(const Json& object, const Json& access) {
  Json credentials = Json::object();
  for (const char* name : {"id", "username", "externalAuth", "cogsDimensionConstraints",
                           "catDimensionConstraints", "selfRegistered", "invitation", "disabled"}) {
    if (object.contains(name)) credentials[name] = object[name];
  }
  credentials["twoFA"] = false;
  credentials["previousPasswords"] = Json::array();
  credentials["access"] = access;
  credentials["userRoles"] = object["userRoles"];
  return credentials;
}

Json whole_me(const Country& country, const Request& request, const Json& object) {
  const User& user = *request.user;
  const int major = country.settings().major;
  const Schema& schema = *Schemas::of(major).by_plural("users");
  Json all = Json::object();
  for (const char* name : kOfUser) {
    if (object.contains(name) && object[name] != "") all[name] = object[name];
  }
  const bool super = user.has("ALL");
  all["favorites"] = all["translations"] = Json::array();
  all["name"] = user.name;
  all["displayName"] = user.name;
  Json access = access_of(user, schema, object, major);
  // What the user may do with users as such.
  for (auto& [name, allowed] : access.items()) {
    const bool adds = name == "manage" || name == "write" || name == "update";
    allowed = super || (adds && user.has("F_USER_ADD")) ||
              (name == "read" && user.has("F_USER_VIEW")) ||
              (name == "delete" && user.has("F_USER_DELETE"));
  }
  all["access"] = access;
  all["settings"] = settings_of(country, user);
  all["programs"] = uids_of(country, "programs", user);
  all["dataSets"] = uids_of(country, "dataSets", user);
  all["authorities"] = user.authorities;
  if (major >= 42) all["emailVerified"] = false;
  if (major >= 42) all["twoFactorType"] = "NOT_ENABLED";
  if (major >= 43 && super) all["canImpersonate"] = true;
  if (major >= 41) all["patTokens"] = Json::array();
  if (major <= 40) {
    all["sharing"] = {
        {"external", false}, {"users", Json::object()}, {"userGroups", Json::object()}};
    all["userAccesses"] = all["userGroupAccesses"] = Json::array();
    all["externalAccess"] = false;
  }
  if (major <= 41) all["userCredentials"] = credentials_of(object, access);
  return all;
}

// A property of the user that is asked for by name may be shown as well, but these are not of the
// caller's page (2.40 to 2.43).
bool never_shown(const std::string& name) {
  static const std::vector<std::string> others = {"disabled", "email", "twoFactorEnabled"};
  return std::find(others.begin(), others.end(), name) != others.end();
}

bool counted(const Field& field) {
  return !field.transformers.empty() && field.transformers.front().name == "size";
}

bool wanted_by(const Field& wanted, const std::string& name) {
  static const std::vector<std::string> identifiable = {"id", "name", "code", "created",
                                                        "lastUpdated"};
  for (const std::string& preset : wanted.presets) {
    if (preset == ":all" || preset == ":owner" || preset == ":persisted") return true;
    if (preset == ":identifiable" &&
        std::find(identifiable.begin(), identifiable.end(), name) != identifiable.end()) {
      return true;
    }
  }
  return false;
}

Reply who_am_i(const Country& country, const Request& request) {
  const Json& object = *country.find("users", request.user->uid);
  const Json all = whole_me(country, request, object);
  const auto wanted = parse_fields(request.param("fields").value_or("*"));
  if (!wanted) return web_message(400, "Unbalanced brackets");
  const Renderer renderer(country, request);
  const Schema& schema = *renderer.schemas().by_plural("users");
  Json shown = Json::object();
  for (const auto& [name, value] : all.items()) {
    if (wanted->excluded.count(name)) continue;
    if (wanted_by(*wanted, name)) shown[name] = value;
  }
  for (const Field& field : wanted->children) {
    const auto it = all.find(field.name);
    if (it == all.end() && never_shown(field.name)) continue;
    if (it != all.end() && it->is_array() && counted(field)) {
      shown[field.name] = it->size();
    } else if (it == all.end()) {
      Field one;
      one.children.push_back(field);
      shown.update(renderer.render(schema, object, one));
    } else if (field.empty() || !it->is_array() || field.name == "programs" ||
               field.name == "dataSets") {
      shown[field.name] = *it;
      if (field.name == "settings" && !field.empty()) {
        Json chosen = Json::object();
        for (const Field& key : field.children) {
          if (it->contains(key.name)) chosen[key.name] = (*it)[key.name];
        }
        shown[field.name] = chosen;
      }
    } else {
      Field one;
      one.children.push_back(field);
      shown.update(renderer.render(schema, object, one));
    }
  }
  return json_reply(shown);
}

}  // namespace

Reply me(const Country& country, const Request& request) {
  const User& user = *request.user;
  if (!request.extension.empty() && request.extension != "json") return html_error(406);
  const std::string rest = request.path.substr(3);
  if (rest.empty()) return who_am_i(country, request);
  if (rest == "/authorities" || rest == "/authorization") return json_reply(user.authorities);
  for (const std::string root : {"/authorities/", "/authorization/"}) {
    if (rest.starts_with(root)) return json_reply(user.has(rest.substr(root.size())));
  }
  const Json settings = settings_of(country, user);
  if (rest == "/settings") return json_reply(settings);
  if (rest.starts_with("/settings/")) {
    const std::string key = rest.substr(10);
    if (!settings.contains(key) && country.settings().major <= 41) {
      return web_message(409, "Key is not supported: " + key, "E1004");
    }
    return json_reply(settings.value(key, Json("")));
  }
  if (rest == "/dashboard") {
    return json_reply({{"unreadInterpretations", 0}, {"unreadMessageConversations", 0}});
  }
  for (const char* known : {"/dataApprovalWorkflows", "/dataApprovalLevels", "/verifyPassword",
                            "/changePassword", "/password"}) {
    if (rest == known) return not_played("GET /api/me" + rest);
  }
  return html_error(404);
}

}  // namespace sandbox
