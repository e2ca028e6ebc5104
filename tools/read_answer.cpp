// SPDX-License-Identifier: BSD-3-Clause
// Decides by the body what an answer is, and puts everything of it somewhere.
#include "tools/read_answer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "dhis2/error.h"
#include "dhis2/json_guard.h"
#include "dhis2/page.h"
#include "dhis2/utf8.h"
#include "dhis2/web_message.h"
#include "tools/body_intake.h"
#include "tools/csv.h"
#include "tools/document.h"
#include "tools/flat_rows.h"
#include "tools/grid.h"
#include "tools/laid_rows.h"
#include "tools/spool.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kNotedBytes = 2'000;   // what stands beside the rows, as a note
constexpr std::size_t kReadAsBytes = 6'000;  // names of items

// Reads one answer for one call.
class Reader {
 public:
  Reader(Call& call, const Request& request)
      : call_(call),
        request_(request),
        answer_(call.answer()),
        masks_(!call.client().profile().pii_allowed),
        intake_(request.path, call.connections.places().exports(),
                [this](Json&& row) { return stream_row(std::move(row)); }) {}

  Answer read() {
    if (masks_) demand_maskable(request_.path, request_.query);
    const Response response = call_.client().send(
        request_, call_.patience(), [this](std::string_view piece) { return intake_.take(piece); });
    if (intake_.streamed()) return finish_stream();
    const std::string type = response.media_type();
    if (intake_.in_file()) return saved(type);
    if (intake_.text().find_first_not_of(" \t\r\n") == std::string::npos) return empty(response);
    if (const std::string packed = packed_form(intake_.text()); !packed.empty()) {
      return saved(is_json(type) ? "application/json+" + packed : type);
    }
    demand_no_page(response);
    if (is_json(type)) return document();
    const bool text = type.ends_with("/csv") || type == "text/plain";
    if (!text || !is_readable_text(intake_.text())) return saved(type);
    return type == "text/plain" ? plain() : csv();
  }

 private:
  // A compressed file keeps the media type of what is in it (compression=gzip of dataValueSets).
  static std::string packed_form(std::string_view text) {
    if (text.starts_with("\x1f\x8b")) return "gzip";
    return text.starts_with("PK\x03\x04") ? "zip" : "";
  }

  // Files that people uploaded come in any encoding, whatever DHIS2 says of it.
  static bool is_readable_text(std::string_view text) {
    return is_utf8(text) && text.find('\0') == std::string_view::npos;
  }

  // DHIS2 itself sends HTML by extension, parts of pages as forms, and whole pages as reports and
  // files.
  bool may_be_html(const std::string& text) const {
    if (request_.path.find(".html") != std::string::npos) return true;
    if (read_page(text).login_form) return false;
    Response untyped;
    untyped.body = text;
    const std::string last = last_segment(request_.path);
    return !is_page(untyped) || last == "data" || last == "file" || last == "files";
  }

  // The client could not judge a body that went to the intake.
  void demand_no_page(Response response) const {
    response.body = intake_.text();
    if (!is_page(response) || may_be_html(response.body)) return;
    const Profile& profile = call_.client().profile();
    if (const auto error =
            failure({profile.name + ": " + profile.url, {}, {}}, request_, response)) {
      throw Error(*error);
    }
  }

  static bool is_json(const std::string& type) { return type.empty() || type.ends_with("json"); }

  Answer document() {
    Json json;
    try {
      json = parse_json(intake_.text(), {.refuse_duplicate_names = false, .keep_digits = true});
    } catch (const Error& error) {
      // DHIS2 sends some lone texts, such as the system's id, as JSON without their quotes.
      if (is_lone_word(intake_.text())) return document_of(Json(intake_.text()));
      Error told(ErrorKind::unavailable,
                 "The answer of GET " + request_.path + " is no valid JSON: " + error.what(),
                 "Ask again; if it happens again, ask for less: DHIS2 breaks off when an error "
                 "meets it while it writes.");
      told.retry = true;
      throw told;
    }
    return document_of(std::move(json));
  }

  static bool is_lone_word(std::string_view text) {
    return !text.empty() && text.size() < 200 &&
           text.find_first_of("{}[]<>\"'\n,") == std::string_view::npos;
  }

