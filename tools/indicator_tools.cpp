// SPDX-License-Identifier: BSD-3-Clause
// indicator_explain: the formula in names, and the figures worked out from its parts beside those
// of DHIS2. Requests: the indicator, those within it by depth, the names by type and at once, what
// is no data (constants, groups), then one of analytics.
#include <algorithm>
#include <iterator>
#include <utility>

#include "dhis2/error.h"
#include "dhis2/text_list.h"
#include "tools/almanac.h"
#include "tools/data_scope.h"
#include "tools/day_span.h"
#include "tools/formula.h"
#include "tools/handlers.h"
#include "tools/indicator_figures.h"
#include "tools/place.h"

namespace dhis2mcp {
namespace {

// More parts than this have no columns of their own.
constexpr std::size_t kShownParts = 8;

// What is asked where no period is given, until one has a figure: most data is entered by month,
// and some by quarter or by year alone.
constexpr const char* kRecent[] = {"LAST_3_MONTHS", "LAST_4_QUARTERS", "LAST_YEAR"};

void learn_names(const IndicatorFormulas& formulas, UidNames& names) {
  UidsByType wanted;
  for (const IndicatorFormula& indicator : formulas.all) {
    names.put(indicator.uid, indicator.name);
    for (const std::string& text : {indicator.numerator_text, indicator.denominator_text}) {
      formula_uids(text, FormulaKind::aggregate, wanted);
    }
  }
  names.learn(wanted);
}

std::vector<std::string> asked_periods(const Call& call, const Almanac& almanac, Answer& answer) {
  std::vector<std::string> ids;
  for (const std::string& text : texts_of(call, "periods")) {
    const std::vector<std::string> read = read_period(text, almanac);
    if (std::string line = period_read_as(text, read, almanac); !line.empty()) {
      answer.read_as.push_back(std::move(line));
    }
    for (const std::string& id : read) {
      if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
    }
  }
  return ids;
}

IndicatorFigures ask_figures(Call& call, const IndicatorFormulas& formulas, FiguresAsked asked,
                             Answer& answer) {
  if (!asked.periods.empty()) return {call, formulas, asked};
  for (std::size_t i = 0;; ++i) {
    asked.periods = {kRecent[i]};
    IndicatorFigures figures(call, formulas, asked);
    if (!figures.any() && i + 1 < std::size(kRecent)) continue;
    answer.read_as.push_back(std::string("periods = ") + kRecent[i]);
    return figures;
  }
}

Cell cell_of(const std::optional<double>& value) {
  return value ? Cell::number(number_text(*value)) : Cell();
}

// What the rows came to, for the one line that says whether the figures agree.
struct Verdict {
  std::size_t cells = 0, differ = 0, only_dhis2 = 0, only_here = 0;
  // Without a figure, and the sides that are why.
  std::size_t without = 0, no_numerator = 0, no_denominator = 0, zero_denominator = 0;
  std::string first_difference;
};

// Lays out the cells of one answer.
class Layout {
 public:
  Layout(const IndicatorFormulas& formulas, const FixedParts& fixed,
         const IndicatorFigures& figures, const Almanac& almanac, bool computable)
      : formulas_(formulas),
        fixed_(fixed),
        almanac_(almanac),
        computable_(computable),
        parts_(formulas.parts()) {
    parts_left_out_ = parts_.size() > kShownParts;
    if (parts_left_out_ || !figures.refused().empty()) parts_.clear();
  }

  bool parts_left_out() const { return parts_left_out_; }
  const Verdict& verdict() const { return verdict_; }

  std::vector<std::string> columns(const UidNames& names) const {
    std::vector<std::string> out = {"Org unit", "Period"};
    for (const FormulaItem& part : parts_) out.push_back(part_name(part, names));
    out.insert(out.end(), {"Numerator", "Denominator"});
    if (computable_) out.emplace_back("Recomputed");
    out.emplace_back("DHIS2");
    if (computable_) out.emplace_back("Difference");
    return out;
  }

  Row row(const std::string& shown, const std::string& unit, const std::string& period,
          const IndicatorCell& cell) {
    ++verdict_.cells;
    Row row = {Cell::text(shown), Cell::text(period)};
    for (const FormulaItem& part : parts_) row.push_back(part_cell(part, unit, cell));
    if (!computable_) {
      for (const std::string* text :
           {&cell.numerator_text, &cell.denominator_text, &cell.value_text}) {
        row.push_back(text->empty() ? Cell() : Cell::number(*text));
      }
      return row;
    }
    const Recomputed here = recomputed(formulas_, fixed_, cell, unit, days_of_period(period));
    row.push_back(cell_of(here.numerator));
    row.push_back(cell_of(here.denominator));
    row.push_back(cell_of(here.value));
    row.push_back(cell.value_text.empty() ? Cell() : Cell::number(cell.value_text));
    row.push_back(difference(here, cell, shown + " " + period));
    return row;
  }

