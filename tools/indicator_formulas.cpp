// SPDX-License-Identifier: BSD-3-Clause
// Indicators by depth: each round asks for all those at once that the round before named.
#include "tools/indicator_formulas.h"

#include <algorithm>
#include <set>
#include <utility>

#include "dhis2/error.h"
#include "dhis2/json_members.h"
#include "dhis2/text_list.h"
#include "tools/data_names.h"
#include "tools/document.h"
#include "tools/formula.h"
#include "tools/name_forms.h"
#include "tools/parallel.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

constexpr const char* kFields =
    "id,displayName,numerator,denominator,numeratorDescription,denominatorDescription,annualized,"
    "decimals,indicatorType[displayName,factor]";
constexpr std::size_t kMostIndicators = 200;
constexpr std::size_t kPerRequest = 100;

IndicatorFormula formula_of(const Json& object) {
  const Json type = object.value("indicatorType", Json::object());
  const auto decimals = object.find("decimals");
  const std::string numerator = text_of(object, "numerator");
  const std::string denominator = text_of(object, "denominator");
  IndicatorFormula out{text_of(object, "id"),
                       line_of(object, "displayName"),
                       numerator,
                       denominator,
                       line_of(object, "numeratorDescription"),
                       line_of(object, "denominatorDescription"),
                       Formula(numerator),
                       Formula(denominator),
                       line_of(type, "displayName"),
                       1,
                       object.value("annualized", false),
                       {}};
  if (const auto factor = type.find("factor"); factor != type.end() && factor->is_number()) {
    out.factor = factor->get<double>();
  }
  if (decimals != object.end() && decimals->is_number_integer())
    out.decimals = decimals->get<int>();
  return out;
}

const std::vector<OtherType> kOthers = {
    {"dataElement", "a data element, and has no formula", "Ask analytics_query for its figures."},
    {"programIndicator", "a program indicator, and only indicators are explained",
     "See its expression with metadata_get, and its figures with analytics_query."}};

Named indicator_named(Names& names, const std::string& text) {
  return object_but(names, "indicator", text, {"indicator"}, kOthers);
}

Json ask_indicator(Call& call, Names& names, const std::string& text) {
  const std::string written = trimmed(text);
  const std::string uid = is_uid(written) ? written : indicator_named(names, written).uid;
  try {
    return call.client().get("/api/indicators/" + uid, Query().add("fields", kFields),
                             call.patience());
  } catch (const Error& error) {
    if (error.kind != ErrorKind::not_found || uid != written) throw;
    // Eleven letters may be a name after all, and the look-up tells what is near.
    const Named named = indicator_named(names, written);
    if (named.uid == written) throw;
    return ask_indicator(call, names, named.uid);
  }
}

std::vector<std::string> nested_in(const IndicatorFormula& indicator) {
  std::vector<std::string> out;
  for (const Formula* side : {&indicator.numerator, &indicator.denominator}) {
    for (const FormulaItem& item : side->items()) {
      if (item.letters == "N") out.push_back(item.inner);
    }
  }
  return out;
}

void ask_nested(Call& call, const std::vector<std::string>& uids, IndicatorFormulas& formulas) {
  for (const auto& some : in_parts(uids, kPerRequest)) {
    const Json answer = call.client().get("/api/indicators",
                                          Query()
                                              .add("fields", kFields)
                                              .add("filter", "id:in:[" + joined(some, ",") + "]")
                                              .add("paging", "false"),
                                          call.patience());
    for (const Json& object : list_of(answer, "indicators")) {
      formulas.all.push_back(formula_of(object));
    }
  }
}

std::string times(const IndicatorFormula& indicator) {
  std::string out;
  if (indicator.factor != 1) out += " x " + number_text(indicator.factor);
  if (indicator.annualized) out += " x 365 / days of the period";
  if (!indicator.factor_name.empty()) out += " (" + indicator.factor_name + ")";
  if (indicator.annualized) out += ", annualised";
  return out;
}

std::string side_line(const char* side, const std::string& about, const std::string& text,
                      const UidNames& names) {
  std::string line = side;
  if (!about.empty()) line += " (" + about + ")";
  return line + " = " + formula_in_names(text, FormulaKind::aggregate, names);
}

std::string kind_of(const FormulaItem& part) {
  const auto dots = std::ranges::count(part.inner, '.');
  if (part.letters == "#") {
    return dots > 0 ? "option combo of a data element" : "data element";
  }
  if (part.letters == "R") return "reporting rate";
  if (part.letters == "I") return "program indicator";
  if (part.letters == "D") return "data element of a program";
  return "attribute of a program";
}

std::string part_line(const FormulaItem& part, const FixedParts& fixed, const UidNames& names) {
  const std::string line = part_name(part, names) + " = ";
  if (part.letters == "C") {
    const auto found = fixed.constants.find(part.inner);
    const std::string value = found == fixed.constants.end() ? "?" : number_text(found->second);
    return line + value + " (constant " + part.inner + ")";
  }
  if (part.letters == "OUG") {
    return line + "how many units of that org unit group lie at or below the unit (" + part.inner +
           ")";
  }
  return line + kind_of(part) + " " + part.inner;
}

}  // namespace

const IndicatorFormula* IndicatorFormulas::find(const std::string& uid) const {
  const auto found = std::ranges::find(all, uid, &IndicatorFormula::uid);
  return found == all.end() ? nullptr : &*found;
}

