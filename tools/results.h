// SPDX-License-Identifier: BSD-3-Clause
// Answers that were cut, kept for 24 hours so that result_page can go on.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dhis2/query.h"
#include "tools/answer.h"

namespace dhis2mcp {

// The request for the rest of a paged DHIS2 list, as data, so that another process can send it.
struct Continuation {
  std::string path;         // "/api/dataElements"; empty when every row is spooled
  Query query;              // without `page`
  std::string rows_member;  // "dataElements"
  int next_page = 0;
  int pages = 0;  // how many there are in all; 0 where DHIS2 did not tell
  Json layout;  // how rows are laid out where they are no plain members; null: they are
};

// Who asked: a kept result is given to nobody else.
struct ResultOwner {
  std::string profile, account;
};

// Two files for each below state/results, 0600, in a folder private to us: ID.json is the head, and
// ID.rows the rows, one JSON line each, only ever added to. IDs cannot be guessed (128 random
// bits). Safe to use from several threads and processes. Expired ones are removed when another is
// kept.
class Results {
 public:
  using Clock = std::function<std::chrono::system_clock::time_point()>;
  explicit Results(std::filesystem::path folder, Clock clock = std::chrono::system_clock::now);

  // A kept result as it stands on disk.
  struct Kept {
    std::string id;
    ResultOwner owner;
    Answer head;  // source, read_as, notes, total and columns; no rows
    Continuation rest;
    std::uint64_t shown = 0;    // rows that the first answer gave
    std::uint64_t spooled = 0;  // rows on disk
    std::uint64_t bytes = 0;    // of the rows file; what stands behind them is no row
    std::int64_t created = 0;   // seconds since 1970
    bool full = false;          // rows were lost to the bound (kSpoolBytes)
  };

  // Throws not_found (unknown, expired, or another's: the same words for all three).
  Kept open(const std::string& id, const ResultOwner& owner) const;

  // At least one row if there is one, then as many as fit; a lone row over the hard bound is given
  // with its longest cells cut, and says so in them.
  std::vector<Row> rows(const Kept& kept, std::uint64_t from, std::size_t max_bytes) const;

  // Every row on disk, one at a time.
  void each_row(const Kept& kept, const std::function<void(const Row& row)>& visit) const;

  // Adds fetched rows and says what is left. When another process was first, `kept` is read again
  // instead. Its columns may have grown.
  void append(Kept& kept, const std::vector<Row>& rows, const Continuation& rest);

 private:
  friend class RowCollector;
  std::filesystem::path file(const std::string& id, const char* extension) const;
  Kept read_head(const std::string& id) const;
  void write_head(const Kept& kept) const;
  std::int64_t now() const;
  void remove_expired() const;

  std::filesystem::path folder_;
  Clock clock_;
};

// Takes the rows of one answer as they arrive: the first that fit the cap are shown, and once one
// does not fit, all go to a spool file. Memory stays within the cap whatever the number of rows. A
// cap of 0 shows none and keeps all.
class RowCollector {
 public:
  RowCollector(Results& results, ResultOwner owner, std::vector<std::string> columns,
               std::size_t max_bytes = kDefaultAnswerBytes);
  ~RowCollector();

  // False once the spool is full (kSpoolBytes): reading on would be pointless.
  bool add(Row row);

  std::uint64_t seen() const;

  // The columns as they are known at the end, for lists whose later rows have further members.
  // Rows that are shorter are filled with absent cells, here and wherever they are read back.
  void set_columns(std::vector<std::string> columns);

  // Puts table, total (unless set already), truncated, result and the note that tells the way on
  // into the answer. `rest` names what was not fetched.
  void finish(Answer& answer, const Continuation& rest = {});

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace dhis2mcp
