// SPDX-License-Identifier: BSD-3-Clause
// chart: the table of a kept result, or of a question to analytics, with a picture beside it. A map
// asks for the shapes of its units, a picture in the colours of a legend set for that set.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "dhis2/error.h"
#include "dhis2/json_members.h"
#include "dhis2/text_list.h"
#include "tools/almanac.h"
#include "tools/analytics_answer.h"
#include "tools/chart_figures.h"
#include "tools/chart_map.h"
#include "tools/chart_scale.h"
#include "tools/document.h"
#include "tools/handlers.h"
#include "tools/names.h"
#include "tools/registry.h"
#include "tools/unit_shapes.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kMostRows = 5'000, kMostCells = 500'000;  // read for one picture
constexpr std::size_t kNamedUnits = 5;                          // told by name when without a place
constexpr std::size_t kMostGrounds = 120;

// The answer that is given, and all rows of it that a picture may need.
struct Drawn {
  Answer answer;
  Table whole;
  AnalyticsSeen seen;
  bool asked = false;  // of analytics: `seen` is known
};

void read_whole(Call& call, const Results::Kept& kept, Drawn& out) {
  out.whole = {kept.head.table->columns, {}};
  const std::size_t columns = std::max<std::size_t>(out.whole.columns.size(), 1);
  const std::size_t most = std::min(kMostRows, kMostCells / columns);
  call.results.each_row(kept, [&](const Row& row) {
    if (out.whole.rows.size() < most) out.whole.rows.push_back(row);
  });
  if (kept.spooled > out.whole.rows.size() || !kept.rest.path.empty()) {
    out.answer.notes.push_back("The picture is of the first " +
                               count_of(out.whole.rows.size(), "row") + ".");
  }
}

Drawn from_result(Call& call) {
  for (const char* other : {"data", "periods", "org_units"}) {
    if (!call.arguments.has(other)) continue;
    throw Error(ErrorKind::bad_input, "Give `result`, or data, periods and org_units, not both.",
                "Leave out one of them.");
  }
  const Results::Kept kept = call.results.open(call.arguments.text("result"), call.owner());
  Drawn out;
  out.answer = kept.head;
  out.answer.notes.clear();
  out.answer.table->rows = call.results.rows(kept, 0, kDefaultAnswerBytes);
  out.answer.truncated =
      out.answer.table->rows.size() < kept.spooled || !kept.rest.path.empty() || kept.full;
  if (out.answer.truncated) out.answer.result = kept.id;
  read_whole(call, kept, out);
  return out;
}

Drawn from_question(Call& call) {
  for (const char* needed : {"data", "periods", "org_units"}) {
    if (call.arguments.has(needed)) continue;
    throw Error(ErrorKind::bad_input, std::string("`") + needed + "` is missing.",
                "Give data, periods and org_units, or the `result` of a cut answer.");
  }
  Drawn out;
  out.asked = true;
  out.seen.judge_sums = call.arguments.text("kind") == "stacked_bar";
  out.answer = analytics_answer(call, &out.seen);
  if (out.answer.result.empty()) {
    out.whole = *out.answer.table;
  } else {
    read_whole(call, call.results.open(out.answer.result, call.owner()), out);
  }
  return out;
}

bool any_figure(const Table& table) {
  return std::ranges::any_of(table.rows, [](const Row& row) {
    return std::ranges::any_of(row, [](const Cell& cell) { return figure_of(cell).has_value(); });
  });
}

