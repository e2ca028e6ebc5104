// SPDX-License-Identifier: BSD-3-Clause
// Items are compared by their ids: a table shows names, and the answer says whose they are.
#include "tests/recorded/analytics_asked.h"

#include <algorithm>
#include <map>
#include <vector>

#include "tests/recorded/product.h"
#include "tests/support/fake_http.h"

namespace recorded {

struct Asker::State {
  explicit State(const std::string& version) {
    for (const char* type :
         {"dataElements", "indicators", "programIndicators", "organisationUnits", "dataItems"}) {
      upstream.get("/api/" + std::string(type), "{}");
    }
    upstream.get("/api/me", R"({"id":"M5zQapPyTZI","username":"admin"})");
    upstream.get("/api/system/info", R"({"version":")" + version + R"(","calendar":"iso8601"})");
  }

  dhis2mcp::test::FakeHttp upstream;
  Product product{upstream.url()};
};

Asker::Asker(const std::string& version) : state_(std::make_unique<State>(version)) {}
Asker::~Asker() = default;

namespace {

// Each figure as "item item ... value", whatever the shape it stands in.
using Cells = std::multiset<std::string>;

std::string cell(std::vector<std::string> items, std::string digits) {
  std::ranges::sort(items);
  std::string out;
  for (const std::string& item : items) out += item + " ";
  if (digits.ends_with(".0")) digits.resize(digits.size() - 2);
  return out + "= " + digits;
}

bool is_number(const Json& header) {
  return header.value("valueType", "") == "NUMBER" ||
         header.value("type", "") == "java.lang.Double";
}

Cells recorded_cells(const Json& body) {
  Cells out;
  const Json& headers = body.at("headers");
  const bool one_item = [&] {
    std::set<std::string> items;
    for (const Json& item : member(member(member(body, "metaData"), "dimensions"), "dx")) {
      items.insert(item.get<std::string>());
    }
    for (const Json& row : body.at("rows")) {
      for (std::size_t i = 0; i < headers.size(); ++i) {
        if (headers[i].value("name", "") == "dx") items.insert(row[i].get<std::string>());
      }
    }
    return items.size() < 2;
  }();
  for (const Json& row : body.at("rows")) {
    std::vector<std::string> items;
    std::string digits;
    for (std::size_t i = 0; i < headers.size(); ++i) {
      const std::string name = headers[i].value("name", ""),
                        text = row[i].is_string() ? row[i].get<std::string>() : row[i].dump();
      if (name == "value") {
        digits = text;
      } else if (!is_number(headers[i]) && (name != "dx" || !one_item)) {
        items.push_back(text);
      }
    }
    if (!digits.empty()) out.insert(cell(std::move(items), digits));
  }
  return out;
}

// Items of dimensions that no column is of: a name that one of them shares is told apart by
// nothing.
std::set<std::string> not_shown(const Json& body) {
  std::set<std::string> columns, shown, others;
  for (const Json& header : body.at("headers")) columns.insert(header.value("name", ""));
  for (const auto& [name, items] : member(member(body, "metaData"), "dimensions").items()) {
    for (const Json& id : items) (columns.contains(name) ? shown : others).insert(id);
  }
  for (const std::string& id : shown) others.erase(id);
  return others;
}

// From what a table shows back to ids.
std::map<std::string, std::string> ids_by_name(const Json& body) {
  std::map<std::string, std::string> out;
  const Json& metadata = member(body, "metaData");
  const std::set<std::string> hidden = not_shown(body);
  for (const auto& [id, item] : member(metadata, "items").items()) {
    if (member(metadata, "dimensions").contains(id) || !item.contains("name")) continue;
    if (hidden.contains(id)) continue;
    const std::string name = item["name"].get<std::string>();
    if (!out.emplace(name, id).second) out[name + " (" + id + ")"] = id;
    out[name + " (" + id + ")"] = id;
  }
  return out;
}

Cells table_cells(const Json& columns, const Json& rows, const Json& body) {
  const auto ids = ids_by_name(body);
  const auto id_of = [&](const std::string& shown) {
    const auto found = ids.find(shown);
    return found == ids.end() ? shown : found->second;
  };
  std::set<std::string> heads;
  bool across = false;
  for (const Json& header : body.at("headers")) {
    if (!is_number(header)) heads.insert(header.value("column", ""));
    across = across || header.value("name", "") == "pe";
  }
  // Periods that are too many for columns run down.
  for (const Json& header : body.at("headers")) {
    const auto found = std::ranges::find(columns, Json(header.value("column", "")));
    if (header.value("name", "") == "pe" && found != columns.end()) across = false;
  }
  Cells out;
  for (const Json& row : rows) {
    std::vector<std::string> items;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string column = columns[i].get<std::string>();
      if (heads.contains(column)) {
        items.push_back(id_of(row[i].is_string() ? row[i].get<std::string>() : row[i].dump()));
      } else if (!row[i].is_null()) {
        std::vector<std::string> all = items;
        if (across) all.push_back(column);
        out.insert(
            cell(std::move(all), row[i].is_string() ? row[i].get<std::string>() : row[i].dump()));
      }
    }
  }
  return out;
}

Judgement missed(std::string why) { return {Verdict::missed, std::move(why)}; }

}  // namespace

