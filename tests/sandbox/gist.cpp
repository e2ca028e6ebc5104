// SPDX-License-Identifier: BSD-3-Clause
// Renders gist lists, objects and properties.
#include "tests/sandbox/gist.h"

#include <algorithm>
#include <cstdlib>

#include "tests/sandbox/embedded.h"
#include "tests/sandbox/filter.h"
#include "tests/sandbox/gist_filter.h"
#include "tests/sandbox/target.h"

namespace sandbox {
namespace {

// How much of an object is shown when no field is named, from little to much.
enum class Auto { kXs, kS, kM, kL, kXl };

constexpr long kMostOnPage = 1000;
constexpr long kDefaultPageSize = 50;

Auto auto_of(const Request& request, Auto without) {
  const auto text = request.param("auto");
  if (!text) return without;
  constexpr std::string_view kNames[] = {"XS", "S", "M", "L", "XL"};
  for (size_t i = 0; i < std::size(kNames); ++i) {
    if (*text == kNames[i]) return static_cast<Auto>(i);
  }
  throw BadGist(400, "Value '" + *text +
                         "' is not valid for parameter auto. Valid values are: [XL, L, M, S, XS]");
}

bool never_shown(const Property& property) {
  for (const char* name : {"access", "translations", "sharing", "createdBy", "password"}) {
    if (property.name == name) return true;
  }
  return false;
}

bool shown_by(Auto level, const Property& property) {
  if (!property.persisted || never_shown(property)) return false;
  const bool text = property.type == "TEXT" || property.type == "IDENTIFIER";
  if (level == Auto::kXs) return text && !property.collection;
  return level >= Auto::kM || property.type != "COMPLEX";
}

bool in_gist_preset(const std::string& preset, Auto level, const Property& property) {
  const std::string& name = property.name;
  if (preset == ":all" || preset == "*") return shown_by(level, property);
  if (preset == ":owner") return property.persisted && property.owner;
  if (preset == ":persisted") return property.persisted;
  if (preset == ":simple") return property.persisted && property.simple;
  const bool identifiable = name == "id" || name == "name" || name == "code" || name == "created" ||
                            name == "lastUpdated" || name == "href";
  if (preset == ":identifiable") return identifiable;
  if (preset == ":nameable") return identifiable || name == "shortName" || name == "description";
  return false;
}

// One request's way of showing objects.
class Gist {
 public:
  Gist(const Country& country, const Request& request, const Schema& schema, Auto level)
      : country_(country),
        request_(request),
        schema_(schema),
        renderer_(country, request),
        level_(auto_of(request, level)),
        wanted_(*parse_fields(request.param("fields").value_or("*"))) {
    absolute_ = request.param("absoluteUrls") == "true";
    choose_fields();
  }

  Json shown(const Json& object) const {
    Json result = Json::object(), endpoints = Json::object();
    for (const Field& field : fields_) show(field, object, result, endpoints);
    if (fields_.size() == 1) return result.empty() ? Json() : result.front();
    if (!endpoints.empty()) result["apiEndpoints"] = endpoints;
    return result;
  }

  const std::vector<Field>& fields() const { return fields_; }
  const Renderer& renderer() const { return renderer_; }

 private:
  void choose_fields() {
    for (const Property& property : schema_.properties) {
      if (wanted_.excluded.count(property.name) > 0) continue;
      for (const std::string& preset : wanted_.presets) {
        if (!in_gist_preset(preset, level_, property)) continue;
        fields_.emplace_back();
        fields_.back().name = property.name;
        break;
      }
    }
    for (const Field& field : wanted_.children) {
      gist_property(renderer_, schema_, field.name);
      std::erase_if(fields_, [&](const Field& other) { return other.name == field.name; });
      fields_.push_back(field);
    }
  }

  // Up to 2.41 such paths begin below /api.
  std::string endpoint(const std::string& path) const {
    const std::string api = country_.settings().major >= 42 ? "/api" : "";
    return absolute_ ? request_.base_url + "/api" + path + "?absoluteUrls=true" : api + path;
  }

