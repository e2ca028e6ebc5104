// SPDX-License-Identifier: BSD-3-Clause
// Places figures by the ids of their items; names are put in at the very end.
#include "tools/pivot.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <unordered_map>

namespace dhis2mcp {
namespace {

constexpr std::size_t kMostEmptyRows = 150;

// The items of one dimension, in order, and where each stands.
struct Axis {
  std::size_t column = 0;  // in the rows
  std::string name, title;
  std::vector<std::string> items;
  std::unordered_map<std::string, std::size_t> places;

  std::size_t place(const std::string& item) {
    const auto [found, is_new] = places.try_emplace(item, items.size());
    if (is_new) items.push_back(item);
    return found->second;
  }
};

int order_of(const std::string& dimension) {
  if (dimension == "ou") return 0;
  if (dimension == "dx") return 1;
  return dimension == "pe" ? 3 : 2;
}

// Adds decimal texts without losing whole numbers.
class Sum {
 public:
  void add(const std::string& digits) {
    long long whole = 0;
    const auto end = digits.data() + digits.size();
    const auto read = std::from_chars(digits.data(), end, whole);
    long long next = 0;
    if (exact_ && read.ptr == end && !__builtin_add_overflow(whole_, whole, &next)) {
      whole_ = next;
    } else {
      exact_ = false;
    }
    double number = 0;
    std::from_chars(digits.data(), end, number);
    decimal_ += number;
    any_ = true;
  }

  Cell cell() const {
    if (!any_) return {};
    if (exact_) return Cell::number(std::to_string(whole_));
    // Twelve digits hide the noise of binary fractions.
    char text[32];
    const auto end =
        std::to_chars(text, text + sizeof text, decimal_, std::chars_format::general, 12);
    return Cell::number(std::string(text, end.ptr));
  }

 private:
  long long whole_ = 0;
  double decimal_ = 0;
  bool exact_ = true, any_ = false;
};

class Pivot {
 public:
  Pivot(const Grid& grid, const Json& metadata, const PivotAsked& asked)
      : grid_(grid), asked_(asked) {
    const auto& columns = grid.columns();
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (columns[i].name == "value") {
        value_ = i;
        continue;
      }
      if (columns[i].number) continue;
      Axis axis{i, columns[i].name, columns[i].title, {}, {}};
      for (const Json& item : dimension(metadata, axis.name)) {
        if (item.is_string()) axis.place(item.get<std::string>());
      }
      if (axis.name == asked.across) {
        across_ = std::move(axis);
      } else {
        heads_.push_back(std::move(axis));
      }
    }
    std::ranges::stable_sort(heads_, {}, [](const Axis& axis) { return order_of(axis.name); });
  }

  Pivoted turn(const std::vector<std::vector<std::string>>& rows) {
    for (const auto& row : rows) take(row);
    fill();
    head();
    for (auto& [key, lines] : lines_) {
      for (auto& line : lines) put(key, line);
    }
    if (asked_.down_columns) sums();
    return std::move(out_);
  }

 private:
  using Key = std::vector<std::size_t>;
  using Line = std::vector<std::optional<std::string>>;

  static Json dimension(const Json& metadata, const std::string& name) {
    if (!metadata.is_object()) return Json::array();
    const Json all = metadata.value("dimensions", Json::object());
    const auto found = all.find(name);
    return found != all.end() && found->is_array() ? *found : Json::array();
  }

  void take(const std::vector<std::string>& row) {
    Key key;
    for (Axis& axis : heads_) {
      key.push_back(axis.place(axis.column < row.size() ? row[axis.column] : std::string()));
    }
    if (value_ >= row.size() || row[value_].empty()) return;
    ++out_.figures;
    const std::size_t at =
        across_ && across_->column < row.size() ? across_->place(row[across_->column]) : 0;
    auto& lines = lines_[key];
    for (Line& line : lines) {
      if (line.size() <= at) line.resize(at + 1);
      if (line[at]) continue;
      line[at] = row[value_];
      return;
    }
    if (!lines.empty()) ++out_.repeated;
    lines.emplace_back(at + 1);
    lines.back()[at] = row[value_];
  }