Judgement Asker::judge(const Exchange& exchange, const Question& question) {
  State& state = *state_;
  const std::string body =
      exchange.body.is_string() ? exchange.body.get<std::string>() : exchange.body.dump();
  const int status = exchange.status == 0 ? 200 : exchange.status;
  state.upstream.on("GET", "/api/analytics", dhis2mcp::test::Reply{status, body});
  state.upstream.forget();
  const Json result = state.product.call("analytics_query", question.arguments);

  std::set<std::string> asked;
  for (const auto& seen : state.upstream.seen()) {
    if (seen.path != "/api/analytics" || !asked.empty()) continue;
    asked = meaning_of("?" + seen.query);
  }
  const bool failed = result.value("isError", false);
  // What is no period is refused before anything is sent.
  if (asked.empty() && failed && status >= 400) return {};
  if (asked.empty())
    return missed("nothing was asked: " + result["content"][0]["text"].get<std::string>());
  if (asked != question.wanted) {
    return missed("asked otherwise: " + Json(asked).dump() + " for " +
                  Json(question.wanted).dump());
  }
  if (status >= 400) {
    const Json error = member(member(result, "_meta"), "io.github.dhis2-mcp/error");
    const std::string code = exchange.body.is_object() ? exchange.body.value("errorCode", "") : "";
    if (!failed) return missed("a refusal became an answer");
    // What DHIS2 calls not valid the look-up calls unknown, by its name.
    const bool unknown = code == "E7124" || code == "E7143";
    if (unknown && error.value("kind", "") == "not_found") {
      return error.value("hint", "").empty() ? missed("no next step") : Judgement{};
    }
    if (error.value("code", "") != code) return missed("another code: " + error.dump());
    return error.value("hint", "").empty() ? missed("no next step") : Judgement{};
  }
  if (failed)
    return missed("error: " + result["content"][0]["text"].get<std::string>().substr(0, 200));
  Json table = result.at("structuredContent");
  Json rows = table.at("rows");
  while (table.value("truncated", false)) {
    const Json page = state.product.call(
        "result_page", {{"result", table.at("result")}, {"from_row", rows.size()}});
    if (page.value("isError", false)) return missed("the rest cannot be read");
    const Json more = page.at("structuredContent").at("rows");
    if (more.empty()) break;
    for (const Json& row : more) rows.push_back(row);
    if (rows.size() >= table.value("total", std::size_t{0})) break;
  }
  const Cells want = recorded_cells(exchange.body),
              have = table_cells(table.at("columns"), rows, exchange.body);
  if (want == have) return {};
  std::string first;
  for (const std::string& one : want) {
    if (!have.contains(one)) {
      first = one;
      break;
    }
  }
  return missed("figures differ (" + std::to_string(want.size()) + " recorded, " +
                std::to_string(have.size()) + " shown): " + first);
}

}  // namespace recorded
