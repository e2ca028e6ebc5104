// SPDX-License-Identifier: BSD-3-Clause
// Verifies before saving; says what it saw and what to run next.
#include "server/profile_commands.h"

#include "auth/diagnosis.h"
#include "auth/places.h"
#include "auth/registration.h"
#include "auth/transport_rule.h"
#include "auth/utc_text.h"
#include "dhis2/ascii.h"
#include "dhis2/json_members.h"
#include "dhis2/url.h"
#include "server/diagnosis_text.h"

namespace dhis2mcp {
namespace {

constexpr std::chrono::seconds kPatience{60};
constexpr std::chrono::minutes kEnrolmentPatience{5};

bool oauth2(const Profile& profile) {
  return profile.method == AuthMethod::oauth2 || profile.method == AuthMethod::legacy_oauth2;
}

AuthMethod method_of(const ProfileRequest& request) {
  return request.pat             ? AuthMethod::pat
         : request.oauth2        ? AuthMethod::oauth2
         : request.legacy_oauth2 ? AuthMethod::legacy_oauth2
                                 : AuthMethod::basic;
}

// What CLI11 cannot say: options that mean nothing together.
void check(const ProfileRequest& request) {
  const auto wrong = [](const std::string& what, const std::string& next_step) {
    throw Error(ErrorKind::bad_input, what, next_step);
  };
  const bool client = request.oauth2 || request.legacy_oauth2;
  if (client && request.client_id.empty() && !request.register_client) {
    wrong("An OAuth2 profile needs --client-id.",
          "An administrator makes a client with dhis2-mcp oauth2-client create; from 2.42.5 on "
          "--register may do without one.");
  }
  if (!client && (!request.client_id.empty() || request.register_client)) {
    wrong("--client-id and --register go with --oauth2 or --legacy-oauth2.", "Add one of them.");
  }
  if (request.register_client && (!request.oauth2 || !request.client_id.empty())) {
    wrong("--register makes a client of its own, on 2.42.5 and newer.",
          "Use it with --oauth2 and without --client-id.");
  }
  if (!request.password_grant_user.empty() && !request.legacy_oauth2) {
    wrong("--password-grant goes with --legacy-oauth2.",
          "From DHIS2 2.42 on nobody signs in to OAuth2 with a password.");
  }
  if (request.secret.given() && client && !request.client_secret.given() &&
      request.password_grant_user.empty()) {
    wrong("--secret-... is for a password or a token; an OAuth2 client has a secret of its own.",
          "Give it with --client-secret-file, --client-secret-env or --client-secret-stdin.");
  }
  if (request.client_secret.given() && !client) {
    wrong("--client-secret-... goes with --oauth2 or --legacy-oauth2.",
          "Give a password or a token with --secret-file, --secret-env or --secret-stdin.");
  }
  if (has_control(request.referer)) {
    wrong("--referer holds a line break or another control character.",
          "Give one address, as https://app.example.org.");
  }
}

Profile profile_of(const ProfileRequest& request) {
  demand_profile_name(request.name);
  Profile profile;
  profile.name = request.name;
  profile.url = BaseUrl::parse(request.url).text();
  profile.method = method_of(request);
  profile.user =
      request.password_grant_user.empty() ? request.basic_user : request.password_grant_user;
  profile.password_grant = !request.password_grant_user.empty();
  profile.client_id = request.client_id;
  profile.client_auth = request.client_auth;
  profile.scope = request.scope;
  profile.redirect_port = request.redirect_port;
  if (!request.client_key_file.empty()) {
    profile.client_key_file = std::filesystem::absolute(request.client_key_file).string();
    demand_private_file(profile.client_key_file);
  }
  profile.referer = request.referer;
  if (!request.ca_file.empty()) {
    profile.ca_file = std::filesystem::absolute(request.ca_file).string();
  }
  profile.insecure_http = request.insecure_http;
  profile.write_confirm = request.write == "confirm";
  profile.is_protected = request.is_protected;
  profile.pii_allowed = request.pii == "allow";
  return profile;
}

std::optional<Profile> profile_named(Ground& ground, const std::string& name) {
  for (Profile& one : ground.connections.profiles()) {
    if (one.name == name) return std::move(one);
  }
  return std::nullopt;
}

bool same_client(const Profile& one, const Profile& other) {
  return oauth2(one) && one.method == other.method && one.url == other.url &&
         one.client_id == other.client_id;
}

// How a client proves itself is one choice: a key or a secret that is named replaces the other.
void keep_client(const Profile& before, const ProfileRequest& request, Profile& profile) {
  if (profile.scope.empty()) profile.scope = before.scope;
  if (profile.redirect_port == 0) profile.redirect_port = before.redirect_port;
  if (!profile.client_auth.empty() || !profile.client_key_file.empty()) return;
  const bool by_secret = before.client_auth == "basic" || before.client_auth == "post";
  if (!request.client_secret.given() || by_secret) profile.client_auth = before.client_auth;
  if (!request.client_secret.given()) profile.client_key_file = before.client_key_file;
}

// Takes over what the command line did not name from the profile that had this name, where it is of
// the same address. Not the account that a token was seen to be of: a new one may be another's.
void keep_unnamed(const std::optional<Profile>& before, const ProfileRequest& request,
                  Profile& profile) {
  if (!before || before->url != profile.url) return;
  if (same_client(*before, profile)) keep_client(*before, request, profile);
  if (profile.referer.empty()) profile.referer = before->referer;
  if (profile.ca_file.empty()) profile.ca_file = before->ca_file;
  if (request.write.empty()) profile.write_confirm = before->write_confirm;
  if (request.pii.empty()) profile.pii_allowed = before->pii_allowed;
  profile.insecure_http = profile.insecure_http || before->insecure_http;
  profile.is_protected = profile.is_protected || before->is_protected;
  profile.unknown = before->unknown;
}

// Of OAuth2 all but the sign-in, which is still to come.
Diagnosis look(const Profile& profile, const Secret& secret) {
  LookInto into;
  into.sign_in = !oauth2(profile);
  return diagnose(profile, secret, {.stop = {}, .budget = kPatience},
                  std::chrono::system_clock::now(), into);
}

ProfileSecrets secrets_of(const ProfileRequest& request, const Profile& profile) {
  ProfileSecrets secrets;
  if (!oauth2(profile)) {
    secrets.main = read_secret(
        request.secret, request.pat ? "personal access token" : "password of " + profile.user);
    return secrets;
  }
  const bool without = request.register_client || profile.client_auth == "none" ||
                       profile.client_auth == "private-key-jwt" || !profile.client_key_file.empty();
  if (request.client_secret.given() || !without) {
    secrets.main =
        read_secret(request.client_secret, "secret of the OAuth2 client " + profile.client_id);
  }
  if (profile.password_grant) {
    secrets.password = read_secret(request.secret, "password of " + profile.user);
  }
  return secrets;
}

// A client that registered itself has its key in the store.
bool signs_with_stored_key(const Profile& profile) {
  return profile.client_auth == "private-key-jwt" && profile.client_key_file.empty();
}

// Asks DHIS2 for a client of our own; the person gives the leave for it in a browser, unless a file
// with an initial access token is there.
void register_with(const Console& console, const ProfileRequest& request, Profile& profile,
                   ProfileSecrets& secrets) {
  const std::string fixed =
      "http://127.0.0.1" +
      (profile.redirect_port == 0 ? "" : ":" + std::to_string(profile.redirect_port)) + "/callback";
  Secret token;
  if (!request.initial_token_file.empty()) {
    token = read_secret({.file = request.initial_token_file, .option = "--initial-token"},
                        "initial access token");
  } else {
    const int port = profile.redirect_port == 0 ? kUsualRedirectPort : profile.redirect_port;
    const auto receiver = loopback_receiver(port);
    const Enrolment begun = enrolment(profile, receiver->redirect_uri());
    console.say("Open this address in a browser in which you are signed in to DHIS2:\n" +
                begun.url);
    token = initial_token(profile, begun, *receiver,
                          std::chrono::steady_clock::now() + kEnrolmentPatience, {});
  }
  Registered made = register_client(profile, token, fixed, {.stop = {}, .budget = kPatience});
  profile.client_id = made.client_id;
  profile.client_auth = "private-key-jwt";
  secrets.client_key = std::move(made.key);
  console.say("Registered the client " + profile.client_id + ".");
}

// The same address over https, where only the scheme stood in the way.
std::optional<std::string> https_instead(const Profile& profile) {
  const BaseUrl url = BaseUrl::parse(profile.url);
  if (url.https() || url.loopback() || url.port() != 80) return std::nullopt;
  return "https" + profile.url.substr(4);
}

bool same_host_over_https(const std::string& given, const std::string& found) {
  const BaseUrl from = BaseUrl::parse(given), to = BaseUrl::parse(found);
  return !from.https() && to.https() && from.host() == to.host();
}

// Looks, and looks again at the https address of the same host where that is where DHIS2 is. The
// profile then has that address.
Diagnosis look_and_follow(const Console& console, Profile& profile, const Secret& secret) {
  const std::optional<std::string> secure = https_instead(profile);
  if (secure && transport_refusal(profile)) {
    Profile moved = profile;
    moved.url = *secure;
    Diagnosis seen = look(moved, secret);
    if (!seen.good() && seen.steps.size() <= 1) return look(profile, secret);
    console.say("A credential does not travel over plain http; using " + moved.url + ".");
    profile = moved;
    return seen;
  }
  Diagnosis seen = look(profile, secret);
  if (seen.found_url == profile.url) return seen;
  console.say("DHIS2 was found at " + seen.found_url + ", not at " + profile.url + ".");
  if (!same_host_over_https(profile.url, seen.found_url)) return seen;
  profile.url = seen.found_url;
  return look(profile, secret);
}

ConfigurationError unknown_profile(const Error& error) {
  return ConfigurationError(
      ErrorKind::not_found, error.what(),
      error.hint.empty() ? "See them all: dhis2-mcp profile list" : error.hint);
}

template <typename Use>
auto with_profile(Use use) {
  try {
    return use();
  } catch (const ConfigurationError&) {
    throw;
  } catch (const Error& error) {
    if (error.kind == ErrorKind::not_found) throw unknown_profile(error);
    throw;
  }
}

Json profile_json(const Profile& profile, const std::string& default_name) {
  Json json = {{"name", profile.name},
               {"url", profile.url},
               {"method", to_string(profile.method)},
               {"default", profile.name == default_name}};
  if (!profile.user.empty()) json["user"] = profile.user;
  if (!profile.client_id.empty()) json["client_id"] = profile.client_id;
  if (!profile.client_auth.empty()) json["client_auth"] = profile.client_auth;
  if (!profile.client_key_file.empty()) json["client_key_file"] = profile.client_key_file;
  if (!profile.scope.empty()) json["scope"] = profile.scope;
  if (profile.redirect_port != 0) json["redirect_port"] = profile.redirect_port;
  if (profile.password_grant) json["password_grant"] = true;
  if (!profile.referer.empty()) json["referer"] = profile.referer;
  if (!profile.ca_file.empty()) json["ca_file"] = profile.ca_file;
  json["insecure_http"] = profile.insecure_http;
  json["write"] = profile.write_confirm ? "confirm" : "off";
  json["protected"] = profile.is_protected;
  json["pii"] = profile.pii_allowed ? "allow" : "mask";
  return json;
}

std::optional<Tokens> tokens_of(Ground& ground, const Profile& profile) {
  if (!oauth2(profile) || profile.user.empty()) return std::nullopt;
  return ground.connections.store().tokens({profile.url, profile.client_id, profile.user});
}

std::string life(const Tokens& tokens) {
  return "access token until " + utc_text(tokens.expires) +
         (tokens.refresh.empty() ? ", not renewable" : ", renewed by itself");
}

// For one line of a list, which a broken store does not keep from being shown.
std::string sign_in_words(Ground& ground, const Profile& profile) {
  try {
    const auto tokens = tokens_of(ground, profile);
    return !tokens ? "not signed in" : !tokens->ended.empty() ? "sign-in ended" : life(*tokens);
  } catch (const Error&) {
    return "sign-in unreadable, see dhis2-mcp doctor " + profile.name;
  }
}

// "signed in as x until ...", or what is missing.
std::string sign_in_state(Ground& ground, const Profile& profile) {
  const auto tokens = tokens_of(ground, profile);
  if (!tokens) return "not signed in; run dhis2-mcp profile login " + profile.name;
  if (!tokens->ended.empty()) return "ended: " + tokens->ended;
  return "signed in as " + profile.user + ", " + life(*tokens) + ", key in " +
         ground.connections.store().key_place();
}

// "Saved x", or what became of the profile that had this name.
std::string saved_words(const std::optional<Profile>& before, const Profile& profile) {
  if (!before) return "Saved " + profile.name;
  if (before->url == profile.url) return "Updated " + profile.name;
  return "Replaced " + profile.name + ", which was " + before->url +
         (before->user.empty() ? "" : " as " + before->user);
}

int save_and_say(const Console& console, Ground& ground, const Profile& profile,
                 ProfileSecrets secrets, bool make_default, const std::string& seen) {
  const std::optional<Profile> before = profile_named(ground, profile.name);
  if (before && same_client(*before, profile) && signs_with_stored_key(profile) &&
      secrets.client_key.empty()) {
    TokenStore& store = ground.connections.store();
    secrets.client_key = store.secret(profile.name, "client_key").value_or(Secret());
  }
  const std::string saved = saved_words(before, profile);
  save_profile(ground, profile, secrets, make_default);
  console.answer(saved + seen +
                 (oauth2(profile) ? "Log in: dhis2-mcp profile login " + profile.name
                                  : "Try: dhis2-mcp call system_info --profile " + profile.name));
  return kDone;
}

}  // namespace

std::pair<Profile, Secret> profile_and_secret(Ground& ground, const std::string& name) {
  return with_profile([&] { return ground.connections.credential(name); });
}

std::vector<std::string> sharing_tokens(Ground& ground, const Profile& profile) {
  std::vector<std::string> names;
  for (const Profile& other : ground.connections.profiles()) {
    if (other.name != profile.name && oauth2(other) && other.url == profile.url &&
        other.client_id == profile.client_id && other.user == profile.user) {
      names.push_back(other.name);
    }
  }
  return names;
}

void save_profile(Ground& ground, const Profile& profile, const ProfileSecrets& secrets,
                  bool make_default) {
  TokenStore& store = ground.connections.store();
  const std::optional<Profile> before = profile_named(ground, profile.name);
  const auto keep = [&] {
    Profiles::edit(ground.places.profiles(), [&](Profiles& profiles) {
      profiles.put(profile);
      if (make_default) profiles.set_default(profile.name);
    });
  };
  if (before) {
    // A file that cannot be written says so while nothing has changed yet.
    Profiles::edit(ground.places.profiles(), [](const Profiles&) {});
    if (oauth2(*before) && sharing_tokens(ground, *before).empty()) {
      store.forget_tokens({before->url, before->client_id, before->user});
    }
  }
  store.forget_secrets(profile.name);
  if (before) keep();  // the new address before its secret, the old one's being gone
  if (!secrets.main.empty() || !oauth2(profile)) {
    store.put_secret(profile.name, secret_kind(profile.method), secrets.main);
  }
  if (!secrets.client_key.empty()) {
    store.put_secret(profile.name, "client_key", secrets.client_key);
  }
  if (!secrets.password.empty()) store.put_secret(profile.name, "password", secrets.password);
  if (!before) keep();
}

int add_profile(const Console& console, Ground& ground, const ProfileRequest& request) {
  check(request);
  Profile profile = profile_of(request);
  const std::optional<Profile> before = profile_named(ground, profile.name);
  keep_unnamed(before, request, profile);
  ProfileSecrets secrets = secrets_of(request, profile);
  if (request.no_verify && !request.register_client) {
    if (const std::optional<Error> refused = transport_refusal(profile)) throw Error(*refused);
    return save_and_say(console, ground, profile, secrets, request.make_default,
                        ", unchecked. Check it: dhis2-mcp profile verify " + profile.name + "\n");
  }
  const Diagnosis seen = look_and_follow(console, profile, secrets.main);
  if (!seen.good()) {
    console.say(step_lines(seen));
    console.explain(*seen.failure);
    console.say("Nothing was saved. To save it all the same, add --no-verify.");
    return exit_code_of_call(*seen.failure);
  }
  keep_unnamed(before, request, profile);  // the address may have become the earlier one
  if (request.register_client) register_with(console, request, profile, secrets);
  if (profile.method == AuthMethod::pat) profile.user = seen.username;
  for (const std::string& warning : seen.warnings) console.say("note: " + warning);
  return save_and_say(console, ground, profile, secrets, request.make_default,
                      oauth2(profile) ? ": " + seen.url + ". " : ": " + account_line(seen) + ".\n");
}

int list_profiles(const Console& console, Ground& ground, bool json) {
  const std::vector<Profile> profiles = ground.connections.profiles();
  const std::string default_name = ground.connections.default_name();
  if (json) {
    Json list = Json::array();
    for (const Profile& profile : profiles) {
      list.push_back(profile_json(profile, default_name));
      if (oauth2(profile)) list.back()["sign_in"] = sign_in_words(ground, profile);
    }
    console.answer(to_text({{"profiles", list}}));
    return kDone;
  }
  if (profiles.empty()) {
    console.say("There is no profile yet. Add one: dhis2-mcp profile add NAME --url URL --pat");
    return kDone;
  }
  std::string text;
  for (const Profile& profile : profiles) {
    text.append(profile.name).append(profile.name == default_name ? " (default)" : "");
    text.append(": ").append(profile.user.empty() ? "" : profile.user + " at ");
    text.append(profile.url).append(", ").append(to_string(profile.method));
    text.append(profile.write_confirm ? ", writes after confirmation" : ", read only");
    if (profile.is_protected) text.append(", protected");
    if (oauth2(profile)) text.append(", ").append(sign_in_words(ground, profile));
    text.append("\n");
  }
  console.answer(text);
  return kDone;
}

int show_profile(const Console& console, Ground& ground, const std::string& name, bool json) {
  const auto [profile, secret] = profile_and_secret(ground, name);
  Json shown = profile_json(profile, ground.connections.default_name());
  if (oauth2(profile)) shown["sign_in"] = sign_in_state(ground, profile);
  shown["secret"] = secret.empty() ? oauth2(profile) ? "none" : "missing"
                    : profile.name == "env"
                        ? "from the environment"
                        : "stored, key in " + ground.connections.store().key_place();
  if (json) {
    console.answer(to_text(shown));
    return kDone;
  }
  std::string text;
  for (const auto& [key, value] : shown.items()) {
    text.append(key).append(": ");
    text.append(as_text(value)).append("\n");
  }
  console.answer(text);
  return kDone;
}

int make_default_profile(const Console& console, Ground& ground, const std::string& name) {
  with_profile([&] {
    Profiles::edit(ground.places.profiles(),
                   [&](Profiles& profiles) { profiles.set_default(name); });
  });
  console.answer(name + " is the default now.");
  return kDone;
}

int remove_profile(const Console& console, Ground& ground, const std::string& name) {
  const std::optional<Profile> profile = profile_named(ground, name);
  const bool alone = profile && oauth2(*profile) && sharing_tokens(ground, *profile).empty();
  with_profile([&] {
    Profiles::edit(ground.places.profiles(), [&](Profiles& profiles) { profiles.remove(name); });
  });
  ground.connections.store().forget_secrets(name);
  if (alone) {
    ground.connections.store().forget_tokens({profile->url, profile->client_id, profile->user});
  }
  console.answer("Removed " + name + " and what was stored to sign in with it.");
  return kDone;
}

}  // namespace dhis2mcp
