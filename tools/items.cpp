// SPDX-License-Identifier: BSD-3-Clause
// Reads metaData as it stands, without building a document of it.
#include "tools/items.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "dhis2/error.h"
#include "dhis2/json.h"

namespace dhis2mcp {
namespace {

constexpr Items::Number kNone = static_cast<Items::Number>(-1);
constexpr std::size_t kFirstSlots = 64;
constexpr std::size_t kMostWords = 255;

[[noreturn]] void throw_broken() {
  Error error(ErrorKind::unavailable, "The metaData of the answer is no valid JSON.",
              "Ask again; if it happens again, ask for less.");
  error.retry = true;
  throw error;
}

}  // namespace

// items: {id: {name, ...}}, dimensions: {name: [id, ...]}, ouHierarchy: {id: path}. Everything else
// is passed over.
class Items::Reader : public Json::json_sax_t {
 public:
  explicit Reader(Items& items) : items_(items) {}

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return ++depth_ > 0; }
  bool start_array(std::size_t) override { return ++depth_ > 0; }
  bool end_object() override { return --depth_ >= 0; }
  bool end_array() override { return --depth_ >= 0; }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) override {
    return false;
  }

  bool key(string_t& name) override {
    if (depth_ == 1) {
      section_ = name == "items"         ? Section::items
                 : name == "dimensions"  ? Section::dimensions
                 : name == "ouHierarchy" ? Section::hierarchy
                                         : Section::other;
    } else if (depth_ == 2 && section_ == Section::dimensions) {
      dimension_ = dimension(name);
    } else if (depth_ == 2 && section_ != Section::other) {
      item_ = items_.number(name);
    } else if (depth_ == 3 && section_ == Section::items) {
      member_ = name == "name"                ? Member::name
                : name == "aggregationType"   ? Member::aggregation
                : name == "dimensionItemType" ? Member::kind
                                              : Member::other;
    }
    return true;
  }

  bool string(string_t& value) override {
    if (depth_ == 3 && section_ == Section::dimensions) {
      items_.add_to(dimension_, items_.number(value));
    } else if (depth_ == 2 && section_ == Section::hierarchy) {
      items_.items_[item_].path = items_.keep(value);
    } else if (depth_ == 3 && section_ == Section::items) {
      Item& item = items_.items_[item_];
      if (member_ == Member::name && item.name.length == 0) item.name = items_.keep(value);
      if (member_ == Member::aggregation) item.aggregation = items_.word(value);
      if (member_ == Member::kind) item.kind = items_.word(value);
    }
    return true;
  }

 private:
  enum class Section { other, items, dimensions, hierarchy };
  enum class Member { other, name, aggregation, kind };

  std::size_t dimension(const std::string& name) {
    const auto found = std::ranges::find(items_.dimensions_, name, &Dimension::name);
    const auto place = static_cast<std::size_t>(found - items_.dimensions_.begin());
    if (found == items_.dimensions_.end()) items_.dimensions_.push_back({name, {}, {}});
    return place;
  }

  Items& items_;
  int depth_ = 0;
  Section section_ = Section::other;
  Member member_ = Member::other;
  Number item_ = 0;
  std::size_t dimension_ = 0;
};

void Items::read(std::string_view metadata) {
  Reader reader(*this);
  const bool good = metadata.find('\0') == std::string_view::npos &&
                    Json::sax_parse(metadata.begin(), metadata.end(), &reader);
  if (!good) throw_broken();
}

Items::Piece Items::keep(std::string_view text) {
  const Piece piece{static_cast<std::uint32_t>(texts_.size()),
                    static_cast<std::uint32_t>(text.size())};
  texts_ += text;
  return piece;
}

std::string_view Items::text(const Piece& piece) const {
  return std::string_view(texts_).substr(piece.at, piece.length);
}

std::uint8_t Items::word(std::string_view text) {
  const auto found = std::ranges::find(words_, text);
  if (found != words_.end()) return static_cast<std::uint8_t>(found - words_.begin());
  if (words_.size() > kMostWords) return 0;
  words_.emplace_back(text);
  return static_cast<std::uint8_t>(words_.size() - 1);
}

