// SPDX-License-Identifier: BSD-3-Clause
// metadata_usage: one list request for each kind of use of the object's type, four at once; then
// one for the dashboards that show what was found, where anything was.
#include <algorithm>
#include <map>
#include <optional>

#include "dhis2/error.h"
#include "dhis2/json_members.h"
#include "dhis2/readable.h"
#include "tools/catalogue.h"
#include "tools/document.h"
#include "tools/handlers.h"
#include "tools/name_forms.h"
#include "tools/names.h"
#include "tools/parallel.h"
#include "tools/registry.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

constexpr int kMostOfAType = 100;

// Objects of `user` that use one of `of`: `paths` hold its UID, or a text that names it. `above` is
// what they belong to, shown with their name.
struct Use {
  const char *of, *user, *paths, *how;
  const char* above = "";
  int since = 0;
};

// In texts that are formulas the UID stands within; how then says which of them.
constexpr const char* kIn = "in the formula";

// clang-format off
constexpr Use kUses[] = {
  {"dataElement", "dataSet", "dataSetElements.dataElement.id", "holds it"},
  {"dataElement", "section", "dataElements.id", "shows it", "dataSet"},
  {"dataElement", "dataElementGroup", "dataElements.id", "has it as a member"},
  {"dataElement", "indicator", "numerator,denominator", kIn},
  {"dataElement", "validationRule", "leftSide.expression,rightSide.expression", kIn},
  {"dataElement", "predictor", "generator.expression,sampleSkipTest.expression", kIn},
  {"dataElement", "predictor", "output.id", "writes to it"},
  {"dataElement", "programStage", "programStageDataElements.dataElement.id", "collects it", "program"},
  {"dataElement", "programIndicator", "expression,filter", kIn, "program"},
  {"dataElement", "programRuleVariable", "dataElement.id", "reads it", "program"},
  {"dataElement", "programRuleAction", "dataElement.id", "acts on it"},
  {"dataElement", "visualization", "dataDimensionItems.dataElement.id", "shows it"},
  {"dataElement", "visualization", "dataDimensionItems.dataElementOperand.dataElement.id", "shows a part of it"},
  {"dataElement", "map", "mapViews.dataDimensionItems.dataElement.id", "shows it"},
  {"dataElement", "eventVisualization", "dataElementDimensions.dataElement.id", "shows it", "", 38},
  {"indicator", "dataSet", "indicators.id", "shows it"},
  {"indicator", "section", "indicators.id", "shows it", "dataSet"},
  {"indicator", "indicatorGroup", "indicators.id", "has it as a member"},
  {"indicator", "indicator", "numerator,denominator", kIn},
  {"indicator", "visualization", "dataDimensionItems.indicator.id", "shows it"},
  {"indicator", "map", "mapViews.dataDimensionItems.indicator.id", "shows it"},
  {"indicatorType", "indicator", "indicatorType.id", "is of it"},
  {"programIndicator", "programIndicatorGroup", "programIndicators.id", "has it as a member"},
  {"programIndicator", "indicator", "numerator,denominator", kIn},
  {"programIndicator", "programIndicator", "expression,filter", kIn, "program"},
  {"programIndicator", "validationRule", "leftSide.expression,rightSide.expression", kIn},
  {"programIndicator", "predictor", "generator.expression", kIn},
  {"programIndicator", "visualization", "dataDimensionItems.programIndicator.id", "shows it"},
  {"programIndicator", "map", "mapViews.dataDimensionItems.programIndicator.id", "shows it"},
  {"dataSet", "section", "dataSet.id", "is part of it"},
  {"dataSet", "indicator", "numerator,denominator", kIn},
  {"dataSet", "validationRule", "leftSide.expression,rightSide.expression", kIn},
  {"dataSet", "dataSetNotificationTemplate", "dataSets.id", "is sent about it"},
  {"dataSet", "visualization", "dataDimensionItems.reportingRate.dataSet.id", "shows its reporting rate"},
  {"dataSet", "map", "mapViews.dataDimensionItems.reportingRate.dataSet.id", "shows its reporting rate"},
  {"categoryCombo", "dataElement", "categoryCombo.id", "is broken down by it"},
  {"categoryCombo", "dataSet", "categoryCombo.id", "has it as attribute"},
  {"categoryCombo", "dataSet", "dataSetElements.categoryCombo.id", "breaks elements down by it"},
  {"categoryCombo", "program", "categoryCombo.id", "has it as attribute"},
  {"categoryCombo", "categoryOptionCombo", "categoryCombo.id", "is made from it"},
  {"category", "categoryCombo", "categories.id", "is made of it"},
  {"category", "visualization", "categoryDimensions.category.id", "shows it"},
  {"categoryOption", "category", "categoryOptions.id", "has it as an option"},
  {"categoryOption", "categoryOptionGroup", "categoryOptions.id", "has it as a member"},
  {"categoryOption", "categoryOptionCombo", "categoryOptions.id", "is made of it"},
  {"categoryOptionGroup", "categoryOptionGroupSet", "categoryOptionGroups.id", "has it as a member"},
  {"categoryOptionCombo", "indicator", "numerator,denominator", kIn},
  {"categoryOptionCombo", "validationRule", "leftSide.expression,rightSide.expression", kIn},
  {"categoryOptionCombo", "predictor", "generator.expression", kIn},
  {"categoryOptionCombo", "section", "greyedFields.categoryOptionCombo.id", "greys it out", "dataSet"},
  {"optionSet", "dataElement", "optionSet.id,commentOptionSet.id", "takes its options"},
  {"optionSet", "trackedEntityAttribute", "optionSet.id", "takes its options"},
  {"optionSet", "attribute", "optionSet.id", "takes its options"},
  {"optionSet", "optionGroup", "optionSet.id", "groups its options"},
  {"option", "optionSet", "options.id", "has it"},
  {"option", "optionGroup", "options.id", "has it as a member"},
  {"optionGroup", "optionGroupSet", "optionGroups.id", "has it as a member"},
  {"legendSet", "dataElement", "legendSets.id", "is coloured by it"},
  {"legendSet", "indicator", "legendSets.id", "is coloured by it"},
  {"legendSet", "programIndicator", "legendSets.id", "is coloured by it"},
  {"legendSet", "dataSet", "legendSets.id", "is coloured by it"},
  {"legendSet", "visualization", "legend.set.id", "is coloured by it"},
  {"legendSet", "map", "mapViews.legendSet.id", "is coloured by it"},
  {"constant", "indicator", "numerator,denominator", kIn},
  {"constant", "validationRule", "leftSide.expression,rightSide.expression", kIn},
  {"constant", "predictor", "generator.expression", kIn},
  {"constant", "programIndicator", "expression,filter", kIn, "program"},
  {"organisationUnitGroup", "organisationUnitGroupSet", "organisationUnitGroups.id", "has it as a member"},
  {"organisationUnitGroup", "indicator", "numerator,denominator", kIn},
  {"organisationUnitGroup", "visualization", "itemOrganisationUnitGroups.id", "shows it"},
  {"organisationUnitGroupSet", "visualization", "organisationUnitGroupSetDimensions.organisationUnitGroupSet.id", "shows it"},
  {"organisationUnit", "dataSet", "organisationUnits.id", "is assigned to it"},
  {"organisationUnit", "program", "organisationUnits.id", "is assigned to it"},
  {"organisationUnit", "organisationUnitGroup", "organisationUnits.id", "has it as a member"},
  {"organisationUnit", "visualization", "organisationUnits.id", "shows it"},
  {"dataElementGroup", "dataElementGroupSet", "dataElementGroups.id", "has it as a member"},
  {"dataElementGroupSet", "visualization", "dataElementGroupSetDimensions.dataElementGroupSet.id", "shows it"},
  {"indicatorGroup", "indicatorGroupSet", "indicatorGroups.id", "has it as a member"},
  {"validationRule", "validationRuleGroup", "validationRules.id", "has it as a member"},
  {"program", "programStage", "program.id", "is part of it"},
  {"program", "programIndicator", "program.id", "counts it"},
  {"program", "programRule", "program.id", "is part of it"},
  {"program", "indicator", "numerator,denominator", kIn},
  {"program", "eventVisualization", "program.id", "shows it", "", 38},
  {"program", "map", "mapViews.program.id", "shows it"},
  {"programStage", "programStageSection", "programStage.id", "is part of it"},
  {"programStage", "programIndicator", "expression,filter", kIn, "program"},
  {"programStage", "programRule", "programStage.id", "runs in it", "program"},
  {"programStage", "eventVisualization", "programStage.id", "shows it", "", 38},
  {"trackedEntityAttribute", "program", "programTrackedEntityAttributes.trackedEntityAttribute.id", "collects it"},
  {"trackedEntityAttribute", "trackedEntityType", "trackedEntityTypeAttributes.trackedEntityAttribute.id", "collects it"},
  {"trackedEntityAttribute", "programRuleVariable", "trackedEntityAttribute.id", "reads it", "program"},
  {"trackedEntityAttribute", "programRuleAction", "trackedEntityAttribute.id", "acts on it"},
  {"trackedEntityAttribute", "programIndicator", "expression,filter", kIn, "program"},
  {"trackedEntityAttribute", "indicator", "numerator,denominator", kIn},
  {"trackedEntityType", "program", "trackedEntityType.id", "is about it"},
  {"programRuleVariable", "programRule", "condition", kIn, "program"},
  {"dataApprovalWorkflow", "dataSet", "workflow.id", "is approved by it"},
  {"dataApprovalLevel", "dataApprovalWorkflow", "dataApprovalLevels.id", "has it"},
  {"userGroup", "dataSet", "notificationRecipients.id", "notifies it"},
  {"dataEntryForm", "dataSet", "dataEntryForm.id", "is entered in it"},
};
// clang-format on