  Answer document_of(Json json) {
    if (masks_ && mask_persons(request_.path, json)) note_mask();
    const Recognised seen = recognise(json, request_.path);
    if (seen.shape == Shape::grid) return grid(std::move(json), seen.member);
    if (seen.shape == Shape::list) return list(std::move(json), seen.member);
    if (json.is_null()) answer_.notes.emplace_back("DHIS2 answered null.");
    if (!json.is_object()) json = Json{{"value", std::move(json)}};
    if (json.contains("httpStatusCode") && text_of(json, "status") == "ERROR") {
      answer_.notes.push_back("DHIS2 answered without an error status, and this says ERROR: " +
                              line_of(json, "message"));
    }
    answer_.object = std::move(json);
    return std::move(answer_);
  }

  Answer list(Json json, const std::string& member) {
    const Json& rows = member.empty() ? json : json[member];
    const Paging paging = member.empty() ? Paging{} : read_paging(json, rows.size(), request_.path);
    FlatRows flat;
    std::vector<Row> laid;
    laid.reserve(rows.size());
    for (const Json& item : rows) laid.push_back(flat.row(item));
    if (std::ranges::any_of(laid, is_too_long)) return as_properties(std::move(json), paging);
    if (laid.empty() && !member.empty()) {
      answer_.notes.push_back("The list " + member + " is empty.");
    }
    if (!member.empty()) {
      json.erase(member);
      tell_rest(json);
    }
    return collect(laid, flat.columns(), paging, member);
  }

  // No page of a table shows such a row whole.
  static bool is_too_long(const Row& row) { return row_bytes(row) > kHardAnswerBytes / 2; }

  Answer as_properties(Json json, const Paging& paging) {
    tell_page(paging);
    if (paging.next > 0) {
      answer_.notes.push_back("The next page has to be asked for: `page` " +
                              std::to_string(paging.next) + ".");
    }
    answer_.object = json.is_object() ? std::move(json) : Json{{"value", std::move(json)}};
    return std::move(answer_);
  }

  Answer grid(Json json, const std::string& member) {
    Json inner = std::exchange(member == "rows" ? json : json[member], Json());
    if (member != "rows") {
      inner["pager"] = json.value("pager", Json());
      json.erase(member);
      for (const auto& [name, value] : json.items()) inner[name] = value;
    }
    const Json rows = std::move(inner["rows"]);
    inner.erase("rows");
    const Paging paging = read_paging(inner, rows.size(), request_.path);
    Grid grid(inner["headers"], inner.contains("metaData") ? inner["metaData"] : Json());
    const auto hidden = persons(inner["headers"]);
    std::vector<Row> laid;
    laid.reserve(rows.size());
    for (const Json& cells : rows) laid.push_back(masked(grid.row(cells), hidden));
    if (laid.empty()) answer_.notes.push_back("DHIS2 sent no rows: no data, which is not zero.");
    tell_items(grid);
    tell_grid_rest(std::move(inner));
    return collect(laid, grid.titles(), paging, "rows");
  }

  Answer csv() {
    demand_no_persons("CSV");
    Table table = read_csv(intake_.text());
    return collect(table.rows, table.columns, {}, "");
  }

  Answer plain() {
    demand_no_persons("Plain text");
    answer_.object = Json{{"text", intake_.text()}};
    return std::move(answer_);
  }

  Answer empty(const Response& response) {
    answer_.object = Json::object();
    answer_.notes.push_back("DHIS2 answered " + std::to_string(response.status) +
                            " with an empty body.");
    if (request_.query.find("fields") != nullptr) {
      answer_.notes.push_back("An unbalanced bracket in `fields` makes it answer so.");
    }
    return std::move(answer_);
  }

  Answer saved(const std::string& type) {
    demand_no_persons(type);
    const std::filesystem::path file = intake_.save(extension(type));
    answer_.object =
        Json{{"file", file.string()}, {"media_type", type}, {"bytes", intake_.bytes()}};
    answer_.notes.push_back("DHIS2 sent a file, not a table; it was saved on this computer.");
    return std::move(answer_);
  }

  static std::string extension(const std::string& type) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 13> kKnown = {{
        {"application/xml", "xml"},
        {"application/adx+xml", "xml"},
        {"application/pdf", "pdf"},
        {"application/vnd.ms-excel", "xls"},
        {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"},
        {"text/html", "html"},
        {"text/plain", "txt"},
        {"image/png", "png"},
        {"image/svg+xml", "svg"},
        {"application/json+gzip", "json.gz"},
        {"application/csv+gzip", "csv.gz"},
        {"application/json+zip", "json.zip"},
        {"application/x-yaml", "yaml"},
    }};
    for (const auto& [known, name] : kKnown) {
      if (type == known) return std::string(name);
    }
    return type.ends_with("csv") ? "csv" : type.ends_with("json") ? "json" : "bin";
  }

