// SPDX-License-Identifier: BSD-3-Clause
// Collects the rows of one answer: what fits is held, the whole goes to disk once one does not fit.
#include <optional>

#include "auth/places.h"
#include "auth/text_codes.h"
#include "dhis2/error.h"
#include "dhis2/text_list.h"
#include "tools/results.h"
#include "tools/spool.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kEnvelope = 512;  // source, counts and the way on

std::size_t first_room_of(std::size_t max_bytes) {
  return max_bytes == 0 ? 0 : std::max(max_bytes, kHardAnswerBytes / 2);
}

}  // namespace

struct RowCollector::State {
  Results& results;
  ResultOwner owner;
  std::vector<std::string> columns;
  std::size_t room;
  std::size_t first_room;
  std::vector<Row> shown;
  std::uint64_t seen = 0;
  bool cut = false;       // a row did not fit
  bool full = false;      // the spool is full
  bool shortens = false;  // a row is too long to be shown whole, here or on a later page
  std::string id;
  std::optional<Spool> spool;
  std::string unkept;  // why rows cannot be kept

  void open_spool();
  bool keep(const Row& row);
  void show(Row row);
  void write_head(Answer& answer, const Continuation& rest);
  void tell_way_on(Answer& answer, bool all_shown) const;
};

// An answer that cannot be kept is still worth giving: the cut is told instead.
void RowCollector::State::open_spool() {
  try {
    make_private_folder(results.folder_);
    results.remove_expired();
    id = "r-" + to_hex(random_bytes(16));
    spool.emplace(results.file(id, ".rows"));
    for (const Row& row : shown) spool->add(row);
  } catch (const Error& error) {
    spool.reset();
    unkept = error.what();
  }
}

bool RowCollector::State::keep(const Row& row) {
  if (!spool && unkept.empty()) open_spool();
  if (!spool) return false;
  try {
    full = !spool->add(row);
  } catch (const Error& error) {
    spool.reset();
    unkept = error.what();
  }
  return spool && !full;
}

void RowCollector::State::show(Row row) {
  if (shown.empty()) shrink(row, first_room);
  room -= std::min(room, row_bytes(row));
  shown.push_back(std::move(row));
}

void RowCollector::State::write_head(Answer& answer, const Continuation& rest) {
  if (!spool && unkept.empty()) open_spool();
  if (!spool) return;
  try {
    spool->flush();
    Results::Kept kept;
    kept.id = id;
    kept.owner = owner;
    kept.head = answer;
    kept.head.table = Table{columns, {}};
    kept.rest = full ? Continuation{} : rest;
    kept.shown = shown.size();
    kept.spooled = seen - (full ? 1 : 0);
    kept.bytes = spool->bytes();
    kept.created = results.now();
    kept.full = full;
    results.write_head(kept);
    answer.result = id;
  } catch (const Error& error) {
    unkept = error.what();
  }
}

void RowCollector::State::tell_way_on(Answer& answer, bool all_shown) const {
  if (!unkept.empty()) {
    answer.notes.push_back("Cut after " + count_of(shown.size(), "row") +
                           ", and the rest could not be kept: ask for less. " + unkept);
    return;
  }
  if (shortens) {
    answer.notes.emplace_back(
        "Cells of long rows are cut: result_save with this `result` writes them whole.");
  }
  if (!all_shown) {
    answer.notes.push_back("Cut after " + count_of(shown.size(), "row") +
                           ": result_page with this `result` goes on.");
  }
  if (full) {
    answer.notes.push_back("Only the first " + std::to_string(seen - 1) + " rows are kept (" +
                           kSpoolSize + "): ask for less to see the others.");
  }
}

RowCollector::RowCollector(Results& results, ResultOwner owner, std::vector<std::string> columns,
                           std::size_t max_bytes)
    : state_(new State{results, std::move(owner), {}, max_bytes, first_room_of(max_bytes), {}}) {
  state_->room -= std::min(max_bytes, kEnvelope);
  set_columns(std::move(columns));
}

RowCollector::~RowCollector() {
  // Nobody was told of a spool that has no head.
  std::error_code ignored;
  const State& state = *state_;
  if (!state.id.empty() &&
      !std::filesystem::exists(state.results.file(state.id, ".json"), ignored)) {
    std::filesystem::remove(state.results.file(state.id, ".rows"), ignored);
  }
}

void RowCollector::set_columns(std::vector<std::string> columns) {
  for (std::size_t i = state_->columns.size(); i < columns.size(); ++i) {
    state_->room -= std::min(state_->room, columns[i].size() + 3);
  }
  state_->columns = std::move(columns);
}

bool RowCollector::add(Row row) {
  State& state = *state_;
  if (state.full || !state.unkept.empty()) return false;
  ++state.seen;
  // The first row is shown whatever its size, for an answer without any would lead nowhere.
  const bool first = state.shown.empty() && !state.cut;
  const std::size_t bytes = row_bytes(row);
  state.shortens = state.shortens || bytes > kHardAnswerBytes / 2;
  if (!state.cut && bytes <= (first ? state.first_room : state.room)) {
    state.show(std::move(row));
    return true;
  }
  state.cut = true;
  const bool kept = state.keep(row);
  if (first && state.first_room > 0) state.show(std::move(row));
  return kept;
}

std::uint64_t RowCollector::seen() const { return state_->seen; }

void RowCollector::finish(Answer& answer, const Continuation& rest) {
  State& state = *state_;
  const bool complete = rest.path.empty() && !state.full && state.unkept.empty();
  if (complete && !answer.total) answer.total = state.seen;
  if (state.cut || !rest.path.empty()) {
    answer.truncated = true;
    state.write_head(answer, rest);
    state.tell_way_on(answer, rest.path.empty() && state.shown.size() == state.seen);
  }
  for (Row& row : state.shown) row.resize(std::max(row.size(), state.columns.size()));
  answer.table = Table{state.columns, std::move(state.shown)};
}

}  // namespace dhis2mcp
