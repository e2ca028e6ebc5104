// SPDX-License-Identifier: BSD-3-Clause
// A person's servers: one profile per instance and account, without any secret in it.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "dhis2/json.h"

namespace dhis2mcp {

enum class AuthMethod { basic, pat, oauth2, legacy_oauth2 };
std::string_view to_string(AuthMethod method);

// The members of one entry of profiles.json. Unknown members are kept in `unknown` and written
// back.
struct Profile {
  std::string name;
  std::string url;  // normalised, as BaseUrl::text()
  AuthMethod method = AuthMethod::basic;
  std::string user;  // Basic: who signs in. Else the username that /api/me confirmed; empty before
  std::string client_id, client_auth, client_key_file, scope, referer, ca_file;
  int redirect_port = 0;
  bool insecure_http = false;
  bool write_confirm = false;  // "write": "confirm" instead of "off"
  bool is_protected = false;
  bool pii_allowed = false;  // "pii": "allow" instead of "mask"
  bool password_grant = false;
  Json unknown = Json::object();

  bool operator==(const Profile&) const = default;
};

// Up to 64 letters, digits, '.', '_' and '-', the first a letter or digit: it stands in URIs and
// paths.
bool is_profile_name(std::string_view name);

// Throws bad_input unless the text can name a profile of the file: "env" is the environment's.
void demand_profile_name(std::string_view name);

// profiles.json in memory. Not thread-safe; a command changes the file through edit().
class Profiles {
 public:
  // An absent file is an empty set. Throws ConfigurationError: unreadable, not JSON, a newer
  // "version", a member of the wrong type (named), wrong owner or mode, a symbolic link.
  static Profiles load(const std::filesystem::path& file);

  // Written beside and renamed over, mode 0600; keeps members that it does not know.
  void save(const std::filesystem::path& file) const;

  // Loads, changes and saves under the lock of the folder, so that of two commands that run at once
  // neither loses the other's profile. Nothing is saved when `change` throws.
  static void edit(const std::filesystem::path& file, const std::function<void(Profiles&)>& change);

  const Profile* find(std::string_view name) const;
  std::vector<std::string> names() const;  // sorted
  const std::string& default_name() const { return default_; }

  void put(Profile profile);  // throws as demand_profile_name does
  // Both throw not_found with the nearest name. Removing the default leaves none.
  void remove(std::string_view name);
  void set_default(std::string_view name);

 private:
  std::map<std::string, Profile, std::less<>> profiles_;
  std::string default_;
  Json unknown_ = Json::object();
};

// "Profiles: a, b.", or how to add the first.
std::string listed(const std::vector<std::string>& names);

// Where the choice of a profile may come from, in the order of precedence.
struct ProfileChoice {
  std::string argument;          // of the tool call
  std::string option;            // --profile
  std::string environment;       // DHIS2_PROFILE
  bool has_env_profile = false;  // DHIS2_URL and a credential are set
  std::filesystem::path folder;  // where to look for .dhis2-mcp.json, upwards; empty: nowhere
};

// The nearest folder, from this one upwards, that has a .dhis2-mcp.json of this user; empty: none.
std::filesystem::path folder_of_choice(std::filesystem::path folder);

// The name that wins: argument > option > DHIS2_PROFILE > "env" > .dhis2-mcp.json > default > the
// only one. Throws not_found (an unknown name, with the nearest and all names) or bad_input (none
// chosen: names all, or says how to add one).
std::string choose_profile(const Profiles& profiles, const ProfileChoice& choice);

}  // namespace dhis2mcp
