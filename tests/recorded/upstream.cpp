// SPDX-License-Identifier: BSD-3-Clause
// Knows as much of DHIS2's lists as names need: ids, names and nothing else.
#include "tests/recorded/upstream.h"

#include <zlib.h>

#include <stdexcept>
#include <utility>

namespace recorded {
namespace {

using dhis2mcp::test::Reply;
using dhis2mcp::test::Seen;

std::string inflated(const std::filesystem::path& file) {
  gzFile in = gzopen(file.c_str(), "rb");
  if (in == nullptr) throw std::runtime_error("cannot read " + file.string());
  std::string out, piece(1 << 16, '\0');
  for (int read = 0; (read = gzread(in, piece.data(), static_cast<unsigned>(piece.size()))) > 0;) {
    out.append(piece, 0, static_cast<std::size_t>(read));
  }
  gzclose(in);
  return out;
}

bool fits(const Parameters& query, const Json& object) {
  const std::string id = object.value("id", ""), name = object.value("name", "");
  bool any = false;
  for (const auto& [key, value] : query) {
    if (key != "filter") continue;
    any = true;
    if (value.starts_with("id:in:") && value.find(id) != std::string::npos) return true;
    if (value == "id:eq:" + id || value == "name:eq:" + name) return true;
  }
  return !any;
}

}  // namespace

Parameters parameters_of(const std::string& query) {
  Parameters out;
  std::string name, value;
  std::string* into = &name;
  const auto end = [&] {
    if (!name.empty()) out.emplace_back(std::exchange(name, {}), std::exchange(value, {}));
    into = &name;
  };
  for (std::size_t i = query.starts_with('?') ? 1 : 0; i < query.size(); ++i) {
    if (query[i] == '&') {
      end();
    } else if (query[i] == '=' && into == &name) {
      into = &value;
    } else if (query[i] == '%' && i + 2 < query.size()) {
      *into += static_cast<char>(std::stoi(query.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else {
      *into += query[i] == '+' ? ' ' : query[i];
    }
  }
  end();
  return out;
}

Upstream::Upstream(const std::string& below)
    : export_(Json::parse(inflated(folder() / below / "metadata_export_all.json.gz"))) {
  server_.get("/api/me", R"({"id":"M5zQapPyTZI","username":"admin","displayName":"admin admin"})");
  const std::string version = export_["system"].value("version", "");
  server_.get("/api/system/info", R"({"version":")" + version + R"(","calendar":"iso8601"})");
  for (const char* collection : {"dataElements", "dataElementGroups", "categoryOptionCombos",
                                 "organisationUnits", "dataSets"}) {
    play_collection(collection);
  }
  play_data_sets();
}

const Json& Upstream::all(const std::string& collection) const { return export_.at(collection); }

const Json& Upstream::object(const std::string& collection, const std::string& id) const {
  static const Json none;
  for (const Json& one : all(collection)) {
    if (one.value("id", "") == id) return one;
  }
  return none;
}

void Upstream::play_collection(const std::string& collection) {
  server_.on("GET", "/api/" + collection, [this, collection](const Seen& seen) {
    const Parameters query = parameters_of(seen.query);
    Json rows = Json::array();
    for (const Json& one : all(collection)) {
      if (!fits(query, one)) continue;
      Json row = {{"id", one["id"]}, {"name", one["name"]}, {"displayName", one["name"]}};
      const std::string parent = one.value("parent", Json::object()).value("id", "");
      if (!parent.empty()) row["parent"]["displayName"] = object(collection, parent)["name"];
      rows.push_back(std::move(row));
    }
    return Reply{200, Json{{collection, rows}}.dump()};
  });
}

void Upstream::play_data_sets() {
  for (const Json& set : all("dataSets")) {
    Json out = {{"id", set["id"]}, {"displayName", set["name"]}, {"periodType", set["periodType"]}};
    out["categoryCombo"]["name"] =
        object("categoryCombos", set["categoryCombo"].value("id", ""))["name"];
    out["organisationUnits"] = Json::array();
    for (const Json& reference : set["organisationUnits"]) {
      Json unit = object("organisationUnits", reference.value("id", ""));
      unit["displayName"] = unit["name"];
      out["organisationUnits"].push_back(std::move(unit));
    }
    server_.get("/api/dataSets/" + set["id"].get<std::string>(), out.dump());
  }
}

void Upstream::answer(const std::string& path, const Exchange& exchange) {
  const std::string body = exchange.body.is_null()     ? std::string()
                           : exchange.body.is_string() ? exchange.body.get<std::string>()
                                                       : exchange.body.dump();
  const std::string type = exchange.media_type.empty() ? "application/json" : exchange.media_type;
  server_.on("GET", path, Reply{exchange.status, body, type, {}});
}

Parameters Upstream::asked(const std::string& path) const {
  Parameters last;
  for (const Seen& seen : server_.seen()) {
    if (seen.path == path) last = parameters_of(seen.query);
  }
  return last;
}

}  // namespace recorded
