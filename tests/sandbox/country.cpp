// SPDX-License-Identifier: BSD-3-Clause
// Reads the embedded bundle into objects, units and users.
#include "tests/sandbox/country.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <stdexcept>

#include "tests/sandbox/country_build.h"

namespace sandbox {
namespace {

std::string text_of(const Json& object, const char* name) {
  const auto it = object.find(name);
  return it == object.end() || !it->is_string() ? "" : it->get<std::string>();
}

std::vector<std::string> ids_of(const Json& object, const char* name) {
  std::vector<std::string> ids;
  const auto it = object.find(name);
  if (it == object.end()) return ids;
  for (const Json& item : *it) ids.push_back(text_of(item, "id"));
  return ids;
}

std::filesystem::path new_folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "dhis2-sandbox-XXXXXX").string();
  if (!mkdtemp(pattern.data())) throw std::runtime_error("cannot make a folder like " + pattern);
  return pattern;
}

constexpr int kBusyMilliseconds = 5000;

constexpr const char* kVersions[] = {"2.37.10",  "2.38.7",   "2.39.10.1", "2.40.12",
                                     "2.41.9.1", "2.42.5.2", "2.43.1"};

}  // namespace

std::string Settings::version() const { return release.empty() ? kVersions[major - 37] : release; }

bool Settings::on(const std::string& name, bool otherwise) const {
  const auto line = conf.find(name);
  return line == conf.end() ? otherwise : line->second == "on" || line->second == "true";
}

std::string uid_of(std::string_view seed) {
  static constexpr std::string_view kLetters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  uint64_t state = 1469598103934665603ULL;  // FNV-1a
  for (const char c : seed) state = (state ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  std::string uid;
  while (uid.size() < 11) {
    state = (state ^ (state >> 29)) * 0xbf58476d1ce4e5b9ULL + 0x9e3779b97f4a7c15ULL;
    uid += kLetters[(state >> 33) % (uid.empty() ? 52 : 62)];
  }
  return uid;
}

bool User::has(std::string_view authority) const {
  return std::any_of(authorities.begin(), authorities.end(),
                     [&](const std::string& own) { return own == "ALL" || own == authority; });
}

Country::Country(const Settings& settings)
    : settings_(settings), folder_(new_folder()), objects_(build_objects(settings)) {
  index_objects();
  read_units();
  read_users();
}

Country::~Country() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

const std::vector<Json>& Country::list(std::string_view plural) const {
  static const std::vector<Json> none;
  const auto it = objects_.find(plural);
  return it == objects_.end() ? none : it->second;
}

std::vector<std::string> Country::plurals() const {
  std::vector<std::string> names;
  for (const auto& [plural, objects] : objects_) names.push_back(plural);
  return names;
}

const Json* Country::find(std::string_view plural, std::string_view uid) const {
  const auto it = places_.find(std::string(uid));
  if (it == places_.end() || it->second.first != plural) return nullptr;
  return &list(plural)[it->second.second];
}

std::optional<Country::Found> Country::find_any(std::string_view uid) const {
  const auto it = places_.find(std::string(uid));
  if (it == places_.end()) return std::nullopt;
  return Found{it->second.first, &list(it->second.first)[it->second.second]};
}

const OrgUnit* Country::unit(std::string_view uid) const {
  const auto it = unit_places_.find(std::string(uid));
  return it == unit_places_.end() ? nullptr : &units_[it->second];
}

const User* Country::user(std::string_view username) const {
  const auto it = std::find_if(users_.begin(), users_.end(),
                               [&](const User& user) { return user.username == username; });
  return it == users_.end() ? nullptr : &*it;
}

SQLite::Database Country::database() const {
  std::call_once(written_,
                 [this] { write_figures(folder_ / "figures.sqlite", settings_, facilities()); });
  return SQLite::Database((folder_ / "figures.sqlite").string(),
                          SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX);
}

SQLite::Database Country::stored() const {
  if (!entered_) return database();
  SQLite::Database stored((folder_ / "stored.sqlite").string(),
                          SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX);
  stored.setBusyTimeout(kBusyMilliseconds);
  return stored;
}

SQLite::Database Country::writable() const {
  database();
  std::call_once(copied_, [this] {
    std::filesystem::copy_file(folder_ / "figures.sqlite", folder_ / "stored.sqlite");
    entered_ = true;
  });
  SQLite::Database stored((folder_ / "stored.sqlite").string(),
                          SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX);
  stored.setBusyTimeout(kBusyMilliseconds);
  return stored;
}

std::set<std::string> Country::facilities() const {
  std::set<std::string> uids;
  for (const OrgUnit& unit : units_) {
    if (unit.children.empty()) uids.insert(unit.uid);
  }
  return uids;
}

void Country::index_objects() {
  for (const auto& [plural, objects] : objects_) {
    for (size_t i = 0; i < objects.size(); ++i) {
      places_.emplace(objects[i].at("id").get<std::string>(), std::pair{plural, i});
    }
  }
}

void Country::read_units() {
  for (const Json& object : list("organisationUnits")) {
    OrgUnit unit;
    unit.uid = text_of(object, "id");
    unit.name = text_of(object, "name");
    unit.short_name = text_of(object, "shortName");
    unit.code = text_of(object, "code");
    unit.path = text_of(object, "path");
    unit.opening = text_of(object, "openingDate").substr(0, 10);
    unit.closed = text_of(object, "closedDate").substr(0, 10);
    unit.level = object.at("level").get<int>();
    if (object.contains("parent")) unit.parent = text_of(object["parent"], "id");
    unit.children = ids_of(object, "children");
    unit_places_[unit.uid] = units_.size();
    units_.push_back(std::move(unit));
  }
}

void Country::read_users() {
  for (const Json& object : list("users")) {
    User user;
    user.uid = text_of(object, "id");
    user.username = text_of(object, "username");
    user.password = password_of(user.username);
    user.name = text_of(object, "firstName") + " " + text_of(object, "surname");
    user.org_units = ids_of(object, "organisationUnits");
    user.view_units = ids_of(object, "dataViewOrganisationUnits");
    user.search_units = ids_of(object, "teiSearchOrganisationUnits");
    user.groups = ids_of(object, "userGroups");
    user.roles = ids_of(object, "userRoles");
    user.disabled = object.value("disabled", false);
    user.two_factor = user.username == "deuxfa";
    const std::string expiry = text_of(object, "accountExpiry");
    user.expired = !expiry.empty() && expiry < settings_.clock;
    for (const std::string& role : user.roles) {
      for (const Json& authority : find("userRoles", role)->at("authorities")) {
        const std::string name = authority.get<std::string>();
        if (std::find(user.authorities.begin(), user.authorities.end(), name) ==
            user.authorities.end()) {
          user.authorities.push_back(name);
        }
      }
    }
    users_.push_back(std::move(user));
  }
}

}  // namespace sandbox
