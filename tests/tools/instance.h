// SPDX-License-Identifier: BSD-3-Clause
// A registry over one profile, "demo", whose DHIS2 is a scripted web server.
#pragma once

#include <string>
#include <utility>

#include "auth/connections.h"
#include "dhis2/query.h"
#include "tests/support/fake_http.h"
#include "tests/support/temp_home.h"
#include "tools/registry.h"

namespace dhis2mcp::test {

class Instance {
 public:
  explicit Instance(const std::string& version = "2.42.1", bool pii_allowed = false,
                    Exposure exposure = {})
      : profile_(saved(server.url(), pii_allowed)),
        connections(Places::from_environment(), {}, {}),
        results(home.path() / "state" / "results", [this] { return now; }),
        registry(Catalogue::embedded(), exposure, connections, results) {
    connections.store().put_secret("demo", "pat",
                                   Secret("d2pat_5xVA12xyUbWNedQxy4ohH77WlxRGVvZZ1151814092"));
    server.get("/api/me", R"({"id":"M5zQapPyTZI","username":"admin","displayName":"Ada Min"})");
    server.get("/api/system/info",
               R"({"version":")" + version + R"(","calendar":"iso8601","systemName":"Baralia"})");
  }

  ToolResult call(const std::string& tool, const std::string& arguments = "") {
    return registry.call(*registry.catalogue().find(tool), arguments, {});
  }
  // The structuredContent of a call that must succeed.
  Json answer(const std::string& tool, const std::string& arguments = "") {
    const ToolResult result = call(tool, arguments);
    return result.is_error ? Json{{"error", result.text}} : Json::parse(result.structured);
  }
  // The query of the last request for a path, decoded; empty when there was none.
  std::string asked(const std::string& path) const {
    return percent_decode(server.last(path).query);
  }

  TempHome home;
  FakeHttp server;
  std::chrono::system_clock::time_point now = std::chrono::system_clock::now();

 private:
  static Profile saved(const std::string& url, bool pii_allowed) {
    Profile profile;
    profile.name = "demo";
    profile.url = url;
    profile.method = AuthMethod::pat;
    profile.pii_allowed = pii_allowed;
    Profiles profiles;
    profiles.put(profile);
    profiles.save(Places::from_environment().profiles());
    return profile;
  }
  Profile profile_;

 public:
  Connections connections;
  Results results;
  Registry registry;
};

}  // namespace dhis2mcp::test