  void show(const Field& field, const Json& object, Json& result, Json& endpoints) const {
    const Property& property = gist_property(renderer_, schema_, field.name);
    std::string label = field.name;
    for (const Transformer& transformer : field.transformers) {
      if (transformer.name == "rename" && !transformer.arguments.empty()) {
        label = transformer.arguments[0];
      }
    }
    if (property.name == "translations" && field.transformers.empty()) {
      result[label] = renderer_.value_of(schema_, property, object);
      return;
    }
    if (property.name == "attributeValues") {
      result[label] = attribute_values(renderer_.value_of(schema_, property, object));
      return;
    }
    const std::vector<Json> values = gist_values(country_, renderer_, schema_, object, field.name);
    if (property.collection) {
      const Json value = collection(property, field, values);
      if (!value.is_null()) result[label] = value;
      const bool linked = !values.empty() || value.is_boolean();
      if (linked && !property.simple && !field.bracketed) {
        endpoints[label] = endpoint(schema_.endpoint + "/" + object.value("id", "") + "/" +
                                    property.name + "/gist");
      }
      return;
    }
    if (values.empty() || (values[0] == "" && property.type != "BOOLEAN")) return;
    result[label] = single(property, field, values[0]);
    const Schema* target = renderer_.schemas().by_klass(property.klass);
    if (values[0].is_object() && !field.bracketed && target && !target->endpoint.empty() &&
        property.type == "REFERENCE") {
      endpoints[label] = endpoint(target->endpoint + "/" + values[0].value("id", "") + "/gist");
    }
  }

  Json single(const Property& property, const Field& field, const Json& value) const {
    if (!value.is_object() || property.type != "REFERENCE") return value;
    if (!field.bracketed) return value.value("id", "");
    return nested(property, field, value);
  }

  Json nested(const Property& property, const Field& field, const Json& value) const {
    const Schema* target = renderer_.schemas().by_klass(property.klass);
    const auto found = country_.find_any(value.value("id", ""));
    if (!target || !found) return value;
    Field inner = field;
    inner.transformers.clear();
    return renderer_.render(*target, *found->object, inner, false);
  }

  static Json attribute_values(const Json& values) {
    Json map = Json::object();
    for (const Json& value : values.is_array() ? values : Json::array()) {
      map[value["attribute"]["id"].get<std::string>()] = value["value"];
    }
    return map;
  }

  Json ids(const std::vector<Json>& values) const {
    Json list = Json::array();
    for (const Json& value : values) {
      list.push_back(value.is_object() && value.contains("id") ? value["id"] : value);
    }
    return list.empty() ? Json() : list;
  }

  Json pluck(const Property& property, const std::vector<Json>& values,
             const std::string& name) const {
    const Schema* target = renderer_.schemas().by_klass(property.klass);
    Json list = Json::array();
    for (const Json& value : values) {
      const auto found = country_.find_any(value.value("id", ""));
      if (!target) continue;
      const Json& object = found ? *found->object : value;
      for (const Json& one : gist_values(country_, renderer_, *target, object, name)) {
        list.push_back(one);
      }
    }
    return list.empty() ? Json() : list;
  }

  Json collection(const Property& property, const Field& field,
                  const std::vector<Json>& values) const {
    if (field.bracketed) {
      Json list = Json::array();
      for (const Json& value : values) list.push_back(nested(property, field, value));
      return list;
    }
    for (const Transformer& transformer : field.transformers) {
      const std::string argument = transformer.arguments.empty() ? "" : transformer.arguments[0];
      const bool member = std::any_of(values.begin(), values.end(), [&](const Json& value) {
        return value.is_object() && value.value("id", "") == argument;
      });
      std::string name = lowered(transformer.name);
      std::erase(name, '-');
      std::replace(name.begin(), name.end(), '_', ' ');
      if (name == "size") return values.size();
      if (name == "isempty") return values.empty();
      if (name == "isnotempty") return !values.empty();
      if (name == "ids") return ids(values);
      if (name == "idobjects") return id_objects(values);
      if (name == "member") return member;
      if (name == "notmember") return !member;
      if (name == "pluck") return pluck(property, values, argument.empty() ? "name" : argument);
    }
    const bool by_id = level_ >= Auto::kL && property.type == "REFERENCE";
    return by_id ? ids(values) : Json(values.size());
  }

