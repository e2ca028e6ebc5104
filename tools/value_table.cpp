// SPDX-License-Identifier: BSD-3-Clause
// The room that a layout takes is estimated in tokens: a name costs about six, a value two, a bar
// one.
#include "tools/value_table.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <optional>
#include <utility>

#include "dhis2/ascii.h"

namespace dhis2mcp {
namespace {

using Dimension = HeldValues::Dimension;
using Held = HeldValues::Held;
// The place of a value in the five dimensions that say what it is about.
using Place = std::array<std::uint32_t, 5>;

struct Shown {
  Dimension dimension;
  const char* title;
  const char* type;  // whose names are asked; empty for periods and users
};

constexpr std::array<Shown, 5> kShown = {
    {{HeldValues::unit, "Org unit", "organisationUnits"},
     {HeldValues::period, "Period", ""},
     {HeldValues::element, "Data element", "dataElements"},
     {HeldValues::option, "Option combo", "categoryOptionCombos"},
     {HeldValues::attribute, "Attribute combo", "categoryOptionCombos"}}};

constexpr std::size_t kMostAcross = 31;
constexpr std::size_t kNameTokens = 6, kValueTokens = 2;
constexpr std::size_t kToldUsers = 5;

std::string lower_first(std::string text) {
  if (!text.empty()) text[0] = lower_letter(text[0]);
  return text;
}

class Layout {
 public:
  Layout(Call& call, const HeldValues& values, const UidNames& names, Answer& answer)
      : call_(call), values_(values), names_(names), answer_(answer) {
    for (const Shown& shown : kShown) {
      if (values.ids(shown.dimension).size() > 1) varying_.push_back(shown);
    }
  }

  void fill() {
    tell_constants();
    const auto across = values_.in_memory() ? cheapest_across() : std::nullopt;
    if (across) {
      pivoted(*across);
    } else {
      flat();
    }
  }

 private:
  const std::string& name_of(Dimension dimension, std::uint32_t at) const {
    const std::string& id = values_.ids(dimension)[at];
    return dimension == HeldValues::period ? id : names_.of(id);
  }

  Cell cell_of(const Shown& shown, std::uint32_t at) const {
    return Cell::text(name_of(shown.dimension, at));
  }

  static Place place_of(const Held& held) {
    Place place{};
    std::copy_n(held.at.begin(), place.size(), place.begin());
    return place;
  }

  // What every value shares stands once. The default option says nothing.
  void tell_constants() {
    std::string line;
    for (const Shown& shown : kShown) {
      if (values_.ids(shown.dimension).size() != 1) continue;
      const std::string& name = name_of(shown.dimension, 0);
      const bool combo =
          shown.dimension == HeldValues::option || shown.dimension == HeldValues::attribute;
      if (name.empty() || (combo && name == "default")) continue;
      line += (line.empty() ? "" : "; ") + lower_first(shown.title) + " " + name;
    }
    if (!line.empty()) answer_.read_as.push_back("Every value: " + line);
  }

  // Values in the order of units, periods, elements and options; of ids by their first appearance,
  // of periods by time.
  std::vector<const Held*> sorted() const {
    std::vector<const Held*> out;
    for (const Held& held : values_.memory()) out.push_back(&held);
    const std::vector<std::uint32_t> rank = period_ranks();
    std::ranges::stable_sort(out, [&](const Held* a, const Held* b) {
      Place first = place_of(*a), second = place_of(*b);
      first[HeldValues::period] = rank[first[HeldValues::period]];
      second[HeldValues::period] = rank[second[HeldValues::period]];
      return first < second;
    });
    return out;
  }

  std::vector<std::uint32_t> order_of(Dimension dimension) const {
    const auto& ids = values_.ids(dimension);
    std::vector<std::uint32_t> order(ids.size());
    std::iota(order.begin(), order.end(), 0U);
    if (dimension == HeldValues::period) {
      std::ranges::sort(order, {}, [&](std::uint32_t at) { return ids[at]; });
    }
    return order;
  }

