// SPDX-License-Identifier: BSD-3-Clause
// Documents that a server is born with: the same on every server of a major.
#include <algorithm>

#include "tests/sandbox/embedded.h"
#include "tests/sandbox/fields.h"
#include "tests/sandbox/system.h"

namespace sandbox {
namespace {

const Json& documents() {
  static const Json all = Json::parse(embedded_text("documents.json.gz"));
  return all;
}

}  // namespace

const Json& document_of(std::string_view path, int major) {
  static const Json none;
  const auto it = documents().find(std::string(path));
  if (it == documents().end()) return none;
  // A version that is like the next newer one is left out.
  for (int version = std::max(major, 40); version <= 43; ++version) {
    const auto found = it->find(std::to_string(version));
    if (found != it->end()) return *found;
  }
  return none;
}

bool has_segment(std::string_view segment, int major) {
  const Json& segments = document_of("segments", major);
  return std::any_of(segments.begin(), segments.end(),
                     [&](const Json& known) { return known == segment; });
}

Reply born_document(const Country& country, const Request& request) {
  const Json& document = document_of(request.path, country.settings().major);
  if (!request.extension.empty() && request.extension != "json") return html_error(406);
  if (document.is_null()) return not_played("GET /api" + request.path);
  if (!request.param("fields") || !document.is_object()) return json_reply(document);
  const auto wanted = parse_fields(*request.param("fields"));
  Json body = Json::object();
  for (const auto& [name, list] : document.items()) {
    body[name] = Json::array();
    for (const Json& item : list) {
      Json shown = Json::object();
      for (const Field& field : wanted->children) {
        if (item.contains(field.name)) shown[field.name] = item[field.name];
      }
      body[name].push_back(shown);
    }
  }
  return json_reply(body);
}

Reply resources(const Country& country, const Request& request) {
  if (!request.extension.empty() && request.extension != "json") return html_error(406);
  Json list = Json::array();
  for (const Schema& schema : Schemas::of(country.settings().major).all()) {
    if (schema.endpoint.empty() || !schema.document->value("metadata", false)) continue;
    const std::string name = schema.document->value("displayName", "");
    list.push_back({{"displayName",
                     name.ends_with("y") ? name.substr(0, name.size() - 1) + "ies" : name + "s"},
                    {"singular", schema.singular},
                    {"plural", schema.plural},
                    {"href", request.base_url + "/api" + schema.endpoint}});
  }
  return json_reply({{"resources", list}});
}

}  // namespace sandbox
