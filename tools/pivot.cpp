// SPDX-License-Identifier: BSD-3-Clause
// Places figures by the items of their axes; names are put in at the very end.
#include "tools/pivot.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "dhis2/error.h"
#include "tools/figure_store.h"
#include "tools/figure_sum.h"
#include "tools/grid.h"
#include "tools/long_rows.h"

namespace dhis2mcp {
namespace {

constexpr std::uint64_t kMostEmptyRows = 150;

// More columns than this are no table that anybody reads, and their names alone fill an answer.
constexpr std::size_t kMostColumns = 400;

// Items that no metaData named and that are numbered all the same; rows with further ones are kept
// as they came.
constexpr std::size_t kMostUnnamed = 10'000;

constexpr std::uint32_t kNowhere = static_cast<std::uint32_t>(-1);

int order_of(const std::string& dimension) {
  if (dimension == "ou") return 0;
  if (dimension == "dx") return 1;
  return dimension == "pe" ? 3 : 2;
}

}  // namespace

// The items of one dimension, in order, and where each stands.
struct Pivot::Axis {
  std::size_t column = 0;  // in the rows
  std::string name, title;
  std::vector<Items::Number> items;
  std::vector<std::uint32_t> places;  // by the number of the item
  std::vector<bool> used;             // by place: a figure was there
  std::string last;                   // the cell before: figures of one item follow each other
  std::uint32_t last_place = kNowhere;

  std::uint32_t place(Items::Number item) {
    if (places.size() <= item) places.resize(item + 1, kNowhere);
    if (places[item] == kNowhere) {
      places[item] = static_cast<std::uint32_t>(items.size());
      items.push_back(item);
    }
    return places[item];
  }

  void use(std::uint32_t place) {
    if (used.size() <= place) used.resize(items.size());
    used[place] = true;
  }
};

struct Pivot::State {
  std::string across;
  std::filesystem::path folder;
  Items items;
  std::vector<GridColumn> columns;
  std::size_t value = static_cast<std::size_t>(-1);
  std::vector<Axis> axes;  // heads in order, the one across last
  bool is_across = false;  // the last axis runs across
  std::optional<FigureStore> figures;
  std::optional<LongRows> apart;  // the rows whose items are too many
  std::size_t most_items = kMostUnnamed;
  std::uint16_t part = 0;

  std::size_t heads() const { return axes.size() - (is_across ? 1 : 0); }

  void take_axes();
  void place_items();
  bool too_many(const std::vector<std::string_view>& cells) const;
  std::uint32_t place(Axis& axis, std::string_view cell);
};

void Pivot::State::take_axes() {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].name == "value") value = i;
    if (columns[i].name == "value" || columns[i].number) continue;
    Axis axis;
    axis.column = i;
    axis.name = columns[i].name;
    axis.title = columns[i].title;
    axes.push_back(std::move(axis));
  }
  if (axes.size() > FigureKey::kAxes) {
    throw Error(ErrorKind::bad_input,
                "by: " + std::to_string(axes.size()) + " dimensions are more than a table has.",
                "Break down by six at most.");
  }
  std::ranges::stable_sort(
      axes, {}, [this](const Axis& axis) { return axis.name == across ? 4 : order_of(axis.name); });
  is_across = !axes.empty() && axes.back().name == across;
  std::vector<std::string> shown;
  for (const Axis& axis : axes) shown.push_back(axis.name);
  items.show_only(std::move(shown));
  figures.emplace(axes.size(), folder);
}

void Pivot::State::place_items() {
  for (Axis& axis : axes) {
    for (const Items::Number item : items.dimension(axis.name)) axis.place(item);
  }
}

bool Pivot::State::too_many(const std::vector<std::string_view>& cells) const {
  if (items.size() < most_items) return false;
  return std::ranges::any_of(axes, [&](const Axis& axis) {
    return axis.column < cells.size() && !items.find(cells[axis.column]);
  });
}