 private:
  double days_of_period(const std::string& period) const {
    const DaySpan span = day_span({period}, almanac_);
    return static_cast<double>((span.last - span.first).count() + 1);
  }

  Cell part_cell(const FormulaItem& part, const std::string& unit,
                 const IndicatorCell& cell) const {
    if (part.letters == "OUG") return cell_of(fixed_.count(part.inner, unit));
    if (part.letters == "C") {
      const auto found = fixed_.constants.find(part.inner);
      return found == fixed_.constants.end() ? Cell() : cell_of(found->second);
    }
    const auto found = cell.parts.find(part);
    return found == cell.parts.end() ? Cell() : cell_of(found->second);
  }

  Cell difference(const Recomputed& here, const IndicatorCell& cell, const std::string& where) {
    if (!here.value && !cell.value) {
      count_without(here);
      return {};
    }
    if (!here.value || !cell.value) {
      ++(here.value ? verdict_.only_here : verdict_.only_dhis2);
      tell(here, cell, where);
      return {};
    }
    if (same_figure(*here.value, *cell.value)) return Cell::number("0");
    ++verdict_.differ;
    tell(here, cell, where);
    return Cell::number(number_text(*here.value - *cell.value));
  }

  void count_without(const Recomputed& here) {
    ++verdict_.without;
    if (!here.numerator) ++verdict_.no_numerator;
    if (!here.denominator) ++verdict_.no_denominator;
    if (here.denominator && *here.denominator == 0) ++verdict_.zero_denominator;
  }

  // Which side of the fraction it is: the next question of whoever reads this.
  void tell(const Recomputed& here, const IndicatorCell& cell, const std::string& where) {
    if (!verdict_.first_difference.empty()) return;
    const auto text = [](const std::optional<double>& value) {
      return value ? number_text(*value) : std::string("none");
    };
    verdict_.first_difference = where + ": numerator " + text(here.numerator) + " here, " +
                                text(cell.numerator) + " in DHIS2; denominator " +
                                text(here.denominator) + " here, " + text(cell.denominator) +
                                " in DHIS2";
  }

