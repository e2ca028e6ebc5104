// SPDX-License-Identifier: BSD-3-Clause
// The items of a formula are items of the dx dimension, but for those that are no data.
#include "tools/indicator_figures.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "dhis2/error.h"
#include "dhis2/json_members.h"
#include "dhis2/text_list.h"
#include "tools/answer.h"
#include "tools/data_refusal.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kLongestQuery = 7'000;  // Tomcat refuses a request line of more than 8 KB

bool is_data(const FormulaItem& item) {
  return item.letters != "C" && item.letters != "OUG" && item.letters != "N";
}

// As an item of the dx dimension. A star at the end is no restriction, and DHIS2 answers it under
// the id without.
std::string data_id(const FormulaItem& item) {
  std::string id = item.inner;
  while (id.ends_with(".*")) id.resize(id.size() - 2);
  return id;
}

std::string text_in(const Json& row, std::size_t at) {
  return at < row.size() ? as_text(row[at]) : std::string();
}

std::vector<std::string> ids_of(const Json& metadata, const char* dimension) {
  std::vector<std::string> out;
  const Json dimensions = metadata.value("dimensions", Json::object());
  for (const Json& id : dimensions.value(dimension, Json::array())) {
    if (id.is_string()) out.push_back(id.get<std::string>());
  }
  return out;
}

// The places of the columns; as many as there are columns where one is missing.
struct Columns {
  explicit Columns(const Json& headers) {
    const auto place = [&headers](const char* name) {
      std::size_t at = 0;
      while (at < headers.size() && headers[at].value("name", "") != name) ++at;
      return at;
    };
    data = place("dx");
    period = place("pe");
    unit = place("ou");
    value = place("value");
    numerator = place("numerator");
    denominator = place("denominator");
  }
  std::size_t data, period, unit, value, numerator, denominator;
};

class Computation {
 public:
  Computation(const IndicatorFormulas& formulas, const FixedParts& fixed, const IndicatorCell& cell,
              const std::string& unit, double days)
      : formulas_(formulas), fixed_(fixed), cell_(cell), unit_(unit), days_(days) {}

  Recomputed of(const IndicatorFormula& indicator) {
    if (const auto known = known_.find(indicator.uid); known != known_.end()) return known->second;
    if (!within_.insert(indicator.uid).second) return {};
    const auto value_of = [this](const FormulaItem& item) { return item_value(item); };
    Recomputed out;
    out.numerator = indicator.numerator.value(value_of, days_, MissingValues::skip_if_all);
    out.denominator = indicator.denominator.value(value_of, days_, MissingValues::skip_if_all);
    within_.erase(indicator.uid);
    if (out.numerator && out.denominator && *out.denominator != 0) {
      const double factor = indicator.factor * (indicator.annualized ? 365 / days_ : 1);
      const double value = *out.numerator * factor / *out.denominator;
      if (std::isfinite(value)) out.value = value;
    }
    known_[indicator.uid] = out;
    return out;
  }

 private:
  std::optional<double> item_value(const FormulaItem& item) {
    if (item.letters == "N") {
      const IndicatorFormula* nested = formulas_.find(item.inner);
      return nested == nullptr ? std::nullopt : of(*nested).value;
    }
    if (item.letters == "OUG") return fixed_.count(item.inner, unit_);
    if (item.letters == "C") {
      const auto found = fixed_.constants.find(item.inner);
      return found == fixed_.constants.end() ? std::nullopt : std::optional(found->second);
    }
    const auto found = cell_.parts.find(item);
    return found == cell_.parts.end() ? std::nullopt : std::optional(found->second);
  }

  const IndicatorFormulas& formulas_;
  const FixedParts& fixed_;
  const IndicatorCell& cell_;
  const std::string& unit_;
  double days_;
  std::set<std::string> within_;
  std::map<std::string, Recomputed> known_;  // by uid
};

}  // namespace

