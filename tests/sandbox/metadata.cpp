// SPDX-License-Identifier: BSD-3-Clause
// Lists, objects and properties.
#include "tests/sandbox/metadata.h"

#include <algorithm>
#include <cctype>

#include "tests/sandbox/filter.h"
#include "tests/sandbox/gist.h"
#include "tests/sandbox/paging.h"
#include "tests/sandbox/traits.h"
#include "tests/sandbox/units.h"

namespace sandbox {
namespace {

// Types whose objects a server makes while it runs; the country has none to show.
bool is_held(std::string_view plural) {
  for (const char* made : {"jobConfigurations", "icons", "fileResources", "oAuth2Clients",
                           "apiToken", "dataElementOperands", "interpretations",
                           "messageConversations", "programDataElements", "documents"}) {
    if (plural == made) return false;
  }
  return true;
}

bool is_uid(std::string_view text) {
  return text.size() == 11 && std::isalpha(static_cast<unsigned char>(text[0])) &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isalnum(c); });
}

Reply empty_body() {
  Reply reply;
  reply.content_type.clear();
  return reply;
}

Reply bad_fields(int major) {
  return traits_of(major).empty_body_on_bracket ? empty_body() : web_message(500, "");
}

Reply wrong_method(const Request& request, int major) {
  return web_message(
      405, "Request method '" + request.method + "' " + traits_of(major).is_not_supported);
}

std::string short_klass(const Schema& schema) {
  return schema.klass.substr(schema.klass.rfind('.') + 1);
}

Reply not_found(const Schema& schema, const std::string& uid) {
  return web_message(404, short_klass(schema) + " with id " + uid + " could not be found.",
                     "E1005");
}

// The answer to a path segment that is no uid.
Reply no_object(const Request& request, const Schema& schema, const std::string& segment,
                int major) {
  const bool plain =
      std::all_of(segment.begin(), segment.end(), [](unsigned char c) { return std::isalnum(c); });
  const Traits& traits = traits_of(major);
  if (!traits.checked_uids) return not_found(schema, segment);
  if (segment.size() != 11 || !plain) return wrong_method(request, major);
  if (!traits.bad_uid_is_400) return not_found(schema, segment);
  return web_message(400, "Value '" + segment +
                              "' is not valid for path parameter uid. UID must be an "
                              "alphanumeric string of 11 characters starting with a letter, "
                              "but was: " +
                              segment);
}

Reply one_object(const Country& country, const Request& request, const Schema& schema,
                 const Json& object, const std::string& property) {
  const Renderer renderer(country, request);
  const Traits& traits = traits_of(country.settings().major);
  const auto wanted = parse_fields(request.param("fields").value_or(":all"));
  if (!wanted) return bad_fields(traits.major);
  if (property.empty()) {
    const bool linked = wanted->excluded.empty() || traits.linked_with_exclusions;
    return json_reply(renderer.render(schema, object, *wanted, linked));
  }
  Field root;
  Field child = *wanted;
  child.name = property;
  root.children.push_back(child);
  const Property* known = schema.property(property);
  return json_reply(known ? renderer.render(schema, object, root) : Json::object());
}

}  // namespace

Reply metadata_list(const Country& country, const Request& request, const Schema& schema,
                    std::vector<const Json*> objects, std::string_view order) try {
  const Renderer renderer(country, request);
  const Sieve sieve(country, renderer, schema, request);
  const auto wanted = parse_fields(request.param("fields").value_or("id,displayName"));
  if (!wanted) return bad_fields(country.settings().major);
  std::vector<const Json*> kept;
  for (const Json* object : objects) {
    if (may_read(*request.user, schema, *object) && sieve.passes(*object)) kept.push_back(object);
  }
  sort_objects(kept, schema, request, order, country.settings().major);
  const Page page = page_of(request, kept.size(), schema.endpoint);
  Json list = Json::array();
  for (size_t i = page.first; i < page.last; ++i) {
    list.push_back(renderer.render(schema, *kept[i], *wanted));
  }
  if (request.extension == "csv") return csv_reply(list, *wanted);
  Json body = Json::object();
  if (!page.pager.is_null()) body["pager"] = page.pager;
  body[schema.plural] = std::move(list);
  return json_reply(body);
} catch (const BadFilter& bad) {
  return web_message(bad.status, bad.what(), bad.code);
}

namespace {

// What stands below /api/<plural>/ as `rest`.
Reply read(const Country& country, const Request& request, const Schema& schema,
           const std::string& rest) {
  const int major = country.settings().major;
  const std::string& plural = schema.plural;
  if (!request.extension.empty() && request.extension != "json" && request.extension != "csv" &&
      request.extension != "geojson") {
    return html_error(406, "Acceptable representations: [application/json]");
  }
  if (rest.empty() && request.extension != "geojson") {
    std::vector<const Json*> objects;
    for (const Json& object : country.list(plural)) objects.push_back(&object);
    if (plural == "organisationUnits") return unit_list(country, request, schema);
    return metadata_list(country, request, schema, std::move(objects));
  }
  if (rest == "gist") return gist(country, request, schema, "", "");
  if (rest.ends_with("/gist")) {
    const size_t slash = rest.find('/');
    const size_t last = rest.rfind('/');
    return gist(country, request, schema, rest.substr(0, slash),
                slash == last ? "" : rest.substr(slash + 1, last - slash - 1));
  }
  if (request.extension == "geojson") {
    return not_played("GET /api/" + plural + "/" + rest + "." + request.extension);
  }
  const size_t next = rest.find('/');
  const std::string uid = rest.substr(0, next);
  const std::string property = next == std::string::npos ? "" : rest.substr(next + 1);
  if (!is_uid(uid)) return no_object(request, schema, uid, major);
  const Json* object = country.find(plural, uid);
  if (!object) return not_found(schema, uid);
  if (!may_read(*request.user, schema, *object)) {
    return web_message(403, "You don't have the proper permissions to read objects of this type.",
                       "E1006");
  }
  if (plural == "organisationUnits") {
    if (auto units = unit_relatives(country, request, schema, uid, property)) return *units;
  }
  if (property.find('/') != std::string::npos) return wrong_method(request, major);
  return one_object(country, request, schema, *object, property);
}

}  // namespace

std::optional<Reply> metadata(const Country& country, const Request& request) {
  const int major = country.settings().major;
  const size_t slash = request.path.find('/', 1);
  const std::string plural = request.path.substr(1, slash == std::string::npos ? slash : slash - 1);
  const Schema* schema = Schemas::of(major).by_plural(plural);
  if (!schema || schema->endpoint != "/" + plural || !is_held(plural)) return std::nullopt;
  const std::string rest = slash == std::string::npos ? "" : request.path.substr(slash + 1);
  if (request.method != "GET" && request.method != "HEAD") {
    const bool known = rest.empty() ? request.method == "POST" : request.method != "POST";
    return known ? not_played(request.method + " /api/" + plural) : wrong_method(request, major);
  }
  return read(country, request, *schema, rest);
}

}  // namespace sandbox
