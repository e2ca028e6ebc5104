// SPDX-License-Identifier: BSD-3-Clause
// The profile of the environment variables, and their removal from it.
#include <openssl/crypto.h>

#include <cstdlib>
#include <cstring>

#include "auth/connections.h"
#include "dhis2/error.h"
#include "dhis2/url.h"

namespace dhis2mcp {
namespace {

// The kernel shows the memory in which a process got its environment, whatever is unset later.
Secret take_variable(const char* name) {
  char* value = std::getenv(name);
  if (value == nullptr) {
    return {};
  }
  Secret taken{std::string(value)};
  OPENSSL_cleanse(value, std::strlen(value));
  unsetenv(name);
  return taken;
}

[[noreturn]] void wrong(const std::string& message) {
  throw ConfigurationError(ErrorKind::refused, message,
                           "Set DHIS2_URL with DHIS2_PAT, or with DHIS2_USERNAME and "
                           "DHIS2_PASSWORD, or unset DHIS2_URL.");
}

}  // namespace

std::optional<EnvironmentProfile> EnvironmentProfile::take() {
  const Secret url = take_variable("DHIS2_URL");
  Secret token = take_variable("DHIS2_PAT");
  const Secret user = take_variable("DHIS2_USERNAME");
  Secret password = take_variable("DHIS2_PASSWORD");
  if (url.empty()) {
    return std::nullopt;
  }
  if (token.empty() && (user.empty() || password.empty())) {
    wrong("DHIS2_URL is set without a whole credential.");
  }
  if (!token.empty() && !password.empty()) {
    wrong("DHIS2_PAT and DHIS2_PASSWORD are both set.");
  }
  EnvironmentProfile environment;
  environment.profile.name = "env";
  try {
    environment.profile.url = BaseUrl::parse(url.reveal()).text();
  } catch (const Error& error) {
    wrong(std::string("DHIS2_URL is no address of a DHIS2 instance: ") + error.what() + ".");
  }
  if (token.empty()) {
    environment.profile.method = AuthMethod::basic;
    environment.profile.user = user.reveal();
    environment.secret = std::move(password);
  } else {
    environment.profile.method = AuthMethod::pat;
    environment.secret = std::move(token);
  }
  return environment;
}

}  // namespace dhis2mcp
