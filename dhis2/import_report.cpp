// SPDX-License-Identifier: BSD-3-Clause
// Walks the report shapes of metadata, data value and tracker imports.
#include "dhis2/import_report.h"

#include <utility>

#include "dhis2/json_members.h"

namespace dhis2mcp {
namespace {

// Reasons beyond this many different ones are counted with the last.
constexpr std::size_t kDistinctProblems = 200;

void add(ImportReport& out, std::string code, std::string message) {
  if (code.empty() && message.empty()) return;
  for (ReportedProblem& known : out.problems) {
    if (known.code == code && known.message == message) {
      ++known.count;
      return;
    }
  }
  if (out.problems.size() < kDistinctProblems) {
    out.problems.push_back({std::move(code), std::move(message)});
  } else {
    ++out.problems.back().count;
  }
}

// {message, errorCode, errorProperty?} of metadata; {message, errorCode, uid, trackerType} of
// tracker; {object, value, errorCode?} of data values.
void add_problem(ImportReport& out, const Json& problem) {
  std::string message = as_text(problem, "message");
  if (message.empty()) message = as_text(problem, "value");
  add(out, as_text(problem, "errorCode"), std::move(message));
}

void add_problems(ImportReport& out, const Json& list) {
  if (!list.is_array()) return;
  for (const Json& problem : list) add_problem(out, problem);
}

void add_counts(ImportReport& out, const Json& counts) {
  if (!counts.is_object() || !out.counts.empty()) return;
  for (const char* name : {"created", "imported", "updated", "ignored", "deleted"}) {
    const std::string count = as_text(counts, name);
    if (count.empty()) continue;
    if (!out.counts.empty()) out.counts += ", ";
    out.counts += std::string(name) + " " + count;
  }
}

void read(ImportReport& out, const Json& report, int depth) {
  if (!report.is_object() || depth > 4) return;
  add_counts(out, member_of(report, "stats"));
  add_counts(out, member_of(report, "importCount"));
  if (out.description.empty()) out.description = as_text(report, "description");
  add_problems(out, member_of(report, "errorReports"));
  add_problems(out, member_of(report, "conflicts"));
  read(out, member_of(report, "validationReport"), depth + 1);
  for (const char* nested : {"typeReports", "objectReports", "importSummaries"}) {
    const Json& list = member_of(report, nested);
    if (!list.is_array()) continue;
    for (const Json& one : list) read(out, one, depth + 1);
  }
}

}  // namespace

ImportReport read_import_report(const Json& report) {
  ImportReport out;
  read(out, report, 0);
  return out;
}

}  // namespace dhis2mcp