  static Json id_objects(const std::vector<Json>& values) {
    Json list = Json::array();
    for (const Json& value : values) list.push_back({{"id", value.value("id", "")}});
    return list.empty() ? Json() : list;
  }

  const Country& country_;
  const Request& request_;
  const Schema& schema_;
  Renderer renderer_;
  Auto level_;
  Field wanted_;
  std::vector<Field> fields_;
  bool absolute_ = false;
};

// The request's own address with another page; `bare` for what stands below /api alone.
std::string with_page(const Request& request, long page, bool bare) {
  std::string query, rest = percent_decoded(request.query, false);
  bool placed = false;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('&'), rest.size());
    std::string part = rest.substr(0, end);
    rest.erase(0, std::min(end + 1, rest.size()));
    if (part.starts_with("page=")) {
      part = "page=" + std::to_string(page);
      placed = true;
    }
    query += (query.empty() ? "?" : "&") + part;
  }
  if (!placed) query += (query.empty() ? "?page=" : "&page=") + std::to_string(page);
  return (bare ? "" : request.base_url + "/api") + request.path +
         (request.extension.empty() ? "" : "." + request.extension) + query;
}

void sort_gist(std::vector<const Json*>& objects, const Gist& gist, const Schema& schema,
               const Country& country, const Request& request) {
  const std::string order = request.param("order").value_or("");
  for (size_t at = order.size(); at != 0;) {
    // The last key first: each sort keeps what the later ones left in place.
    const size_t comma = order.rfind(',', at - 1);
    const size_t start = comma == std::string::npos ? 0 : comma + 1;
    const std::string part = order.substr(start, at - start);
    const std::string path = part.substr(0, part.find(':'));
    const bool down = part.ends_with(":desc");
    gist_property(gist.renderer(), schema, path);
    const auto key = [&](const Json* object) {
      const auto values = gist_values(country, gist.renderer(), schema, *object, path);
      return values.empty() ? Json() : values[0];
    };
    std::stable_sort(objects.begin(), objects.end(), [&](const Json* a, const Json* b) {
      return down ? key(b) < key(a) : key(a) < key(b);
    });
    at = comma == std::string::npos ? 0 : comma;
  }
}

// Only cells with a comma, a quote or a line end are quoted.
Reply gist_csv(const Json& list, const std::vector<Field>& fields) {
  std::string text;
  for (const Field& field : fields) text += (text.empty() ? "" : ",") + field.name;
  for (const Json& row : list) {
    text += "\n";
    for (size_t i = 0; i < fields.size(); ++i) {
      const Json value = row.is_object() ? row.value(fields[i].name, Json()) : row;
      std::string cell = value.is_null()     ? ""
                         : value.is_string() ? value.get<std::string>()
                                             : value.dump();
      if (cell.find_first_of(",\"\n") != std::string::npos) {
        for (size_t at = cell.find('"'); at != std::string::npos; at = cell.find('"', at + 2)) {
          cell.insert(at, 1, '"');
        }
        cell = "\"" + cell + "\"";
      }
      text += (i > 0 ? "," : "") + cell;
    }
  }
  Reply reply;
  reply.content_type = "text/csv;charset=UTF-8";
  reply.body = text + "\n";
  return reply;
}

// Objects that the server was born with are older than all others.
void oldest_first(std::vector<const Json*>& objects) {
  static const std::string kBorn = embedded_text("born.json");
  std::stable_partition(objects.begin(), objects.end(), [](const Json* object) {
    return kBorn.find("\"" + object->value("id", "") + "\"") != std::string::npos;
  });
}

