// SPDX-License-Identifier: BSD-3-Clause
// Verifies before saving; says what it saw and what to run next.
#include "server/profile_commands.h"

#include <algorithm>

#include "auth/diagnosis.h"
#include "auth/transport_rule.h"
#include "dhis2/url.h"

namespace dhis2mcp {
namespace {

constexpr std::chrono::seconds kPatience{60};

Profile profile_of(const ProfileRequest& request) {
  demand_profile_name(request.name);
  Profile profile;
  profile.name = request.name;
  profile.url = BaseUrl::parse(request.url).text();
  profile.method = request.pat ? AuthMethod::pat : AuthMethod::basic;
  profile.user = request.basic_user;
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

Diagnosis look(const Profile& profile, const Secret& secret) {
  return diagnose(profile, secret, {.stop = {}, .budget = kPatience});
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

std::string account_line(const Diagnosis& seen) {
  return seen.username + " at " + seen.url + " (" + seen.version + "), " +
         std::to_string(seen.latency.count()) + " ms";
}

std::string step_lines(const Diagnosis& seen) {
  std::string text;
  for (const Step& step : seen.steps) {
    text.append(step.good ? "ok    " : "FAIL  ").append(step.name);
    text.append(std::string(step.name.size() < 8 ? 8 - step.name.size() : 0, ' '));
    text.append("  ").append(step.seen).append("\n");
  }
  for (const std::string& warning : seen.warnings)
    text.append("note  ").append(warning).append("\n");
  return text;
}

ConfigurationError unknown_profile(const Error& error) {
  return ConfigurationError(
      ErrorKind::not_found, error.what(),
      error.hint.empty() ? "See them all: dhis2-mcp profile list" : error.hint);
}

// A name that does not exist is a matter of configuration, whoever noticed it.
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

void save(Ground& ground, const Profile& profile, const Secret& secret, bool make_default) {
  TokenStore& store = ground.connections.store();
  store.forget_secrets(profile.name);
  store.put_secret(profile.name, secret_kind(profile.method), secret);
  Profiles::edit(ground.places.profiles(), [&](Profiles& profiles) {
    profiles.put(profile);
    if (make_default) profiles.set_default(profile.name);
  });
}

Json profile_json(const Profile& profile, const std::string& default_name) {
  Json json = {{"name", profile.name},
               {"url", profile.url},
               {"method", to_string(profile.method)},
               {"default", profile.name == default_name}};
  if (!profile.user.empty()) json["user"] = profile.user;
  if (!profile.referer.empty()) json["referer"] = profile.referer;
  if (!profile.ca_file.empty()) json["ca_file"] = profile.ca_file;
  json["insecure_http"] = profile.insecure_http;
  json["write"] = profile.write_confirm ? "confirm" : "off";
  json["protected"] = profile.is_protected;
  json["pii"] = profile.pii_allowed ? "allow" : "mask";
  return json;
}

}  // namespace

int add_profile(const Console& console, Ground& ground, const ProfileRequest& request) {
  Profile profile = profile_of(request);
  const Secret secret = read_secret(
      request.secret, request.pat ? "personal access token" : "password of " + profile.user);
  if (request.no_verify) {
    if (const std::optional<Error> refused = transport_refusal(profile)) throw Error(*refused);
    save(ground, profile, secret, request.make_default);
    console.answer("Saved " + profile.name + " unchecked. Check it: dhis2-mcp profile verify " +
                   profile.name);
    return kDone;
  }
  const Diagnosis seen = look_and_follow(console, profile, secret);
  if (!seen.good()) {
    console.say(step_lines(seen));
    console.explain(*seen.failure);
    console.say("Nothing was saved. To save it all the same, add --no-verify.");
    return exit_code_of_call(*seen.failure);
  }
  if (profile.method != AuthMethod::basic) profile.user = seen.username;
  save(ground, profile, secret, request.make_default);
  for (const std::string& warning : seen.warnings) console.say("note: " + warning);
  console.answer("Saved " + profile.name + ": " + account_line(seen) + ".\nTry: dhis2-mcp call " +
                 "system_info --profile " + profile.name);
  return kDone;
}

int list_profiles(const Console& console, Ground& ground, bool json) {
  const std::vector<Profile> profiles = ground.connections.profiles();
  const std::string default_name = ground.connections.default_name();
  if (json) {
    Json list = Json::array();
    for (const Profile& profile : profiles) list.push_back(profile_json(profile, default_name));
    console.answer(to_text({{"profiles", list}}));
    return kDone;
  }
  if (profiles.empty()) {
    console.say(
        "There is no profile yet. Add one: dhis2-mcp profile add NAME --url URL --basic USER");
    return kDone;
  }
  std::string text;
  for (const Profile& profile : profiles) {
    text.append(profile.name).append(profile.name == default_name ? " (default)" : "");
    text.append(": ").append(profile.user.empty() ? "" : profile.user + " at ");
    text.append(profile.url).append(", ").append(to_string(profile.method));
    text.append(profile.write_confirm ? ", writes after confirmation" : ", read only");
    text.append(profile.is_protected ? ", protected\n" : "\n");
  }
  console.answer(text);
  return kDone;
}

int show_profile(const Console& console, Ground& ground, const std::string& name, bool json) {
  const auto [profile, secret] = with_profile([&] { return ground.connections.credential(name); });
  Json shown = profile_json(profile, ground.connections.default_name());
  shown["secret"] = secret.empty() ? "missing"
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
    text.append(value.is_string() ? value.get<std::string>() : value.dump()).append("\n");
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

int verify_profile(const Console& console, Ground& ground, const std::string& name, bool json) {
  const auto [profile, secret] = with_profile([&] { return ground.connections.credential(name); });
  const Diagnosis seen = look(profile, secret);
  if (json) {
    Json steps = Json::array();
    for (const Step& step : seen.steps) {
      steps.push_back({{"step", step.name}, {"good", step.good}, {"seen", step.seen}});
    }
    Json shown = {{"profile", profile.name}, {"url", seen.url}, {"good", seen.good()}};
    if (!seen.username.empty()) shown["user"] = seen.username;
    if (!seen.version.empty()) shown["version"] = seen.version;
    if (seen.good()) shown["latency_ms"] = seen.latency.count();
    shown["steps"] = steps;
    shown["warnings"] = seen.warnings;
    if (seen.failure) shown["error"] = error_object(*seen.failure);
    console.answer(to_text(shown));
  } else {
    std::string text = step_lines(seen);
    if (seen.good()) {
      text.append(profile.name).append(" works: ").append(account_line(seen)).append(".\n");
    } else {
      text.append("Cause: ").append(seen.failure->what()).append("\n");
      if (!seen.failure->hint.empty())
        text.append("Next: ").append(seen.failure->hint).append("\n");
    }
    console.answer(text);
  }
  return seen.good() ? kDone : exit_code_of_call(*seen.failure);
}

int remove_profile(const Console& console, Ground& ground, const std::string& name) {
  with_profile([&] {
    Profiles::edit(ground.places.profiles(), [&](Profiles& profiles) { profiles.remove(name); });
  });
  ground.connections.store().forget_secrets(name);
  console.answer("Removed " + name + " and what was stored to sign in with it.");
  return kDone;
}

}  // namespace dhis2mcp
