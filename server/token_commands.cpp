// SPDX-License-Identifier: BSD-3-Clause
// A new secret has a home before it is asked for: one that is made and then lost cannot be had
// again.
#include "server/token_commands.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "auth/oauth2_clients.h"
#include "auth/owned_tokens.h"
#include "auth/places.h"
#include "auth/utc_text.h"
#include "dhis2/text_list.h"
#include "server/profile_commands.h"

namespace dhis2mcp {
namespace {

constexpr std::chrono::seconds kPatience{60};
constexpr int kMostDays = 3650;
constexpr std::array kWriting = {"POST", "PATCH", "PUT", "DELETE"};

Patience patience() { return {.stop = {}, .budget = kPatience}; }

std::string listed(const std::vector<std::string>& list, const char* otherwise) {
  return list.empty() ? otherwise : joined(list, ", ");
}

std::string typed_line() {
  const int terminal = open("/dev/tty", O_RDONLY | O_CLOEXEC);
  if (terminal < 0) return {};
  const auto line = read_line(terminal, 256);
  close(terminal);
  return line.value_or("");
}

void ask_if_protected(const Console& console, const Profile& profile, const std::string& act) {
  if (!profile.is_protected) return;
  console.say("Profile " + profile.name + " (" + profile.url + ") is protected. To " + act +
              ", type its name:");
  if (typed_line() == profile.name) return;
  throw Error(ErrorKind::refused, "Nothing was done: the name was not typed.",
              "Run the command in a terminal and type " + profile.name + " when it asks.");
}

// Before anything is made on the server.
void check(Ground& ground, const SecretTarget& target) {
  if (target.as_profile.empty() == target.file.empty()) {
    throw Error(ErrorKind::bad_input, "Say where the secret goes: --as PROFILE or --out FILE.",
                "--as makes a profile that uses it, --out writes a file of mode 600.");
  }
  if (!target.file.empty()) {
    const std::filesystem::path file = std::filesystem::absolute(target.file);
    if (!is_absent(file)) {
      throw Error(ErrorKind::bad_input, file.string() + " exists already.",
                  "Name a file that does not.");
    }
    if (access(file.parent_path().c_str(), W_OK) != 0) {
      throw Error(ErrorKind::bad_input, file.parent_path().string() + " cannot be written to.",
                  "Name a file in a folder of your own.");
    }
    return;
  }
  demand_profile_name(target.as_profile);
  for (const Profile& profile : ground.connections.profiles()) {
    if (profile.name == target.as_profile) {
      throw Error(ErrorKind::bad_input, "There is a profile " + target.as_profile + " already.",
                  "Give another name, or remove that profile first.");
    }
  }
}

// The folder may be anybody's; only the file is ours.
void write_secret_file(const std::string& path, const Secret& secret) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  const std::string_view text = secret.reveal();
  const bool written = file >= 0 &&
                       write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                       write(file, "\n", 1) == 1 && fsync(file) == 0;
  if (file >= 0) close(file);
  if (!written) {
    throw ConfigurationError(ErrorKind::refused, path + " could not be written",
                             "The secret is lost: revoke what was made and make it again.");
  }
}

// Returns what to tell the person.
std::string put_away(Ground& ground, const SecretTarget& target, const Profile& like,
                     AuthMethod method, const std::string& client_id, const Secret& secret) {
  if (!target.file.empty()) {
    write_secret_file(target.file, secret);
    return "The secret is in " + target.file + " (mode 600).";
  }
  Profile made;
  made.name = target.as_profile;
  made.url = like.url;
  made.method = method;
  made.ca_file = like.ca_file;
  made.insecure_http = like.insecure_http;
  made.client_id = client_id;
  if (!client_id.empty()) made.redirect_port = like.redirect_port;
  if (method == AuthMethod::pat) made.user = like.user;
  if (method == AuthMethod::oauth2 && secret.empty()) made.client_auth = "none";
  ProfileSecrets secrets;
  secrets.main = secret;
  save_profile(ground, made, secrets, false);
  return "Saved profile " + made.name + " with it" +
         (method == AuthMethod::pat ? "."
                                    : "; log in with dhis2-mcp profile login " + made.name + ".");
}

TokenWish wish_of(const PatRequest& request, WallTime now) {
  const bool browser = request.context == "browser";
  if (browser == request.referrers.empty()) {
    throw Error(ErrorKind::bad_input,
                browser ? "A token for a browser needs the origins of its pages."
                        : "--referrer is for tokens of a browser.",
                browser ? "Give --referrer https://app.example.org, once for each."
                        : "Add --context browser, or leave --referrer out.");
  }
  TokenWish wish;
  wish.code = request.code;
  wish.ips = request.ips;
  wish.referrers = request.referrers;
  if (!request.methods.empty()) {
    wish.methods = request.methods;
  } else if (request.allow_write) {
    wish.methods.insert(wish.methods.end(), kWriting.begin(), kWriting.end());
  }
  const bool writes = std::find_first_of(wish.methods.begin(), wish.methods.end(), kWriting.begin(),
                                         kWriting.end()) != wish.methods.end();
  if (writes && !request.allow_write) {
    throw Error(ErrorKind::bad_input, "These methods may change data.", "Add --allow-write.");
  }
  auto day = end_of_day(request.expires);
  if (request.expires.empty() && request.days >= 1 && request.days <= kMostDays) {
    day = now + std::chrono::hours(24) * request.days;
  }
  if (!day) {
    throw Error(ErrorKind::bad_input, "That is no date of expiry.",
                "Give --expires 2027-01-31, or --days 1 to 3650.");
  }
  wish.expires = *day;
  return wish;
}

Json token_json(const OwnedToken& token) {
  Json json = {{"id", token.uid}, {"expires", utc_text(token.expires)}};
  if (!token.code.empty()) json["code"] = token.code;
  json["methods"] = token.methods;
  json["ips"] = token.ips;
  json["referrers"] = token.referrers;
  return json;
}

Json client_json(const RegisteredClient& client) {
  return {{"id", client.uid},
          {"name", client.name},
          {"client_id", client.client_id},
          {"auth_methods", client.auth_methods},
          {"grant_types", client.grant_types},
          {"redirect_uris", client.redirect_uris},
          {"scopes", client.scopes}};
}

}  // namespace