  // A row of a long list, while it arrives. Names of items stand behind the rows in such an answer,
  // so the cells of a long grid keep their ids.
  bool stream_row(Json&& row) {
    if (!collector_) {
      hidden_ = persons(intake_.headers());
      if (!intake_.headers().empty()) long_grid_.emplace(intake_.headers(), Json());
      collector_.emplace(call_.results, call_.owner(), std::vector<std::string>{});
    }
    if (long_grid_) return collector_->add(masked(long_grid_->row(row), hidden_));
    if (masks_ && mask_persons(request_.path, row)) note_mask();
    return collector_->add(flat_.row(row));
  }

  Answer finish_stream() {
    RowsEnvelope envelope = intake_.finish_rows();
    const Paging paging = read_paging(envelope.rest, envelope.rows, request_.path);
    if (!collector_) collector_.emplace(call_.results, call_.owner(), std::vector<std::string>{});
    if (long_grid_) {
      const Json metadata = envelope.rest.value("metaData", Json());
      tell_items(Grid(envelope.headers, metadata));
      collector_->set_columns(long_grid_->titles());
      tell_grid_rest(std::move(envelope.rest));
    } else {
      collector_->set_columns(flat_.columns());
      tell_rest(envelope.rest);
    }
    finish(*collector_, paging, envelope.rows_member);
    if (!envelope.complete) answer_.truncated = true;
    return std::move(answer_);
  }

  Answer collect(std::vector<Row>& rows, const std::vector<std::string>& columns,
                 const Paging& paging, const std::string& member) {
    RowCollector collector(call_.results, call_.owner(), columns);
    for (Row& row : rows) {
      row.resize(columns.size());
      collector.add(std::move(row));
    }
    finish(collector, paging, member);
    return std::move(answer_);
  }

  void finish(RowCollector& collector, const Paging& paging, const std::string& member) {
    // What result_page and result_save can give ends where the rows do that begin here.
    if (paging.total) answer_.total = *paging.total - std::min(paging.before, *paging.total);
    tell_page(paging);
    Continuation rest;
    if (paging.next > 0) {
      rest = {request_.path, request_.query, member, paging.next};
      rest.pages = paging.pages;
      const bool first = paging.page == 1 && collector.seen() > 0;
      if (rest.pages == 0 && paging.total && first) {
        rest.pages = static_cast<int>((*paging.total + collector.seen() - 1) / collector.seen());
      }
      rest.query.remove("page");
    }
    collector.finish(answer_, rest);
  }

  void tell_page(const Paging& paging) {
    if (paging.page <= 1 && paging.next == 0) return;
    std::string note = "Page " + std::to_string(paging.page);
    if (paging.pages > 0) note += " of " + std::to_string(paging.pages);
    if (paging.total && paging.before > 0) {
      note += ": of " + std::to_string(*paging.total) + " rows those after the first " +
              std::to_string(paging.before);
    }
    answer_.notes.push_back(note + ".");
  }

  // What an answer holds beside its rows.
  void tell_rest(const Json& rest) {
    Json told = Json::object();
    for (const auto& [name, value] : rest.items()) {
      if (!tells_paging(name, rest)) told[name] = value;
    }
    if (told.empty()) return;
    const std::string text = compact_json(told);
    if (text.size() <= kNotedBytes) {
      answer_.notes.push_back("Beside the rows: " + text);
      return;
    }
    std::string names;
    for (const auto& [name, value] : told.items()) names += (names.empty() ? "" : ", ") + name;
    keep_aside("the members " + names, told);
  }

  // Counts of rows and columns go without saying; everything else of a grid is told.
  void tell_grid_rest(Json rest) {
    for (const char* name : {"headers", "width", "height", "headerWidth", "pager"})
      rest.erase(name);
    if (rest.value("rowContext", Json()).empty()) rest.erase("rowContext");
    if (rest.contains("metaData") && rest["metaData"].is_object()) {
      for (const char* name : {"items", "dimensions", "pager"}) rest["metaData"].erase(name);
      if (rest["metaData"].empty()) rest.erase("metaData");
    }
    tell_rest(rest);
  }

  void tell_items(const Grid& grid) {
    std::vector<std::string> lines = grid.read_as();
    std::size_t bytes = 0;
    Json further = Json::array();
    for (std::string& line : lines) {
      bytes += line.size() + 4;
      if (bytes <= kReadAsBytes) {
        answer_.read_as.push_back(clean_line(line));
      } else {
        further.push_back(std::move(line));
      }
    }
    if (!further.empty()) keep_aside("further names of items", Json{{"read_as", further}});
  }

