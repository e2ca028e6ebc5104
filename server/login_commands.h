// SPDX-License-Identifier: BSD-3-Clause
// `profile login|logout|verify` and `doctor`: getting in, getting out, and finding out why not.
#pragma once

#include <string>

#include "server/app.h"
#include "server/console.h"

namespace dhis2mcp {

struct LoginRequest {
  bool browser = false;  // open the address, not only show it
  bool paste = false;    // read the redirected address from stdin
  int timeout = 300;     // seconds
};

// Each returns an ExitCode, or throws Error.
int login_profile(const Console& console, Ground& ground, const std::string& name,
                  const LoginRequest& request);
int logout_profile(const Console& console, Ground& ground, const std::string& name);
int verify_profile(const Console& console, Ground& ground, const std::string& name, bool json);

// An empty name is the profile that a tool call would use. `message` is an error that the person
// saw elsewhere; alone, it is explained without asking any server.
int doctor(const Console& console, Ground& ground, const std::string& name,
           const std::string& message, bool json);

// Waits for the login that a call of the tool profile_login began, and throws when it fails. False
// where none is pending. What it says goes to stderr, for the tool's answer was printed.
bool wait_for_login(const Console& console, Ground& ground, const std::string& name);

}  // namespace dhis2mcp
