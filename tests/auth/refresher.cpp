// SPDX-License-Identifier: BSD-3-Clause
// A process that uses one OAuth2 profile: for each line with a time it makes the token good for
// that time, and only then prints the token's generation. Tests run several of it, and kill some.
#include <cstdio>
#include <string>

#include "auth/places.h"
#include "auth/provider.h"
#include "dhis2/error.h"

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto places = dhis2mcp::Places::from_environment();
  dhis2mcp::TokenStore store(places.store(), places.key());
  dhis2mcp::Profile profile;
  profile.name = "me";
  profile.url = argv[1];
  profile.method = dhis2mcp::AuthMethod::oauth2;
  profile.client_id = "agent";
  profile.user = "analyste";
  const auto provider =
      dhis2mcp::oauth2_provider(profile, dhis2mcp::Secret(std::string(argv[2])), store);
  char line[64];
  while (std::fgets(line, sizeof line, stdin) != nullptr) {
    const dhis2mcp::WallTime now{std::chrono::seconds(std::atoll(line))};
    try {
      const bool good = provider->refresh_if_needed(now);
      const auto signature = provider->headers(now);
      std::printf("%s %llu\n", good ? "good" : "bad",
                  static_cast<unsigned long long>(signature.generation));
    } catch (const dhis2mcp::Error& error) {
      std::printf("failed %s\n", error.what());
    }
    std::fflush(stdout);
  }
  return 0;
}