  std::vector<std::uint32_t> period_ranks() const {
    const std::vector<std::uint32_t> order = order_of(HeldValues::period);
    std::vector<std::uint32_t> rank(order.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) rank[order[i]] = i;
    return rank;
  }

  std::size_t rows_without(Dimension across) const {
    std::vector<Place> rows;
    for (const Held& held : values_.memory()) {
      rows.push_back(place_of(held));
      rows.back()[across] = 0;
    }
    std::ranges::sort(rows);
    return static_cast<std::size_t>(std::unique(rows.begin(), rows.end()) - rows.begin());
  }

  // Two values of one place, which only a repeated question could bring, keep their rows.
  bool any_repeated() const {
    std::vector<Place> places;
    for (const Held& held : values_.memory()) places.push_back(place_of(held));
    std::ranges::sort(places);
    return std::ranges::adjacent_find(places) != places.end();
  }

  std::optional<Shown> cheapest_across() const {
    if (any_repeated()) return std::nullopt;
    const std::size_t all = values_.memory().size();
    std::size_t least = all * (varying_.size() * kNameTokens + kValueTokens);
    std::optional<Shown> best;
    std::vector<Shown> candidates = varying_;
    // Of layouts that are as good, time across is what people expect.
    std::stable_partition(candidates.begin(), candidates.end(),
                          [](const Shown& shown) { return shown.dimension == HeldValues::period; });
    for (const Shown& shown : candidates) {
      const std::size_t columns = values_.ids(shown.dimension).size();
      if (columns > kMostAcross) continue;
      const std::size_t rows = rows_without(shown.dimension);
      const std::size_t cost = rows * ((varying_.size() - 1) * kNameTokens + columns) +
                               all * kValueTokens + columns * kNameTokens;
      if (cost >= least) continue;
      least = cost;
      best = shown;
    }
    return best;
  }

  void pivoted(const Shown& across) {
    std::vector<Shown> headings;
    std::vector<std::string> columns;
    for (const Shown& shown : varying_) {
      if (shown.dimension == across.dimension) continue;
      headings.push_back(shown);
      columns.emplace_back(shown.title);
    }
    const std::vector<std::uint32_t> order = order_of(across.dimension);
    std::vector<std::size_t> column(order.size());
    for (const std::uint32_t at : order) {
      column[at] = columns.size();
      columns.push_back(name_of(across.dimension, at));
    }
    std::map<Place, std::size_t> places;
    std::vector<Row> rows;
    std::vector<Remarks> remarks;
    for (const Held* held : sorted()) {
      Place place = place_of(*held);
      place[across.dimension] = 0;
      const auto [found, is_new] = places.emplace(place, rows.size());
      if (is_new) {
        rows.emplace_back();
        remarks.emplace_back();
        for (const Shown& shown : headings) {
          rows.back().push_back(cell_of(shown, held->at[shown.dimension]));
        }
        rows.back().resize(columns.size());
      }
      const std::uint32_t at = held->at[across.dimension];
      rows[found->second][column[at]] = Cell::number(held->value);
      remarks[found->second].add(*held, name_of(across.dimension, at));
    }
    add_remarks(remarks, columns, rows);
    if (across.dimension != HeldValues::period) {
      answer_.notes.push_back("Across run the " + lower_first(across.title) + "s.");
    }
    tell_entry();
    RowCollector collector(call_.results, call_.owner(), std::move(columns));
    for (Row& row : rows) collector.add(std::move(row));
    collector.finish(answer_);
  }

  // Where a row holds several values, each remark names the one that it is about.
  struct Remarks {
    std::string comments, follow_ups;

    void add(const Held& held, const std::string& name) {
      if (!held.comment.empty()) {
        comments += (comments.empty() ? "" : "; ") + name + ": " + held.comment;
      }
      if (held.follow_up) follow_ups += (follow_ups.empty() ? "" : "; ") + name;
    }
  };