// The slot that holds the id, or the empty one where it belongs.
std::size_t Items::slot(std::string_view id) const {
  std::size_t at = std::hash<std::string_view>()(id) & (slots_.size() - 1);
  while (slots_[at] != kNone && text(items_[slots_[at]].id) != id) at = (at + 1) % slots_.size();
  return at;
}

void Items::grow() {
  slots_.assign(std::max(kFirstSlots, slots_.size() * 2), kNone);
  for (Number i = 0; i < items_.size(); ++i) slots_[slot(text(items_[i].id))] = i;
}

Items::Number Items::number(std::string_view id) {
  if (items_.size() * 2 >= slots_.size()) grow();
  const std::size_t at = slot(id);
  if (slots_[at] != kNone) return slots_[at];
  slots_[at] = static_cast<Number>(items_.size());
  items_.push_back({keep(id), {}, {}});
  return slots_[at];
}

std::optional<Items::Number> Items::find(std::string_view id) const {
  if (slots_.empty()) return std::nullopt;
  const Number found = slots_[slot(id)];
  return found == kNone ? std::nullopt : std::optional(found);
}

void Items::add_to(std::size_t dimension, Number item) {
  Dimension& of = dimensions_[dimension];
  if (of.has.size() <= item) of.has.resize(item + 1);
  if (of.has[item]) return;
  of.has[item] = true;
  of.items.push_back(item);
}

std::string_view Items::id(Number item) const { return text(items_[item].id); }
std::string_view Items::name(Number item) const { return text(items_[item].name); }
std::string_view Items::path(Number item) const { return text(items_[item].path); }
const std::string& Items::aggregation(Number item) const {
  return words_[items_[item].aggregation];
}
const std::string& Items::kind(Number item) const { return words_[items_[item].kind]; }

const std::vector<Items::Number>& Items::dimension(std::string_view name) const {
  static const std::vector<Number> kNothing;
  const auto found = std::ranges::find(dimensions_, name, &Dimension::name);
  return found == dimensions_.end() ? kNothing : found->items;
}

bool Items::has_dimension(std::string_view name) const {
  return std::ranges::find(dimensions_, name, &Dimension::name) != dimensions_.end();
}

void Items::show_only(std::vector<std::string> dimensions) {
  shown_ = std::move(dimensions);
  judged_ = 0;
}

// By number: items that are in dimensions, and in none that is shown.
std::vector<bool> Items::not_shown() const {
  std::vector<bool> out(items_.size());
  for (const bool shown : {false, true}) {
    for (const Dimension& of : dimensions_) {
      const bool is_shown = shown_.empty() || std::ranges::find(shown_, of.name) != shown_.end();
      if (is_shown != shown) continue;
      for (const Number item : of.items) out[item] = !shown;
    }
  }
  return out;
}

// The names of dimensions themselves ("ou" is "Organisation unit") never stand in a cell.
void Items::find_shared() {
  const std::vector<bool> hidden = not_shown();
  for (Item& item : items_) item.shared = false;
  std::vector<std::pair<std::size_t, Number>> hashes;
  hashes.reserve(items_.size());
  for (Number i = 0; i < items_.size(); ++i) {
    if (items_[i].name.length == 0 || hidden[i]) continue;
    if (std::ranges::find(dimensions_, id(i), &Dimension::name) != dimensions_.end()) continue;
    hashes.emplace_back(std::hash<std::string_view>()(name(i)), i);
  }
  std::ranges::sort(hashes);
  for (std::size_t i = 1; i < hashes.size(); ++i) {
    const Number before = hashes[i - 1].second, after = hashes[i].second;
    if (hashes[i - 1].first != hashes[i].first || name(before) != name(after)) continue;
    items_[before].shared = items_[after].shared = true;
  }
  judged_ = items_.size();
}

std::string Items::shown(Number item) {
  if (judged_ != items_.size()) find_shared();
  const std::string_view known = name(item);
  if (known.empty()) return std::string(id(item));
  std::string out(known);
  if (items_[item].shared) out.append(" (").append(id(item)).append(1, ')');
  return out;
}

}  // namespace dhis2mcp
