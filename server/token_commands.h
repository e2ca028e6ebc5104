// SPDX-License-Identifier: BSD-3-Clause
// `pat`, `oauth2-client` and `store rekey`: acts of a person, never of a tool.
#pragma once

#include <string>
#include <vector>

#include "server/app.h"
#include "server/console.h"

namespace dhis2mcp {

// Where a new secret goes: into the store as that of a new profile, or to a file of mode 600. Never
// to the terminal.
struct SecretTarget {
  std::string as_profile, file;
};

struct PatRequest {
  std::string context = "script";  // or browser: limited to referrers
  std::string code, uid, expires;  // expires: a date; empty: `days` from now
  int days = 30;
  bool allow_write = false;
  std::vector<std::string> methods, ips, referrers;
  SecretTarget target;
};

struct ClientRequest {
  std::string name, client_id, which;
  std::vector<std::string> redirect_uris;
  int redirect_port = 0;
  bool is_public = false;
  SecretTarget target;
};

// All act with the profile that --profile and its precedence list choose; a protected one asks
// first. Each returns an ExitCode, or throws Error.
int create_pat(const Console& console, Ground& ground, const PatRequest& request, bool json);
int list_pats(const Console& console, Ground& ground, bool json);
int revoke_pat(const Console& console, Ground& ground, const PatRequest& request);
int create_oauth2_client(const Console& console, Ground& ground, const ClientRequest& request,
                         bool json);
int list_oauth2_clients(const Console& console, Ground& ground, bool json);
int show_oauth2_client(const Console& console, Ground& ground, const ClientRequest& request,
                       bool json);
int rekey_store(const Console& console, Ground& ground);

}  // namespace dhis2mcp
