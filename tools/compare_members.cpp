// SPDX-License-Identifier: BSD-3-Clause
// Rows of DHIS2's schemas (2.40-2.43), less what DHIS2 keeps for itself: times, users, versions of
// a form, links and computed names.
#include "tools/compare_members.h"

#include <algorithm>
#include <array>
#include <map>

#include "tools/catalogue.h"

namespace dhis2mcp {
namespace {

enum How { kAlone, kAsked, kInlined };  // whether the objects behind a reference are compared

struct MemberRow {
  const char *type, *names;  // names: a comma list
  Compared as = Compared::value;
  const char* target = "";
  How how = kAlone;
  int since = 0;
};

// clang-format off
constexpr MemberRow kRows[] = {
  {"dataSet", "code,name,shortName,formName,description,periodType,expiryDays,timelyDays,openFuturePeriods,"
              "openPeriodsAfterCoEndDate,compulsoryFieldsCompleteOnly,validCompleteOnly,noValueRequiresComment,"
              "fieldCombinationRequired,notifyCompletingUser,mobile,skipOffline,dataElementDecoration,renderAsTabs,"
              "renderHorizontally,style"},
  {"dataSet", "dataInputPeriods", Compared::parts, "inputPeriod"},
  {"dataSet", "displayOptions", Compared::value, "", kAlone, 42},
  {"dataSet", "categoryCombo", Compared::reference, "categoryCombo", kAsked},
  {"dataSet", "dataSetElements", Compared::parts, "dataSetElement"},
  {"dataSet", "sections", Compared::sequence, "section", kInlined},
  {"dataSet", "indicators", Compared::set, "indicator", kInlined},
  {"dataSet", "compulsoryDataElementOperands", Compared::parts, "operand"},
  {"dataSet", "legendSets", Compared::sequence, "legendSet", kInlined},
  {"dataSet", "workflow", Compared::reference, "dataApprovalWorkflow"},
  {"dataSet", "dataEntryForm", Compared::reference, "dataEntryForm"},
  {"dataSet", "notificationRecipients", Compared::reference, "userGroup"},
  {"dataSet", "organisationUnits", Compared::count, "organisationUnit"},
  {"dataSet", "attributeValues", Compared::parts, "attributeValue"},
  {"dataSet", "sharing", Compared::sharing},
  {"inputPeriod", "period", Compared::reference},
  {"inputPeriod", "openingDate,closingDate"},
  {"dataSetElement", "dataElement", Compared::reference, "dataElement", kInlined},
  {"dataSetElement", "categoryCombo", Compared::reference, "categoryCombo", kAsked},
  {"operand", "dataElement", Compared::reference, "dataElement"},
  {"operand", "categoryOptionCombo", Compared::reference, "categoryOptionCombo"},
  {"attributeValue", "attribute", Compared::reference, "attribute"},
  {"attributeValue", "value"},
  {"section", "code,name,description,showRowTotals,showColumnTotals,disableDataElementAutoGroup"},
  {"section", "sortOrder", Compared::place},
  {"section", "displayOptions", Compared::value, "", kAlone, 41},
  {"section", "dataElements", Compared::sequence, "dataElement"},
  {"section", "indicators", Compared::sequence, "indicator"},
  {"section", "greyedFields", Compared::parts, "operand"},
  {"section", "attributeValues", Compared::parts, "attributeValue"},
  {"dataElement", "code,name,shortName,formName,description,valueType,aggregationType,domainType,zeroIsSignificant,"
                  "aggregationLevels,fieldMask,url,style,valueTypeOptions"},
  {"dataElement", "categoryCombo", Compared::reference, "categoryCombo", kAsked},
  {"dataElement", "optionSet", Compared::reference, "optionSet", kAsked},
  {"dataElement", "commentOptionSet", Compared::reference, "optionSet", kAsked},
  {"dataElement", "legendSets", Compared::sequence, "legendSet", kInlined},
  {"dataElement", "attributeValues", Compared::parts, "attributeValue"},
  {"dataElement", "sharing", Compared::sharing},
  {"categoryCombo", "code,name,dataDimensionType,skipTotal"},
  {"categoryCombo", "categories", Compared::sequence, "category", kInlined},
  {"categoryCombo", "sharing", Compared::sharing},
  {"category", "code,name,shortName,description,dataDimensionType,dataDimension"},
  {"category", "categoryOptions", Compared::sequence, "categoryOption", kInlined},
  {"category", "attributeValues", Compared::parts, "attributeValue"},
  {"category", "sharing", Compared::sharing},
  {"categoryOption", "code,name,shortName,formName,description,startDate,endDate,style"},
  {"categoryOption", "organisationUnits", Compared::count, "organisationUnit"},
  {"categoryOption", "attributeValues", Compared::parts, "attributeValue"},
  {"categoryOption", "sharing", Compared::sharing},
  {"indicator", "code,name,shortName,formName,description,numeratorDescription,denominatorDescription,annualized,"
                "decimals,url,style,aggregateExportCategoryOptionCombo,aggregateExportAttributeOptionCombo"},
  {"indicator", "numerator,denominator", Compared::formula},
  {"indicator", "indicatorType", Compared::reference, "indicatorType", kInlined},
  {"indicator", "legendSets", Compared::sequence, "legendSet", kInlined},
  {"indicator", "attributeValues", Compared::parts, "attributeValue"},
  {"indicator", "sharing", Compared::sharing},
  {"indicatorType", "code,name,factor,number"},
  {"optionSet", "code,name,description,valueType"},
  {"optionSet", "options", Compared::sequence, "option", kInlined},
  {"optionSet", "attributeValues", Compared::parts, "attributeValue"},
  {"optionSet", "sharing", Compared::sharing},
  {"option", "code,name,formName,description,style"},
  {"option", "attributeValues", Compared::parts, "attributeValue"},
  {"legendSet", "code,name"},
  {"legendSet", "legends", Compared::parts, "legend"},
  {"legendSet", "attributeValues", Compared::parts, "attributeValue"},
  {"legendSet", "sharing", Compared::sharing},
  {"legend", "name,startValue,endValue,color,image"},
  {"validationRule", "code,name,shortName,description,instruction,importance,operator,periodType,skipFormValidation,"
                     "organisationUnitLevels"},
  {"validationRule", "leftSide,rightSide", Compared::part, "expression"},
  {"validationRule", "attributeValues", Compared::parts, "attributeValue"},
  {"validationRule", "sharing", Compared::sharing},
  {"expression", "expression", Compared::formula},
  {"expression", "description,missingValueStrategy,slidingWindow"},
  {"validationRuleGroup", "code,name,description"},
  {"validationRuleGroup", "validationRules", Compared::set, "validationRule"},
  {"validationRuleGroup", "sharing", Compared::sharing},
  {"dataElementGroup", "code,name,shortName,description"},
  {"dataElementGroup", "dataElements", Compared::set, "dataElement"},
  {"dataElementGroup", "attributeValues", Compared::parts, "attributeValue"},
  {"dataElementGroup", "sharing", Compared::sharing},
  {"indicatorGroup", "code,name,description"},
  {"indicatorGroup", "indicators", Compared::set, "indicator"},
  {"indicatorGroup", "attributeValues", Compared::parts, "attributeValue"},
  {"indicatorGroup", "sharing", Compared::sharing},
  {"organisationUnitGroup", "code,name,shortName,description,color,symbol"},
  {"organisationUnitGroup", "organisationUnits", Compared::set, "organisationUnit"},
  {"organisationUnitGroup", "attributeValues", Compared::parts, "attributeValue"},
  {"organisationUnitGroup", "sharing", Compared::sharing},
  {"constant", "code,name,shortName,description,value"},
  {"constant", "attributeValues", Compared::parts, "attributeValue"},
  {"constant", "sharing", Compared::sharing},
};

// Members of other types that came, or went (until), with a major; parts by their member's name.
struct Span {
  const char *type, *names;
  int since, until = 0;
};
constexpr Span kSpans[] = {
  {"program", "enrollmentLabel,eventLabel,followUpLabel,noteLabel,orgUnitLabel,programStageLabel,relationshipLabel,"
              "trackedEntityAttributeLabel", 41},
  {"program", "categoryMappings", 42},
  {"program", "enableChangeLog,enrollmentCategoryCombo,enrollmentsLabel,eventsLabel,programStagesLabel", 43},
  {"programTrackedEntityAttributes", "skipIndividualAnalytics", 42, 43},
  {"programStage", "eventLabel,programStageLabel", 41},
  {"programStage", "eventsLabel", 43},
  {"programIndicator", "aggregateExportDataElement,attributeCombo,categoryCombo,categoryMappingIds", 42},
  {"programRuleAction", "legendSet,priority", 43},
  {"programRuleAction", "templateUid", 0, 42},
  {"trackedEntityAttribute", "blockedSearchOperators,minCharactersToSearch,preferredSearchOperator,skipAnalytics,"
                             "trigramIndexable", 43},
  {"trackedEntityType", "shortName", 42},
  {"trackedEntityType", "enableChangeLog,trackedEntityTypesLabel", 43},
  {"userGroup", "description", 43},
  {"visualization", "sorting", 41},
  {"eventVisualization", "trackedEntityType", 41},
  {"eventVisualization", "fixColumnHeaders,fixRowHeaders,hideEmptyColumns", 43},
  {"dashboard", "embedded", 42},
  {"map", "basemaps", 43},
};
// clang-format on

constexpr std::array<std::string_view, 28> kNoise = {"id",
                                                     "href",
                                                     "uid",
                                                     "created",
                                                     "lastUpdated",
                                                     "createdBy",
                                                     "lastUpdatedBy",
                                                     "user",
                                                     "access",
                                                     "favorite",
                                                     "favorites",
                                                     "subscribed",
                                                     "subscribers",
                                                     "interpretations",
                                                     "translations",
                                                     "publicAccess",
                                                     "externalAccess",
                                                     "userAccesses",
                                                     "userGroupAccesses",
                                                     "version",
                                                     "dimensionItem",
                                                     "dimensionItemType",
                                                     "lastLogin",
                                                     "passwordLastUpdated",
                                                     "lastExecuted",
                                                     "lastExecutedStatus",
                                                     "metaData",
                                                     "sortOrder"};

// Whose order people see.
constexpr std::array<std::string_view, 9> kSequences = {
    "dataElementGroups", "indicatorGroups",      "categoryOptionGroups",
    "programStages",     "programStageSections", "programSections",
    "dataElements",      "programIndicators",    "trackedEntityAttributes"};

bool among(std::string_view list, std::string_view name) {
  while (!list.empty()) {
    const auto cut = list.find(',');
    if (list.substr(0, cut) == name) return true;
    list = cut == std::string_view::npos ? std::string_view() : list.substr(cut + 1);
  }
  return false;
}

bool is_noise(std::string_view name) {
  const bool computed =
      name.starts_with("display") &&
      (name.ends_with("Name") || name.ends_with("Description") || name.ends_with("Label") ||
       name.ends_with("Text") || name.ends_with("itle"));
  return computed || std::ranges::find(kNoise, name) != kNoise.end();
}

std::map<std::string, std::vector<Member>> table() {
  std::map<std::string, std::vector<Member>> types;
  for (const MemberRow& row : kRows) {
    for (const std::string& name : comma_list(row.names)) {
      types[row.type].push_back(
          {name, row.as, row.target, row.how != kAlone, row.how == kInlined, row.since});
    }
  }
  return types;
}

bool is_reference(const Json& value) {
  return value.is_object() && value.contains("id") &&
         std::ranges::all_of(value.items(), [](const auto& member) {
           return member.key() == "id" || member.key() == "code" || member.key() == "name" ||
                  member.key() == "displayName";
         });
}

// "categoryCombo" and "categoryCombos" name their type; others are compared by UID alone.
std::string named_type(const std::string& member) {
  const MetadataType* type = Catalogue::embedded().type(member);
  return type == nullptr ? "" : type->name;
}

bool all_objects(const Json& list, bool (*test)(const Json&)) {
  return !list.empty() && std::ranges::all_of(list, test);
}

// As the value itself shows it.
Member shown_member(const std::string& name, const Json& value) {
  const auto is_object = [](const Json& item) { return item.is_object(); };
  if (name == "sharing" && value.is_object()) return {name, Compared::sharing};
  if (is_reference(value)) return {name, Compared::reference, named_type(name)};
  if (value.is_array() && all_objects(value, is_reference)) {
    const bool ordered = std::ranges::find(kSequences, name) != kSequences.end();
    return {name, ordered ? Compared::sequence : Compared::set, named_type(name)};
  }
  if (value.is_array() && all_objects(value, is_object)) return {name, Compared::parts, name};
  if (value.is_object()) return {name, Compared::part, name};
  const bool formula = name == "expression" || name == "filter" || name == "condition";
  if (formula && value.is_string()) return {name, Compared::formula};
  return {name};
}

}  // namespace

const std::vector<Member>& compared_members(const std::string& type) {
  static const std::map<std::string, std::vector<Member>> types = table();
  static const std::vector<Member> none;
  const auto found = types.find(type);
  return found == types.end() ? none : found->second;
}

std::vector<Member> shown_members(const std::string& type, const Json& here, const Json& there) {
  std::vector<Member> members;
  const bool part = Catalogue::embedded().type(type) == nullptr;
  for (const Json* object : {&here, &there}) {
    for (const auto& [name, value] : object->items()) {
      if (is_noise(name) || value.is_null() || (part && name == "sharing")) continue;
      const auto known = std::ranges::find(members, name, &Member::name);
      if (known == members.end()) {
        members.push_back(shown_member(name, value));
      } else if (known->as == Compared::value) {
        *known = shown_member(name, value);  // an empty list shows nothing of what it holds
      }
    }
  }
  return members;
}

std::string compared_fields(const std::string& type) {
  const std::vector<Member>& members = compared_members(type);
  if (members.empty()) return ":owner";
  std::string fields = "id";
  for (const Member& member : members) {
    fields += "," + member.name;
    if (member.as == Compared::count) {
      fields += "~size";
    } else if (member.as == Compared::part || member.as == Compared::parts || member.inlined) {
      fields += "[" + compared_fields(member.type) + "]";
    } else if (!member.type.empty()) {
      fields += "[id,code,name]";
    }
  }
  return fields;
}

bool lacks_member(std::string_view type, std::string_view member, int major) {
  return std::ranges::any_of(kSpans, [&](const Span& span) {
    return type == span.type && among(span.names, member) &&
           (major < span.since || (span.until != 0 && major >= span.until));
  });
}

bool says_nothing(const Json& value) {
  if (value.is_null()) return true;
  if (value.is_boolean()) return !value.get<bool>();
  if (value.is_number()) return value.get<double>() == 0;
  if (value.is_string()) {
    return value.get_ref<const std::string&>().empty() || value == "NONE" || value == "DEFAULT";
  }
  return value.empty();
}

}  // namespace dhis2mcp