// The legend set of the one data item that is shown; none where there are several, it has none, or
// it may not be read: colours are no reason to fail.
ChartLegend legend_of(Call& call, const AnalyticsSeen& seen) {
  if (seen.data.size() != 1 || !is_uid(seen.data[0].first.substr(0, 11))) return {};
  Json object;
  try {
    const Named item = names_of(call).any(seen.data[0].first.substr(0, 11));
    const MetadataType* const type = call.registry.catalogue().type(item.type);
    if (type == nullptr) return {};
    object = call.client().get(
        "/api/" + type->collection + "/" + item.uid,
        Query().add("fields", "legendSets[name,legends[name,startValue,endValue,color]]"),
        call.patience());
  } catch (const Error& error) {
    if (error.kind == ErrorKind::cancelled || error.kind == ErrorKind::sign_in_required) throw;
    return {};
  }
  const Json sets = list_of(object, "legendSets");
  if (sets.empty() || !sets[0].is_object()) return {};
  ChartLegend legend;
  legend.name = line_of(sets[0], "name");
  for (const Json& one : list_of(sets[0], "legends")) {
    if (!one.is_object()) continue;
    if (!one.value("startValue", Json()).is_number() ||
        !one.value("endValue", Json()).is_number()) {
      continue;
    }
    legend.classes.push_back({line_of(one, "name"), one["startValue"].get<double>(),
                              one["endValue"].get<double>(),
                              Color::read(text_of(one, "color"), Color::hex(0x9AA0A8))});
  }
  std::ranges::sort(legend.classes, {}, &LegendClass::from);
  return legend;
}

std::string span(const std::vector<std::string>& periods) {
  if (periods.empty()) return {};
  return periods.size() == 1 ? periods.front()
                             : periods.front() + " \xE2\x80\x93 " + periods.back();
}

std::string data_words(const AnalyticsSeen& seen) {
  if (seen.data.size() > 3) return std::to_string(seen.data.size()) + " data items";
  std::string words;
  for (const auto& [id, name] : seen.data) words += (words.empty() ? "" : ", ") + name;
  return words;
}

std::string title_of(Call& call, const std::string& data, const std::string& periods,
                     const std::string& place) {
  if (call.arguments.has("title")) return clean_line(call.arguments.text("title").substr(0, 300));
  std::string title = data;
  for (const std::string& part : {place, periods}) {
    if (!part.empty()) title += (title.empty() ? "" : ", ") + part;
  }
  return title;
}

// The periods of a table as a title names them; empty where its columns are none.
std::vector<std::string> period_words(const ChartTable& parts, const Calendar* calendar) {
  std::vector<std::string> out;
  if (!parts.in_time()) return out;
  for (const std::size_t column : parts.figures) {
    out.push_back(period_label(parts.table.columns[column], calendar));
  }
  return out;
}

// Without the drawing library the figures are there all the same: empty, and told.
template <typename Paint>
std::string painted(Answer& answer, const Paint& paint) {
  try {
    return paint();
  } catch (const Error& error) {
    if (error.kind != ErrorKind::unavailable) throw;
    answer.notes.push_back(std::string(error.what()) + " " + error.hint);
    return {};
  }
}

std::string draw_plot(Call& call, ChartKind kind, const Calendar* calendar, Drawn& drawn) {
  ChartFigures figures = chart_figures(drawn.whole, kind, calendar, drawn.answer.notes);
  if (drawn.seen.data.size() == 1) figures.values_of = drawn.seen.data[0].second;
  const std::string place = drawn.seen.units.size() == 1 ? drawn.seen.units[0].second : "";
  figures.title = title_of(call, data_words(drawn.seen),
                           span(period_words(ChartTable(drawn.whole), calendar)), place);
  if (figures.values_of == figures.title) figures.values_of.clear();
  ChartLegend legend;
  if (kind == ChartKind::bar && figures.series.size() == 1) legend = legend_of(call, drawn.seen);
  const std::size_t steps = figures.categories.size();
  const std::string what = figures.in_time ? count_of(steps, "period")
                           : steps == 1    ? "1 category"
                                           : std::to_string(steps) + " categories";
  drawn.answer.notes.push_back("Picture: " + std::to_string(figures.series.size()) + " series of " +
                               what + ".");
  if (figures.series.size() > 1 && !drawn.seen.no_sum.empty()) {
    drawn.answer.notes.push_back("The height of a stack says nothing: " + drawn.seen.no_sum +
                                 ". Draw a bar or a line instead.");
  }
  return painted(drawn.answer, [&] { return draw_chart(kind, figures, legend); });
}

