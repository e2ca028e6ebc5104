// SPDX-License-Identifier: BSD-3-Clause
// Compares by what a reader of the answer sees: names of options, days, digits.
#include "tests/recorded/tracker_answers.h"

#include <algorithm>
#include <functional>
#include <set>

namespace recorded {
namespace {

std::string text_of(const Json& object, const char* name) {
  if (!object.is_object()) return {};
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

const Json& member(const Json& object, const char* name) {
  static const Json kNone = Json::array();
  if (!object.is_object()) return kNone;
  const auto found = object.find(name);
  return found == object.end() ? kNone : *found;
}

std::string plain_digits(std::string text) {
  const bool number = !text.empty() && text.find_first_not_of("0123456789.-") == std::string::npos;
  if (number && text.ends_with(".0")) text.resize(text.size() - 2);
  return text;
}

std::string cell_text(const Json& cell) {
  if (cell.is_string()) return plain_digits(cell.get<std::string>());
  return cell.is_null() ? "" : plain_digits(cell.dump());
}

std::string day(const std::string& text) { return text.substr(0, 10); }

// What is left out of line lists unless it is asked for.
bool standard(const std::string& header) {
  static const std::set<std::string> kAll = {"ps",
                                             "pi",
                                             "storedby",
                                             "createdbydisplayname",
                                             "lastupdatedbydisplayname",
                                             "createdby",
                                             "lastupdatedby",
                                             "lastupdated",
                                             "created",
                                             "completed",
                                             "scheduleddate",
                                             "geometry",
                                             "enrollmentgeometry",
                                             "longitude",
                                             "latitude",
                                             "ounamehierarchy",
                                             "oucode",
                                             "ou",
                                             "programstatus",
                                             "tei",
                                             "enrollmentdate",
                                             "incidentdate",
                                             "psi"};
  return kAll.contains(header);
}

// DHIS2's own words of an error, without what an answer cleans away.
std::string words_of(const Exchange& exchange) {
  if (exchange.body.is_object()) {
    std::string message = text_of(exchange.body, "message");
    message = message.substr(0, std::min(message.find('\n'), message.find("  ")));
    return message.substr(0, 60);
  }
  if (!exchange.body.is_string()) return {};
  const auto text = exchange.body.get<std::string>();
  const auto at = text.find("<b>Message</b>");
  if (at == std::string::npos) return {};
  return text.substr(at + 15,
                     std::min<std::size_t>(text.find_first_of("&<", at + 15) - at - 15, 30));
}

bool holds(const Json& row, const std::string& wanted) {
  return std::ranges::any_of(row, [&](const Json& cell) {
    const std::string text = cell_text(cell);
    return text == wanted || (wanted.size() >= 10 && text == day(wanted));
  });
}

bool more_follows(const Json& body, std::size_t rows) {
  const Json& pager = body.contains("pager") ? body["pager"] : body;
  if (pager.contains("pageCount")) return pager["page"] < pager["pageCount"];
  if (body.contains("page")) return body.value("pageSize", 0U) == rows && rows > 0;
  return pager.contains("nextPage");
}

std::string list_missed(const Known& known, const Exchange& exchange, const Json& answer) {
  const Json& body = exchange.body;
  const bool events = exchange.path.find("/tracker/events") != std::string::npos;
  const Json* items = nullptr;
  for (const char* name : {"instances", "trackedEntities", "events"}) {
    if (body.contains(name)) items = &body[name];
  }
  if (items == nullptr) return "no list was recorded";
  const Json& rows = member(answer, "rows");
  const bool cut = answer.value("truncated", false);
  if (rows.size() != items->size() && !(cut && rows.size() > 0 && rows.size() < items->size())) {
    return "rows are missing";
  }
  if (more_follows(body, items->size()) && (!cut || !answer.contains("result"))) {
    return "a further page is not told";
  }
  if (!more_follows(body, items->size()) && cut && rows.size() == items->size()) {
    return "a page is told that is none";
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Json& item = (*items)[i];
    const std::string uid = text_of(item, events ? "event" : "trackedEntity");
    if (!uid.empty() && !holds(rows[i], uid)) return "a uid is missing";
    const auto all = [&](const Json& values, const char* key) {
      return std::ranges::all_of(values, [&](const Json& value) {
        const std::string text = text_of(value, "value");
        return text.empty() || text_of(value, key).empty() ||
               holds(rows[i], plain_digits(known.shown(text_of(value, key), text)));
      });
    };
    if (!all(member(item, "attributes"), "attribute")) return "an attribute is missing";
    if (!all(member(item, "dataValues"), "dataElement")) return "a data value is missing";
    const std::string occurred = text_of(item, "occurredAt");
    if (!occurred.empty() && !holds(rows[i], day(occurred)) &&
        occurred.ends_with("T00:00:00.000")) {
      return "a date is missing";
    }
  }
  return {};
}

std::string entity_missed(const Known& known, const Exchange& exchange, const Json& answer) {
  // A large object comes as its leaves.
  const std::string text = answer.dump();
  const auto has = [&](const std::string& value) {
    return value.empty() || text.find(Json(value).dump()) != std::string::npos ||
           text.find(":" + value) != std::string::npos ||
           text.find("," + value) != std::string::npos;
  };
  std::string why;
  const std::function<void(const Json&)> walk = [&](const Json& value) {
    for (const char* uid : {"trackedEntity", "enrollment", "event"}) {
      if (value.is_object() && !has(text_of(value, uid))) why = "a uid is missing";
    }
    const std::string item = text_of(value, "attribute") + text_of(value, "dataElement");
    if (!item.empty() && !has(plain_digits(known.shown(item, text_of(value, "value"))))) {
      why = "a value is missing: " + item + " " + known.shown(item, text_of(value, "value"));
    }
    if (value.is_object()) {
      for (const auto& [name, inner] : value.items()) {
        // The other side of a relationship is named, not told.
        if (name != "relationships" && inner.is_structured()) walk(inner);
      }
    } else if (value.is_array()) {
      for (const Json& inner : value) walk(inner);
    }
  };
  if (answer.value("truncated", false)) return {};
  walk(exchange.body);
  for (const Json& one : member(exchange.body, "relationships")) {
    if (!has(text_of(member(member(one, "to"), "trackedEntity"), "trackedEntity"))) {
      why = "a relationship is missing";
    }
  }
  return why;
}

// A cell of analytics as it is to be shown.
std::string analytics_cell(const Known& known, const Json& body, const Json& header,
                           const std::string& value) {
  const Json& metadata = member(body, "metaData");
  const Json& items = member(metadata, "items");
  const std::string name = text_of(header, "name");
  const std::string type = text_of(header, "valueType");
  if (name == "pe") return value;
  if (type == "DATETIME" || type == "DATE") return day(value);
  for (const Json& option : member(member(metadata, "dimensions"), name.c_str())) {
    if (!option.is_string()) continue;
    const Json& item = member(items, option.get<std::string>().c_str());
    if (text_of(item, "code") == value) return text_of(item, "name");
  }
  if (const std::string own = text_of(member(items, value.c_str()), "name"); !own.empty())
    return own;
  const std::string uid =
      name.substr(name.rfind('.') == std::string::npos ? 0 : name.rfind('.') + 1);
  return plain_digits(known.shown(uid, value));
}

std::string lines_missed(const Known& known, const Exchange& exchange, const Json& answer) {
  const Json& body = exchange.body;
  const Json& recorded_rows = member(body, "rows");
  const Json& rows = member(answer, "rows");
  const bool cut = answer.value("truncated", false);
  if (rows.size() != recorded_rows.size() &&
      !(cut && !rows.empty() && rows.size() < recorded_rows.size()))
    return "rows are missing";
  const Json& pager = member(member(body, "metaData"), "pager");
  if (pager.is_object() && pager.contains("total") && member(answer, "total") != pager["total"]) {
    return "the total is missing";
  }
  if (pager.is_object() && pager.value("isLastPage", true) == false && !cut) {
    return "a further page is not told";
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::size_t columns = std::min(member(body, "headers").size(), recorded_rows[i].size());
    for (std::size_t column = 0; column < columns; ++column) {
      const Json& header = body["headers"][column];
      const Json& cell = recorded_rows[i][column];
      if (!cell.is_string() || cell == "" || standard(text_of(header, "name"))) continue;
      const std::string wanted = analytics_cell(known, body, header, cell.get<std::string>());
      const bool there = std::ranges::any_of(rows[i], [&](const Json& shown) {
        const std::string text = cell_text(shown);
        return text == plain_digits(wanted) || text.starts_with(wanted + " (") ||
               // The comparison reads numbers as doubles; DHIS2 sends some with 32 digits.
               (shown.is_number() && shown.get<double>() == std::strtod(wanted.c_str(), nullptr)) ||
               (text_of(header, "valueType").starts_with("DATE") && day(text) == wanted);
      });
      if (!there)
        return "a cell of " + text_of(header, "name").substr(0, 10) + " is missing: " + wanted +
               " in " + rows[i].dump();
    }
  }
  return {};
}

std::string counts_missed(const Known& known, const Exchange& exchange, const Json& answer) {
  const Json& body = exchange.body;
  if (answer.value("truncated", false)) return {};
  std::vector<std::string> wanted, told;
  const std::string text = answer.dump();
  for (const Json& row : member(body, "rows")) {
    for (std::size_t i = 0; i < row.size() && i < member(body, "headers").size(); ++i) {
      const Json& header = body["headers"][i];
      const std::string cell = row[i].is_string() ? row[i].get<std::string>() : row[i].dump();
      if (cell.empty() || cell == "null") continue;
      if (text_of(header, "name") == "value") {
        wanted.push_back(plain_digits(cell));
        continue;
      }
      const std::string name = analytics_cell(known, body, header, cell);
      const std::string inner = Json(name).dump();
      if (text.find(inner.substr(1, inner.size() - 2)) == std::string::npos)
        return "a name is missing";
    }
  }
  for (const Json& row : member(answer, "rows")) {
    for (const Json& cell : row) {
      if (cell.is_number()) told.push_back(cell_text(cell));
    }
  }
  std::ranges::sort(wanted);
  std::ranges::sort(told);
  return wanted == told ||
                 (wanted.empty() && member(answer, "rows").size() == member(body, "rows").size())
             ? ""
             : "figures differ";
}

}  // namespace

Known::Known(const Relay& relay) {
  const Json options = relay.get("/api/options?fields=code,displayName,optionSet[id]&paging=false");
  for (const Json& option : member(options, "options")) {
    names_[text_of(member(option, "optionSet"), "id")][text_of(option, "code")] =
        text_of(option, "displayName");
  }
  for (const char* type : {"dataElements", "trackedEntityAttributes"}) {
    const Json answer =
        relay.get("/api/" + std::string(type) + "?fields=id,optionSet[id]&paging=false");
    for (const Json& item : answer.at(type)) {
      sets_[text_of(item, "id")] = text_of(member(item, "optionSet"), "id");
      if (type == std::string("trackedEntityAttributes")) attributes_[text_of(item, "id")] = true;
    }
  }
}

std::string Known::shown(const std::string& item, const std::string& value) const {
  const auto set = sets_.find(item);
  if (set == sets_.end() || !names_.contains(set->second)) return value;
  const auto& names = names_.at(set->second);
  return names.contains(value) ? names.at(value) : value;
}

std::string missed(const Known& known, const Exchange& exchange, const ToolQuestion& question,
                   const std::vector<std::string>& asked, const Json& result) {
  const bool failed = result.value("isError", false);
  if (member(result, "content").empty()) return "no content: " + result.dump().substr(0, 200);
  const std::string text = text_of(member(result, "content").front(), "text");
  if (exchange.status >= 400) {
    if (!failed) return "a refusal is not told";
    if (asked.empty()) return {};  // refused before anything was asked
    const std::string words = words_of(exchange);
    return words.empty() || text.find(words) != std::string::npos ? ""
                                                                  : "DHIS2's words are missing";
  }
  if (failed && asked.empty()) return kRefusedUnasked + text.substr(0, 120);
  if (failed) return "failed: " + text.substr(0, 120);
  if (asked.empty()) return "DHIS2 was not asked";
  const std::string path = exchange.path.substr(0, exchange.path.find('?'));
  const auto query = exchange.path.find('?');
  const Parts recorded =
      query == std::string::npos ? Parts() : parts_of(exchange.path.substr(query + 1));
  const auto wanted = essence(path, recorded), sent = essence(path, parts_of(asked.front()));
  if (wanted != sent) {
    std::string differs = "asked otherwise:";
    for (const std::string& one : wanted) {
      if (std::ranges::find(sent, one) == sent.end()) differs += " -" + one;
    }
    for (const std::string& one : sent) {
      if (std::ranges::find(wanted, one) == wanted.end()) differs += " +" + one;
    }
    return differs;
  }
  const Json& answer = result["structuredContent"];
  if (question.tool == "tracker_get") return entity_missed(known, exchange, answer);
  if (question.tool != "analytics_events") return list_missed(known, exchange, answer);
  return question.arguments.at("shape") == "list" ? lines_missed(known, exchange, answer)
                                                  : counts_missed(known, exchange, answer);
}

std::vector<std::string> persons(const Known& known, const Exchange& exchange) {
  std::set<std::string> out;
  const std::function<void(const Json&)> walk = [&](const Json& value) {
    const std::string text = text_of(value, "value");
    if (!text_of(value, "attribute").empty() && text.size() > 3) out.insert(text);
    if (!value.is_structured()) return;
    for (const Json& inner : value) walk(inner);
  };
  walk(exchange.body);
  const Json& headers = member(exchange.body, "headers");
  for (std::size_t i = 0; i < headers.size(); ++i) {
    if (!known.attribute(text_of(headers[i], "name"))) continue;
    for (const Json& row : member(exchange.body, "rows")) {
      if (i < row.size() && row[i].is_string() && row[i].get<std::string>().size() > 3) {
        out.insert(row[i].get<std::string>());
      }
    }
  }
  return {out.begin(), out.end()};
}

}  // namespace recorded
