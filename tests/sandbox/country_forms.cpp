// SPDX-License-Identifier: BSD-3-Clause
// Data sets of 10, 100 and 500 data elements with everything that hangs on them, for comparisons of
// two instances: as they are, with three differences planted in each, and made anew by hand, so
// that codes and names are the same and every UID is another.
#include "tests/sandbox/country_build.h"

namespace sandbox {
namespace {

constexpr int kSizes[] = {10, 100, 500};
constexpr int kPerSection = 25;
constexpr const char* kDefaultOfCombos = "bjDvmb4bfuf";

class Forms {
 public:
  Forms(Objects& objects, const Settings& settings)
      : objects_(objects),
        drifted_(settings.variant == "forms-drift"),
        seed_(settings.variant == "forms-remade" ? "remade/" : "forms/"),
        server_(std::to_string(settings.major) + "/") {}

  void add() {
    add_disaggregations();
    for (const int size : kSizes) add_form(size);
  }

 private:
  std::string uid(const std::string& what) const { return uid_of(seed_ + what); }
  Json reference(const std::string& what) const { return {{"id", uid(what)}}; }

  Json named(const std::string& what, const std::string& name) const {
    return {{"id", uid(what)}, {"name", name}, {"shortName", name.substr(0, 50)}, {"code", what}};
  }

  void put(const std::string& plural, Json object) const {
    if (!object.contains("sharing")) object["sharing"] = {{"public", "rw------"}};
    objects_[plural].push_back(std::move(object));
  }

  void add_category(const std::string& code, const std::string& name,
                    const std::vector<std::string>& options) const {
    Json category = named(code, name);
    category["dataDimensionType"] = "DISAGGREGATION";
    category["dataDimension"] = true;
    for (const std::string& option : options) {
      put("categoryOptions", named("PF_" + option, "Practice " + option));
      category["categoryOptions"].push_back(reference("PF_" + option));
    }
    put("categories", category);
  }

  void add_combo(const std::string& code, const std::string& name,
                 const std::vector<std::string>& categories,
                 const std::vector<std::vector<std::string>>& option_combos) const {
    Json combo = named(code, name);
    combo.erase("shortName");
    combo["dataDimensionType"] = "DISAGGREGATION";
    combo["skipTotal"] = false;
    for (const std::string& category : categories)
      combo["categories"].push_back(reference(category));
    put("categoryCombos", combo);
    for (const auto& options : option_combos) {
      Json one = {{"id", uid(server_ + code + options.front() + options.back())},
                  {"name", ""},
                  {"categoryCombo", reference(code)}};
      std::string label;
      for (const std::string& option : options) {
        label += (label.empty() ? "Practice " : ", Practice ") + option;
        one["categoryOptions"].push_back(reference("PF_" + option));
      }
      one["name"] = label;
      objects_["categoryOptionCombos"].push_back(one);
    }
  }

  void add_disaggregations() const {
    add_category("PF_AGE", "Practice age", {"under 5", "5-14", "15 and more"});
    add_category("PF_SEX", "Practice sex", {"female", "male"});
    add_combo("PF_CC_AGE", "Practice by age", {"PF_AGE"}, {{"under 5"}, {"5-14"}, {"15 and more"}});
    add_combo("PF_CC_BOTH", "Practice by age and sex", {"PF_AGE", "PF_SEX"},
              {{"under 5", "female"},
               {"under 5", "male"},
               {"5-14", "female"},
               {"5-14", "male"},
               {"15 and more", "female"},
               {"15 and more", "male"}});
  }

  void add_choices(const std::string& form, bool one_less) const {
    Json set = named(form + "_OPTIONS", "Practice outcomes of " + form);
    set.erase("shortName");
    set["valueType"] = "TEXT";
    for (const char* option : {"cured", "referred", "died"}) {
      if (one_less && std::string(option) == "referred") continue;
      const std::string what = form + "_" + option;
      put("options", {{"id", uid(what)},
                      {"code", option},
                      {"name", std::string("Practice ") + option},
                      {"optionSet", {{"id", set["id"]}}},
                      {"sortOrder", set.value("options", Json::array()).size() + 1}});
      set["options"].push_back(reference(what));
    }
    put("optionSets", set);
  }

  void add_legends(const std::string& form, int limit) const {
    Json set = named(form + "_LEGENDS", "Practice levels of " + form);
    set.erase("shortName");
    set["legends"] = {{{"id", uid(form + "low")},
                       {"name", "low"},
                       {"startValue", 0},
                       {"endValue", limit},
                       {"color", "#d7191c"}},
                      {{"id", uid(form + "high")},
                       {"name", "high"},
                       {"startValue", 50},
                       {"endValue", 1000},
                       {"color", "#1a9641"}}};
    put("legendSets", set);
  }

