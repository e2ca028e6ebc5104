// SPDX-License-Identifier: BSD-3-Clause
// result_page: rows that are kept come from the disk; when those end, the next pages of the DHIS2
// list are asked and kept in their turn. One request for each page of the list. result_save asks
// for all that are left, four pages at once.
#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "dhis2/error.h"
#include "tools/handlers.h"
#include "tools/parallel.h"
#include "tools/read_answer.h"
#include "tools/spool.h"
#include "tools/table_file.h"

namespace dhis2mcp {
namespace {

constexpr int kMostPages = 20;  // asked of DHIS2 for one answer

// Pages that are held at once while result_save asks for all.
constexpr int kPagesAhead = 12;

// A page names its items whether an earlier one did or not.
void append(Call& call, Results::Kept& kept, FurtherRows further) {
  kept.head.table->columns = std::move(further.columns);
  const std::set<std::string> told(kept.head.read_as.begin(), kept.head.read_as.end());
  std::ranges::copy_if(further.read_as, std::back_inserter(kept.head.read_as),
                       [&told](const std::string& line) { return !told.contains(line); });
  call.results.append(kept, further.rows, further.rest);
}

void fetch_page(Call& call, Results::Kept& kept) {
  append(call, kept, further_rows(call, kept.rest, kept.head.table->columns));
}

std::optional<double> whole_of(const Results::Kept& kept) {
  if (!kept.head.total) return {};
  return static_cast<double>(*kept.head.total);
}

void tell_progress(const Call& call, const Results::Kept& kept) {
  if (kept.rest.path.empty() || !call.context.progress) return;
  call.context.progress(static_cast<double>(kept.spooled), whole_of(kept), "rows fetched");
}

// The next pages that are known to exist, four at once; one where DHIS2 does not tell how many
// there are.
void fetch_pages(Call& call, Results::Kept& kept) {
  if (kept.rest.pages <= kept.rest.next_page) {
    fetch_page(call, kept);
    tell_progress(call, kept);
    return;
  }
  std::vector<int> numbers;
  const int end = std::min(kept.rest.pages + 1, kept.rest.next_page + kPagesAhead);
  for (int page = kept.rest.next_page; page < end; ++page) numbers.push_back(page);
  call.client();  // made before threads use it
  std::vector<Json> pages =
      ask_each(numbers, [&call, rest = kept.rest](int page) { return ask_page(call, rest, page); });
  for (std::size_t i = 0; i < pages.size(); ++i) {
    // Another process that saves the same result may be ahead, or the list has grown shorter.
    if (kept.rest.path.empty() || kept.rest.next_page != numbers[i]) return;
    if (call.context.stop.stop_requested()) throw Error(ErrorKind::cancelled, "Cancelled.");
    append(call, kept,
           further_rows(call, kept.rest, std::move(pages[i]), kept.head.table->columns));
    tell_progress(call, kept);
  }
}

bool half_full(const std::vector<Row>& rows) {
  std::size_t bytes = 0;
  for (const Row& row : rows) bytes += row_bytes(row);
  return bytes > kDefaultAnswerBytes / 2;
}

// The rows from `from` on, with as many pages fetched as fill half an answer.
std::vector<Row> rows_from(Call& call, Results::Kept& kept, std::uint64_t from) {
  for (int pages = 0;; ++pages) {
    std::vector<Row> rows = call.results.rows(kept, from, kDefaultAnswerBytes);
    const bool at_end = from + rows.size() >= kept.spooled;
    if (!at_end || kept.rest.path.empty() || half_full(rows)) return rows;
    if (pages == kMostPages) {
      if (!rows.empty()) return rows;
      throw Error(ErrorKind::bad_input,
                  "Row " + std::to_string(from) + " is too far ahead: " +
                      std::to_string(kept.spooled) + " rows are fetched so far.",
                  "Go on with from_row " + std::to_string(kept.spooled) + ".");
    }
    try {
      fetch_page(call, kept);
    } catch (const Error& error) {
      // Rows that are here are shown; the call after this one meets the failure itself.
      if (rows.empty() || error.kind == ErrorKind::cancelled) throw;
      return rows;
    }
  }
}

}  // namespace

Answer result_page(Call& call) {
  Results::Kept kept = call.results.open(call.arguments.text("result"), call.owner());
  const auto from = static_cast<std::uint64_t>(
      call.arguments.integer("from_row", static_cast<std::int64_t>(kept.shown)));
  std::vector<Row> rows = rows_from(call, kept, from);

  Answer answer = kept.head;
  answer.notes.clear();
  const std::uint64_t next = from + rows.size();
  const bool whole = kept.rest.path.empty() && !kept.full;
  if (whole && !answer.total) answer.total = kept.spooled;
  const bool more = next < kept.spooled || !kept.rest.path.empty();
  answer.truncated = more || kept.full;
  if (more) {
    answer.result = kept.id;
    answer.notes.push_back("More with from_row " + std::to_string(next) + ".");
  } else if (rows.empty()) {
    answer.notes.push_back("No row is left: there are " + std::to_string(kept.spooled) + ".");
  }
  if (kept.full && !more) {
    answer.notes.push_back(std::string("The rows after these were not kept (") + kSpoolSize +
                           "): ask for less.");
  }
  answer.table->rows = std::move(rows);
  return answer;
}

Answer result_save(Call& call) {
  Results::Kept kept = call.results.open(call.arguments.text("result"), call.owner());
  tell_progress(call, kept);
  while (!kept.rest.path.empty()) fetch_pages(call, kept);
  const std::string format = call.arguments.text("format");
  // The id itself opens the result, so only a part of it may stand in a name that others see.
  const std::filesystem::path path =
      call.connections.places().exports() / ("result-" + kept.id.substr(2, 8) + "." + format);
  TableFile file(path, format, kept.head);
  call.results.each_row(kept, [&](const Row& row) {
    if (call.context.stop.stop_requested()) throw Error(ErrorKind::cancelled, "Cancelled.");
    file.add(row);
  });
  file.finish();

  Answer answer;
  answer.source = kept.head.source;
  answer.object = Json{{"file", path.string()},
                       {"format", format},
                       {"rows", file.rows()},
                       {"columns", kept.head.table->columns.size()},
                       {"bytes", file.bytes()}};
  if (kept.full) {
    answer.notes.push_back(std::string("Rows are missing: only the first ") + kSpoolSize +
                           " were kept. Ask for less.");
  }
  if (file.defused() > 0) {
    answer.notes.push_back(std::to_string(file.defused()) +
                           " texts that a spreadsheet would take for formulas begin with an "
                           "apostrophe in the file.");
  }
  return answer;
}

}  // namespace dhis2mcp