int create_pat(const Console& console, Ground& ground, const PatRequest& request, bool json) {
  const WallTime now = std::chrono::system_clock::now();
  check(ground, request.target);
  const TokenWish wish = wish_of(request, now);
  const auto client = ground.connections.client("");
  ask_if_protected(console, client->profile(), "make a token there");
  Profile like = client->profile();
  like.user = client->whoami(patience()).username;
  const NewToken made = create_token(*client, wish, now, patience());
  const std::string where = put_away(ground, request.target, like, AuthMethod::pat, "", made.key);
  if (json) {
    Json shown = {{"id", made.uid}, {"expires", utc_text(wish.expires)}, {"methods", wish.methods}};
    console.answer(to_text(shown));
    console.say(where);
    return kDone;
  }
  console.answer("Made token " + made.uid + " of " + like.user + ", good until " +
                 utc_text(wish.expires) + " for " + listed(wish.methods, "") + ". " + where);
  return kDone;
}

int list_pats(const Console& console, Ground& ground, bool json) {
  const WallTime now = std::chrono::system_clock::now();
  const auto client = ground.connections.client("");
  const std::vector<OwnedToken> tokens = owned_tokens(*client, patience());
  if (json) {
    Json list = Json::array();
    for (const OwnedToken& token : tokens) list.push_back(token_json(token));
    console.answer(to_text({{"tokens", list}}));
    return kDone;
  }
  std::string text;
  for (const OwnedToken& token : tokens) {
    text.append(token.uid).append(token.expires <= now ? "  expired " : "  until ");
    text.append(utc_text(token.expires)).append("  ").append(listed(token.methods, "all methods"));
    if (!token.ips.empty()) text.append("  from ").append(listed(token.ips, ""));
    if (!token.referrers.empty()) text.append("  of ").append(listed(token.referrers, ""));
    text.append(token.code.empty() ? "" : "  " + token.code).append("\n");
  }
  console.answer(text.empty() ? "This user has no tokens." : text);
  return kDone;
}