// A map shows one figure for each unit: of the latest period that has any, of the first data item.
struct OnePerUnit {
  std::map<std::string, double> values;  // by the unit's name in the table
  std::vector<std::string> names;        // in the table's order
  std::string period;
};

OnePerUnit one_per_unit(const Table& table, const Calendar* calendar,
                        std::vector<std::string>& notes) {
  const ChartTable parts(table);
  if (parts.figures.empty() || parts.heads.empty()) {
    throw Error(ErrorKind::bad_input, "The table has no org units with figures to put on a map.",
                "Ask with data, one period and org_units, or give such a result.");
  }
  std::size_t column = parts.figures.front();
  if (parts.in_time()) {
    for (const std::size_t one : parts.figures) {
      const bool any = std::ranges::any_of(
          parts.rows, [&](std::size_t row) { return parts.value(row, one).has_value(); });
      if (any) column = one;
    }
  }
  OnePerUnit out;
  if (is_period_id(table.columns[column])) {
    out.period = period_label(table.columns[column], calendar);
  }
  if (parts.figures.size() > 1) {
    notes.push_back("A map shows one figure for each unit: this is of " +
                    clean_line(table.columns[column]) + ", one of " +
                    std::to_string(parts.figures.size()) +
                    " columns. Ask for it alone, or for "
                    "another.");
  }
  bool others = false;
  for (const std::size_t row : parts.rows) {
    const std::string name = table.rows[row][parts.heads[0]].str();
    if (std::ranges::find(out.names, name) != out.names.end()) {
      others = true;  // a further data item, or option
      continue;
    }
    out.names.push_back(name);
    if (const auto value = parts.value(row, column)) out.values[name] = *value;
  }
  if (others) {
    notes.emplace_back("Units with several rows are shown by their first: ask for one data item.");
  }
  return out;
}

// Units that share a name stand in a table as "Name (uid)".
std::string uid_behind(const std::string& name) {
  constexpr std::size_t kBehind = 13;  // the uid and its brackets
  if (name.size() <= kBehind || !name.ends_with(")")) return {};
  const std::size_t open = name.size() - kBehind;
  const std::string uid = name.substr(open + 1, kBehind - 2);
  return name[open] == '(' && is_uid(uid) ? uid : std::string();
}

// The uids of the units that the table names.
std::vector<std::pair<std::string, std::string>> units_by_name(Call& call,
                                                               const OnePerUnit& figures,
                                                               std::vector<std::string>& notes) {
  std::vector<std::pair<std::string, std::string>> units;
  std::vector<UnitText> texts;
  for (const std::string& name : figures.names) {
    if (units.size() + texts.size() >= kMostPlaces) break;
    if (const std::string uid = uid_behind(name); !uid.empty()) {
      units.emplace_back(uid, name);
    } else {
      texts.push_back({name, UnitText::Kind::unit});
    }
  }
  const std::vector<Named> found = names_of(call).known_org_units(texts);
  std::size_t unknown = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (is_uid(found[i].item)) {
      units.emplace_back(found[i].item, texts[i].text);
    } else {
      ++unknown;
    }
  }
  if (unknown > 0) {
    notes.push_back(std::to_string(unknown) +
                    " names of the first column are not those of one org unit, and are not on "
                    "the map.");
  }
  return units;
}

void tell_placeless(const std::vector<std::string>& names, Answer& answer) {
  if (names.empty()) return;
  std::string list;
  for (std::size_t i = 0; i < std::min(names.size(), kNamedUnits); ++i) {
    list += (i == 0 ? "\"" : ", \"") + names[i] + "\"";
  }
  if (names.size() > kNamedUnits) list += " and others";
  answer.notes.push_back(count_of(names.size(), "unit") +
                         (names.size() == 1 ? " has no geometry in DHIS2 and is"
                                            : " have no geometry in DHIS2 and are") +
                         " not on the map: " + list + ".");
}