  // Keeps what is too large for a note as a result of its own.
  void keep_aside(const std::string& what, const Json& value) {
    RowCollector aside(call_.results, call_.owner(), {"Member", "Value"}, 0);
    leaves(value, [&aside](Row row) { return aside.add(std::move(row)); });
    Answer kept;
    kept.source = answer_.source;
    aside.finish(kept);
    if (kept.result.empty()) {
      answer_.notes.insert(answer_.notes.end(), kept.notes.begin(), kept.notes.end());
      return;
    }
    answer_.notes.push_back("Beside the rows stand " + what + ": result_page with result " +
                            kept.result + ", from_row 0.");
  }

  std::vector<std::size_t> persons(const Json& headers) const {
    return masks_ ? person_columns(request_.path, headers) : std::vector<std::size_t>{};
  }

  Row masked(Row row, const std::vector<std::size_t>& hidden) {
    for (const std::size_t column : hidden) {
      if (column >= row.size() || row[column].absent()) continue;
      row[column] = Cell::text(kMasked);
      note_mask();
    }
    return row;
  }

  void note_mask() {
    if (std::exchange(noted_mask_, true)) return;
    answer_.notes.emplace_back(kMaskedNote);
  }

  // What is no JSON cannot be masked field by field.
  void demand_no_persons(const std::string& form) const {
    if (!masks_ || !holds_persons(request_.path)) return;
    throw Error(ErrorKind::refused,
                form + " with data of persons cannot be masked, and this profile masks them.",
                "Ask for JSON (no extension in the path), or set `pii` of the profile to allow.");
  }

  Call& call_;
  const Request& request_;
  Answer answer_;
  const bool masks_;
  bool noted_mask_ = false;
  FlatRows flat_;
  std::optional<Grid> long_grid_;
  std::vector<std::size_t> hidden_;
  std::optional<RowCollector> collector_;
  BodyIntake intake_;
};

}  // namespace

Answer read_answer(Call& call, const Request& request) { return Reader(call, request).read(); }

FurtherRows further_rows(Call& call, const Continuation& rest, std::vector<std::string> columns) {
  return further_rows(call, rest, ask_page(call, rest, rest.next_page), std::move(columns));
}

Json ask_page(Call& call, const Continuation& rest, int page) {
  Query query = rest.query;
  query.set("page", std::to_string(page));
  try {
    return call.client().get(rest.path, query, call.patience());
  } catch (const Error& error) {
    if (!rest.layout.is_null()) rethrow_explained(error);
    throw;
  }
}

FurtherRows further_rows(Call& call, const Continuation& rest, Json page,
                         std::vector<std::string> columns) {
  if (!rest.layout.is_null()) {
    return further_laid_rows(call, rest, std::move(page), std::move(columns));
  }
  Json json = std::move(page);
  const bool masks = !call.client().profile().pii_allowed;
  if (masks) mask_persons(rest.path, json);

  FurtherRows out;
  const Recognised seen = recognise(json, rest.path);
  if (seen.shape == Shape::grid) {
    const Json& inner = seen.member == "rows" ? json : json[seen.member];
    Grid grid(inner["headers"], inner.value("metaData", Json()));
    std::vector<std::size_t> hidden;
    if (masks) hidden = person_columns(rest.path, inner["headers"]);
    for (const Json& cells : inner["rows"]) {
      Row row = grid.row(cells);
      for (const std::size_t column : hidden) {
        if (column < row.size() && !row[column].absent()) row[column] = Cell::text(kMasked);
      }
      out.rows.push_back(std::move(row));
    }
    out.columns = std::move(columns);
    for (const std::string& line : grid.read_as()) out.read_as.push_back(clean_line(line));
  } else if (const auto rows = json.find(rest.rows_member); rows != json.end()) {
    FlatRows flat(std::move(columns));
    for (const Json& item : *rows) out.rows.push_back(flat.row(item));
    out.columns = flat.columns();
    for (Row& row : out.rows) row.resize(out.columns.size());
  }
  const Paging paging = read_paging(json, out.rows.size(), rest.path);
  if (paging.next > rest.next_page) {
    out.rest = rest;
    out.rest.next_page = paging.next;
    if (paging.pages > 0) out.rest.pages = paging.pages;
  }
  return out;
}

}  // namespace dhis2mcp