int revoke_pat(const Console& console, Ground& ground, const PatRequest& request) {
  const auto client = ground.connections.client("");
  ask_if_protected(console, client->profile(), "revoke the token " + request.uid);
  const std::string remark = revoke_token(*client, request.uid, patience());
  console.answer("Revoked token " + request.uid + "." + (remark.empty() ? "" : " " + remark));
  return kDone;
}

int create_oauth2_client(const Console& console, Ground& ground, const ClientRequest& request,
                         bool json) {
  if (!request.is_public || !request.target.as_profile.empty()) check(ground, request.target);
  const auto client = ground.connections.client("");
  const Profile& profile = client->profile();
  const Version version = client->whoami(patience()).version;
  ClientWish wish{request.name, request.client_id, request.redirect_uris, request.is_public};
  if (wish.redirect_uris.empty()) {
    wish.redirect_uris = {usual_redirect_uri(version, request.redirect_port)};
  }
  ask_if_protected(console, profile, "register the client " + wish.client_id);
  const NewClient made = create_client(*client, wish, patience());
  Profile like = profile;
  like.redirect_port = request.redirect_port;
  const bool legacy = !holds(Fact::oauth2_server, version);
  const std::string where = request.target.as_profile.empty() && request.target.file.empty()
                                ? "It has no secret, and gets no refresh tokens."
                                : put_away(ground, request.target, like,
                                           legacy ? AuthMethod::legacy_oauth2 : AuthMethod::oauth2,
                                           wish.client_id, made.secret);
  if (json) {
    console.answer(to_text(
        {{"id", made.uid}, {"client_id", wish.client_id}, {"redirect_uris", wish.redirect_uris}}));
    console.say(where);
    return kDone;
  }
  console.answer("Registered client " + wish.client_id + " (" + made.uid + ") at " + profile.url +
                 ". " + where + "\n" + client_needs(profile.url, version, request.redirect_port));
  return kDone;
}

int list_oauth2_clients(const Console& console, Ground& ground, bool json) {
  const auto client = ground.connections.client("");
  const std::vector<RegisteredClient> clients = registered_clients(*client, patience());
  if (json) {
    Json list = Json::array();
    for (const RegisteredClient& one : clients) list.push_back(client_json(one));
    console.answer(to_text({{"clients", list}}));
    return kDone;
  }
  std::string text;
  for (const RegisteredClient& one : clients) {
    text.append(one.client_id).append("  ").append(one.uid).append("  ").append(one.name);
    text.append("  ").append(listed(one.redirect_uris, "no redirect URI")).append("\n");
  }
  console.answer(text.empty() ? "No OAuth2 client is registered. Make one: dhis2-mcp oauth2-client "
                                "create --client-id ID --as PROFILE"
                              : text);
  return kDone;
}

int show_oauth2_client(const Console& console, Ground& ground, const ClientRequest& request,
                       bool json) {
  const auto client = ground.connections.client("");
  const RegisteredClient found = registered_client(*client, request.which, patience());
  if (json) {
    console.answer(to_text(client_json(found)));
    return kDone;
  }
  console.answer(found.client_id + " (" + found.uid + "), " + found.name +
                 "\nproves itself by: " + listed(found.auth_methods, "nothing; it cannot be used") +
                 "\ngrant types: " + listed(found.grant_types, "none; it cannot be used") +
                 "\nredirect URIs: " + listed(found.redirect_uris, "none") +
                 "\nscopes: " + listed(found.scopes, "none"));
  return kDone;
}

int rekey_store(const Console& console, Ground& ground) {
  TokenStore& store = ground.connections.store();
  const std::string before = store.key_place();
  const std::string after = store.rekey();
  console.answer(before == after
                     ? "The key of the store is in the best place that there is: " + after + "."
                     : "Moved the key of the store from the " + before + " to the " + after + ".");
  return kDone;
}

}  // namespace dhis2mcp
