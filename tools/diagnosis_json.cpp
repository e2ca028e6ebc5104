// SPDX-License-Identifier: BSD-3-Clause
// In the order in which a person would read it.
#include "tools/diagnosis_json.h"

namespace dhis2mcp {

Json diagnosis_json(const Diagnosis& seen) {
  Json steps = Json::array();
  for (const Step& step : seen.steps) {
    steps.push_back({{"step", step.name}, {"good", step.good}, {"seen", step.seen}});
  }
  Json shown = {{"profile", seen.profile}, {"url", seen.url}, {"good", seen.good()}};
  if (!seen.username.empty()) shown["user"] = seen.username;
  if (!seen.version.empty()) shown["version"] = seen.version;
  if (seen.good()) shown["latency_ms"] = seen.latency.count();
  shown["steps"] = steps;
  shown["warnings"] = seen.warnings;
  shown["remarks"] = seen.remarks;
  if (seen.failure) {
    shown["cause"] = seen.failure->what();
    shown["next"] = seen.failure->hint;
    shown["kind"] = to_string(seen.failure->kind);
  }
  return shown;
}

}  // namespace dhis2mcp