// What dashboards show, by the member of their items.
constexpr const char* kOnDashboards[] = {"visualization", "map", "eventVisualization"};

struct Found {
  const Use* use;
  const MetadataType* user;
  std::vector<std::pair<std::string, std::string>> names;  // name, how
  std::vector<std::string> uids;
  std::uint64_t total = 0;
  std::optional<Error> failure;
};

bool is_formula(const Use& use) { return use.how == kIn; }

// The first member of a path: what has to be shown of "leftSide.expression".
std::string field_of(const std::string& path) {
  const auto dot = path.find('.');
  return dot == std::string::npos ? path : path.substr(0, dot) + "[" + path.substr(dot + 1) + "]";
}

Query usage_query(const Use& use, const Named& object) {
  const std::vector<std::string> paths = comma_list(use.paths);
  std::string fields = "id,name";
  if (*use.above != '\0') fields += "," + std::string(use.above) + "[name]";
  Query query;
  // A rule names its variables, not their UIDs.
  const bool named = std::string_view(use.of) == "programRuleVariable";
  for (const std::string& path : paths) {
    if (is_formula(use)) fields += "," + field_of(path);
    query.add("filter",
              path + (is_formula(use) ? ":like:" : ":eq:") + (named ? object.name : object.uid));
  }
  query.add("fields", fields).add("pageSize", std::to_string(kMostOfAType));
  if (paths.size() > 1) query.add("rootJunction", "OR");
  return query;
}

