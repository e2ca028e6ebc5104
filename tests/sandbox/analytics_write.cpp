// SPDX-License-Identifier: BSD-3-Clause
// Streams answers in the forms that DHIS2 offers.
#include "tests/sandbox/analytics_write.h"

#include <algorithm>

#include "tests/sandbox/analytics_metadata.h"

namespace sandbox {
namespace {

constexpr size_t kPiece = 1 << 16;

// Hands text on in pieces of kPiece; false once the client is gone.
class Pieces {
 public:
  explicit Pieces(const std::function<bool(std::string_view)>& write) : write_(write) {}
  bool add(std::string_view text) {
    buffer_ += text;
    return buffer_.size() < kPiece || flush();
  }
  bool flush() {
    const bool alive = buffer_.empty() || write_(buffer_);
    buffer_.clear();
    return alive;
  }

 private:
  const std::function<bool(std::string_view)>& write_;
  std::string buffer_;
};

std::string quoted(const std::string& text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return c >= ' ' && c < 0x7f && c != '"' && c != '\\';
  });
  return plain ? "\"" + text + "\"" : Json(text).dump();
}

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string cell = "\"";
  for (const char c : text) cell += c == '"' ? std::string("\"\"") : std::string(1, c);
  return cell + "\"";
}

// Quotes have to be written as references in attributes alone.
std::string xml_text(const std::string& text, bool attribute = true) {
  std::string escaped;
  for (const char c : text) {
    if (c == '&') {
      escaped += "&amp;";
    } else if (c == '<') {
      escaped += "&lt;";
    } else if (c == '>') {
      escaped += "&gt;";
    } else if (c == '"' && attribute) {
      escaped += "&quot;";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

Reply streamed(const char* type, const char* file,
               std::function<void(const std::function<bool(std::string_view)>&)> stream) {
  Reply reply;
  reply.content_type = type;
  if (file != nullptr) {
    reply.headers.emplace_back("Content-Disposition",
                               std::string("attachment; filename=\"") + file + "\"");
  }
  reply.stream = std::move(stream);
  return reply;
}

// Row as JSON, CSV line or XML element.
template <typename Cell>
std::string joined(const std::vector<std::string>& cells, const char* between, Cell cell) {
  std::string line;
  for (size_t i = 0; i < cells.size(); ++i) line += (i > 0 ? between : "") + cell(cells[i]);
  return line;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// Every combination of the items of some dimensions, the last dimension turning fastest.
using Combination = std::vector<std::string>;

std::vector<Combination> combinations(const std::vector<const Dimension*>& dimensions) {
  std::vector<Combination> all = {{}};
  for (const Dimension* dimension : dimensions) {
    std::vector<Combination> next;
    for (const Combination& start : all) {
      for (const std::string& item : dimension->items) {
        next.push_back(start);
        next.back().push_back(item);
      }
    }
    all = std::move(next);
  }
  return all;
}

std::vector<std::string> row_items(const AnalyticsQuery& query, const Grid& grid,
                                   const GridRow& row) {
  std::vector<std::string> items;
  for (const Dimension* axis : query.axes()) {
    if (axis->kind == Dimension::Kind::kData) {
      items.push_back(query.data[static_cast<size_t>(row.data)].id);
      continue;
    }
    for (const Axis& place : grid.space.axes()) {
      if (place.dimension == axis) items.push_back(grid.space.item(place, row.cell));
    }
  }
  return items;
}

class Table {
 public:
  Table(const Country& country, const AnalyticsQuery& query, const Grid& grid)
      : country_(country), query_(query), columns_(pick(query.columns)), rows_(pick(query.rows)) {
    for (const GridRow& row : grid.rows) {
      Combination key = row_items(query, grid, row);
      std::sort(key.begin(), key.end());
      values_[joined(key, ";", [](const std::string& id) { return id; })] = row.value;
    }
  }

  Json headers() const {
    Json headers = Json::array();
    for (const Dimension* dimension : rows_) add_row_headers(headers, *dimension);
    for (const Combination& column : combinations(columns_)) {
      const Combination names = named(columns_, column);
      const auto same = [](const std::string& name) { return name; };
      headers.push_back(analytics_header(lower(joined(names, "_", same)), joined(names, " ", same),
                                         false, "NUMBER"));
    }
    return headers;
  }

  std::vector<std::vector<std::string>> rows() const {
    const std::vector<Combination> columns = combinations(columns_);
    std::vector<std::vector<std::string>> made;
    for (const Combination& row : combinations(rows_)) {
      std::vector<std::string> cells = labels(row);
      bool empty = true;
      for (const Combination& column : columns) {
        cells.push_back(value(row, column));
        empty = empty && cells.back().empty();
      }
      if (!empty || !query_.hide_empty_rows) made.push_back(std::move(cells));
    }
    return made;
  }

 private:
  std::vector<const Dimension*> pick(const std::vector<std::string>& ids) const {
    std::vector<const Dimension*> found;
    for (const std::string& id : ids) found.push_back(query_.dimension(id));
    return found;
  }

  void add_row_headers(Json& headers, const Dimension& dimension) const {
    const std::string name = dimension_name(country_, query_, dimension);
    std::string column = lower(name);
    std::erase(column, ' ');
    headers.push_back(analytics_header(name + " ID", column + "id", true, "TEXT", true));
    headers.push_back(analytics_header(name, column + "name", true));
    headers.push_back(analytics_header(name + " code", column + "code", true, "TEXT", true));
    headers.push_back(
        analytics_header(name + " description", column + "description", true, "TEXT", true));
  }

  Combination named(const std::vector<const Dimension*>& dimensions,
                    const Combination& items) const {
    Combination names;
    for (size_t i = 0; i < items.size(); ++i) {
      names.push_back(item_name(country_, query_, *dimensions[i], items[i]));
    }
    return names;
  }

  std::vector<std::string> labels(const Combination& row) const {
    std::vector<std::string> cells;
    for (size_t i = 0; i < row.size(); ++i) {
      const Json* object = item_object(country_, *rows_[i], row[i]);
      cells.push_back(row[i]);
      cells.push_back(item_name(country_, query_, *rows_[i], row[i]));
      cells.push_back(object == nullptr ? "" : object->value("code", ""));
      cells.push_back(object == nullptr ? "" : object->value("description", ""));
    }
    return cells;
  }

  // A dimension that is neither row nor column leaves every cell empty, as in DHIS2.
  std::string value(Combination row, const Combination& column) const {
    row.insert(row.end(), column.begin(), column.end());
    std::sort(row.begin(), row.end());
    const auto found = values_.find(joined(row, ";", [](const std::string& id) { return id; }));
    return found == values_.end() ? "" : found->second;
  }

  const Country& country_;
  const AnalyticsQuery& query_;
  std::vector<const Dimension*> columns_, rows_;
  std::unordered_map<std::string, std::string> values_;
};

}  // namespace

Reply analytics_json(std::shared_ptr<const Answer> answer) {
  return streamed("application/json;charset=UTF-8", nullptr, [answer](const auto& write) {
    Pieces pieces(write);
    const size_t columns = answer->headers.size();
    const std::string width = std::to_string(answer->height == 0 ? 0 : columns);
    const std::string title =
        answer->title.empty() ? "" : "\"title\":" + Json(answer->title).dump() + ",";
    pieces.add("{" + title + "\"headers\":" + answer->headers.dump() + ",\"metaData\":" +
               answer->metadata.dump() + ",\"rowContext\":{},\"width\":" + width + ",\"rows\":[");
    for (size_t i = 0; i < answer->height; ++i) {
      const std::string cells = joined(answer->row(i), ",", quoted);
      if (!pieces.add((i > 0 ? ",[" : "[") + cells + "]")) return;
    }
    pieces.add("],\"height\":" + std::to_string(answer->height) +
               ",\"headerWidth\":" + std::to_string(columns) + "}");
    pieces.flush();
  });
}

Reply analytics_csv(std::shared_ptr<const Answer> answer) {
  return streamed("application/csv;charset=UTF-8", "data.csv", [answer](const auto& write) {
    Pieces pieces(write);
    std::vector<std::string> columns;
    for (const Json& header : answer->headers) columns.push_back(header.value("column", ""));
    pieces.add(joined(columns, ",", csv_cell) + "\n");
    for (size_t i = 0; i < answer->height; ++i) {
      if (!pieces.add(joined(answer->row(i), ",", csv_cell) + "\n")) return;
    }
    pieces.flush();
  });
}

Reply analytics_xml(std::shared_ptr<const Answer> answer) {
  return streamed("application/xml;charset=UTF-8", nullptr, [answer](const auto& write) {
    Pieces pieces(write);
    const size_t width = answer->height == 0 ? 0 : answer->headers.size();
    pieces.add("<?xml version='1.0' encoding='UTF-8'?><grid width=\"" + std::to_string(width) +
               "\" height=\"" + std::to_string(answer->height) + "\"><headers>");
    for (const Json& header : answer->headers) {
      pieces.add("<header name=\"" + xml_text(header.value("name", "")) + "\" column=\"" +
                 xml_text(header.value("column", "")) + "\" type=\"" + header.value("type", "") +
                 "\" hidden=\"" + (header.value("hidden", false) ? "true" : "false") +
                 "\" meta=\"" + (header.value("meta", false) ? "true" : "false") + "\"></header>");
    }
    pieces.add("</headers><rows>");
    for (size_t i = 0; i < answer->height; ++i) {
      const std::string fields = joined(answer->row(i), "", [](const std::string& cell) {
        return "<field>" + xml_text(cell, false) + "</field>";
      });
      if (!pieces.add("<row>" + fields + "</row>")) return;
    }
    pieces.add("</rows></grid>");
    pieces.flush();
  });
}

std::shared_ptr<const Answer> plain_answer(const Country& country,
                                           std::shared_ptr<const AnalyticsQuery> query,
                                           std::shared_ptr<const Grid> grid) {
  auto answer = std::make_shared<Answer>();
  answer->metadata = analytics_metadata(country, *query);
  if (query->skip_data) return answer;
  answer->headers = analytics_headers(country, *query);
  answer->height = grid->rows.size();
  answer->row = [&country, query, grid](size_t index) {
    const GridRow& row = grid->rows[index];
    std::vector<std::string> cells = row_items(*query, *grid, row);
    const auto axes = query->axes();
    for (size_t i = 0; i < axes.size(); ++i) {
      cells[i] = item_in_scheme(country, *query, *axes[i], cells[i]);
    }
    cells.push_back(row.value);
    cells.insert(cells.end(), row.parts.begin(), row.parts.end());
    return cells;
  };
  return answer;
}

std::shared_ptr<const Answer> table_answer(const Country& country, const AnalyticsQuery& query,
                                           const Grid& grid) {
  auto answer = std::make_shared<Answer>();
  answer->metadata = analytics_metadata(country, query);
  const Table table(country, query, grid);
  answer->headers = table.headers();
  auto rows = std::make_shared<std::vector<std::vector<std::string>>>(table.rows());
  answer->height = rows->size();
  answer->row = [rows](size_t index) { return (*rows)[index]; };
  return answer;
}

}  // namespace sandbox
