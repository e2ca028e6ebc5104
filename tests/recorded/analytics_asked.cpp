// SPDX-License-Identifier: BSD-3-Clause
// Items are compared by their ids: a table shows names, and the answer says whose they are.
#include "tests/recorded/analytics_asked.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <stdexcept>
#include <vector>

#include <httplib.h>

#include "tests/support/fake_http.h"
#include "tests/support/program.h"
#include "tests/support/temp_home.h"

namespace recorded {
namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

std::vector<std::string> split(const std::string& text, char mark) {
  std::vector<std::string> out;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t end = std::min(text.find(mark, from), text.size());
    out.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return out;
}

std::string decoded(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

Parameters parameters(const std::string& target) {
  Parameters out;
  const auto mark = target.find('?');
  if (mark == std::string::npos) return out;
  for (const std::string& pair : split(target.substr(mark + 1), '&')) {
    const std::string plain = decoded(pair);
    const auto equals = plain.find('=');
    out.emplace_back(plain.substr(0, equals),
                     equals == std::string::npos ? "" : plain.substr(equals + 1));
  }
  return out;
}

// "ou:b;a" is the same as "ou:a;b".
std::string sorted_items(const std::string& dimension) {
  const auto colon = dimension.find(':');
  if (colon == std::string::npos) return dimension;
  std::vector<std::string> items = split(dimension.substr(colon + 1), ';');
  // 2026-09 is read as 202609 on both sides.
  if (dimension.starts_with("pe:")) {
    for (std::string& item : items) {
      if (item.size() == 7 && item[4] == '-') item.erase(4, 1);
    }
  }
  std::ranges::sort(items);
  items.erase(std::unique(items.begin(), items.end()), items.end());
  std::string out = dimension.substr(0, colon + 1);
  for (const std::string& item : items) out += item + ";";
  return out;
}

// The parameters that mean something, in one order.
std::map<std::string, std::string> meaning(const Parameters& all) {
  std::multimap<std::string, std::string> sorted;
  for (const auto& [name, value] : all) {
    if (name == "dimension" || name == "filter") {
      for (const std::string& one : split(value, ',')) sorted.emplace(name, sorted_items(one));
    } else if (name == "measureCriteria") {
      sorted.emplace(name, value);
    }
  }
  std::map<std::string, std::set<std::string>> ordered;
  for (const auto& [name, value] : sorted) ordered[name].insert(value);
  std::map<std::string, std::string> out;
  for (const auto& [name, values] : ordered) {
    for (const std::string& value : values) out[name] += value + " ";
  }
  return out;
}

// One dimension or filter of a recorded request.
struct Part {
  std::string name;
  std::vector<std::string> items;
  bool filter = false;
};

std::vector<Part> parts_of(const Parameters& all) {
  std::vector<Part> out;
  for (const auto& [name, value] : all) {
    if (name != "dimension" && name != "filter") continue;
    for (const std::string& one : split(value, ',')) {
      const auto colon = one.find(':');
      Part part{one.substr(0, colon), {}, name == "filter"};
      if (colon != std::string::npos) part.items = split(one.substr(colon + 1), ';');
      out.push_back(std::move(part));
    }
  }
  return out;
}

bool is_relative(const std::string& period) {
  return period.find('_') != std::string::npos || period == "TODAY" || period == "YESTERDAY";
}

const Json& member(const Json& object, const char* name) {
  static const Json kNothing = Json::object();
  const auto found = object.is_object() ? object.find(name) : object.end();
  return object.is_object() && found != object.end() ? *found : kNothing;
}

// Options that change figures or their form, and have no argument.
std::string without_words(const Parameters& all) {
  static const std::set<std::string> kMeansNothing = {"dimension",
                                                      "filter",
                                                      "displayProperty",
                                                      "includeNumDen",
                                                      "skipMeta",
                                                      "skipRounding",
                                                      "nope",
                                                      "includeMetadataDetails",
                                                      "hierarchyMeta",
                                                      "measureCriteria",
                                                      "relativePeriodDate",
                                                      "ignoreLimit",
                                                      "hideEmptyRows",
                                                      "completedOnly",
                                                      "skipData",
                                                      "order"};
  for (const auto& [name, value] : all) {
    if (!kMeansNothing.contains(name)) return "the option " + name;
    if (name == "skipData" && value == "true") return "the option skipData (no figures)";
    if (name == "skipRounding" && value == "true") return "unrounded figures (skipRounding)";
    if (name == "completedOnly" && value == "true") return "the option completedOnly";
    if (name == "order") return "the option order (rows come in the order of the items)";
    if (name == "displayProperty" && value != "NAME") return "short names (displayProperty)";
  }
  return {};
}

bool read_criteria(const std::string& text, Json& arguments) {
  for (const std::string& one : split(text, ';')) {
    const auto colon = one.find(':');
    const std::string op = one.substr(0, colon);
    const double number = std::strtod(one.c_str() + colon + 1, nullptr);
    if (op != "GE" && op != "LE" && op != "EQ") return false;
    if (op != "LE") arguments["min"] = number;
    if (op != "GE") arguments["max"] = number;
  }
  return true;
}

// Where a relative period counts from another day than today, its ids are asked.
std::vector<std::string> periods_of(const Part& part, const Exchange& exchange, bool other_day) {
  const bool any = std::ranges::any_of(part.items, is_relative);
  if (!any || !other_day) return part.items;
  std::vector<std::string> ids;
  for (const Json& id : member(member(member(exchange.body, "metaData"), "dimensions"), "pe")) {
    ids.push_back(id.get<std::string>());
  }
  return ids;
}

}  // namespace

std::optional<Question> question_of(const Exchange& exchange, std::string& why) {
  const Parameters all = parameters(exchange.path);
  why = without_words(all);
  if (!why.empty()) return std::nullopt;
  Question out;
  out.arguments = Json::object();
  std::map<std::string, int> seen;
  const bool other_day =
      std::ranges::any_of(all, [](const auto& one) { return one.first == "relativePeriodDate"; });
  for (const Part& part : parts_of(all)) {
    const bool main = part.name == "dx" || part.name == "pe" || part.name == "ou";
    if (++seen[part.name] > 1) why = "a dimension twice";
    if (main && (part.items.empty() || part.items == std::vector<std::string>{""})) {
      why = "a dimension without items";
    }
    if (main && part.filter && part.items.size() > 1) {
      why = "several " + part.name + " put together (filter)";
    }
    if (part.filter && part.name == "ou" && part.items[0].find("_GROUP-") != std::string::npos) {
      why = "a group put together (filter)";
    }
    if (part.filter && !part.items.empty() && part.items[0].starts_with("LEVEL-")) {
      why = "a level put together (filter)";
    }
    if (part.filter && part.name == "pe" && is_relative(part.items[0])) {
      why = "several pe put together (filter)";
    }
    if (part.name == "pe" && std::ranges::any_of(part.items, [](const std::string& item) {
          return item.size() > 16 && item[0] == '2' && item.find('_') != std::string::npos;
        })) {
      why = "a span of days, which only event analytics knows";
    }
    if (part.name == "pe" && part.items[0] == "LAST_2_YEARS") {
      why = "words that DHIS2 refuses and the tool reads as two years";
    }
    if (part.name == "ou" && std::ranges::any_of(part.items, [](const std::string& item) {
          return item.starts_with("LEVEL-") && item.find('-', 6) != std::string::npos;
        })) {
      why = "LEVEL-n-uid is asked as the level and its bound";
    }
    if (!why.empty()) return std::nullopt;
    if (part.name == "dx") {
      out.arguments["data"] = part.items;
    } else if (part.name == "pe") {
      out.arguments["periods"] = periods_of(part, exchange, other_day);
      if (out.arguments["periods"].empty())
        why = "relative periods of another day, without their ids";
    } else if (part.name == "ou") {
      out.arguments["org_units"] = part.items;
    } else {
      std::string text = part.name;
      for (std::size_t i = 0; i < part.items.size(); ++i)
        text += (i == 0 ? ":" : ";") + part.items[i];
      if (part.filter && part.items.empty()) why = "a filter without items";
      out.arguments[part.filter ? "filter" : "by"].push_back(text);
    }
  }
  for (const char* needed : {"dx", "pe", "ou"}) {
    if (seen[needed] == 0) why = std::string("no ") + needed;
  }
  for (const auto& [name, value] : all) {
    if (name == "measureCriteria" && !read_criteria(value, out.arguments)) {
      why = "a criterion other than at least, at most and equal";
    }
  }
  if (!why.empty()) return std::nullopt;

  // What is one item is asked as a dimension: the figures are the same.
  Parameters wanted;
  for (const Part& part : parts_of(all)) {
    const bool main = part.name == "dx" || part.name == "pe" || part.name == "ou";
    std::string text = part.name;
    std::vector<std::string> items = part.items;
    if (part.name == "pe") items = out.arguments["periods"].get<std::vector<std::string>>();
    for (std::size_t i = 0; i < items.size(); ++i) text += (i == 0 ? ":" : ";") + items[i];
    wanted.emplace_back(part.filter && !main ? "filter" : "dimension", text);
  }
  out.wanted = meaning(wanted);
  return out;
}

struct Asker::State {
  dhis2mcp::test::TempHome home;
  dhis2mcp::test::FakeHttp upstream;
  std::unique_ptr<dhis2mcp::test::Program> server;
  std::unique_ptr<httplib::Client> client;
  httplib::Headers headers;

