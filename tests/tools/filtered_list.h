// SPDX-License-Identifier: BSD-3-Clause
// A metadata list that is filtered as DHIS2 filters it, as far as the tools ask for it.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "dhis2/ascii.h"
#include "dhis2/json.h"
#include "dhis2/query.h"
#include "dhis2/text_list.h"
#include "tests/support/fake_http.h"

namespace dhis2mcp::test {

// Whether an object passes "property:operator:value"; `identifiable` stands for any of what names
// it. Operators are eq, ge, in, ilike and token, and like for paths.
inline bool passes(const Json& object, const std::string& filter) {
  const std::string property = filter.substr(0, filter.find(':'));
  const std::string rest = filter.substr(property.size() + 1), op = rest.substr(0, rest.find(':'));
  const std::string value = rest.substr(op.size() + 1);
  if (property == "identifiable") {
    for (const char* one : {"id", "code", "name", "shortName"}) {
      if (passes(object, one + (":" + rest))) return true;
    }
    return false;
  }
  if (!object.contains(property)) return false;
  const Json& member = object[property];
  const std::string own = member.is_string() ? member.get<std::string>() : member.dump();
  if (op == "eq") return own == value;
  if (op == "ge") return own >= value;
  if (op == "like") return own.find(value) != std::string::npos;
  if (op == "in") {
    const std::string items = "," + value.substr(1, value.size() - 2) + ",";
    return items.find("," + own + ",") != std::string::npos;
  }
  const auto holds = [own = lower_ascii(own)](std::string_view part) {
    return own.find(lower_ascii(part)) != std::string::npos;
  };
  return op == "token" ? std::ranges::all_of(split(value, ' '), holds) : holds(value);
}

// Every filter of a query has to hold, with rootJunction=OR one.
inline bool passes(const Json& object, const Query& query) {
  const bool one_is_enough = query.find("rootJunction") != nullptr;
  bool any = false, all = true;
  for (const auto& [name, value] : query.items()) {
    if (name != "filter") continue;
    const bool fits = passes(object, value);
    any = any || fits;
    all = all && fits;
  }
  return one_is_enough ? any : all;
}

// A list under /api, on one page. Objects are given whole, whatever fields were asked for.
inline void serve(FakeHttp& server, const std::string& collection, const std::string& objects) {
  server.on("GET", "/api/" + collection,
            [collection, list = Json::parse(objects)](const Seen& seen) {
              const Query query = Query::parse(seen.query);
              Json kept = Json::array();
              for (const Json& object : list) {
                if (passes(object, query)) kept.push_back(object);
              }
              const Json pager = {{"page", 1}, {"pageCount", 1}, {"total", kept.size()}};
              return Reply{200, Json{{"pager", pager}, {collection, kept}}.dump()};
            });
}

}  // namespace dhis2mcp::test