Reply gist_list(const Country& country, const Request& request, const Schema& schema,
                std::vector<const Json*> objects, Auto level) {
  const Gist gist(country, request, schema, level);
  const auto passes = gist_filter(country, gist.renderer(), schema, request);
  std::erase_if(objects, [&](const Json* object) {
    return !may_read(*request.user, schema, *object) || !passes(*object);
  });
  oldest_first(objects);
  sort_gist(objects, gist, schema, country, request);
  const long page = std::max(1L, std::atol(request.param("page").value_or("1").c_str()));
  const long asked = std::atol(request.param("pageSize").value_or("50").c_str());
  const long size = asked <= 0 ? kDefaultPageSize : std::min(asked, kMostOnPage);
  const long total = static_cast<long>(objects.size());
  Json list = Json::array();
  for (long i = (page - 1) * size; i < std::min(total, page * size); ++i) {
    list.push_back(gist.shown(*objects[static_cast<size_t>(i)]));
  }
  if (request.extension == "csv") {
    return gist_csv(list, gist.fields());
  }
  if (request.param("headless") == "true") return json_reply(list);
  Json pager = {{"page", page}, {"pageSize", size}};
  const bool bare = country.settings().major <= 41 && request.param("absoluteUrls") != "true";
  const bool counted = request.param("total") == "true" || request.param("totalPages") == "true";
  const long pages = (total + size - 1) / size;
  if (counted) {
    pager["total"] = total;
    pager["pageCount"] = pages;
  }
  if (page > 1) pager["prevPage"] = with_page(request, page - 1, bare);
  const bool full = static_cast<long>(list.size()) == size;
  const bool more = country.settings().major >= 43 ? !list.empty() : full;
  if (counted ? page < pages : more) pager["nextPage"] = with_page(request, page + 1, bare);
  return json_reply({{"pager", pager}, {schema.plural, std::move(list)}});
}

Reply no_object(const Schema& schema, const std::string& uid) {
  return web_message(
      404,
      schema.klass.substr(schema.klass.rfind('.') + 1) + " with id " + uid + " could not be found.",
      "E1005");
}

Reply gist_of_property(const Country& country, const Request& request, const Schema& schema,
                       const Json& object, const std::string& name) {
  const Renderer renderer(country, request);
  const Property& property = gist_property(renderer, schema, name);
  const Schema* target = renderer.schemas().by_klass(property.klass);
  const Json value = renderer.value_of(schema, property, object);
  if (!property.collection || !target) {
    if (value.is_object() && target && value.contains("id")) {
      const auto found = country.find_any(value["id"].get<std::string>());
      if (found) return json_reply(Gist(country, request, *target, Auto::kL).shown(*found->object));
    }
    return json_reply(value);
  }
  std::set<std::string> members;
  for (const Json& item : value.is_array() ? value : Json::array()) {
    members.insert(item.value("id", ""));
  }
  const bool inverse = request.param("inverse") == "true";
  std::vector<const Json*> objects;
  for (const Json& other : country.list(target->plural)) {
    if ((members.count(other["id"].get<std::string>()) > 0) != inverse) objects.push_back(&other);
  }
  return gist_list(country, request, *target, std::move(objects), Auto::kM);
}

}  // namespace

Reply gist(const Country& country, const Request& request, const Schema& schema,
           const std::string& uid, const std::string& property) try {
  if (uid.empty()) {
    std::vector<const Json*> objects;
    for (const Json& object : country.list(schema.plural)) objects.push_back(&object);
    return gist_list(country, request, schema, std::move(objects), Auto::kS);
  }
  const Json* object = country.find(schema.plural, uid);
  if (!object || !may_read(*request.user, schema, *object)) return no_object(schema, uid);
  if (!property.empty()) return gist_of_property(country, request, schema, *object, property);
  return json_reply(Gist(country, request, schema, Auto::kL).shown(*object));
} catch (const BadGist& bad) {
  return web_message(bad.status, bad.what());
}

}  // namespace sandbox
