// SPDX-License-Identifier: BSD-3-Clause
// One page is one request; a list of several org units asks for each in its turn.
#include "tools/laid_rows.h"

#include <array>
#include <utility>

#include "dhis2/error.h"
#include "tools/document.h"
#include "tools/event_grid.h"
#include "tools/tracker_rows.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

constexpr int kMostPages = 50;        // asked for one answer, where DHIS2 sends empty ones
constexpr std::size_t kEnough = 100;  // rows, before an answer ends with a further request left

// What DHIS2 says, by its code or its words, and what to do about it.
struct NextStep {
  std::string_view said, hint;
};

constexpr auto kNextSteps = std::to_array<NextStep>({
    {"OWNERSHIP_ACCESS_DENIED",
     "The person belongs to an org unit that this account does not reach in this program. In a "
     "protected program access can be taken for some hours (\"break the glass\" in the Capture "
     "app); else ask who owns the record."},
    {"PROGRAM_ACCESS_CLOSED",
     "This program is closed: only the org unit that owns the person may see it."},
    {"not part of the search scope",
     "This account may not search there: leave org_units out, or name units below its own "
     "(\"my org units\")."},
    {"not part of your search scope",
     "This account may not search there: leave org_units out, or name units below its own "
     "(\"my org units\")."},
    {"across all organisation units",
     "This account may not search everywhere: leave org_units out, or name units."},
    {"attributes should be mentioned in the search criteria",
     "The program demands more conditions on attributes: add some to `filter`."},
    {"minimum number of attributes",
     "The program demands more conditions on attributes: add some to `filter`."},
    {"maxteicountreached",
     "More fit than the program lets this account see at once: add conditions."},
    {"maximum number of",
     "More fit than the program lets this account see at once: add conditions."},
    {"does not have access to program", "Ask an administrator for data read access to it."},
    {"doesn't have access to program", "Ask an administrator for data read access to it."},
    {"has no access to TrackedEntity",
     "The person belongs to an org unit that this account does not reach: ask who owns the record, "
     "or an administrator for a wider search."},
    {"could not initialize proxy",
     "A fault of this DHIS2 release: name the org units one by one instead of their parent."},
    {"E1005",
     "It does not exist, or this account may not reach it: from 2.42 on DHIS2 does not tell which. "
     "Look with tracker_find."},
    {"E1006", "This account may not do that: ask for less, or an administrator for access."},
});

Json ask(Call& call, const std::string& path, const Query& query) {
  try {
    return call.client().get(path, query, call.patience());
  } catch (const Error& error) {
    rethrow_explained(error);
  }
}

// The request for what follows this page: its next one, or the first one of the next org unit.
Continuation after(Continuation rest, int next) {
  if (next > 0) {
    rest.next_page = next;
    return rest;
  }
  Json& then = rest.layout["then"];
  if (!then.is_array() || then.empty()) return {};
  rest.query.set("orgUnit", then[0].get<std::string>());
  rest.next_page = 1;
  then.erase(then.begin());
  return rest;
}

}  // namespace

void rethrow_explained(Error error) {
  const std::string message = error.what();
  for (const auto& [said, hint] : kNextSteps) {
    if (error.code == said || message.find(said) != std::string::npos) {
      error.hint = hint;
      if (said.find("ACCESS") != std::string_view::npos) error.kind = ErrorKind::forbidden;
      break;
    }
  }
  throw error;
}

std::unique_ptr<LaidRows> LaidRows::of(Call& call, const Json& layout) {
  const std::string list = layout.value("list", "");
  const std::string program = layout.value("program", "");
  const Scheme scheme = program.empty() ? entity_type_scheme(call, layout.value("type", ""))
                                        : program_scheme(call, program);
  if (list == "analytics") return std::make_unique<EventGrid>(call, scheme, layout);
  return std::make_unique<TrackerRows>(call, scheme, list == "events", layout.value("stage", ""));
}

void collect_laid(Call& call, const Request& request, const Json& layout, Answer& answer) {
  const std::unique_ptr<LaidRows> rows = LaidRows::of(call, layout);
  const std::string member = last_segment(request.path);
  std::vector<std::string> columns;
  Continuation rest{request.path, request.query, member, 1, 0, layout};
  const bool one_list = !layout.contains("then") || layout["then"].empty();
  std::vector<Row> all;
  bool masked = false;
  int pages = 0;
  do {
    Query query = rest.query;
    if (rest.next_page > 1) query.set("page", std::to_string(rest.next_page));
    LaidPage page = rows->lay(rest.path, ask(call, rest.path, query), columns);
    if (one_list && page.total) answer.total = page.total;
    masked = masked || page.masked;
    for (std::string& line : page.read_as) answer.read_as.push_back(std::move(line));
    for (std::string& note : page.notes) answer.notes.push_back(std::move(note));
    for (Row& row : page.rows) all.push_back(std::move(row));
    rest = after(std::move(rest), page.next);
    // Another page of the same list is left for result_page; a further org unit begins at its
    // first.
  } while (!rest.path.empty() && ++pages < kMostPages && all.size() < kEnough &&
           (all.empty() || rest.next_page == 1));

  if (masked) answer.notes.emplace_back(kMaskedNote);
  RowCollector collector(call.results, call.owner(), columns);
  for (Row& row : all) {
    row.resize(columns.size());
    collector.add(std::move(row));
  }
  collector.finish(answer, rest);
}

FurtherRows further_laid_rows(Call& call, const Continuation& rest, Json answer,
                              std::vector<std::string> columns) {
  FurtherRows out;
  LaidPage page = LaidRows::of(call, rest.layout)->lay(rest.path, std::move(answer), columns);
  out.rows = std::move(page.rows);
  for (Row& row : out.rows) row.resize(columns.size());
  out.columns = std::move(columns);
  out.read_as = std::move(page.read_as);
  out.rest = after(rest, page.next > rest.next_page ? page.next : 0);
  return out;
}

}  // namespace dhis2mcp
