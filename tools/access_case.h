// SPDX-License-Identifier: BSD-3-Clause
// One question of access_explain: what was asked, what is known, and the checks made of it.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "dhis2/error.h"
#include "tools/access.h"
#include "tools/call.h"
#include "tools/catalogue.h"

namespace dhis2mcp {

// An answer, or DHIS2's reason for giving none: then the JSON is null.
struct AccessAsked {
  Json json;
  std::optional<Error> refusal;
};

// What DHIS2 refuses or fails at is an answer here; a sign-in that is needed, a limit of requests
// and a server that is not reached are thrown.
AccessAsked ask_access(SignedClient& client, const Patience& patience, const std::string& path,
                       const Query& query);

struct AccessCase {
  Call& call;
  const MetadataType* type = nullptr;
  std::string uid;
  AccessUser user;
  bool self = true;                   // the user is who asks
  Json document, schema, exceptions;  // null where this account was not shown them
  std::optional<Error> unseen;        // why the object is not shown to this account
  std::vector<std::pair<std::string, std::string>> group_names;
  Almanac almanac;
  std::vector<AccessCheck> checks;

  void add(AccessCheck check) { checks.push_back(std::move(check)); }
};

// The rights that mean something for the type of the object.
std::set<Right> every_right(const AccessCase& one);

void check_groups(AccessCase& one);

// Every check in DHIS2's order. Asks for assigned org units and the state of approval.
void check_access(AccessCase& one);

}  // namespace dhis2mcp
