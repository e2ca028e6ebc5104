// SPDX-License-Identifier: BSD-3-Clause
// The practice country "Baralia": every object and figure that the practice DHIS2 answers from.
#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <nlohmann/json.hpp>

#include "tests/sandbox/memory.h"

namespace sandbox {

using Json = nlohmann::ordered_json;

// What the command line says about the server that is played.
struct Settings {
  int major = 43;                             // 37 to 43, the second number of the version
  int scale = 1;                              // 1 is the plain country
  std::string variant;                        // "", "drift", "payload", "grants"
  std::string clock = "2026-11-21T10:00:00";  // the server's "now", UTC, never moves by itself
  std::string context;                        // "" or "/dhis"
  std::string release;                        // "2.42.4" instead of the usual one of the major
  std::map<std::string, std::string> conf;    // lines of dhis.conf, for the switches of sign-in
  std::string version() const;                // what system/info says, e.g. "2.43.1"
  bool on(const std::string& name, bool otherwise) const;  // a switch of dhis.conf
  std::string today() const { return clock.substr(0, 10); }
};

struct OrgUnit {
  std::string uid, name, short_name, code;
  std::string path;             // "/UvePRDui19N/dol0EV0KIzB"
  std::string parent;           // empty for the root
  std::string opening, closed;  // "2001-01-01"; closed is empty while the unit is open
  int level = 1;
  std::vector<std::string> children;  // in the order in which they were made
};

struct User {
  std::string uid, username, password, name;
  std::vector<std::string> authorities, org_units, view_units, search_units, groups, roles;
  bool disabled = false, two_factor = false, expired = false;
  // "ALL" has every authority.
  bool has(std::string_view authority) const;
};

// Built once, then only read but for its memory and what is stored: safe from several threads.
// Objects are as DHIS2 stores them: the payload, the properties that DHIS2 fills in (sharing,
// created, default category combo, ...), and collections of the other side (dataElementGroups of a
// data element, children of a unit). References are {"id": uid}. The option combos of 2.43 have the
// uids of the recorded server; each other major makes its own, as real servers do.
class Country {
 public:
  explicit Country(const Settings& settings);
  ~Country();
  Country(const Country&) = delete;
  Country& operator=(const Country&) = delete;

  const Settings& settings() const { return settings_; }

  // The objects of a type by its plural ("dataElements", "categoryOptionCombos"), in the order in
  // which they were made. Empty for a type that has none.
  const std::vector<Json>& list(std::string_view plural) const;
  std::vector<std::string> plurals() const;

  // Null when there is no such object. Uids are unique across types.
  const Json* find(std::string_view plural, std::string_view uid) const;
  struct Found {
    std::string plural;
    const Json* object;
  };
  std::optional<Found> find_any(std::string_view uid) const;

  // Parents stand before their children.
  const std::vector<OrgUnit>& units() const { return units_; }
  const OrgUnit* unit(std::string_view uid) const;

  const std::vector<User>& users() const { return users_; }
  const User* user(std::string_view username) const;

  // The option combo that every server is born with.
  static constexpr std::string_view kDefaultCombo = "HllvX50cXC0";

  // A connection of the caller's own to the figures; one a thread. Tables:
  //   data_value(data_element, period, org_unit, category_option_combo, attribute_option_combo,
  //              value, comment, follow_up, stored_by, created, last_updated)
  //   completeness(data_set, period, org_unit, attribute_option_combo, date, stored_by, created)
  // Periods are DHIS2 period ids ("202610", "2026W46", "2026Q3", "2026"); date and created are
  // ISO text; follow_up is 0 or 1; comment is null when there is none.
  // The first call writes them, which takes a moment. They stay as they are: analytics tables do
  // not follow what is entered after they were built.
  SQLite::Database database() const;

  // The same tables with everything that was entered since.
  SQLite::Database stored() const;
  SQLite::Database writable() const;

  Memory& memory() const { return memory_; }

 private:
  std::set<std::string> facilities() const;
  void index_objects();
  void read_units();
  void read_users();

  Settings settings_;
  std::filesystem::path folder_;
  mutable std::once_flag written_, copied_;
  mutable std::atomic<bool> entered_ = false;
  mutable Memory memory_;
  std::map<std::string, std::vector<Json>, std::less<>> objects_;
  std::unordered_map<std::string, std::pair<std::string, size_t>> places_;
  std::vector<OrgUnit> units_;
  std::unordered_map<std::string, size_t> unit_places_;
  std::vector<User> users_;
};

// A uid that depends on nothing but its seed.
std::string uid_of(std::string_view seed);

}  // namespace sandbox
