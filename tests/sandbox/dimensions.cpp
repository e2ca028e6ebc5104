// SPDX-License-Identifier: BSD-3-Clause
// Categories, option group sets, data element group sets and unit group sets as dimensions.
#include "tests/sandbox/dimensions.h"

#include <algorithm>
#include <cctype>

#include "tests/sandbox/fields.h"
#include "tests/sandbox/filter.h"
#include "tests/sandbox/paging.h"
#include "tests/sandbox/traits.h"

namespace sandbox {
namespace {

// In the order in which DHIS2 lists them, each with its members.
struct DimensionType {
  const char* plural;
  const char* items;
  const char* type;
};

constexpr DimensionType kTypes[] = {
    {"categories", "categoryOptions", "CATEGORY"},
    {"categoryOptionGroupSets", "categoryOptionGroups", "CATEGORY_OPTION_GROUP_SET"},
    {"dataElementGroupSets", "dataElementGroups", "DATA_ELEMENT_GROUP_SET"},
    {"organisationUnitGroupSets", "organisationUnitGroups", "ORGANISATION_UNIT_GROUP_SET"},
};

struct Found {
  const DimensionType* type;
  const Json* object;
};

bool is_uid(std::string_view text) {
  return text.size() == 11 && std::isalpha(static_cast<unsigned char>(text[0])) &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isalnum(c); });
}

std::vector<Found> data_dimensions(const Country& country) {
  std::vector<Found> found;
  for (const DimensionType& type : kTypes) {
    for (const Json& object : country.list(type.plural)) {
      if (object.value("dataDimension", false) && object.value("name", "") != "default") {
        found.push_back({&type, &object});
      }
    }
  }
  return found;
}

std::optional<Found> dimension_of(const Country& country, const std::string& uid) {
  for (const DimensionType& type : kTypes) {
    if (const Json* object = country.find(type.plural, uid)) return Found{&type, object};
  }
  return std::nullopt;
}

// Group sets of units come without their groups from 2.41 on: they are read outside a session.
Json rendered(const Country& country, const Renderer& renderer, const Found& found,
              const Field& wanted) {
  const Schema& schema = *renderer.schemas().by_plural(found.type->plural);
  Json object = *found.object;
  object["dimensionType"] = found.type->type;
  object["dimension"] = object["id"];
  if (country.settings().major >= 41 &&
      std::string_view(found.type->plural) == "organisationUnitGroupSets") {
    object[found.type->items] = Json::array();
  }
  return renderer.render(schema, object, wanted);
}

Json rendered_all(const Country& country, const Request& request, const std::vector<Found>& found,
                  const char* fields) {
  const Renderer renderer(country, request);
  const auto wanted = parse_fields(request.param("fields").value_or(fields));
  Json list = Json::array();
  for (const Found& one : found) {
    list.push_back(rendered(country, renderer, one, wanted ? *wanted : Field()));
  }
  return list;
}

Reply list_dimensions(const Country& country, const Request& request) try {
  const Renderer renderer(country, request);
  Request filtered = request;  // query= is not looked at
  std::erase_if(filtered.params, [](const auto& param) { return param.first == "query"; });
  std::vector<Found> kept;
  for (const Found& found : data_dimensions(country)) {
    const Schema& schema = *renderer.schemas().by_plural(found.type->plural);
    Json object = *found.object;
    object["dimensionType"] = found.type->type;
    const Sieve sieve(country, renderer, schema, filtered);
    if (may_read(*request.user, schema, object) && sieve.passes(object)) kept.push_back(found);
  }
  const Page page = page_of(request, kept.size(), "/dimensions");
  Json body = Json::object();
  if (!page.pager.is_null()) body["pager"] = page.pager;
  kept = {kept.begin() + static_cast<std::ptrdiff_t>(page.first),
          kept.begin() + static_cast<std::ptrdiff_t>(page.last)};
  body["dimensions"] = rendered_all(country, request, kept, "id,displayName");
  return json_reply(body);
} catch (const BadFilter& bad) {
  return web_message(bad.status, bad.what(), bad.code);
}

Reply items_of(const Country& country, const Request& request, const std::string& uid) {
  const auto found = dimension_of(country, uid);
  const Renderer renderer(country, request);
  const auto wanted = parse_fields(request.param("fields").value_or("id,displayName"));
  Json items = Json::array();
  for (const Json& item : found ? (*found->object)[found->type->items] : Json::array()) {
    const auto object = country.find_any(item.value("id", ""));
    if (!object || !wanted) continue;
    const Schema& schema = *renderer.schemas().by_plural(object->plural);
    items.push_back(renderer.render(schema, *object->object, *wanted));
  }
  if (country.settings().major < 42) return json_reply({{"items", items}});
  return json_reply({{"pager", memory_pager(request, items.size(), "/api" + request.path)},
                     {"items", memory_page(request, items)}});
}