  // Every third element is broken down by age, every third by age and sex.
  Json combo_of(int number) const {
    if (number % 3 == 0) return {{"id", kDefaultOfCombos}};
    return reference(number % 3 == 1 ? "PF_CC_AGE" : "PF_CC_BOTH");
  }

  void add_element(const std::string& form, int number, bool other_combo) const {
    const std::string what = form + "_" + std::to_string(number);
    Json element = named(what, "Practice " + form + " element " + std::to_string(number));
    element["domainType"] = "AGGREGATE";
    element["valueType"] = number % 9 == 0 ? "TEXT" : "INTEGER_ZERO_OR_POSITIVE";
    element["aggregationType"] = number % 9 == 0 ? "NONE" : "SUM";
    element["zeroIsSignificant"] = false;
    element["categoryCombo"] = combo_of(other_combo ? number + 1 : number);
    if (number % 9 == 0) element["optionSet"] = reference(form + "_OPTIONS");
    if (number % 10 == 5) element["legendSets"] = Json::array({reference(form + "_LEGENDS")});
    put("dataElements", element);
  }

  void add_indicator(const std::string& form, bool other_formula) const {
    Json indicator = named(form + "_RATE", "Practice rate of " + form);
    const std::string by_age = uid(server_ + "PF_CC_AGEunder 5under 5");
    indicator["indicatorType"] = {{"id", "gCvP6wJfWtq"}};
    indicator["annualized"] = false;
    indicator["numerator"] = "#{" + uid(form + "_1") + "." + by_age + "}";
    indicator["denominator"] =
        "#{" + uid(form + "_2") + "}" + (other_formula ? "*2" : "+#{" + uid(form + "_4") + "}");
    indicator["numeratorDescription"] = "under five";
    indicator["denominatorDescription"] = "all";
    put("indicators", indicator);
  }

  void add_sections(const std::string& form, int size, bool other_order) const {
    int count = 0;
    for (int first = 1; first < size; first += kPerSection) {
      Json elements = Json::array();
      for (int i = first; i < first + kPerSection && i < size; ++i) {
        elements.push_back(reference(form + "_" + std::to_string(i)));
      }
      if (other_order && first == 1) std::swap(elements[0], elements[1]);
      const std::string what = form + "_SECTION_" + std::to_string(++count);
      put("sections", {{"id", uid(what)},
                       {"name", "Practice part " + std::to_string(count)},
                       {"dataSet", reference(form)},
                       {"sortOrder", count},
                       {"dataElements", elements}});
      objects_["sections"].back().erase("sharing");
    }
  }

  // What drifts: of the small form a member, a disaggregation and who may enter; of the middle one
  // an order, a formula and an option; of the large one an element that is nowhere on the server,
  // the disaggregation within the form, and a legend.
  void add_form(int size) const {
    const std::string form = "PF" + std::to_string(size);
    const bool small = drifted_ && size == 10, middle = drifted_ && size == 100;
    const bool large = drifted_ && size == 500;
    Json set = named(form, "Practice form of " + std::to_string(size));
    set["periodType"] = "Monthly";
    set["timelyDays"] = 15.0;
    set["organisationUnits"] =
        Json::array({Json{{"id", objects_["organisationUnits"].back()["id"]}}});
    set["indicators"] = Json::array({reference(form + "_RATE")});
    set["sharing"] = {{"public", "r-r-----"}};
    Json& group = set["sharing"]["userGroups"]["FgVgutVzjea"];
    group = {{"id", "FgVgutVzjea"},
             {"displayName", "\u00c9quipe Domb\u00e9a"},
             {"access", small ? "r-r-----" : "rwrw----"}};
    for (int i = 1; i <= size; ++i) {
      if ((small || large) && i == size) continue;
      Json member = {{"dataElement", reference(form + "_" + std::to_string(i))},
                     {"dataSet", reference(form)}};
      if (i % 10 == 7)
        member["categoryCombo"] = reference(large && i == 7 ? "PF_CC_BOTH" : "PF_CC_AGE");
      set["dataSetElements"].push_back(member);
    }
    for (int i = 1; i <= size; ++i) {
      if (!large || i != size) add_element(form, i, small && i == 1);
    }
    add_choices(form, middle);
    add_legends(form, large ? 60 : 50);
    add_indicator(form, middle);
    add_sections(form, size, middle);
    put("dataSets", set);
  }

  Objects& objects_;
  bool drifted_;
  std::string seed_, server_;
};

}  // namespace

void add_forms(Objects& objects, const Settings& settings) {
  if (settings.variant.starts_with("forms")) Forms(objects, settings).add();
}

}  // namespace sandbox