  // Units that were asked for and have nothing get a row of their own: empty is an answer too.
  void fill() {
    std::size_t all = 1;
    for (const Axis& axis : heads_) {
      if (axis.name != "ou" && axis.name != "dx") return;
      all *= std::max<std::size_t>(axis.items.size(), 1);
    }
    if (!asked_.every_row || all > kMostEmptyRows) {
      out_.left_out = all > lines_.size() ? all - lines_.size() : 0;
      return;
    }
    Key key(heads_.size(), 0);
    for (std::size_t n = 0; n < all; ++n) {
      std::size_t rest = n;
      for (std::size_t i = heads_.size(); i-- > 0;) {
        const std::size_t size = std::max<std::size_t>(heads_[i].items.size(), 1);
        key[i] = rest % size;
        rest /= size;
      }
      if (std::ranges::any_of(heads_, [](const Axis& axis) { return axis.items.empty(); })) return;
      auto& lines = lines_[key];
      if (lines.empty()) lines.emplace_back();
    }
  }

  bool is_shown(const Axis& axis) const { return axis.name != "dx" || axis.items.size() > 1; }

  std::string label(const Axis& axis, std::size_t place) const {
    const std::string& item = axis.items[place];
    return axis.name == "pe" ? item : grid_.shown(item);
  }

  void head() {
    for (const Axis& axis : heads_) {
      if (is_shown(axis)) out_.table.columns.push_back(axis.title);
    }
    if (!across_) {
      const bool told = value_ < grid_.columns().size();
      out_.table.columns.push_back(told ? grid_.columns()[value_].title : "Value");
    } else {
      for (std::size_t i = 0; i < across_->items.size(); ++i) {
        out_.table.columns.push_back(label(*across_, i));
      }
    }
    if (asked_.across_rows) out_.table.columns.emplace_back("Total");
  }

  std::size_t width() const { return across_ ? across_->items.size() : 1; }

  void put(const Key& key, Line& line) {
    Row row;
    for (std::size_t i = 0; i < heads_.size(); ++i) {
      if (is_shown(heads_[i])) row.push_back(Cell::text(label(heads_[i], key[i])));
    }
    line.resize(width());
    Sum sum;
    for (const auto& figure : line) {
      row.push_back(figure ? Cell::number(*figure) : Cell());
      if (figure) sum.add(*figure);
    }
    if (asked_.across_rows) row.push_back(sum.cell());
    out_.table.rows.push_back(std::move(row));
  }

  // One row of sums, or one for each data item where several run down.
  void sums() {
    const auto data = std::ranges::find(heads_, "dx", &Axis::name);
    const std::size_t at = static_cast<std::size_t>(data - heads_.begin());
    std::map<std::size_t, std::vector<Sum>> sums;
    for (const auto& [key, lines] : lines_) {
      auto& columns = sums[data == heads_.end() ? 0 : key[at]];
      columns.resize(width() + 1);
      for (const Line& line : lines) {
        for (std::size_t i = 0; i < line.size(); ++i) {
          if (!line[i]) continue;
          columns[i].add(*line[i]);
          columns.back().add(*line[i]);
        }
      }
    }
    for (const auto& [item, columns] : sums) {
      Row row;
      for (const Axis& axis : heads_) {
        if (!is_shown(axis)) continue;
        row.push_back(axis.name == "dx" ? Cell::text(label(axis, item)) : Cell::text("Total"));
      }
      for (std::size_t i = 0; i < width(); ++i) row.push_back(columns[i].cell());
      if (asked_.across_rows) row.push_back(columns.back().cell());
      out_.table.rows.push_back(std::move(row));
    }
  }

  const Grid& grid_;
  const PivotAsked asked_;
  std::size_t value_ = static_cast<std::size_t>(-1);
  std::optional<Axis> across_;
  std::vector<Axis> heads_;
  std::map<Key, std::vector<Line>> lines_;
  Pivoted out_;
};

}  // namespace

Pivoted pivot(const Grid& grid, const Json& metadata,
              const std::vector<std::vector<std::string>>& rows, const PivotAsked& asked) {
  return Pivot(grid, metadata, asked).turn(rows);
}

}  // namespace dhis2mcp
