// SPDX-License-Identifier: BSD-3-Clause
// The read policy as a table: one row per rule, first match decides.
#include "dhis2/readable.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "dhis2/ascii.h"
#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

using QueryItem = std::pair<std::string, std::string>;

struct Denied {
  std::string_view pattern;  // below /api; '*' stands for any text, slashes included
  std::string_view why;
  std::string_view instead;
};

constexpr std::string_view kUsersShow = "shows people's contact details and settings";
constexpr std::string_view kUsersInstead =
    "Name the fields you need, for example `users?fields=id,username,displayName`; no `*`, `!` or "
    ":preset.";

constexpr std::string_view kAnyTypeShows =
    "shows objects of every type, OAuth2 clients and tokens with their secrets among them";
constexpr std::string_view kFieldsInstead =
    "Name the fields you need, for example `fields=id,name`; no `*`, `!` or :preset, no secrets.";

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
    {"users", kUsersShow, kUsersInstead},
    {"users.*", kUsersShow, kUsersInstead},
    {"users/*", kUsersShow, kUsersInstead},
    {"organisationUnits/*/users*", kUsersShow, kUsersInstead},
    {"userGroups/*/users*", kUsersShow, kUsersInstead},
    {"userRoles/*/users*", kUsersShow, kUsersInstead},
    {"identifiableObjects/*", kAnyTypeShows, kFieldsInstead},
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

[[noreturn]] void refuse(std::string_view path, const std::string& why, std::string_view instead) {
  throw Error(ErrorKind::refused,
              "The path \"" + std::string(path) + "\" is not readable here: " + why + ".",
              std::string(instead));
}

[[noreturn]] void refuse(std::string_view path, const Denied& rule) {
  refuse(path, std::string(rule.why) + " (rule " + std::string(rule.pattern) + ")", rule.instead);
}

[[noreturn]] void no_path(const std::string& why) {
  throw Error(ErrorKind::bad_input, why, "Give a path below /api, for example \"dataElements\".");
}

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> segments;
  for (;;) {
    const auto end = path.find('/');
    segments.push_back(path.substr(0, end));
    if (end == std::string_view::npos) return segments;
    path.remove_prefix(end + 1);
  }
}

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.';
}

// A trailing dot, too, is dropped by some servers after we have looked.
void check_segment(std::string_view path, std::string_view segment) {
  if (segment.empty()) refuse(path, "it has an empty segment", "Write single slashes.");
  if (!std::ranges::all_of(segment, is_plain) || segment.back() == '.' || segment.front() == '.') {
    refuse(path,
           "its segments may hold letters, digits, '-', '_' and '.' inside only, and nothing "
           "percent-encoded",
           "Use the UID of an object in a path, or filter by its name or code in the query.");
  }
}

bool is_number(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

struct Below {
  std::vector<std::string_view> segments;
  std::string_view version;
};

// "/api/41/me/" becomes {"me"} of version "41".
Below below_api(std::string_view path) {
  std::string_view rest = path;
  if (rest.starts_with('/')) rest.remove_prefix(1);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.empty()) no_path("The path is empty.");
  std::vector<std::string_view> segments = split(rest);
  for (const std::string_view segment : segments) check_segment(path, segment);
  if (segments.front() == "api") segments.erase(segments.begin());
  std::string_view version;
  if (!segments.empty() && is_number(segments.front())) {
    version = segments.front();
    segments.erase(segments.begin());
  }
  if (segments.empty()) no_path("The path names nothing below /api.");
  if (is_number(segments.front()) || matches("api", segments.front())) {
    refuse(path, "it starts twice with /api or a version number",
           "Write /api once, or not at all.");
  }
  return {std::move(segments), version};
}

// ":all" and "*" stand for fields that nobody named, "!x" for all the others.
bool names_wildcard(std::string_view fields) {
  bool token_starts = true;
  for (const char c : fields) {
    if (c == '*' || c == '!' || (c == ':' && token_starts)) return true;
    if (c != ' ') token_starts = c == ',' || c == '[' || c == '(' || c == ';';
  }
  return false;
}

// Of one type of an export, too: "users:fields".
bool is_fields(std::string_view name) { return name == "fields" || name.ends_with(":fields"); }

