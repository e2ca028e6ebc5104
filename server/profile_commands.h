// SPDX-License-Identifier: BSD-3-Clause
// `profile add|list|show|default|remove`: a person's servers on this machine.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "server/app.h"
#include "server/console.h"

namespace dhis2mcp {

// What was written behind `profile add`, `profile show` and so on.
struct ProfileRequest {
  std::string name, url;
  std::string basic_user;  // --basic USER
  bool pat = false;
  bool oauth2 = false, legacy_oauth2 = false;
  std::string password_grant_user;  // --password-grant USER, of a legacy server
  SecretSource secret;              // password or token
  SecretSource client_secret{.option = "--client-secret"};
  std::string client_id, client_auth, client_key_file, scope;
  int redirect_port = 0;
  bool register_client = false;
  std::string initial_token_file;
  std::string referer, ca_file;
  bool insecure_http = false;
  std::string write;  // off or confirm; empty: not named, as with all texts here
  bool is_protected = false;
  std::string pii;  // mask or allow
  bool make_default = false;
  bool no_verify = false;
};

// What a profile signs in with, as far as it is secret.
struct ProfileSecrets {
  Secret main;        // password, token or the client's secret; empty for a client without one
  Secret client_key;  // of a client that registered itself
  Secret password;    // of the password grant
};

// Each returns an ExitCode, or throws Error. Secrets are read here and stored, never printed. To
// add a name again at the same URL keeps what was not named; at another URL nothing is kept.
int add_profile(const Console& console, Ground& ground, const ProfileRequest& request);
int list_profiles(const Console& console, Ground& ground, bool json);
int show_profile(const Console& console, Ground& ground, const std::string& name, bool json);
int make_default_profile(const Console& console, Ground& ground, const std::string& name);
int remove_profile(const Console& console, Ground& ground, const std::string& name);

// Writes a profile and its secrets over what had that name. Tokens of the earlier profile that no
// other uses are forgotten: whoever adds a profile again may mean another account. Whatever fails
// on the way, no secret stands beside an address that it was not given for.
void save_profile(Ground& ground, const Profile& profile, const ProfileSecrets& secrets,
                  bool make_default);

// A name that does not exist is a matter of configuration, whoever noticed it.
std::pair<Profile, Secret> profile_and_secret(Ground& ground, const std::string& name);

// The names of other profiles that sign in with the same tokens.
std::vector<std::string> sharing_tokens(Ground& ground, const Profile& profile);

}  // namespace dhis2mcp
