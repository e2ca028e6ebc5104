// SPDX-License-Identifier: BSD-3-Clause
// The read policy as a table: one row per rule, the first that denies a path is named.
#include "dhis2/read_rules.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "dhis2/ascii.h"
#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

struct Denied {
  std::string_view pattern;  // below /api; '*' stands for any text, slashes included
  std::string_view why;
  std::string_view instead;
  bool unless_fields = false;  // readable where the query names each field that it wants
};

constexpr std::string_view kUsersShow = "shows people's contact details and settings";
constexpr std::string_view kUsersInstead =
    "Name the fields you need, for example `users?fields=id,username,displayName`; no `*`, `!` or "
    ":preset.";

constexpr std::string_view kAnyTypeShows =
    "shows objects of every type, OAuth2 clients and tokens with their secrets among them";
constexpr std::string_view kFieldsInstead =
    "Name the fields you need, for example `fields=id,name`; no `*`, `!` or :preset, no secrets.";

constexpr std::string_view kTypesInstead =
    "Name the types, for example `metadata?dataElements=true`, or the fields: "
    "`metadata?fields=id,name`.";

constexpr Denied kDenied[] = {
    {"apiToken*", "lists and describes personal access tokens",
     "Use pat_list, or `dhis2-mcp pat list` in a shell."},
    {"oAuth2Clients*", "shows OAuth2 clients and their secrets",
     "Use `dhis2-mcp oauth2-client list` in a shell."},
    {"account*", "changes accounts, by GET too",
     "Manage accounts in DHIS2's own user profile; `me` tells who is signed in."},
    {"auth*", "signs in, signs out and acts as other users",
     "Use profile_login to sign in, and `me?fields=authorities` for authorities."},
    {"2fa*", "reads and changes two-factor sign-in",
     "Manage two-factor sign-in in DHIS2's own user profile."},
    {"routes/*/run*", "makes the DHIS2 server call another server",
     "Read the definition of the route at `routes/{id}`."},
    {"trackedEntityAttributes/*/generate*", "uses up a value of the sequence",
     "Read `trackedEntityAttributes/{id}/requiredValues` to see what a value is made of."},
    {"sqlViews/*/data*", "runs SQL on the server's database",
     "Read the definition at `sqlViews/{id}`; for figures ask analytics."},
    {"gateways*", "shows the credentials of SMS gateways",
     "Manage gateways in DHIS2's own SMS configuration app."},
    {"email*", "sends mail and tests the mail server", "Manage mail in DHIS2's own settings app."},
    {"sms*", "shows messages that people sent, and sends some",
     "Read them in DHIS2's own SMS configuration app."},
    {"apps*", "serves the code of installed apps", "Use system_info to see what is installed."},
    {"appHub*", "makes the DHIS2 server call the App Hub", "Browse apps.dhis2.org instead."},
    {"me/password*", "changes the password", "Change the password in DHIS2's own user profile."},
    {"me/verifyPassword*", "tries a password", "Use profile_status to see whether sign-in works."},
    {"maintenance*", "starts maintenance of the server",
     "Start it in DHIS2's own data administration app."},
    {"jobConfigurations/*/execute*", "starts a job, up to 2.37 by GET",
     "Read the definition of the job at `jobConfigurations/{id}`."},
    {"scheduling*", "shows and starts jobs",
     "Read the definitions of jobs at `jobConfigurations`."},
    {"messageConversations*", "shows private messages",
     "Only `messageConversations/unreadCount` is readable."},
    {"eventHooks*", "shows the targets and credentials of event hooks",
     "Manage event hooks in DHIS2 itself."},
    {"aggregateDataExchanges*", "shows credentials of, and sends data to, other servers",
     "Use DHIS2's own data exchange app."},
    {"userDataStore*", "shows what people stored for themselves alone",
     "Read shared data at `dataStore`."},
    {"users", kUsersShow, kUsersInstead, true},
    {"users.*", kUsersShow, kUsersInstead, true},
    {"users/*", kUsersShow, kUsersInstead, true},
    {"identifiableObjects/*", kAnyTypeShows, kFieldsInstead, true},
    {"metadata/version/*/data*", kAnyTypeShows, kTypesInstead},
};

