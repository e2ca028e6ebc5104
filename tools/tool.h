// SPDX-License-Identifier: BSD-3-Clause
// A tool as data: what schemas/tools/NAME.json says.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dhis2/json.h"
#include "tools/call.h"

namespace dhis2mcp {

// The one source of annotations, read-only mode and the confirmation rule.
enum class Effect { read, write, destroy };

// GET path with {x} (required), {x?} (left out when absent) and lists that repeat their key.
struct RequestTemplate {
  std::string path;
  std::vector<std::pair<std::string, std::string>> query;
};

struct Tool {
  std::string name, toolset, title, description;
  std::vector<std::string> also;  // further words that tool_find finds it by; never listed
  Effect effect = Effect::read;
  Json input_schema, output_schema;
  std::optional<RequestTemplate> request;  // exactly one of request, handler and forwards
  Handler handler = nullptr;
  bool forwards = false;  // runs the read tool that its `tool` names, with its `arguments`
  bool local = false;     // answers without network or prompt: run on the thread that read the call
  int since = 0, until = 0;  // DHIS2 majors: since inclusive, until exclusive; 0 = unbounded
};

}  // namespace dhis2mcp
