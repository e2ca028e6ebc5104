// SPDX-License-Identifier: BSD-3-Clause
// Kept results on disk. The head is replaced whole by a rename, so that a reader in another process
// sees a count of rows that are all there.
#include "tools/results.h"

#include <sys/stat.h>

#include <algorithm>

#include "auth/places.h"
#include "dhis2/ascii.h"
#include "dhis2/error.h"
#include "dhis2/json.h"
#include "tools/spool.h"

namespace dhis2mcp {
namespace {

constexpr std::int64_t kLife = 24L * 60 * 60;
constexpr std::size_t kIdLength = 34;

// Nothing but what RowCollector makes may become part of a file name.
bool is_id(std::string_view id) {
  return id.size() == kIdLength && id.starts_with("r-") &&
         std::all_of(id.begin() + 2, id.end(),
                     [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}

[[noreturn]] void throw_unknown() {
  throw Error(ErrorKind::not_found,
              "There is no such kept result for this profile and user, or its 24 hours are over.",
              "Ask the question again; its answer brings a new `result` if it is cut.");
}

Json to_json(const Continuation& rest) {
  Json query = Json::array();
  for (const auto& [name, value] : rest.query.items()) query.push_back({name, value});
  return {
      {"path", rest.path},           {"query", std::move(query)}, {"rows_member", rest.rows_member},
      {"next_page", rest.next_page}, {"pages", rest.pages},       {"layout", rest.layout}};
}

Continuation continuation_of(const Json& json) {
  Continuation rest;
  rest.path = json.at("path").get<std::string>();
  for (const Json& pair : json.at("query")) {
    rest.query.add(pair.at(0).get<std::string>(), pair.at(1).get<std::string>());
  }
  rest.rows_member = json.at("rows_member").get<std::string>();
  rest.next_page = json.at("next_page").get<int>();
  rest.pages = json.value("pages", 0);
  rest.layout = json.value("layout", Json());
  return rest;
}

Json to_json(const Results::Kept& kept) {
  Json head = {{"version", 1},
               {"created", kept.created},
               {"profile", kept.owner.profile},
               {"account", kept.owner.account},
               {"source", kept.head.source},
               {"read_as", kept.head.read_as},
               {"columns", kept.head.table->columns},
               {"notes", kept.head.notes},
               {"shown", kept.shown},
               {"rows", kept.spooled},
               {"bytes", kept.bytes},
               {"full", kept.full},
               {"rest", to_json(kept.rest)}};
  if (kept.head.total) head["total"] = *kept.head.total;
  return head;
}

Results::Kept kept_of(const std::string& id, const Json& json) {
  Results::Kept kept;
  kept.id = id;
  kept.created = json.at("created").get<std::int64_t>();
  kept.owner = {json.at("profile").get<std::string>(), json.at("account").get<std::string>()};
  kept.head.source = json.at("source").get<std::string>();
  kept.head.read_as = json.at("read_as").get<std::vector<std::string>>();
  kept.head.table = Table{json.at("columns").get<std::vector<std::string>>(), {}};
  kept.head.notes = json.at("notes").get<std::vector<std::string>>();
  if (json.contains("total")) kept.head.total = json["total"].get<std::uint64_t>();
  kept.shown = json.at("shown").get<std::uint64_t>();
  kept.spooled = json.at("rows").get<std::uint64_t>();
  kept.bytes = json.at("bytes").get<std::uint64_t>();
  kept.full = json.at("full").get<bool>();
  kept.rest = continuation_of(json.at("rest"));
  return kept;
}

}  // namespace

Results::Results(std::filesystem::path folder, Clock clock)
    : folder_(std::move(folder)), clock_(std::move(clock)) {}

std::filesystem::path Results::file(const std::string& id, const char* extension) const {
  return folder_ / (id + extension);
}

std::int64_t Results::now() const {
  return std::chrono::duration_cast<std::chrono::seconds>(clock_().time_since_epoch()).count();
}

Results::Kept Results::read_head(const std::string& id) const {
  std::error_code ignored;
  if (!is_id(id) || !std::filesystem::exists(file(id, ".json"), ignored)) throw_unknown();
  try {
    return kept_of(id, Json::parse(read_private_file(file(id, ".json"))));
  } catch (const Json::exception&) {
    throw_unknown();  // not a head that we wrote
  }
}

void Results::write_head(const Kept& kept) const {
  write_private_file(file(kept.id, ".json"), to_text(to_json(kept)));
}

Results::Kept Results::open(const std::string& id, const ResultOwner& owner) const {
  Kept kept = read_head(id);
  const bool ours = kept.owner.profile == owner.profile && kept.owner.account == owner.account;
  if (!ours || now() - kept.created >= kLife) throw_unknown();
  return kept;
}

std::vector<Row> Results::rows(const Kept& kept, std::uint64_t from, std::size_t max_bytes) const {
  std::vector<Row> rows;
  if (from >= kept.spooled) return rows;
  const std::uint64_t most = kept.spooled - from;
  std::size_t bytes = 0;
  demand_private_file(file(kept.id, ".rows"));
  read_rows(file(kept.id, ".rows"), from, [&](Row&& row) {
    row.resize(std::max(row.size(), kept.head.table->columns.size()));
    if (rows.empty()) shrink(row, std::max(max_bytes, kHardAnswerBytes / 2));
    bytes += row_bytes(row);
    if (!rows.empty() && bytes > max_bytes) return false;
    rows.push_back(std::move(row));
    return rows.size() < most && bytes <= max_bytes;
  });
  return rows;
}

void Results::each_row(const Kept& kept, const std::function<void(const Row& row)>& visit) const {
  std::uint64_t left = kept.spooled;
  if (left == 0) return;
  demand_private_file(file(kept.id, ".rows"));
  read_rows(file(kept.id, ".rows"), 0, [&](Row&& row) {
    row.resize(std::max(row.size(), kept.head.table->columns.size()));
    visit(row);
    return --left > 0;
  });
}

void Results::append(Kept& kept, const std::vector<Row>& rows, const Continuation& rest) {
  Spool spool(file(kept.id, ".rows"));
  Kept current = read_head(kept.id);
  if (current.spooled != kept.spooled || current.rest.next_page != kept.rest.next_page) {
    kept = std::move(current);
    return;
  }
  spool.start_at(current.bytes);
  for (const Row& row : rows) {
    kept.full = kept.full || !spool.add(row);
    if (kept.full) break;
    ++kept.spooled;
  }
  spool.flush();
  kept.bytes = spool.bytes();
  kept.rest = kept.full ? Continuation{} : rest;
  write_head(kept);
}

void Results::remove_expired() const {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, ignored)) {
    const std::filesystem::path& path = entry.path();
    struct stat seen = {};
    const bool ours = is_id(path.stem().string()) && ::lstat(path.c_str(), &seen) == 0;
    if (ours && now() - seen.st_mtime >= kLife) std::filesystem::remove(path, ignored);
  }
}

}  // namespace dhis2mcp