// What metadata exports hold on every version. Asked for one of these, DHIS2 exports no other type
// than those asked for; asked for none that it knows, it exports all.
constexpr std::string_view kExported[] = {"attributes",
                                          "categories",
                                          "categoryCombos",
                                          "categoryOptionCombos",
                                          "categoryOptionGroupSets",
                                          "categoryOptionGroups",
                                          "categoryOptions",
                                          "constants",
                                          "dashboards",
                                          "dataApprovalLevels",
                                          "dataApprovalWorkflows",
                                          "dataElementGroupSets",
                                          "dataElementGroups",
                                          "dataElements",
                                          "dataEntryForms",
                                          "dataSets",
                                          "documents",
                                          "indicatorGroupSets",
                                          "indicatorGroups",
                                          "indicatorTypes",
                                          "indicators",
                                          "legendSets",
                                          "maps",
                                          "optionGroupSets",
                                          "optionGroups",
                                          "optionSets",
                                          "options",
                                          "organisationUnitGroupSets",
                                          "organisationUnitGroups",
                                          "organisationUnitLevels",
                                          "organisationUnits",
                                          "predictorGroups",
                                          "predictors",
                                          "programIndicatorGroups",
                                          "programIndicators",
                                          "programRuleActions",
                                          "programRuleVariables",
                                          "programRules",
                                          "programStageSections",
                                          "programStages",
                                          "programs",
                                          "relationshipTypes",
                                          "reports",
                                          "sections",
                                          "sqlViews",
                                          "trackedEntityAttributes",
                                          "trackedEntityTypes",
                                          "userGroups",
                                          "userRoles",
                                          "validationRuleGroups",
                                          "validationRules",
                                          "visualizations"};

constexpr std::string_view kUnreadCount = "messageConversations/unreadCount";

// Compares without case.
bool matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*') {
    for (std::size_t skip = 0; skip <= text.size(); ++skip) {
      if (matches(pattern.substr(1), text.substr(skip))) return true;
    }
    return false;
  }
  return !text.empty() && lower_letter(pattern.front()) == lower_letter(text.front()) &&
         matches(pattern.substr(1), text.substr(1));
}

Error denied(std::string_view path, const Denied& rule) {
  return not_readable(path, std::string(rule.why) + " (rule " + std::string(rule.pattern) + ")",
                      rule.instead);
}

// Properties that hold users, of objects of any type (schemas of 2.40 to 2.43).
bool holds_users(std::string_view property) {
  constexpr std::string_view kUsers[] = {"assignedUser",  "assignee", "createdBy",
                                         "finalisedBy",   "likedBy",  "lastSender",
                                         "lastUpdatedBy", "user",     "users"};
  return std::ranges::any_of(kUsers, [&](auto users) { return same_word(users, property); });
}

// Where a transformer ends: "~size", "|rename(x)" or "::size" reach to a closing parenthesis of
// their own, else to the next field or block. They hide a ']' from DHIS2, too.
std::size_t behind_transformer(std::string_view fields, std::size_t at) {
  bool inside = false;
  for (; at < fields.size(); ++at) {
    const char c = fields[at];
    if (c == ',' || (c == '[' && !inside)) return at;
    if (c == ')' && inside) return at + 1;
    inside = inside || c == '(';
  }
  return at;
}

// One field of a selection. `spread`: ":all", "*" or "!x", which ask for fields that nobody named.
struct Field {
  std::string name;
  bool of_users = false;
  bool spread = false;
};

// Reads a selection as DHIS2 does: a character that is no letter, digit or sign of the grammar is
// passed over, a transformer may stand within a name, and a colon anywhere makes a name a preset.
// Versions before 2.38 take round brackets, too. `of_users` where all `fields` are of users.
std::vector<Field> read_fields(std::string_view fields, bool of_users) {
  std::vector<Field> out;
  std::vector<bool> of_users_at{of_users};
  Field field;
  const auto end_field = [&] {
    field.of_users = of_users_at.back();
    if (!field.name.empty() || field.spread) out.push_back(std::move(field));
    field = {};
  };
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const char c = fields[i];
    if (c == '~' || c == '|' || fields.substr(i).starts_with("::")) {
      i = behind_transformer(fields, i) - 1;
    } else if (c == ',') {
      end_field();
    } else if (c == '[' || c == '(') {
      const bool users_inside = of_users_at.back() || holds_users(field.name);
      end_field();
      of_users_at.push_back(users_inside);
    } else if (c == ']' || c == ')') {
      end_field();
      if (of_users_at.size() > 1) of_users_at.pop_back();
    } else if (c == '*' || c == '!' || c == ':') {
      field.spread = true;
    } else if (is_letter_or_digit(c)) {
      field.name += c;
    }
  }
  end_field();
  return out;
}

