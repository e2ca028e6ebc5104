// SPDX-License-Identifier: BSD-3-Clause
// Steps first, then the cause and the next step where one failed.
#include "server/diagnosis_text.h"

namespace dhis2mcp {

std::string account_line(const Diagnosis& seen) {
  return seen.username + " at " + seen.url + " (" + seen.version + "), a request takes " +
         std::to_string(seen.latency.count()) + " ms";
}

std::string step_lines(const Diagnosis& seen) {
  std::string text;
  for (const Step& step : seen.steps) {
    text.append(step.good ? "ok    " : "FAIL  ").append(step.name);
    text.append(std::string(step.name.size() < 8 ? 8 - step.name.size() : 0, ' '));
    text.append("  ").append(step.seen).append("\n");
  }
  for (const std::string& warning : seen.warnings)
    text.append("note  ").append(warning).append("\n");
  return text;
}

std::string diagnosis_text(const Diagnosis& seen) {
  std::string text = step_lines(seen);
  for (const std::string& remark : seen.remarks) text.append("info  ").append(remark).append("\n");
  if (seen.good()) {
    return text.append(seen.profile).append(" works: ").append(account_line(seen)).append(".\n");
  }
  text.append("Cause: ").append(seen.failure->what()).append("\n");
  if (!seen.failure->hint.empty()) text.append("Next: ").append(seen.failure->hint).append("\n");
  return text;
}

}  // namespace dhis2mcp