std::uint32_t Pivot::State::place(Axis& axis, std::string_view cell) {
  if (axis.last_place != kNowhere && axis.last == cell) return axis.last_place;
  axis.last_place = axis.place(items.number(cell));
  axis.last = cell;
  return axis.last_place;
}

Pivot::Pivot(std::string across, std::filesystem::path folder) : state_(std::make_unique<State>()) {
  state_->across = std::move(across);
  state_->folder = std::move(folder);
}

Pivot::~Pivot() = default;

void Pivot::headers(const Json& headers) {
  State& state = *state_;
  std::vector<GridColumn> columns = Grid(headers, Json()).columns();
  if (!state.figures) {
    state.columns = std::move(columns);
    state.take_axes();
    state.place_items();
    return;
  }
  ++state.part;
  if (!std::ranges::equal(columns, state.columns, {}, &GridColumn::name, &GridColumn::name)) {
    throw Error(ErrorKind::unavailable, "The parts of the answer have different columns.",
                "Ask for less at once.");
  }
}

void Pivot::metadata(std::string_view text) {
  state_->items.read(text);
  state_->most_items = state_->items.size() + kMostUnnamed;
  state_->place_items();
}

bool Pivot::take(const std::vector<std::string_view>& cells) {
  State& state = *state_;
  if (!state.figures) {
    throw Error(ErrorKind::unavailable, "The answer has rows before it says what stands in them.",
                "Ask again; if it happens again, read it with dhis2_query.");
  }
  if (state.value >= cells.size() || cells[state.value].empty()) return true;
  if (state.too_many(cells)) {
    if (!state.apart) state.apart.emplace(state.folder);
    state.apart->add(cells);
    return true;
  }
  FigureKey key;
  for (std::size_t i = 0; i < state.axes.size(); ++i) {
    Axis& axis = state.axes[i];
    const std::uint32_t place =
        state.place(axis, axis.column < cells.size() ? cells[axis.column] : std::string_view());
    if (place >= FigureKey::kPlaces) return false;
    axis.use(place);
    key.set(i, place);
  }
  state.figures->add(key, state.part, cells[state.value]);
  return true;
}

Items& Pivot::items() { return state_->items; }

std::uint64_t Pivot::figures() const {
  return (state_->figures ? state_->figures->size() : 0) +
         (state_->apart ? state_->apart->size() : 0);
}

bool Pivot::is_long() const {
  return !state_->is_across || state_->apart || state_->axes.back().items.size() > kMostColumns;
}

// One reading of the ordered figures.
class Pivot::Turn {
 public:
  Turn(State& state, const PivotAsked& asked, bool is_long)
      : state_(state),
        asked_(asked),
        heads_(is_long ? state.axes.size() : state.heads()),
        width_(is_long ? 1 : state.axes.back().items.size()),
        labels_(heads_) {
    for (std::size_t i = 0; i < heads_; ++i) {
      const Axis& axis = state.axes[i];
      if (axis.name != "dx" || axis.items.size() > 1 || state.apart) shown_.push_back(i);
    }
    plan_empty_rows(is_long);
  }

  std::vector<std::string> columns() {
    std::vector<std::string> out;
    for (const std::size_t i : shown_) out.push_back(state_.axes[i].title);
    if (heads_ == state_.axes.size()) {
      const bool told = state_.value < state_.columns.size();
      out.push_back(told ? state_.columns[state_.value].title : "Value");
      return out;
    }
    for (std::uint32_t i = 0; i < width_; ++i) out.push_back(label(state_.axes.back(), i));
    if (asked_.across_rows) out.emplace_back("Total");
    return out;
  }

  Pivoted run(const std::function<bool(Row&& row)>& sink) {
    sink_ = &sink;
    state_.figures->each([this](const FigureStore::Figure& figure) { return take(figure); });
    if (wanted_) end_row();
    if (state_.apart && wanted_) rows_apart();
    if (fills_ && wanted_) empty_rows(nullptr);
    if (asked_.down_columns && wanted_) sums();
    if (!fills_ && wanted_ && all_ > rows_) out_.left_out = all_ - rows_;
    if (all_ == 0 && !state_.apart) find_without_row();
    return out_;
  }