// "numerator, denominator": those that hold it.
std::string formulas_with(const Use& use, const Json& user, const std::string& uid) {
  std::string how;
  for (const std::string& path : comma_list(use.paths)) {
    const auto dot = path.find('.');
    const std::string outer = path.substr(0, dot);
    const Json holder = dot == std::string::npos ? user : user.value(outer, Json::object());
    const std::string inner = dot == std::string::npos ? path : path.substr(dot + 1);
    if (text_of(holder, inner.c_str()).find(uid) != std::string::npos) {
      how += (how.empty() ? "" : ", ") + outer;
    }
  }
  return how.empty() ? use.how : "in " + how;
}

// A type that this server does not have or this account may not read is told, not fatal.
Found ask(SignedClient& client, const Patience& patience, const Use& use, const MetadataType& user,
          const Named& object) {
  Found found{&use, &user, {}, {}, 0, std::nullopt};
  Json answer;
  try {
    const Query query = usage_query(use, object);
    readable("/api/" + user.collection, query);
    answer = client.get("/api/" + user.collection, query, patience);
  } catch (const Error& error) {
    if (!is_local(error)) throw;
    found.failure = error;
    return found;
  }
  const Json list = list_of(answer, user.collection.c_str());
  for (const Json& one : list) {
    std::string name = text_of(one, "name");
    if (name.empty()) name = text_of(one, "id");
    if (const auto above = one.find(use.above); above != one.end() && above->is_object()) {
      name += " (" + text_of(*above, "name") + ")";
    }
    found.names.emplace_back(name, is_formula(use) ? formulas_with(use, one, object.uid) : use.how);
    found.uids.push_back(text_of(one, "id"));
  }
  found.total =
      read_paging(answer, list.size(), "/api/" + user.collection).total.value_or(list.size());
  return found;
}

// The object that is meant, among the types whose use is known.
Named asked_object(Call& call) {
  const std::string text = trimmed(call.arguments.text("object"));
  Names names = names_of(call);
  const Catalogue& catalogue = call.registry.catalogue();
  std::vector<std::string> types;
  if (call.arguments.has("type")) {
    types = {catalogue.known_type(call.arguments.text("type")).name};
  } else {
    if (is_uid(text) && !may_be_word(text)) return names.any(text);
    types = {"dataElement",
             "indicator",
             "programIndicator",
             "dataSet",
             "program",
             "category",
             "categoryCombo",
             "categoryOption",
             "optionSet",
             "legendSet",
             "constant",
             "visualization",
             "map",
             "validationRule",
             "organisationUnit",
             "organisationUnitGroup",
             "dataElementGroup",
             "indicatorGroup",
             "trackedEntityAttribute"};
  }
  return names.object(text, types);
}

