// SPDX-License-Identifier: BSD-3-Clause
// Filling is text work only; query parts go through Query, so that no value can add a parameter.
#include "tools/request_tool.h"

#include "dhis2/json_members.h"
#include "tools/read_answer.h"
#include "tools/schema_file.h"

namespace dhis2mcp {
namespace {

std::vector<std::string> texts_of(const Arguments& arguments, std::string_view name) {
  const Json* value = arguments.value(name);
  if (value == nullptr) return {};
  if (value->is_array()) return arguments.list(name);
  return {as_text(*value)};
}

std::string filled_path(std::string_view form, const Arguments& arguments) {
  std::string path;
  while (const auto hole = hole_in(form)) {
    path += hole->before;
    for (const std::string& text : texts_of(arguments, hole->name)) path += percent_encode(text);
    form = hole->after;
  }
  return path += form;
}

}  // namespace

Request filled(const RequestTemplate& form, const Arguments& arguments) {
  Request request;
  request.path = filled_path(form.path, arguments);
  for (const auto& [name, part] : form.query) {
    const auto hole = hole_in(part);
    if (!hole) {
      request.query.add(name, part);
      continue;
    }
    for (const std::string& text : texts_of(arguments, hole->name)) {
      request.query.add(name, std::string(hole->before) + text + std::string(hole->after));
    }
  }
  return request;
}

Answer run_request(Call& call) {
  return read_answer(call, filled(*call.tool.request, call.arguments));
}

}  // namespace dhis2mcp