 private:
  using Heads = std::vector<std::uint32_t>;

  std::string label(const Axis& axis, std::uint32_t place) {
    const Items::Number item = axis.items[place];
    return axis.name == "pe" ? std::string(state_.items.id(item)) : state_.items.shown(item);
  }

  // Units that were asked for and have nothing get a row of their own: empty is an answer too.
  void plan_empty_rows(bool is_long) {
    std::uint64_t all = 1;
    for (std::size_t i = 0; i < heads_; ++i) {
      const Axis& axis = state_.axes[i];
      if (is_long || (axis.name != "ou" && axis.name != "dx") || axis.items.empty()) return;
      all *= axis.items.size();
    }
    all_ = all;
    fills_ = asked_.every_row && all <= kMostEmptyRows;
    next_empty_.assign(heads_, 0);
  }

  void find_without_row() {
    for (std::size_t i = 0; i < heads_; ++i) {
      const Axis& axis = state_.axes[i];
      if (axis.name != "ou" && axis.name != "dx") continue;
      for (std::size_t place = 0; place < axis.items.size(); ++place) {
        const bool used = place < axis.used.size() && axis.used[place];
        if (!used) out_.without_row.push_back(axis.items[place]);
      }
    }
  }

  bool take(const FigureStore::Figure& figure) {
    bool same = any_;
    for (std::size_t i = 0; i < heads_ && same; ++i) same = current_[i] == figure.key.place(i);
    if (!same) {
      end_row();
      begin_row(figure.key);
    }
    const std::size_t at =
        heads_ == state_.axes.size() ? 0 : figure.key.place(state_.axes.size() - 1);
    put(at, figure);
    return wanted_;
  }

  void begin_row(const FigureKey& key) {
    current_.resize(heads_);
    for (std::size_t i = 0; i < heads_; ++i) current_[i] = key.place(i);
    if (fills_ && wanted_) empty_rows(&current_);
    any_ = true;
    rows_ += 1;
    layers_.resize(1);
    layers_[0].resize(width_);
    parts_.assign(width_, 0);
    used_.assign(width_, 0);
  }

  // The first part that brings a cell counts; what the same part brings again stands below.
  void put(std::size_t at, const FigureStore::Figure& figure) {
    Cell cell = Cell::number(std::string(figure.digits));
    if (used_[at] == 0) {
      parts_[at] = figure.part;
    } else if (parts_[at] != figure.part) {
      return;
    } else {
      ++out_.repeated;
    }
    const std::size_t layer = used_[at]++;
    if (layer < layers_.size()) {
      layers_[layer][at] = std::move(cell);
    } else if (layer * width_ < kMostLayered) {
      layers_.emplace_back(width_);
      layers_[layer][at] = std::move(cell);
    } else {
      Row row(width_);
      row[at] = std::move(cell);
      emit(current_, row);
    }
  }

  void end_row() {
    if (!any_) return;
    any_ = false;
    for (Row& row : layers_) {
      if (asked_.down_columns) add_down(row);
      if (wanted_) emit(current_, row);
    }
  }

  void rows_apart() {
    state_.apart->each([this](const std::vector<std::string_view>& cells) {
      Row row;
      for (const std::size_t i : shown_) row.push_back(head_of(state_.axes[i], cells));
      row.push_back(shown(Cell::number(std::string(cells[state_.value]))));
      wanted_ = (*sink_)(std::move(row));
      return wanted_;
    });
  }

  Cell head_of(const Axis& axis, const std::vector<std::string_view>& cells) {
    const std::string_view id = axis.column < cells.size() ? cells[axis.column] : "";
    const auto item = axis.name == "pe" ? std::nullopt : state_.items.find(id);
    return Cell::text(item ? state_.items.shown(*item) : std::string(id));
  }