// Whether fields of users are asked for that nobody named: in "name,createdBy[*]", or anywhere
// where all `fields` are of users.
bool spreads(std::string_view fields, bool of_users) {
  return std::ranges::any_of(read_fields(fields, of_users),
                             [](const Field& field) { return field.of_users && field.spread; });
}

// Of one type of an export, too: "users:fields".
bool is_fields(std::string_view name) { return name == "fields" || name.ends_with(":fields"); }

bool names_its_fields(const Query& query) {
  bool any = false;
  for (const auto& [name, value] : query.items()) {
    if (!is_fields(name)) continue;
    const std::vector<Field> fields = read_fields(value, true);
    if (fields.empty() || std::ranges::any_of(fields, [](const Field& field) {
          return field.spread || matches("*secret*", field.name);
        })) {
      return false;
    }
    any = any || name == "fields";
  }
  return any;
}

// The types that an export asks for obey the rules of their own paths.
void check_export(std::string_view path, const Query& query) {
  bool bounded = false;
  for (const auto& [name, value] : query.items()) {
    const auto colon = name.find(':');
    if (colon == std::string::npos && !same_word(value, "true")) continue;
    const std::string_view type = std::string_view(name).substr(0, colon);
    for (const Denied& rule : kDenied) {
      if (!matches(rule.pattern, type)) continue;
      if (rule.unless_fields && names_its_fields(query)) continue;
      throw denied(path, rule);
    }
    bounded = bounded || std::ranges::find(kExported, type) != std::end(kExported);
  }
  if (bounded || names_its_fields(query)) return;
  throw not_readable(path, std::string(kAnyTypeShows), kTypesInstead);
}

// "createdBy" of "dataElements/fbfJHSPpUQD/createdBy.json": that property alone, with all its
// fields where the query names none.
std::string_view property_of(std::string_view below_api) {
  if (matches("dataStore/*", below_api)) return {};
  for (int segment = 0; segment < 2; ++segment) {
    const auto slash = below_api.find('/');
    if (slash == std::string_view::npos) return {};
    below_api.remove_prefix(slash + 1);
  }
  return below_api.substr(0, below_api.find_first_of("./"));
}

// Users within objects of any type.
void check_users_within(std::string_view path, std::string_view below_api, const Query& query) {
  bool spread = holds_users(property_of(below_api)) && !names_its_fields(query);
  for (const auto& [name, value] : query.items()) {
    spread = spread || (is_fields(name) && spreads(value, false));
  }
  if (!spread) return;
  throw not_readable(path, std::string(kUsersShow) + " (rule users)",
                     "Name the fields of users, too, for example `createdBy[id,username]`.");
}

}  // namespace

Error not_readable(std::string_view path, const std::string& why, std::string_view instead) {
  return {ErrorKind::refused,
          "The path \"" + std::string(path) + "\" is not readable here: " + why + ".",
          std::string(instead)};
}

void check_read(std::string_view path, std::string_view below_api, const Query& query) {
  for (const Denied& rule : kDenied) {
    if (!matches(rule.pattern, below_api) || below_api == kUnreadCount) continue;
    const bool exact_case = below_api.starts_with(rule.pattern.substr(0, rule.pattern.find('*')));
    if (rule.unless_fields && exact_case && names_its_fields(query)) continue;
    throw denied(path, rule);
  }
  if (matches("metadata", below_api) || matches("metadata.*", below_api)) {
    check_export(path, query);
  }
  check_users_within(path, below_api, query);
}

}  // namespace dhis2mcp