  const IndicatorFormulas& formulas_;
  const FixedParts& fixed_;
  const Almanac& almanac_;
  bool computable_;
  bool parts_left_out_ = false;
  std::vector<FormulaItem> parts_;
  Verdict verdict_;
};

// Why the figures cannot be worked out here; empty where they can.
std::vector<std::string> obstacles(const IndicatorFormulas& formulas, const FixedParts& fixed,
                                   const IndicatorFigures& figures, const UidNames& names) {
  std::vector<std::string> out = formulas.beyond(names);
  if (!figures.refused().empty()) {
    out.push_back("DHIS2 refused the figures of its parts (" + figures.refused() + ")");
  }
  for (const FormulaItem& part : figures.untaken()) {
    out.push_back("DHIS2 gave no figures of \"" + part_name(part, names) +
                  "\", which does not exist or which this account may not read");
  }
  for (const FormulaItem& part : formulas.parts()) {
    const bool unknown = (part.letters == "C" && !fixed.constants.contains(part.inner)) ||
                         (part.letters == "OUG" && !fixed.members.contains(part.inner));
    if (unknown) out.push_back("\"" + part_name(part, names) + "\" cannot be read");
  }
  return out;
}

void tell_without(const Verdict& found, Answer& answer) {
  if (found.without == 0) return;
  std::vector<std::string> why;
  const auto add = [&why](std::size_t count, const std::string& what) {
    if (count > 0) why.push_back(what + " in " + std::to_string(count));
  };
  add(found.no_numerator, "the numerator has no value");
  add(found.no_denominator, "the denominator has no value");
  add(found.zero_denominator, "the denominator is 0");
  answer.notes.push_back("No figure, which is not zero, in " + std::to_string(found.without) +
                         " of " + count_of(found.cells, "row") +
                         (why.empty() ? "." : ": " + joined(why, ", ") + "."));
}

void tell_verdict(const Layout& layout, const IndicatorFormula& indicator, Answer& answer) {
  const Verdict& found = layout.verdict();
  const std::size_t wrong = found.differ + found.only_dhis2 + found.only_here;
  const std::string of = std::to_string(found.cells - found.without);
  tell_without(found, answer);
  if (found.without == found.cells) return;
  if (wrong == 0) {
    answer.notes.push_back("Recomputed from its parts, every figure is DHIS2's own (" + of +
                           " of " + of + ").");
  } else {
    answer.notes.push_back("Recomputed figures differ in " + std::to_string(wrong) + " of " + of +
                           " cells. The first: " + layout.verdict().first_difference + ".");
  }
  std::string rounding = "Figures here are unrounded";
  if (indicator.decimals && *indicator.decimals > 0) {
    rounding += "; DHIS2 shows this indicator with " + std::to_string(*indicator.decimals) +
                (*indicator.decimals == 1 ? " decimal" : " decimals");
  }
  answer.notes.push_back(rounding + ". An empty part is no data, and counts as 0 in the formula.");
}

void lay_out(Call& call, const IndicatorFormulas& formulas, const FixedParts& fixed,
             const IndicatorFigures& figures, const UidNames& names, const Almanac& almanac,
             Answer& answer) {
  const std::vector<std::string> why = obstacles(formulas, fixed, figures, names);
  Layout layout(formulas, fixed, figures, almanac, why.empty());
  const Grid grid = figures.names();
  RowCollector collector(call.results, call.owner(), layout.columns(names));
  std::size_t empty = 0;
  for (const std::string& unit : figures.units()) {
    for (const std::string& period : figures.periods()) {
      const IndicatorCell* cell = figures.cell(unit, period);
      if (cell == nullptr) {
        ++empty;
      } else {
        collector.add(layout.row(grid.shown(unit), unit, period, *cell));
      }
    }
  }
  if (!why.empty()) {
    answer.notes.push_back("Not recomputed here: " + joined(why, "; ") +
                           ". Numerator, Denominator and DHIS2 are DHIS2's own.");
  } else if (figures.any()) {
    tell_verdict(layout, formulas.asked(), answer);
  }
  if (layout.parts_left_out()) {
    answer.notes.emplace_back(
        "Its parts are too many for columns: ask analytics_query for those of interest.");
  }
  if (empty > 0 && figures.any()) {
    answer.notes.push_back(std::to_string(empty) + " org units by period have no data at all.");
  }
  if (!figures.any()) {
    answer.notes.emplace_back(
        "No figure came, which is not zero: try other `periods` or a higher org unit, and see with "
        "system_info when the analytics tables were built.");
  }
  collector.finish(answer);
}

}  // namespace

Answer indicator_explain(Call& call) {
  Names names = names_of(call);
  Answer answer = call.answer();
  const Almanac almanac = almanac_of(call.client(), call.patience());
  FiguresAsked asked;
  std::vector<std::string> period_lines;
  std::swap(answer.read_as, period_lines);
  asked.periods = asked_periods(call, almanac, answer);
  std::swap(answer.read_as, period_lines);
  const IndicatorFormulas formulas = read_indicator(call, names, call.arguments.text("indicator"));
  std::vector<std::string> places = texts_of(call, "org_units");
  if (places.empty()) places = {"USER_ORGUNIT"};
  const UnitsAsked units = read_places(call.client(), names, places, call.patience());
  for (const Named& unit : units.units) asked.units.push_back(unit.item);
  answer.notes = units.notes;

  UidNames labels(call.client(), call.patience());
  learn_names(formulas, labels);
  const FixedParts fixed = read_fixed_parts(call, formulas.parts());
  answer.read_as = in_words(formulas, fixed, labels);
  answer.read_as.insert(answer.read_as.end(), period_lines.begin(), period_lines.end());
  for (const std::string& note : labels.notes()) answer.notes.push_back(note);
  const IndicatorFigures figures = ask_figures(call, formulas, asked, answer);
  const Grid grid = figures.names();
  for (Named unit : units.units) {
    if (const std::string* name = grid.name_of(unit.item); unit.name.empty() && name != nullptr) {
      unit.name = *name;
    }
    answer.read_as.push_back(unit.read_as());
  }
  const auto lacks = [&grid](const std::string& uid) { return grid.lacks(uid); };
  tell_dropped_units(call.client(), units.units, lacks, call.patience(), answer.notes);
  lay_out(call, formulas, fixed, figures, labels, almanac, answer);
  return answer;
}

}  // namespace dhis2mcp