// What can be combined with data elements: the categories of their combos and all unit group sets.
Reply recommendations(const Country& country, const Request& request) {
  const std::vector<std::string> asked = request.all("dimension");
  if (asked.empty()) return html_error(400, "Required parameter 'dimension' is not present.");
  std::vector<std::string> categories;
  for (const std::string& text : asked) {
    if (!text.starts_with("dx:")) continue;
    for (size_t at = 3; at < text.size(); at += 12) {
      const Json* element = country.find("dataElements", text.substr(at, 11));
      if (!element) continue;
      const Json* combo =
          country.find("categoryCombos", (*element)["categoryCombo"].value("id", ""));
      for (const Json& category : combo ? (*combo)["categories"] : Json::array()) {
        categories.push_back(category["id"]);
      }
    }
  }
  std::vector<Found> found = data_dimensions(country);
  std::erase_if(found, [&](const Found& one) {
    const std::string_view plural = one.type->plural;
    if (plural == "organisationUnitGroupSets") return false;
    return plural != "categories" ||
           std::find(categories.begin(), categories.end(), (*one.object)["id"]) == categories.end();
  });
  std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
    return a.object->value("name", "") < b.object->value("name", "");
  });
  return json_reply({{"dimensions", rendered_all(country, request, found, "id,displayName")}});
}

// Dimensions that can restrict what a user sees: those of attributes and all option group sets.
Reply constraints(const Country& country, const Request& request) {
  std::vector<Found> found;
  for (const Found& one : data_dimensions(country)) {
    const std::string_view plural = one.type->plural;
    if (plural == "categoryOptionGroupSets") found.push_back(one);
  }
  for (const Found& one : data_dimensions(country)) {
    const bool attribute = one.object->value("dataDimensionType", "") == "ATTRIBUTE";
    if (std::string_view(one.type->plural) == "categories" && attribute) found.push_back(one);
  }
  return json_reply({{"dimensions", rendered_all(country, request, found, ":all")}});
}

Reply of_data_set(const Country& country, const Request& request, const std::string& uid) {
  const Json* set = country.find("dataSets", uid);
  if (!set) return web_message(404, "DataSet with id " + uid + " could not be found.", "E1005");
  const Json* combo = country.find("categoryCombos", (*set)["categoryCombo"].value("id", ""));
  std::vector<Found> found;
  for (const Json& category : combo ? (*combo)["categories"] : Json::array()) {
    const auto one = dimension_of(country, category.value("id", ""));
    if (one && one->object->value("name", "") != "default") found.push_back(*one);
  }
  return json_reply({{"dimensions", rendered_all(country, request, found, ":all")}});
}

Reply one_dimension(const Country& country, const Request& request, const std::string& uid) {
  const int major = country.settings().major;
  if (!is_uid(uid) && traits_of(major).checked_uids) {
    return web_message(
        405, "Request method '" + request.method + "' " + traits_of(major).is_not_supported);
  }
  const auto found = dimension_of(country, uid);
  if (!found) {
    const std::string message = "Dimension does not exist: " + uid;
    return major >= 41 ? web_message(404, message, "E1005") : web_message(409, message);
  }
  const Renderer renderer(country, request);
  const auto wanted = parse_fields(request.param("fields").value_or(":all"));
  return json_reply(rendered(country, renderer, *found, wanted ? *wanted : Field()));
}

}  // namespace

Json memory_pager(const Request& request, size_t total, const std::string& link) {
  // page_of counts as metadata lists do; these links go elsewhere.
  const Page page = page_of(request, total, "");
  if (page.pager.is_null()) return page.pager;
  Json pager = {{"page", page.pager["page"]},
                {"pageCount", page.pager["pageCount"]},
                {"total", page.pager["total"]},
                {"pageSize", page.pager["pageSize"]}};
  for (const char* way : {"nextPage", "prevPage"}) {
    if (!page.pager.contains(way)) continue;
    const std::string text = page.pager[way];
    const size_t question = text.find('?');
    pager[way] =
        request.base_url + link + (question == std::string::npos ? "" : text.substr(question));
  }
  return pager;
}

Json memory_page(const Request& request, const Json& list) {
  const Page page = page_of(request, list.size(), "");
  Json shown = Json::array();
  for (size_t i = page.first; i < page.last; ++i) shown.push_back(list[i]);
  return shown;
}

Reply dimensions(const Country& country, const Request& request) {
  if (!request.extension.empty() && request.extension != "json") return html_error(406);
  if (request.path == "/dimensions") return list_dimensions(country, request);
  const std::string rest = request.path.substr(12);
  if (rest == "recommendations") return recommendations(country, request);
  if (rest == "constraints") return constraints(country, request);
  if (rest.starts_with("dataSet/")) return of_data_set(country, request, rest.substr(8));
  const size_t slash = rest.find('/');
  if (slash == std::string::npos) return one_dimension(country, request, rest);
  if (rest.substr(slash) == "/items") return items_of(country, request, rest.substr(0, slash));
  return html_error(404);
}

}  // namespace sandbox