std::vector<FormulaItem> IndicatorFormulas::parts() const {
  std::vector<FormulaItem> out;
  for (const IndicatorFormula& indicator : all) {
    for (const Formula* side : {&indicator.numerator, &indicator.denominator}) {
      for (const FormulaItem& item : side->items()) {
        if (item.letters == "N" || std::ranges::find(out, item) != out.end()) continue;
        out.push_back(item);
      }
    }
  }
  return out;
}

std::vector<std::string> IndicatorFormulas::beyond(const UidNames& names) const {
  std::vector<std::string> out;
  for (const IndicatorFormula& indicator : all) {
    for (const auto& [side, formula] : {std::pair("numerator", &indicator.numerator),
                                        std::pair("denominator", &indicator.denominator)}) {
      for (const std::string& what : formula->beyond()) {
        out.push_back(formula_in_names(what, FormulaKind::aggregate, names) + " in the " + side +
                      " of \"" + indicator.name + "\"");
      }
    }
    for (const std::string& nested : nested_in(indicator)) {
      if (find(nested) == nullptr)
        out.push_back("the indicator " + nested + ", which is not there");
    }
  }
  return out;
}

IndicatorFormulas read_indicator(Call& call, Names& names, const std::string& text) {
  IndicatorFormulas out;
  out.all.push_back(formula_of(ask_indicator(call, names, text)));
  std::set<std::string> known = {out.asked().uid};
  for (std::size_t done = 0; done < out.all.size();) {
    std::vector<std::string> wanted;
    for (; done < out.all.size(); ++done) {
      for (std::string& uid : nested_in(out.all[done])) {
        if (is_uid(uid) && known.insert(uid).second) wanted.push_back(std::move(uid));
      }
    }
    if (known.size() > kMostIndicators) {
      throw Error(ErrorKind::bad_input,
                  "\"" + out.asked().name + "\" is made of more than " +
                      std::to_string(kMostIndicators) + " indicators.",
                  "Ask for one of those within it.");
    }
    if (!wanted.empty()) ask_nested(call, wanted, out);
  }
  return out;
}

std::optional<double> FixedParts::count(const std::string& group, const std::string& unit) const {
  const auto found = members.find(group);
  if (found == members.end()) return {};
  const auto within = [&unit](const std::string& path) {
    return path.find("/" + unit) != std::string::npos;
  };
  return static_cast<double>(std::ranges::count_if(found->second, within));
}

FixedParts read_fixed_parts(Call& call, const std::vector<FormulaItem>& parts) {
  std::set<std::string> constants;
  std::vector<std::string> paths;
  for (const FormulaItem& part : parts) {
    if (part.letters == "C") constants.insert(part.inner);
    if (part.letters == "OUG") paths.push_back("/api/organisationUnitGroups/" + part.inner);
  }
  if (!constants.empty()) paths.emplace_back("/api/constants");
  FixedParts out;
  if (paths.empty()) return out;
  const auto answers = ask_each(paths, [&](const std::string& path) -> Json {
    Query query;
    if (path == "/api/constants") {
      query.add("fields", "id,value").add("filter", "id:in:[" + joined(constants, ",") + "]");
      query.add("paging", "false");
    } else {
      query.add("fields", "id,organisationUnits[path]");
    }
    try {
      return call.client().get(path, query, call.patience());
    } catch (const Error& error) {
      if (error.kind == ErrorKind::not_found || error.kind == ErrorKind::forbidden) {
        return Json::object();
      }
      throw;
    }
  });
  for (const Json& answer : answers) {
    for (const Json& constant : list_of(answer, "constants")) {
      if (constant.value("value", Json()).is_number()) {
        out.constants[text_of(constant, "id")] = constant["value"].get<double>();
      }
    }
    if (!answer.contains("organisationUnits")) continue;
    std::vector<std::string>& members = out.members[text_of(answer, "id")];
    for (const Json& unit : list_of(answer, "organisationUnits")) {
      members.push_back(text_of(unit, "path"));
    }
  }
  return out;
}

std::vector<std::string> in_words(const IndicatorFormulas& formulas, const FixedParts& fixed,
                                  const UidNames& names) {
  const IndicatorFormula& asked = formulas.asked();
  std::vector<std::string> out = {
      asked.name + " = indicator " + asked.uid,
      asked.name + " = numerator / denominator" + times(asked),
      side_line("numerator", asked.numerator_about, asked.numerator_text, names),
      side_line("denominator", asked.denominator_about, asked.denominator_text, names)};
  for (std::size_t i = 1; i < formulas.all.size(); ++i) {
    const IndicatorFormula& within = formulas.all[i];
    out.push_back("[" + within.name + "] = (" +
                  formula_in_names(within.numerator_text, FormulaKind::aggregate, names) + ") / (" +
                  formula_in_names(within.denominator_text, FormulaKind::aggregate, names) + ")" +
                  times(within) + ", indicator " + within.uid);
  }
  for (const FormulaItem& part : formulas.parts()) out.push_back(part_line(part, fixed, names));
  return out;
}

std::string part_name(const FormulaItem& part, const UidNames& names) {
  const std::string text = formula_in_names(part.text(), FormulaKind::aggregate, names);
  return text.size() > 2 && text.starts_with('[') ? text.substr(1, text.size() - 2) : text;
}

}  // namespace dhis2mcp
