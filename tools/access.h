// SPDX-License-Identifier: BSD-3-Clause
// Who may do what with an object, worked out from what DHIS2 tells: each check and its evidence.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "dhis2/json.h"
#include "tools/period.h"
#include "tools/table.h"

namespace dhis2mcp {

// What one may want to do. Which rules apply is DHIS2's AclService, DataSetService and
// DataApprovalService, 2.37 to 2.43.
enum class Right { see, change, read_data, enter_data };

// not_needed: the rule does not apply to this object. unknown: this account cannot learn it.
enum class Verdict { yes, no, unknown, not_needed };

struct AccessCheck {
  std::string name;
  std::set<Right> rights;  // that it decides
  Verdict verdict = Verdict::unknown;
  std::string evidence;  // in names
};

// A user as /api/me or /api/users/{id} shows one.
struct AccessUser {
  explicit AccessUser(const Json& user);

  std::string uid, username;
  bool disabled = false;
  std::set<std::string> authorities;
  std::vector<std::pair<std::string, std::string>> groups, roles;  // uid, name
  struct Unit {
    std::string uid, name, path;
  };
  std::vector<Unit> capture, view;  // view: those of capture where it has none of its own

  bool super() const { return authorities.count("ALL") > 0; }

  // Their role that brings an authority; empty where it is not known which.
  std::string role_with(const std::string& authority) const;

 private:
  std::vector<std::pair<std::string, std::set<std::string>>> authorities_of_roles_;
};

// Sharing in one form: the object `sharing` of 2.36 and later, else publicAccess, userAccesses and
// userGroupAccesses, which objects had up to 2.40. Access texts are "rwrw----": metadata, then
// data.
struct AccessSharing {
  explicit AccessSharing(const Json& object);

  bool known = false;
  std::string owner, everybody;  // everybody: empty where DHIS2 holds none
  std::vector<std::pair<std::string, std::string>> users, groups;  // uid, access
};

// What a type demands: /api/schemas/{name}.
struct AccessSchema {
  explicit AccessSchema(const Json& schema);

  bool known = false, shareable = true, data_shareable = false;
  std::vector<std::string> change_authorities;  // one of them is needed; empty: none
};

// Sharing of one permission; `place` is that of its letter in an access text (0 metadata read, 1
// metadata write, 2 data read, 3 data write). `group_names` names groups by uid.
AccessCheck sharing_check(const std::string& name, std::set<Right> rights, std::size_t place,
                          const AccessSharing& sharing, const AccessUser& user,
                          const std::vector<std::pair<std::string, std::string>>& group_names);

AccessCheck change_authority_check(const AccessSchema& schema, const AccessUser& user);
AccessCheck authority_check(const std::string& authority, Right right, const AccessUser& user);

// Open periods, expiry and input periods of a data set on a day. `exceptions` holds the lock
// exceptions of the data set as /api/lockExceptions lists them; null where they are not known.
// `latest` becomes the newest period that may be entered, "" where that is not known.
std::vector<AccessCheck> period_checks(const Json& data_set, const AccessUser& user,
                                       const Json& exceptions, const Almanac& almanac,
                                       std::string& latest);

// The four rights first, each with the first check that says no; then the checks in their order.
Table access_table(const std::vector<AccessCheck>& checks);

}  // namespace dhis2mcp