std::vector<const Use*> uses_of(const std::string& type, int major) {
  std::vector<const Use*> uses;
  for (const Use& use : kUses) {
    if (type == use.of && major >= use.since) uses.push_back(&use);
  }
  return uses;
}

// Which dashboards show one of these, each once for each thing that it shows.
std::vector<Found> dashboards(Call& call, const std::vector<Found>& shown) {
  static constexpr Use kShows{"", "dashboard", "", "shows it"};
  const MetadataType& dashboard = call.registry.catalogue().known_type("dashboard");
  std::map<std::string, std::map<std::string, std::string>> names;  // by type and UID
  for (const Found& found : shown) {
    for (std::size_t i = 0; i < found.uids.size(); ++i) {
      names[found.user->name][found.uids[i]] = found.names[i].first;
    }
  }
  std::vector<std::string> types;
  for (const char* type : kOnDashboards) {
    if (names.contains(type)) types.emplace_back(type);
  }
  return ask_each(types, [&](const std::string& type) {
    std::string uids;
    for (const auto& [uid, name] : names.at(type)) uids += (uids.empty() ? "" : ",") + uid;
    const Query query = Query()
                            .add("fields", "id,name,dashboardItems[" + type + "[id]]")
                            .add("filter", "dashboardItems." + type + ".id:in:[" + uids + "]")
                            .add("pageSize", std::to_string(kMostOfAType));
    Found found{&kShows, &dashboard, {}, {}, 0, std::nullopt};
    Json answer;
    try {
      answer = call.client().get("/api/dashboards", query, call.patience());
    } catch (const Error& error) {
      if (!is_local(error)) throw;
      found.failure = error;
      return found;
    }
    const Json list = list_of(answer, "dashboards");
    for (const Json& one : list) {
      for (const Json& item : list_of(one, "dashboardItems")) {
        const auto what = names.at(type).find(text_of(item.value(type, Json::object()), "id"));
        if (what == names.at(type).end()) continue;
        found.names.emplace_back(text_of(one, "name"), "shows " + what->second);
      }
    }
    const std::uint64_t told =
        read_paging(answer, list.size(), "/api/dashboards").total.value_or(0);
    found.total = found.names.size() + (told > list.size() ? told - list.size() : 0);
    return found;
  });
}

void tell(Call& call, const std::vector<Found>& all, Answer& answer) {
  RowCollector collector(call.results, call.owner(), {"Type", "Name", "How"});
  std::string counts;
  std::uint64_t total = 0;
  bool cut = false;
  for (const Found& found : all) {
    for (const auto& [name, how] : found.names) {
      collector.add({Cell::text(found.user->words), Cell::text(name), Cell::text(how)});
    }
    total += found.total;
    if (found.failure) {
      answer.notes.push_back("Not looked through: " + found.user->words + " (" +
                             found.failure->what() + ").");
    }
    if (found.total == 0) continue;
    counts += (counts.empty() ? "" : ", ") + found.user->words + " " + std::to_string(found.total);
    if (found.total > found.names.size()) {
      cut = true;
      answer.notes.push_back("The first " + std::to_string(found.names.size()) + " of " +
                             std::to_string(found.total) + " of type " + found.user->words +
                             " are shown; for the rest use dhis2_query on " +
                             found.user->collection + " with a filter.");
    }
  }
  answer.notes.push_back(counts.empty() ? "No use was found." : "Uses by type: " + counts + ".");
  answer.total = total;
  collector.finish(answer);
  if (cut) answer.truncated = true;
}

}  // namespace

Answer metadata_usage(Call& call) {
  Answer answer = call.answer();
  const Named object = asked_object(call);
  answer.read_as.push_back(object.read_as());
  SignedClient& client = call.client();
  const std::vector<const Use*> uses =
      uses_of(object.type, client.whoami(call.patience()).version.major);
  std::vector<Found> all = ask_each(uses, [&](const Use* use) {
    return ask(client, call.patience(), *use, call.registry.catalogue().known_type(use->user),
               object);
  });
  std::vector<Found> shown = all;
  if (std::ranges::find(kOnDashboards, object.type) != std::end(kOnDashboards)) {
    Found itself{nullptr, call.registry.catalogue().type(object.type), {}, {}, 0, std::nullopt};
    itself.names.emplace_back(object.name.empty() ? "it" : object.name, "");
    itself.uids.push_back(object.uid);
    shown.push_back(std::move(itself));
  } else if (uses.empty()) {
    throw Error(ErrorKind::bad_input, "Where a " + object.type + " is used is not known here.",
                "Filter the type that may use it with dhis2_query, e.g. filter "
                "\"<property>.id:eq:" +
                    object.uid + "\".");
  }
  for (Found& found : dashboards(call, shown)) all.push_back(std::move(found));
  tell(call, all, answer);
  return answer;
}

}  // namespace dhis2mcp
