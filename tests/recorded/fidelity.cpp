// SPDX-License-Identifier: BSD-3-Clause
// Compares by values: each figure, name and identifier that the server sent must be in the answer.
#include "tests/recorded/fidelity.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>

namespace recorded {
namespace {

constexpr int kMostPages = 80;

using Values = std::map<std::string, int>;

// Blank and invisible characters are cleaned by the product; they carry no figure.
std::string squeezed(const std::string& text) {
  static const std::regex invisible(
      "[\\x00-\\x20\\x7f]|\xc2[\x80-\xa0]|\xe2\x80[\x8b-\x8f\xa8-\xaf]|\xe2\x81[\xa0-\xaf]|"
      "\xef\xbb\xbf");
  return std::regex_replace(text, invisible, "");
}

std::string plain(const std::string& text) {
  if (!text.empty() && text.size() < 80 &&
      text.find_first_not_of("0123456789+-.eE") == std::string::npos) {
    char* end = nullptr;
    const double number = std::strtod(text.c_str(), &end);
    if (*end == '\0' && text.find_first_of("0123456789") != std::string::npos) {
      std::ostringstream out;
      out.precision(15);
      out << number;
      return out.str();
    }
  }
  return text.size() > 2000 ? squeezed(text.substr(0, 2000)) : squeezed(text);
}

void collect(const Json& value, Values& values) {
  if (value.is_object() || value.is_array()) {
    for (const auto& member : value) collect(member, values);
    return;
  }
  if (value.is_null()) return;
  const std::string text = plain(value.is_string() ? value.get<std::string>() : value.dump());
  if (!text.empty()) ++values[text];
}

std::string short_text(const std::string& text) { return text.substr(0, 120); }

std::string error_text(const Json& result) {
  const Json content = result.value("content", Json::array());
  return content.empty() ? std::string() : content[0].value("text", "");
}

Json error_of(const Json& result) {
  const Json meta = result.value("_meta", Json::object());
  return meta.value("io.github.dhis2-mcp/error", Json::object());
}

// The rules of the read policy, written here a second time so that a refusal is checked and not
// believed.
bool denied(const std::string& path) {
  static const std::regex rule(
      "^/api/([0-9]+/)?(apiToken|oAuth2Clients|account|auth|2fa|routes/"
      ".*run|trackedEntityAttributes/.*generate|"
      "sqlViews/.*data|gateways|email|sms|apps|appHub|me/password|me/"
      "verifyPassword|maintenance|scheduling|"
      "messageConversations|eventHooks|aggregateDataExchanges|userDataStore|users).*",
      std::regex::icase);
  const std::string bare = path.substr(0, path.find('?'));
  static const std::regex safe("^/api(/[A-Za-z0-9_.-]+)*/?$");
  static const std::regex dots("(^|/)\\.{1,2}(/|$)");
  return std::regex_match(bare, rule) || !std::regex_match(bare, safe) ||
         std::regex_search(bare, dots);
}

// The whole answer: the first page and what result_page reads on.
struct Whole {
  Json first;
  std::vector<Json> rows;
  Json columns = Json::array();
  std::string notes;
  bool told_cut = false;  // still cut where this reader stopped
  std::string broken;     // why reading on failed
};

Whole read_on(Product& product, const Json& structured) {
  Whole whole;
  whole.first = structured;
  Json page = structured;
  whole.columns = structured.value("columns", Json::array());
  const std::string id = structured.value("result", "");
  for (int pages = 0;; ++pages) {
    for (const char* member : {"notes", "read_as"}) {
      for (const auto& note : page.value(member, Json::array()))
        whole.notes += note.get<std::string>() + "\n";
    }
    for (const auto& row : page.value("rows", Json::array())) whole.rows.push_back(row);
    if (!page.value("truncated", false)) return whole;
    if (id.empty() || pages == kMostPages) {
      whole.told_cut = true;
      return whole;
    }
    const Json next =
        product.call("result_page",
                     {{"result", id}, {"from_row", static_cast<std::int64_t>(whole.rows.size())}});
    // The next page of the list was not recorded: what is here must still be whole.
    if (error_text(next).find("No recording of") != std::string::npos) return whole;
    if (next.value("isError", false)) {
      whole.broken = "result_page: " + short_text(error_text(next));
      return whole;
    }
    page = next.at("structuredContent");
    if (page.value("rows", Json::array()).empty()) {
      whole.broken = "result_page gave no rows though the answer is cut";
      return whole;
    }
  }
}

Judgement missed(std::string why) { return {Verdict::missed, std::move(why)}; }

Judgement judge_failure(const Exchange& exchange, const Json& result) {
  if (!result.value("isError", false))
    return missed("status " + std::to_string(exchange.status) + " read as a success");
  const Json error = error_of(result);
  const std::string text = squeezed(error_text(result));
  if (exchange.status >= 300 && exchange.status < 400) {
    const bool login = exchange.location.find("login") != std::string::npos;
    if (!login) return {Verdict::not_comparable, {}};
    return error.value("kind", "") == "sign_in_required"
               ? Judgement{}
               : missed("login redirect is not sign_in_required");
  }
  if (error.value("http", 0) != exchange.status) {
    return missed("status " + std::to_string(exchange.status) + " told as " +
                  std::to_string(error.value("http", 0)) + " " + error.value("kind", ""));
  }
  if (exchange.body.is_object() && exchange.body.contains("message") &&
      exchange.body["message"].is_string()) {
    const std::string said = squeezed(exchange.body["message"].get<std::string>()).substr(0, 150);
    if (text.find(said) == std::string::npos) return missed("DHIS2's message is missing");
  }
  return {};
}

bool has(const Json& items, const std::string& uid, std::string& name) {
  const auto found = items.find(uid);
  if (found == items.end() || !found->is_object() || !found->contains("name")) return false;
  name = found->at("name").get<std::string>();
  return true;
}

// Items of one name are told apart as "Name (uid)".
std::string without_uid(const std::string& text, const Json& items) {
  static const std::regex told_apart("^.* \\((.+)\\)$");
  std::smatch match;
  return std::regex_match(text, match, told_apart) && items.contains(match[1].str())
             ? match[1].str()
             : text;
}

// A row as the sorted list of its cells, dimension items as names.
std::string row_key(const Json& row, const Json& items) {
  std::vector<std::string> cells;
  for (const auto& cell : row) {
    if (cell.is_null()) continue;
    std::string text = cell.is_string() ? cell.get<std::string>() : cell.dump();
    text = without_uid(text, items);
    std::string name;
    if (has(items, text, name)) text = name;
    text = plain(text);
    if (!text.empty()) cells.push_back(std::move(text));
  }
  std::sort(cells.begin(), cells.end());
  std::string key;
  for (const auto& cell : cells) key += cell + "\n";
  return key;
}

Judgement compare_rows(const Exchange& exchange, const Whole& whole) {
  const Json items = exchange.body.value("metaData", Json::object()).value("items", Json::object());
  std::map<std::string, int> expected;
  for (const auto& row : exchange.body["rows"]) ++expected[row_key(row, items)];
  for (const auto& row : whole.rows) --expected[row_key(row, items)];
  for (const auto& [key, count] : expected) {
    if (count > 0 && !whole.told_cut) return missed("an analytics row is missing: " + key);
    if (count < 0) return missed("an analytics row came that was not sent: " + key);
  }
  return {};
}

Judgement compare_values(const Exchange& exchange, const Whole& whole) {
  Values expected;
  if (exchange.body.is_object()) {
    for (const auto& [name, member] : exchange.body.items()) {
      if (name != "pager") collect(member, expected);
    }
  } else {
    collect(exchange.body, expected);
  }
  Values found;
  for (const auto& row : whole.rows) collect(row, found);
  if (whole.first.contains("object")) collect(whole.first["object"], found);
  const std::string notes = squeezed(whole.notes);
  for (const auto& [value, count] : expected) {
    const auto seen = found.find(value);
    const int times = seen == found.end() ? 0 : seen->second;
    if (times >= count || whole.told_cut) continue;
    if (times > 0 && count - times <= 2 && notes.find(value) != std::string::npos) continue;
    if (times == 0 && notes.find(value) != std::string::npos) continue;
    if (times == 0 && std::any_of(found.begin(), found.end(), [&v = value](const auto& one) {
          return one.first.find(v) != std::string::npos;
        })) {
      continue;
    }
    return missed(times == 0 ? "a value is missing: " + short_text(value)
                             : "a value came too few times: " + short_text(value));
  }
  return {};
}

Judgement judge_success(Product& product, const Exchange& exchange, const Json& result) {
  if (result.value("isError", false)) {
    return missed("a success was told as an error: " + error_of(result).value("kind", "") + " " +
                  short_text(error_text(result)));
  }
  const Json& structured = result.at("structuredContent");
  const Whole whole = read_on(product, structured);
  if (!whole.broken.empty()) return missed(whole.broken);
  const bool json = exchange.media_type.find("json") != std::string::npos && !exchange.binary;
  if (!json || exchange.body.is_null() || exchange.body.is_string() || exchange.cut) return {};
  if (exchange.body.is_object() && exchange.body.contains("headers") &&
      exchange.body.contains("rows") && exchange.body["rows"].is_array()) {
    return compare_rows(exchange, whole);
  }
  return compare_values(exchange, whole);
}

}  // namespace

Judgement judge(Product& product, const Exchange& exchange) {
  const bool wants_json = exchange.accept.empty() ||
                          exchange.accept.find("json") != std::string::npos ||
                          exchange.accept.find("*/*") != std::string::npos;
  if (!wants_json || exchange.own_session || exchange.cut || !exchange.path.starts_with("/api/"))
    return {Verdict::not_comparable, {}};
  const Json result = product.call("dhis2_query", {{"path", exchange.path}});
  if (error_of(result).value("kind", "") == "refused") {
    return denied(exchange.path) ? Judgement{Verdict::refused, {}}
                                 : missed("refused a path that the policy allows");
  }
  if (denied(exchange.path)) return {Verdict::not_comparable, {}};
  const bool failed =
      exchange.status >= 300 || (exchange.status == 0 && exchange.body.is_object() &&
                                 exchange.body.value("status", "") == "ERROR");
  return failed ? judge_failure(exchange, result) : judge_success(product, exchange, result);
}

Judgement judge_rows(Product& product, const Exchange& exchange) {
  const Json result = product.call("dhis2_query", {{"path", exchange.path}});
  if (result.value("isError", false)) return missed("error: " + short_text(error_text(result)));
  const Whole whole = read_on(product, result.at("structuredContent"));
  if (!whole.broken.empty()) return missed(whole.broken);
  if (whole.told_cut) return missed("cut after " + std::to_string(kMostPages) + " pages");
  return compare_rows(exchange, whole);
}

}  // namespace recorded
