// SPDX-License-Identifier: BSD-3-Clause
// The instance of instance.h and a second one, "other", both with lists of metadata that can be
// filtered as DHIS2 does it.
#pragma once

#include <string>

#include "dhis2/query.h"
#include "tests/tools/instance.h"

namespace dhis2mcp::test {

// A list under /api that takes the filters id:in:[], id:eq, code:eq, name:eq and name:ilike, one of
// which has to hold. Fields are given whole, whatever was asked for.
inline void serve(FakeHttp& server, const std::string& collection, const std::string& objects) {
  server.on(
      "GET", "/api/" + collection, [collection, list = Json::parse(objects)](const Seen& seen) {
        const Query query = Query::parse(seen.query);
        Json kept = Json::array();
        for (const Json& object : list) {
          bool any = false, fits = false;
          for (const auto& [name, filter] : query.items()) {
            if (name != "filter") continue;
            any = true;
            const std::string property = filter.substr(0, filter.find(':'));
            const std::string op = filter.substr(property.size() + 1);
            const std::string value = op.substr(op.find(':') + 1), own = object.value(property, "");
            if (own.empty()) continue;
            fits = fits || own == value || (op[0] == 'i' && value.find(own) != std::string::npos) ||
                   (op.starts_with("ilike") && own.find(value) != std::string::npos);
          }
          if (!any || fits) kept.push_back(object);
        }
        return Reply{200, Json{{collection, kept}}.dump()};
      });
}

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