bool names_its_fields(const std::vector<QueryItem>& items) {
  bool any = false;
  for (const auto& [name, value] : items) {
    if (!is_fields(name)) continue;
    if (value.find_first_not_of(" ,") == std::string::npos || names_wildcard(value) ||
        matches("*secret*", value)) {
      return false;
    }
    any = any || name == "fields";
  }
  return any;
}

// "createdBy[*]" within the fields of any type.
bool spreads_users(std::string_view fields) {
  constexpr std::string_view kUsers[] = {"users[", "user[", "createdBy[", "lastUpdatedBy["};
  for (const std::string_view users : kUsers) {
    for (std::size_t at = fields.find(users); at != std::string_view::npos;
         at = fields.find(users, at + 1)) {
      std::size_t end = at + users.size();
      for (int depth = 1; end < fields.size() && depth > 0; ++end) {
        depth += fields[end] == '[' ? 1 : fields[end] == ']' ? -1 : 0;
      }
      if (names_wildcard(fields.substr(at + users.size(), end - at - users.size()))) return true;
    }
  }
  return false;
}

bool is_users_rule(const Denied& rule) { return rule.instead == kUsersInstead; }

// The types that an export asks for obey the rules of their own paths.
void check_export(std::string_view path, const std::vector<QueryItem>& items) {
  bool bounded = false;
  for (const auto& [name, value] : items) {
    const auto colon = name.find(':');
    if (colon == std::string::npos && !matches("true", value)) continue;
    const std::string_view type = std::string_view(name).substr(0, colon);
    for (const Denied& rule : kDenied) {
      if (!matches(rule.pattern, type)) continue;
      if (is_users_rule(rule) && names_its_fields(items)) continue;
      refuse(path, rule);
    }
    bounded = bounded || std::ranges::find(kExported, type) != std::end(kExported);
  }
  if (bounded || names_its_fields(items)) return;
  refuse(path, std::string(kAnyTypeShows),
         "Name the types, for example `metadata?dataElements=true`, or the fields: "
         "`metadata?fields=id,name`.");
}

// What the rules look at: an extension of a segment but the last means nothing to DHIS2.
std::string without_inner_extensions(const std::vector<std::string_view>& segments) {
  std::string out;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (i != 0) out += '/';
    const bool last = i + 1 == segments.size();
    out += last ? segments[i] : segments[i].substr(0, segments[i].find('.'));
  }
  return out;
}

}  // namespace

ReadPath readable(std::string_view path, const Query& query) {
  const auto control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  if (std::ranges::any_of(path, control)) no_path("The path holds a control character.");
  const auto mark = std::min(path.find('?'), path.size());
  ReadPath out{"/api", Query::parse(path.substr(mark)), {}};
  path = path.substr(0, mark);
  if (path.find("://") != std::string_view::npos) {
    no_path("A path below /api was expected, not a whole URL.");
  }
  if (path.find('#') != std::string_view::npos) no_path("A path has no fragment.");
  if (path.size() > 1000) no_path("The path is longer than 1000 bytes.");

  const auto [segments, version] = below_api(path);
  out.version = version;
  const std::string judged = without_inner_extensions(segments);
  std::vector<QueryItem> items = out.query.items();
  items.insert(items.end(), query.items().begin(), query.items().end());
  for (const Denied& rule : kDenied) {
    if (!matches(rule.pattern, judged)) continue;
    if (judged == kUnreadCount) continue;
    const bool by_fields = is_users_rule(rule) || rule.instead == kFieldsInstead;
    const bool exact_case = judged.starts_with(rule.pattern.substr(0, rule.pattern.find('*')));
    if (by_fields && exact_case && names_its_fields(items)) continue;
    refuse(path, rule);
  }
  if (matches("metadata", judged) || matches("metadata.*", judged)) check_export(path, items);
  for (const auto& [name, value] : items) {
    if (!is_fields(name) || !spreads_users(value)) continue;
    refuse(path, std::string(kUsersShow) + " (rule users)",
           "Name the fields of users, too, for example `createdBy[id,username]`.");
  }
  for (const std::string_view segment : segments) out.path.append("/").append(segment);
  return out;
}

}  // namespace dhis2mcp
