// SPDX-License-Identifier: BSD-3-Clause
// The instance of instance.h and a second one, "other", both with lists of metadata that can be
// filtered as DHIS2 does it.
#pragma once

#include <string>

#include "tests/tools/filtered_list.h"
#include "tests/tools/instance.h"

namespace dhis2mcp::test {

class TwoInstances : public Instance {
 public:
  explicit TwoInstances(const std::string& version = "2.42.1",
                        const std::string& other_version = "2.42.1")
      : Instance(version) {
    Profile profile;
    profile.name = "other";
    profile.url = other.url();
    profile.method = AuthMethod::pat;
    const auto file = Places::from_environment().profiles();
    Profiles profiles = Profiles::load(file);
    profiles.put(profile);
    profiles.save(file);
    connections.store().put_secret("other", "pat",
                                   Secret("d2pat_5xVA12xyUbWNedQxy4ohH77WlxRGVvZZ1151814092"));
    other.get("/api/me", R"({"id":"M5zQapPyTZJ","username":"boss","displayName":"Bo Ss"})");
    other.get("/api/system/info", R"({"version":")" + other_version + R"(","calendar":"iso8601"})");
  }

  void serve_both(const std::string& collection, const std::string& here,
                  const std::string& there) {
    serve(server, collection, here);
    serve(other, collection, there);
  }

  // metadata_compare of a whole type, or with more arguments.
  Json compare(const std::string& type, const Json& more = Json::object()) {
    Json arguments = {{"type", type}, {"profile", "demo"}, {"with_profile", "other"}};
    arguments.update(more);
    return answer("metadata_compare", arguments.dump());
  }

  FakeHttp other;
};

}  // namespace dhis2mcp::test
