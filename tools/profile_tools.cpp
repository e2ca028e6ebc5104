// SPDX-License-Identifier: BSD-3-Clause
// profile_list (no request) and profile_status (one: /api/me).
#include <algorithm>

#include "auth/utc_text.h"
#include "dhis2/error.h"
#include "tools/handlers.h"

namespace dhis2mcp {
namespace {

std::string mode_words(const Profile& profile) {
  std::string words = profile.write_confirm ? "read, write with confirmation" : "read";
  if (profile.is_protected) words += ", protected";
  return words;
}

Cell optional_text(const std::string& text) { return text.empty() ? Cell() : Cell::text(text); }

// Where the credential of a profile is kept; never what it is.
std::string credential_words(Call& call, const Profile& profile) {
  const std::string what = profile.method == AuthMethod::pat     ? "personal access token"
                           : profile.method == AuthMethod::basic ? "password"
                                                                 : "OAuth2 tokens of a login";
  if (profile.name == "env") return what + " from the environment";
  return what + " in the encrypted store (key: " + call.connections.store().key_place() + ")";
}

std::vector<std::string> names_in(const Json& object, const char* member) {
  std::vector<std::string> names;
  if (!object.is_object() || !object.contains(member)) return names;
  for (const Json& one : object[member]) names.push_back(one.value("displayName", ""));
  return names;
}

Query me_fields() {
  // Up to 2.37 the roles stand below userCredentials.
  return Query().add("fields",
                     "id,username,displayName,authorities,userRoles[displayName],"
                     "userGroups[displayName],organisationUnits[id,displayName],"
                     "userCredentials[username,userRoles[displayName]]");
}

Json about_person(const Json& me) {
  const Json credentials = me.value("userCredentials", Json::object());
  std::vector<std::string> roles = names_in(me, "userRoles");
  if (roles.empty()) roles = names_in(credentials, "userRoles");
  const Json authorities = me.value("authorities", Json::array());
  return {{"user", me.value("username", credentials.value("username", ""))},
          {"name", me.value("displayName", "")},
          {"uid", me.value("id", "")},
          {"roles", roles},
          {"groups", names_in(me, "userGroups")},
          {"org_units", names_in(me, "organisationUnits")},
          {"superuser",
           std::find(authorities.begin(), authorities.end(), Json("ALL")) != authorities.end()}};
}

// The words of a failed sign-in, led by whose it was and where the credential comes from.
[[noreturn]] void throw_with_profile(const Error& error, const Profile& profile,
                                     const std::string& credential) {
  Error told(
      error.kind,
      "Profile " + profile.name + " (" + profile.url + ", " + credential + "): " + error.what(),
      error.hint);
  told.code = error.code;
  told.http = error.http;
  told.retry = error.retry;
  throw told;
}

// When the access token of a login ends; empty for other methods, for DHIS2 alone knows how long a
// personal access token lasts. Notes why where the store cannot be read.
Cell expiry(Call& call, const Profile& profile, Answer& answer) {
  if (profile.client_id.empty()) return {};
  try {
    const auto tokens =
        call.connections.store().tokens({profile.url, profile.client_id, profile.user});
    if (!tokens) return Cell::text("not signed in");
    if (!tokens->ended.empty()) return Cell::text("ended");
    return Cell::text(utc_text(tokens->expires) +
                      (tokens->refresh.empty() ? "" : ", renewed by itself"));
  } catch (const Error& error) {
    answer.notes.push_back("The sign-in of " + profile.name + " cannot be read: " + error.what());
    return {};
  }
}

// The profile of a call without `profile`; empty when such a call would have to name one.
std::string chosen_without_argument(Connections& connections) {
  try {
    return connections.choose("");
  } catch (const ConfigurationError&) {
    throw;
  } catch (const Error&) {
    return {};
  }
}

}  // namespace

Answer profile_list(Call& call) {
  Answer answer;
  answer.source = "this computer";
  answer.from_instance = false;
  answer.table =
      Table{{"Profile", "URL", "Method", "User", "Mode", "Persons", "Default", "Expires"}, {}};
  const std::string chosen = chosen_without_argument(call.connections);
  for (const Profile& profile : call.connections.profiles()) {
    answer.table->rows.push_back(
        {Cell::text(profile.name), Cell::text(profile.url), Cell::text(to_string(profile.method)),
         optional_text(profile.user), Cell::text(mode_words(profile)),
         Cell::text(profile.pii_allowed ? "shown" : "masked"),
         profile.name == chosen ? Cell::text("default") : Cell(), expiry(call, profile, answer)});
  }
  answer.total = answer.table->rows.size();
  if (answer.table->rows.empty()) {
    answer.notes.emplace_back(
        "No profile is set up. A person adds one in a terminal: dhis2-mcp profile add NAME "
        "--url URL --pat");
  }
  return answer;
}

namespace {

// How long the access token lasts, and whether anything keeps the sign-in from outliving this run.
void add_token_life(Call& call, const Profile& profile, Answer& answer) {
  TokenStore& store = call.connections.store();
  const std::string warning = store.warning();
  if (!warning.empty()) answer.notes.push_back(warning);
  if (profile.client_id.empty()) return;
  const auto tokens = store.tokens({profile.url, profile.client_id, profile.user});
  if (!tokens) return;
  answer.object->emplace("access_token_until", utc_text(tokens->expires));
  answer.object->emplace("renewed_by_itself", !tokens->refresh.empty());
}

// While a person is logging in there is nothing else to say; when it went wrong, why.
std::optional<Answer> login_status(Call& call, const Profile& profile) {
  const LoginStatus login = call.connections.logins().status(profile.name);
  if (login.stage == LoginStage::failed) throw Error(*login.failure);
  if (login.stage != LoginStage::pending) return std::nullopt;
  Answer answer;
  answer.source = profile.name + ": " + profile.url;
  answer.object = Json{{"profile", profile.name}, {"login", "pending"}, {"url", login.url}};
  answer.notes.emplace_back("The person has not finished the login in the browser yet.");
  return answer;
}

}  // namespace

Answer profile_status(Call& call) {
  const Profile& profile = call.client().profile();
  const std::string credential = credential_words(call, profile);
  try {
    // Asked anew: what was true when this process began may not be so now.
    const Json me = call.client().get("/api/me", me_fields(), call.patience());
    Answer answer = call.answer();
    const Whoami& who = call.client().whoami(call.patience());
    Json object = {{"profile", profile.name},
                   {"url", profile.url},
                   {"method", to_string(profile.method)},
                   {"credential", credential},
                   {"login", "done"},
                   {"mode", mode_words(profile)},
                   {"persons", profile.pii_allowed ? "shown" : "masked"},
                   {"version", who.version_text},
                   {"calendar", who.calendar}};
    object.update(about_person(me));
    answer.object = std::move(object);
    add_token_life(call, profile, answer);
    if (answer.object->at("superuser") == true) {
      answer.notes.emplace_back(
          "This account may do everything in the instance; one with fewer rights is safer here.");
    }
    return answer;
  } catch (const Error& error) {
    if (error.kind == ErrorKind::sign_in_required) {
      if (auto waiting = login_status(call, profile)) return std::move(*waiting);
    }
    throw_with_profile(error, profile, credential);
  }
}

}  // namespace dhis2mcp
