// SPDX-License-Identifier: BSD-3-Clause
// The filters of gist: "path:op:value", in groups when a number goes before: "1:name:like:CPN".
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/sandbox/fields.h"

namespace sandbox {

// A gist request that DHIS2 refuses.
struct BadGist : std::runtime_error {
  BadGist(int the_status, const std::string& message)
      : std::runtime_error(message), status(the_status) {}
  int status;
};

// Tells which objects pass the request's filters and rootJunction. Filters of one group number
// are joined the other way round than the groups. Throws BadGist.
std::function<bool(const Json& object)> gist_filter(const Country& country,
                                                    const Renderer& renderer, const Schema& schema,
                                                    const Request& request);

// The property a path ends in; throws BadGist (400) when a part of it does not exist.
const Property& gist_property(const Renderer& renderer, const Schema& schema,
                              const std::string& path);

// Every value that a path leads to from an object.
std::vector<Json> gist_values(const Country& country, const Renderer& renderer,
                              const Schema& schema, const Json& object, const std::string& path);

}  // namespace sandbox