  // Takes the cells out of `figures` and leaves absent ones.
  void emit(const Heads& heads, Row& figures) {
    Row row;
    row.reserve(shown_.size() + figures.size() + 1);
    for (const std::size_t i : shown_) row.push_back(head(i, heads[i]));
    FigureSum sum;
    for (Cell& cell : figures) {
      if (asked_.across_rows && !cell.absent()) sum.add(cell.str());
      row.push_back(shown(std::exchange(cell, Cell())));
    }
    if (asked_.across_rows) row.push_back(shown(sum.cell()));
    wanted_ = (*sink_)(std::move(row));
  }

  Cell shown(Cell cell) const {
    if (asked_.rounded && cell.is_number()) return rounded_figure(cell);
    return cell;
  }

  // Heads change slowly from row to row.
  const Cell& head(std::size_t axis, std::uint32_t place) {
    auto& [known, cell] = labels_[axis];
    if (known != place + 1) {
      known = place + 1;
      cell = Cell::text(label(state_.axes[axis], place));
    }
    return cell;
  }

  // The empty rows before `end`, or all that are left.
  void empty_rows(const Heads* end) {
    while (!filled_ && (end == nullptr || next_empty_ < *end)) {
      Row nothing(width_);
      emit(next_empty_, nothing);
      if (!wanted_) return;
      step();
    }
    if (end != nullptr) step();
  }

  void step() {
    for (std::size_t i = heads_; i-- > 0;) {
      if (++next_empty_[i] < state_.axes[i].items.size()) return;
      next_empty_[i] = 0;
    }
    filled_ = true;
  }

  std::size_t data_axis() const {
    for (std::size_t i = 0; i < heads_; ++i) {
      if (state_.axes[i].name == "dx") return i;
    }
    return heads_;
  }

  void add_down(const Row& row) {
    const std::size_t data = data_axis();
    auto& columns = sums_[data == heads_ ? 0 : current_[data]];
    columns.resize(width_ + 1);
    for (std::size_t i = 0; i < width_; ++i) {
      if (row[i].absent()) continue;
      columns[i].add(row[i].str());
      columns.back().add(row[i].str());
    }
  }

  // One row of sums, or one for each data item where several run down.
  void sums() {
    const std::size_t data = data_axis();
    for (const auto& [item, columns] : sums_) {
      Row row;
      for (const std::size_t i : shown_) {
        row.push_back(i == data ? head(i, item) : Cell::text("Total"));
      }
      for (std::size_t i = 0; i < width_; ++i) row.push_back(shown(columns[i].cell()));
      if (asked_.across_rows) row.push_back(shown(columns.back().cell()));
      if (!(*sink_)(std::move(row))) return;
    }
  }

  static constexpr std::size_t kMostLayered = 20'000;  // cells

  State& state_;
  const PivotAsked asked_;
  const std::size_t heads_, width_;
  std::vector<std::size_t> shown_;
  std::vector<std::pair<std::uint32_t, Cell>> labels_;  // by axis: the place and one, its name
  const std::function<bool(Row&& row)>* sink_ = nullptr;
  Heads current_, next_empty_;
  std::vector<Row> layers_;           // of the current heads
  std::vector<std::uint16_t> parts_;  // by column
  std::vector<std::size_t> used_;     // by column: figures so far
  std::map<std::uint32_t, std::vector<FigureSum>> sums_;
  std::uint64_t all_ = 0, rows_ = 0;
  bool any_ = false, fills_ = false, filled_ = false, wanted_ = true;
  Pivoted out_;
};

std::vector<std::string> Pivot::columns(const PivotAsked& asked) {
  return Turn(*state_, asked, is_long()).columns();
}

Pivoted Pivot::turn(const PivotAsked& asked, const std::function<bool(Row&& row)>& sink) {
  return Turn(*state_, asked, is_long()).run(sink);
}

}  // namespace dhis2mcp