  void add_remarks(const std::vector<Remarks>& remarks, std::vector<std::string>& columns,
                   std::vector<Row>& rows) const {
    const auto add = [&](const char* title, const std::string Remarks::*text) {
      columns.emplace_back(title);
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::string& one = remarks[i].*text;
        rows[i].push_back(one.empty() ? Cell() : Cell::text(one));
      }
    };
    if (values_.any_comment()) add("Comment", &Remarks::comments);
    if (values_.any_follow_up()) add("Follow-up", &Remarks::follow_ups);
  }

  void flat() {
    std::vector<std::string> columns;
    for (const Shown& shown : varying_) columns.emplace_back(shown.title);
    columns.emplace_back("Value");
    if (values_.any_comment()) columns.emplace_back("Comment");
    if (values_.any_follow_up()) columns.emplace_back("Follow-up");
    const bool entry = !values_.in_memory();
    if (entry) {
      columns.emplace_back("Stored by");
      columns.emplace_back("Last updated");
    } else {
      tell_entry();
    }
    RowCollector collector(call_.results, call_.owner(), std::move(columns));
    const auto add = [&](const Held& held) { return collector.add(row_of(held, entry)); };
    if (values_.in_memory()) {
      for (const Held* held : sorted()) {
        if (!add(*held)) break;
      }
    } else {
      values_.each(add);
    }
    collector.finish(answer_);
  }

  Row row_of(const Held& held, bool entry) const {
    Row row;
    for (const Shown& shown : varying_) row.push_back(cell_of(shown, held.at[shown.dimension]));
    row.push_back(Cell::number(held.value));
    if (values_.any_comment()) {
      row.push_back(held.comment.empty() ? Cell() : Cell::text(held.comment));
    }
    if (values_.any_follow_up()) row.push_back(held.follow_up ? Cell::text("yes") : Cell());
    if (!entry) return row;
    const std::string& user = values_.ids(HeldValues::user)[held.at[HeldValues::user]];
    row.push_back(user.empty() ? Cell() : Cell::text(user));
    row.push_back(held.updated.empty() ? Cell() : Cell::text(held.updated));
    return row;
  }

  void tell_entry() {
    std::string users;
    const auto& ids = values_.ids(HeldValues::user);
    for (std::size_t i = 0; i < ids.size() && i < kToldUsers; ++i) {
      if (!ids[i].empty()) users += (users.empty() ? "\"" : ", \"") + ids[i] + "\"";
    }
    if (ids.size() > kToldUsers) {
      users += " and " + std::to_string(ids.size() - kToldUsers) + " more";
    }
    std::string line = users.empty() ? "" : "Stored by " + users;
    if (const std::string& last = values_.last_updated(); !last.empty()) {
      const std::string first = values_.first_updated().substr(0, 10);
      line += (line.empty() ? "Last updated " : ", last updated ") + first;
      if (last.substr(0, 10) != first) line += " to " + last.substr(0, 10);
    }
    if (!line.empty())
      answer_.notes.push_back(line + "; data_value_history tells it of one value.");
  }

  Call& call_;
  const HeldValues& values_;
  const UidNames& names_;
  Answer& answer_;
  std::vector<Shown> varying_;
};

}  // namespace

void lay_out_values(Call& call, const HeldValues& values, UidNames& names, Answer& answer) {
  UidsByType wanted;
  for (const Shown& shown : kShown) {
    if (*shown.type == '\0') continue;
    std::vector<std::string>& uids = wanted[shown.type];
    uids.reserve(uids.size() + values.ids(shown.dimension).size());
    for (const std::string& uid : values.ids(shown.dimension)) {
      if (!uid.empty()) uids.push_back(uid);
    }
    std::ranges::sort(uids);  // both kinds of combos are of one type
    uids.erase(std::unique(uids.begin(), uids.end()), uids.end());
  }
  names.learn(std::move(wanted));
  answer.notes.insert(answer.notes.end(), names.notes().begin(), names.notes().end());
  Layout(call, values, names, answer).fill();
}

}  // namespace dhis2mcp
