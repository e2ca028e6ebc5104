// SPDX-License-Identifier: BSD-3-Clause
// dhis2_query: any readable path of the Web API, read for what comes back.
#include <utility>

#include "dhis2/error.h"
#include "dhis2/readable.h"
#include "tools/call.h"
#include "tools/field_check.h"
#include "tools/handlers.h"
#include "tools/read_answer.h"

namespace dhis2mcp {
namespace {

std::string param_text(const Json& value, const std::string& name) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean() || value.is_number()) return to_text(value);
  throw Error(ErrorKind::bad_input,
              "The parameter params." + name + " is no text and no list of texts.",
              "Give each parameter as text, for example {\"period\": [\"202401\", \"202402\"]}.");
}

void add_params(const Json& params, Query& query) {
  for (const auto& [name, value] : params.items()) {
    if (!value.is_array()) {
      query.add(name, param_text(value, name));
      continue;
    }
    // DHIS2 takes the last of several.
    if (name == "fields" || name == "order") {
      std::string all;
      for (const Json& item : value) all += (all.empty() ? "" : ",") + param_text(item, name);
      query.add(name, all);
      continue;
    }
    for (const Json& item : value) query.add(name, param_text(item, name));
  }
}

// What the named arguments say in DHIS2's words.
Query asked_query(const Arguments& arguments) {
  Query query;
  if (arguments.has("fields")) query.add("fields", arguments.text("fields"));
  for (const std::string& filter : arguments.list("filter")) query.add("filter", filter);
  if (arguments.has("order")) query.add("order", arguments.text("order"));
  if (arguments.has("page")) query.add("page", std::to_string(arguments.integer("page", 1)));
  if (arguments.has("page_size")) {
    query.add("pageSize", std::to_string(arguments.integer("page_size", 50)));
  }
  if (const Json* params = arguments.value("params")) add_params(*params, query);
  return query;
}

// An argument replaces what the path says of the same name, but for names that repeat.
Query over(const Query& inline_query, const Query& further) {
  Query query;
  for (const auto& [name, value] : inline_query.items()) {
    const bool once = name == "fields" || name == "order" || name == "page" || name == "pageSize";
    if (!once || further.find(name) == nullptr) query.add(name, value);
  }
  for (const auto& [name, value] : further.items()) query.add(name, value);
  return query;
}

}  // namespace

Answer dhis2_query(Call& call) {
  const Query asked = asked_query(call.arguments);
  ReadPath target = readable(call.arguments.text("path"), asked);

  Request request;
  request.path = std::move(target.path);
  request.query = over(target.query, asked);
  // Some paths have one form only and refuse to be asked for another.
  request.accept = "application/json, text/plain;q=0.8, */*;q=0.5";

  Answer answer = read_answer(call, request);
  if (!target.version.empty()) {
    answer.notes.push_back("Asked without the API version " + target.version + " of the path.");
  }
  if (const std::string* fields = request.query.find("fields")) {
    tell_absent_fields(call, request.path, *fields, answer);
  }
  return answer;
}

}  // namespace dhis2mcp
