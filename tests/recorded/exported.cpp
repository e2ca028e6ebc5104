// SPDX-License-Identifier: BSD-3-Clause
// Shows exported objects by a field selection: references are followed, and data sets know their
// sections, which an export tells from the other side.
#include "tests/recorded/exported.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace recorded {
namespace {

using dhis2mcp::test::Reply;
using dhis2mcp::test::Seen;

// "name", "name[...]" or "name~size", one after another.
struct Selected {
  std::string name, inner;
  bool size = false;
};

std::vector<Selected> selection(const std::string& fields) {
  std::vector<Selected> out;
  for (std::size_t at = 0; at < fields.size(); ++at) {
    const std::size_t end = std::min(fields.find_first_of(",[~", at), fields.size());
    Selected one{fields.substr(at, end - at), "", false};
    at = end;
    if (at < fields.size() && fields[at] == '~') {
      one.size = true;
      at = std::min(fields.find(',', at), fields.size());
    } else if (at < fields.size() && fields[at] == '[') {
      std::size_t close = at;
      for (int depth = 0; close < fields.size(); ++close) {
        depth += fields[close] == '[' ? 1 : fields[close] == ']' ? -1 : 0;
        if (depth == 0) break;
      }
      one.inner = fields.substr(at + 1, close - at - 1);
      at = close + 1;
    }
    out.push_back(std::move(one));
  }
  return out;
}

using Objects = std::map<std::string, Json>;

// A reference, which is an id alone, is shown as the object that it names.
Json shown(const Json& value, const std::string& fields, const Objects& by_id) {
  if (value.is_array()) {
    Json list = Json::array();
    for (const Json& item : value) list.push_back(shown(item, fields, by_id));
    return list;
  }
  if (!value.is_object() || fields.empty() || fields == ":owner") return value;
  const Json& object = value.size() == 1 && by_id.contains(value.value("id", ""))
                           ? by_id.at(value["id"].get<std::string>())
                           : value;
  Json out = Json::object();
  for (const Selected& one : selection(fields)) {
    if (!object.contains(one.name)) continue;
    const Json& member = object.at(one.name);
    out[one.name] = one.size ? Json(member.size()) : shown(member, one.inner, by_id);
  }
  return out;
}

bool fits(const Parameters& query, const Json& object) {
  bool any = false;
  for (const auto& [key, filter] : query) {
    if (key != "filter") continue;
    any = true;
    const std::string property = filter.substr(0, filter.find(':'));
    const std::string rest = filter.substr(property.size() + 1);
    const std::string value = rest.substr(rest.find(':') + 1), own = object.value(property, "");
    if (own.empty()) continue;
    if (rest.starts_with("eq:") && own == value) return true;
    if (rest.starts_with("in:") && value.find(own) != std::string::npos) return true;
    if (rest.starts_with("ilike:") && own.find(value) != std::string::npos) return true;
  }
  return !any;
}

std::string fields_of(const Parameters& query) {
  for (const auto& [name, value] : query) {
    if (name == "fields") return value;
  }
  return {};
}

}  // namespace

Json exported(const std::string& below) {
  return Json::parse(inflated(folder() / below / "metadata_export_all.json.gz"));
}

ExportServer::ExportServer(Json metadata) : metadata_(std::move(metadata)) {
  const std::string version = metadata_["system"].value("version", "");
  server_.get("/api/me", R"({"id":"M5zQapPyTZI","username":"admin","displayName":"admin admin"})");
  server_.get("/api/system/info", R"({"version":")" + version + R"(","calendar":"iso8601"})");
  for (const Json& section : metadata_["sections"]) {
    for (Json& set : metadata_["dataSets"]) {
      if (set["id"] == section["dataSet"]["id"]) set["sections"].push_back({{"id", section["id"]}});
    }
  }
  for (auto& [collection, objects] : metadata_.items()) {
    if (!objects.is_array()) continue;
    for (Json& object : objects) {
      if (object.contains("name")) object["displayName"] = object["name"];
      by_id_[object["id"].get<std::string>()] = object;
    }
    server_.on("GET", "/api/" + collection, [this, name = collection](const Seen& seen) {
      return Reply{200, Json{{name, list(name, seen.query)}}.dump()};
    });
  }
  for (const Json& set : metadata_["dataSets"]) {
    const std::string id = set["id"];
    server_.on("GET", "/api/dataSets/" + id, [this, id](const Seen& seen) {
      return Reply{200, shown(object(id), fields_of(parameters_of(seen.query)), by_id_).dump()};
    });
  }
}

const Json& ExportServer::object(const std::string& id) const {
  static const Json none;
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? none : found->second;
}

void ExportServer::answer(const std::string& path, const Exchange& exchange) {
  const std::string body = exchange.body.is_null()     ? std::string()
                           : exchange.body.is_string() ? exchange.body.get<std::string>()
                                                       : exchange.body.dump();
  const std::string type = exchange.media_type.empty() ? "application/json" : exchange.media_type;
  server_.on("GET", path, Reply{exchange.status, body, type, {}});
}

Parameters ExportServer::asked(const std::string& path) const {
  return parameters_of(server_.last(path).query);
}

Json ExportServer::list(const std::string& collection, const std::string& query) const {
  const Parameters parameters = parameters_of(query);
  const std::string fields = fields_of(parameters);
  Json rows = Json::array();
  for (const Json& object : metadata_.at(collection)) {
    if (fits(parameters, object)) rows.push_back(shown(object, fields, by_id_));
  }
  return rows;
}

}  // namespace recorded
