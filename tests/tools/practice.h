// SPDX-License-Identifier: BSD-3-Clause
// A registry over one profile, "demo", of the practice DHIS2 of a version.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "auth/connections.h"
#include "tests/support/program.h"
#include "tests/support/temp_home.h"
#include "tools/name_indexes.h"
#include "tools/registry.h"

namespace dhis2mcp::test {

class Practice {
 public:
  explicit Practice(const std::string& version = "2.43", const std::string& variant = "")
      : program(DHIS2_SANDBOX_PROGRAM, switches(version, variant)),
        connections(saved(program.line().value_or("")), {}, {}),
        results(home.path() / "state" / "results"),
        indexes(connections, Catalogue::embedded()),
        registry(Catalogue::embedded(), {}, connections, results, &indexes) {
    connections.store().put_secret(
        "demo", "pat",
        Secret(version == "2.40" ? "d2pat_practiceadmin00000000000000000001479543600"
                                 : "d2p_practiceadmin00000000000000000000000000000001cOYVr"));
  }

  Json answer(const std::string& tool, const std::string& arguments) {
    const ToolResult result = registry.call(*registry.find(tool), arguments, {});
    return result.is_error ? Json{{"error", result.text}} : Json::parse(result.structured);
  }

  SignedClient& client() {
    client_ = connections.client("demo");
    return *client_;
  }

  TempHome home;
  Program program;
  Connections connections;
  Results results;
  NameIndexes indexes;
  Registry registry;

 private:
  std::shared_ptr<SignedClient> client_;

  static std::vector<std::string> switches(const std::string& version, const std::string& variant) {
    std::vector<std::string> out = {"--port", "0",       "--version",
                                    version,  "--clock", "2026-11-21T10:00:00"};
    if (!variant.empty()) out.insert(out.end(), {"--variant", variant});
    return out;
  }

  static Places saved(const std::string& url) {
    Profile profile;
    profile.name = "demo";
    profile.url = url;
    profile.method = AuthMethod::pat;
    Profiles profiles;
    profiles.put(profile);
    profiles.save(Places::from_environment().profiles());
    return Places::from_environment();
  }
};

}  // namespace dhis2mcp::test
