// SPDX-License-Identifier: BSD-3-Clause
// The names of what rows refer to by UID or by the code of an option.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tools/call.h"
#include "tools/uid_names.h"

namespace dhis2mcp {

// Gathers what is wanted, asks for all of it at once, and gives the names. What has no name, or may
// not be read, is shown by its UID or code: a name is no reason to fail.
class ReferredNames {
 public:
  explicit ReferredNames(Call& call) : call_(call), uids_(call.client(), call.patience()) {}

  // A type by its path: "organisationUnits", "relationshipTypes".
  void want(const std::string& collection, const std::string& uid);
  void want_option(const std::string& option_set, const std::string& code);

  // Throws for what ends the whole call: a cancelled one, a sign-in that is needed.
  void fetch();

  std::string of(const std::string& uid) const { return uids_.of(uid); }
  std::string option(const std::string& option_set, const std::string& code) const;

 private:
  using Key = std::pair<std::string, std::string>;  // option set, code

  void ask_options(const std::vector<Key>& wanted);

  Call& call_;
  UidNames uids_;
  std::map<std::string, std::set<std::string>> wanted_;
  std::set<Key> wanted_options_;
  std::map<Key, std::string> options_;
};

// Every option of a set, as {code, name}; remembered. Throws what DHIS2 throws.
std::vector<std::pair<std::string, std::string>> options_of(Call& call,
                                                            const std::string& option_set);

}  // namespace dhis2mcp