Json IndicatorFigures::ask(Call& call, const std::string& data, const FiguresAsked& asked) const {
  Query query;
  query.add("dimension", "dx:" + data)
      .add("dimension", "pe:" + joined(asked.periods, ";"))
      .add("dimension", "ou:" + joined(asked.units, ";"))
      .add("skipRounding", "true")
      .add("includeNumDen", "true");
  if (query.text().size() > kLongestQuery) {
    throw Error(ErrorKind::bad_input, "So many org units and periods do not fit one request.",
                "Ask for a level or a group instead of single units, or for fewer periods.");
  }
  return call.client().get("/api/analytics", query, call.patience());
}

IndicatorFigures::IndicatorFigures(Call& call, const IndicatorFormulas& formulas,
                                   const FiguresAsked& asked) {
  const std::string& indicator = formulas.asked().uid;
  std::vector<FormulaItem> parts = formulas.parts();
  std::erase_if(parts, [](const FormulaItem& part) { return !is_data(part); });
  std::vector<std::string> data = {indicator};
  for (const FormulaItem& part : parts) {
    std::string id = data_id(part);
    if (std::ranges::find(data, id) == data.end()) data.push_back(std::move(id));
  }
  try {
    read(ask(call, joined(data, ";"), asked), indicator, parts);
    return;
  } catch (const Error& error) {
    const bool about_parts = error.http == 409 || error.http == 400 || error.http == 403;
    if (parts.empty() || !about_parts) throw_data_refusal(error);
    refused_ = error.what();
  }
  try {
    read(ask(call, indicator, asked), indicator, {});
  } catch (const Error& error) {
    throw_data_refusal(error);
  }
}

void IndicatorFigures::read(const Json& answer, const std::string& indicator,
                            const std::vector<FormulaItem>& parts) {
  headers_ = answer.value("headers", Json::array());
  metadata_ = answer.value("metaData", Json::object());
  units_ = ids_of(metadata_, "ou");
  periods_ = ids_of(metadata_, "pe");
  std::multimap<std::string, const FormulaItem*> by_id;
  const std::vector<std::string> taken = ids_of(metadata_, "dx");
  for (const FormulaItem& part : parts) {
    const std::string id = data_id(part);
    by_id.emplace(id, &part);
    if (!taken.empty() && id.find('*') == std::string::npos &&
        std::ranges::find(taken, id) == taken.end()) {
      untaken_.push_back(part);
    }
  }
  const Columns at(headers_);
  for (const Json& row : answer.value("rows", Json::array())) {
    if (!row.is_array()) continue;
    const std::string data = text_in(row, at.data), text = text_in(row, at.value);
    IndicatorCell& cell = cells_[{text_in(row, at.unit), text_in(row, at.period)}];
    any_ = true;
    if (data == indicator) {
      cell.value = number_in(text);
      cell.value_text = text;
      cell.numerator_text = text_in(row, at.numerator);
      cell.denominator_text = text_in(row, at.denominator);
      cell.numerator = number_in(cell.numerator_text);
      cell.denominator = number_in(cell.denominator_text);
      continue;
    }
    const auto value = number_in(text);
    const auto [first, last] = by_id.equal_range(data);
    for (auto part = first; value && part != last; ++part) cell.parts[*part->second] = *value;
  }
}

const IndicatorCell* IndicatorFigures::cell(const std::string& unit,
                                            const std::string& period) const {
  const auto found = cells_.find({unit, period});
  return found == cells_.end() ? nullptr : &found->second;
}

Recomputed recomputed(const IndicatorFormulas& formulas, const FixedParts& fixed,
                      const IndicatorCell& cell, const std::string& unit, double days) {
  return Computation(formulas, fixed, cell, unit, days).of(formulas.asked());
}

bool same_figure(double a, double b) {
  return std::fabs(a - b) <= 1e-9 * std::max({1.0, std::fabs(a), std::fabs(b)});
}

}  // namespace dhis2mcp
