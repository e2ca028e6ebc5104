// SPDX-License-Identifier: BSD-3-Clause
// The variant "formulas": indicators over operands, a constant, counts of org units, reports,
// functions, days and other indicators, which the plain country has none of.
#include <string>
#include <utility>

#include "tests/sandbox/country_build.h"

namespace sandbox {
namespace {

constexpr const char* kGrowth = "GrowthCons1";
constexpr const char* kSpread = "FormulaSpr1";

// Each server has its own uids of option combos.
std::string combo_named(const Objects& objects, const std::string& name) {
  for (const Json& combo : objects.at("categoryOptionCombos")) {
    if (combo.value("name", "") == name) return combo["id"];
  }
  return std::string(Country::kDefaultCombo);
}

Json indicator(const std::string& uid, const std::string& name, const std::string& numerator,
               const std::string& denominator, const std::string& type, bool annualized = false) {
  return {{"id", uid},
          {"name", name},
          {"shortName", name},
          {"indicatorType", {{"id", type}}},
          {"annualized", annualized},
          {"numerator", numerator},
          {"denominator", denominator},
          {"numeratorDescription", "numerator"},
          {"denominatorDescription", "denominator"},
          {"sharing", {{"public", "rw------"}}}};
}

}  // namespace

void add_formulas(Objects& objects, const Settings& settings) {
  if (settings.variant != "formulas") return;
  const std::string per_cent = "gCvP6wJfWtq", number = "PgnlyUsdPh7", thousand = "dZS18QBQFhZ";
  const std::string young = combo_named(objects, "1-4 ans");
  objects["constants"].push_back({{"id", kGrowth},
                                  {"name", "Growth"},
                                  {"shortName", "Growth"},
                                  {"value", 1.031},
                                  {"sharing", {{"public", "rw------"}}}});
  auto& list = objects["indicators"];
  list.push_back(indicator("FormulaOpe1", "Confirmed aged 1 to 4", "#{b8JTFpL3cxe." + young + "}",
                           "#{b8JTFpL3cxe.*} + 0", per_cent));
  list.push_back(indicator("FormulaCon1", "First visits of a growing population", "#{y7qh476Nmd3}",
                           "#{eOaFZR1jRM4} * C{" + std::string(kGrowth) + "} / 12", per_cent));
  list.push_back(indicator("FormulaOug1", "Visits a clinic and day", "#{hwKdrDIQkLU} / [days]",
                           "OUG{T04dOvqdK2A} + OUG{UaxksyGIDIT}", number));
  list.push_back(indicator("FormulaRep1", "Reports that came", "R{lc4Jz2USVpu.ACTUAL_REPORTS}",
                           "R{lc4Jz2USVpu.EXPECTED_REPORTS}", per_cent));
  list.push_back(indicator("FormulaFun1", "Malaria where it is much",
                           "if(#{b8JTFpL3cxe} > 500 && !(#{s6H8F4s8KOQ} < #{b8JTFpL3cxe}), "
                           "greatest(#{b8JTFpL3cxe}, #{XOymTAdq9nb}), "
                           "firstNonNull(#{mSQCClvX7bM}, -2 ^ 2))",
                           "least(#{s6H8F4s8KOQ}, 1000) % 7 + 1", thousand, true));
  list.push_back(indicator(kSpread, "Visits lost", "N{DsiuKOKYXHl} - N{FMudumWY2Mr}", "1", number));
  list.push_back(indicator("FormulaNes1", "Visits lost, by another indicator",
                           "N{" + std::string(kSpread) + "} * 2 + N{nXI53bljyT8}", "N{FormulaOpe1}",
                           number));
}

}  // namespace sandbox
