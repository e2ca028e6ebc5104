// SPDX-License-Identifier: BSD-3-Clause
// `profile add|list|show|default|verify|remove`: a person's servers on this machine.
#pragma once

#include <string>

#include "server/app.h"
#include "server/console.h"

namespace dhis2mcp {

// What was written behind `profile add`, `profile show` and so on.
struct ProfileRequest {
  std::string name, url;
  std::string basic_user;  // --basic USER
  bool pat = false;
  SecretSource secret;
  std::string referer, ca_file;
  bool insecure_http = false;
  std::string write = "off";  // or confirm
  bool is_protected = false;
  std::string pii = "mask";  // or allow
  bool make_default = false;
  bool no_verify = false;
};

// Each returns an ExitCode, or throws Error. Secrets are read here and stored, never printed.
int add_profile(const Console& console, Ground& ground, const ProfileRequest& request);
int list_profiles(const Console& console, Ground& ground, bool json);
int show_profile(const Console& console, Ground& ground, const std::string& name, bool json);
int make_default_profile(const Console& console, Ground& ground, const std::string& name);
int verify_profile(const Console& console, Ground& ground, const std::string& name, bool json);
int remove_profile(const Console& console, Ground& ground, const std::string& name);

}  // namespace dhis2mcp