  Json call(const std::string& tool, const Json& arguments) {
    const Json message = {{"jsonrpc", "2.0"},
                          {"id", 1},
                          {"method", "tools/call"},
                          {"params", {{"name", tool}, {"arguments", arguments}}}};
    const auto reply = client->Post("/mcp", headers, message.dump(), "application/json");
    if (!reply) throw std::runtime_error("no answer from dhis2-mcp");
    return Json::parse(reply->body).at("result");
  }
};

Asker::Asker(const std::string& version) : state_(std::make_unique<State>()) {
  State& state = *state_;
  for (const char* type :
       {"dataElements", "indicators", "programIndicators", "organisationUnits", "dataItems"}) {
    state.upstream.get("/api/" + std::string(type), "{}");
  }
  state.upstream.get("/api/me", R"({"id":"M5zQapPyTZI","username":"admin"})");
  state.upstream.get("/api/system/info",
                     R"({"version":")" + version + R"(","calendar":"iso8601"})");
  const dhis2mcp::test::Program::Variables variables = {{"DHIS2_MCP_HOME", state.home.path()},
                                                        {"RECORDED_PASSWORD", "district"}};
  const std::string program = BIN_DIR "/dhis2-mcp";
  dhis2mcp::test::Program add(program,
                              {"profile", "add", "r", "--no-verify", "--basic", "admin", "--url",
                               state.upstream.url(), "--secret-env", "RECORDED_PASSWORD"},
                              variables);
  if (const auto added = add.end(); added.status != 0) throw std::runtime_error(added.err);
  state.server = std::make_unique<dhis2mcp::test::Program>(
      program, std::vector<std::string>{"http", "--port", "0", "--log-level", "error"}, variables);
  const std::string line = state.server->error_line().value_or("");
  const auto at = line.find("http://127.0.0.1:");
  if (at == std::string::npos) throw std::runtime_error("dhis2-mcp did not tell its address");
  state.client = std::make_unique<httplib::Client>(
      line.substr(at, line.find_first_not_of("0123456789", at + 17) - at));
  state.client->set_keep_alive(true);
  std::ifstream token(state.home.path() / "config" / "http-token");
  std::string word;
  std::getline(token, word);
  state.headers = {{"Authorization", "Bearer " + word}};
}

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

// From what a table shows back to ids.
std::map<std::string, std::string> ids_by_name(const Json& body) {
  std::map<std::string, std::string> out;
  const Json& metadata = member(body, "metaData");
  for (const auto& [id, item] : member(metadata, "items").items()) {
    if (member(metadata, "dimensions").contains(id) || !item.contains("name")) continue;
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
  const Json result = state.call("analytics_query", question.arguments);

  std::map<std::string, std::string> asked;
  for (const auto& seen : state.upstream.seen()) {
    if (seen.path != "/api/analytics" || !asked.empty()) continue;
    asked = meaning(parameters("?" + seen.query));
  }
  asked.erase("measureCriteria");
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
    const Json page =
        state.call("result_page", {{"result", table.at("result")}, {"from_row", rows.size()}});
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
