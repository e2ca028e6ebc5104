// SPDX-License-Identifier: BSD-3-Clause
// Finds the handler of a request.
#include "tests/sandbox/routes.h"

#include "tests/sandbox/metadata.h"

namespace sandbox {
namespace {

bool matches(const Route& route, const Request& request) {
  const std::string_view method = request.method == "HEAD" ? "GET" : request.method;
  if (route.methods.find(method) == std::string_view::npos) return false;
  if (!route.path.ends_with("/*")) return request.path == route.path;
  const std::string_view root = route.path.substr(0, route.path.size() - 2);
  return request.path == root ||
         (request.path.starts_with(root) && request.path[root.size()] == '/');
}

}  // namespace

const std::vector<Route>& routes() {
  static const std::vector<Route> table = {};
  return table;
}

Reply answer(const Country& country, const Request& request) {
  for (const Route& route : routes()) {
    if (matches(route, request)) return route.handle(country, request);
  }
  if (auto reply = metadata(country, request)) return *reply;
  return not_played(request.method + " /api" + request.path);
}

}  // namespace sandbox
