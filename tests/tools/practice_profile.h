// SPDX-License-Identifier: BSD-3-Clause
// A registry over one profile, "demo", of the practice DHIS2 in a release and variant.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "auth/connections.h"
#include "tests/support/practice.h"
#include "tests/support/temp_home.h"
#include "tools/name_indexes.h"
#include "tools/registry.h"

namespace dhis2mcp::test {

class PracticeProfile {
 public:
  // `user` signs in with the password of the practice users; admin has another.
  explicit PracticeProfile(const std::string& version = "2.43", const std::string& user = "admin",
                           const std::vector<std::string>& more = {})
      : connections(saved(url_of(version, more), user), {}, {}),
        results(home.path() / "state" / "results"),
        indexes(connections, Catalogue::embedded()),
        registry(Catalogue::embedded(), {}, connections, results, &indexes) {
    connections.store().put_secret("demo", "password",
                                   Secret(user == "admin" ? "district" : "Baralia-2026!"));
  }

  ToolResult call(const std::string& tool, const std::string& given) {
    return registry.call(*registry.find(tool), given, {});
  }
  Json answer(const std::string& tool, const std::string& given) {
    const ToolResult result = call(tool, given);
    return result.is_error ? Json{{"error", result.text}} : Json::parse(result.structured);
  }
  SignedClient& client() {
    client_ = connections.client("demo");
    return *client_;
  }

  TempHome home;
  Connections connections;
  Results results;
  NameIndexes indexes;
  Registry registry;

 private:
  // One server of each kind for all tests, which only read.
  static std::string url_of(const std::string& version, const std::vector<std::string>& more) {
    static std::map<std::pair<std::string, std::vector<std::string>>, Practice> servers;
    const auto key = std::make_pair(version, more);
    return servers.try_emplace(key, version, more).first->second.url();
  }

  static Places saved(const std::string& url, const std::string& user) {
    Profile profile;
    profile.name = "demo";
    profile.url = url;
    profile.method = AuthMethod::basic;
    profile.user = user;
    Profiles profiles;
    profiles.put(profile);
    profiles.save(Places::from_environment().profiles());
    return Places::from_environment();
  }

  std::shared_ptr<SignedClient> client_;
};

}  // namespace dhis2mcp::test