// Areas of the units above points, so that one sees where those lie.
std::vector<MapShape> grounds_of(Call& call, const std::vector<MapShape>& shapes,
                                 const std::map<std::string, UnitPlace>& places) {
  const auto points =
      std::ranges::count_if(shapes, [](const MapShape& s) { return s.rings.empty(); });
  if (2 * static_cast<std::size_t>(points) < shapes.size()) return {};
  std::set<std::string> parents;
  for (const auto& [uid, place] : places) {
    if (!place.parent.empty() && parents.size() < kMostGrounds) parents.insert(place.parent);
  }
  std::vector<MapShape> out;
  for (const auto& [uid, place] : unit_places(call, {parents.begin(), parents.end()})) {
    if (place.placed && !place.shape.rings.empty()) out.push_back(place.shape);
  }
  return out;
}

std::string draw_places(Call& call, const Calendar* calendar, Drawn& drawn) {
  Answer& answer = drawn.answer;
  const OnePerUnit figures = one_per_unit(drawn.whole, calendar, answer.notes);
  auto units = drawn.asked ? drawn.seen.units : units_by_name(call, figures, answer.notes);
  if (units.size() > kMostPlaces) {
    answer.notes.push_back("The map shows the first " + std::to_string(kMostPlaces) + " of " +
                           std::to_string(units.size()) + " units.");
    units.resize(kMostPlaces);
  }
  std::vector<std::string> uids, placeless;
  for (const auto& [uid, name] : units) uids.push_back(uid);
  const std::map<std::string, UnitPlace> places = unit_places(call, uids);
  MapFigures map;
  for (const auto& [uid, name] : units) {
    const auto place = places.find(uid);
    if (place == places.end() || !place->second.placed) {
      placeless.push_back(name);
      continue;
    }
    MapShape shape = place->second.shape;
    shape.name = name;
    const auto value = figures.values.find(name);
    if (value != figures.values.end()) shape.value = value->second;
    map.shapes.push_back(std::move(shape));
  }
  if (map.shapes.empty()) {
    throw Error(ErrorKind::bad_input,
                "No map: none of these " + std::to_string(figures.names.size()) +
                    " org units has a shape or a point in DHIS2.",
                "Units of another level may have (try the districts or the facilities), or draw "
                "a bar instead.");
  }
  tell_placeless(placeless, answer);
  map.grounds = grounds_of(call, map.shapes, places);
  map.title = title_of(call, data_words(drawn.seen), figures.period, "");
  if (!placeless.empty()) {
    map.remark = "Not shown: " + count_of(placeless.size(), "unit") + " without geometry.";
  }
  ChartLegend legend = legend_of(call, drawn.seen);
  if (legend.classes.empty()) legend = even_classes("", map.shapes);
  answer.notes.push_back("Picture: map of " + count_of(map.shapes.size(), "unit") + ".");
  return painted(answer, [&] { return draw_map(map, legend); });
}

std::string picture(Call& call, const std::string& kind, Drawn& drawn) {
  const Almanac almanac = almanac_of(call.client(), call.patience());
  const Calendar* const calendar = Calendar::named(almanac.calendar);
  if (kind == "map") return draw_places(call, calendar, drawn);
  const ChartKind plot = kind == "line"  ? ChartKind::line
                         : kind == "bar" ? ChartKind::bar
                                         : ChartKind::stacked_bar;
  return draw_plot(call, plot, calendar, drawn);
}

}  // namespace

Answer chart(Call& call) {
  const std::string kind = call.arguments.text("kind");
  Drawn drawn = call.arguments.has("result") ? from_result(call) : from_question(call);
  if (drawn.asked && !any_figure(drawn.whole)) {
    drawn.answer.notes.emplace_back("No picture: there is no figure to draw.");
    return std::move(drawn.answer);
  }
  Content image;
  image.kind = Content::Kind::image;
  image.mime_type = "image/png";
  image.bytes = picture(call, kind, drawn);
  if (image.bytes.empty()) return std::move(drawn.answer);
  drawn.answer.notes.push_back("It is " + std::to_string(kChartWidth) + " x " +
                               std::to_string(kChartHeight) + " pixels, a PNG of " +
                               std::to_string(image.bytes.size()) + " bytes.");
  call.content.push_back(std::move(image));
  return std::move(drawn.answer);
}

}  // namespace dhis2mcp
