// SPDX-License-Identifier: BSD-3-Clause
// The names of what rows refer to by UID or by the code of an option.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tools/call.h"

namespace dhis2mcp {

// Gathers what is wanted, asks for all of it at once (one request for each type and hundred), and
// gives the names. They are remembered in this process for ten minutes, per profile. What has no
// name, or may not be read, is shown by its UID or code: a name is no reason to fail.
class ReferredNames {
 public:
  explicit ReferredNames(Call& call) : call_(call) {}

  // A type by its path: "organisationUnits", "relationshipTypes".
  void want(const std::string& collection, const std::string& uid);
  void want_option(const std::string& option_set, const std::string& code);

  // Throws for what ends the whole call: a cancelled one, a sign-in that is needed.
  void fetch();

  // Org units of one name are told apart by the unit above them.
  std::string of(const std::string& collection, const std::string& uid) const;
  std::string option(const std::string& option_set, const std::string& code) const;

 private:
  struct Name {
    std::string name, parent;
  };
  using Key = std::pair<std::string, std::string>;  // collection or option set, uid or code

  void ask(const std::string& collection, const std::vector<std::string>& uids);
  void ask_options(const std::vector<Key>& wanted);
  void know(const std::string& group, const Key& key, Name name);
  std::string remembered_key(const std::string& group, const Key& key) const;
  bool recall(const std::string& group, const Key& key);

  Call& call_;
  std::map<std::string, std::set<std::string>> wanted_;
  std::set<Key> wanted_options_;
  std::map<Key, Name> names_, options_;
  std::map<std::string, std::set<std::string>> units_by_name_;
};

// Every option of a set, as {code, name}; remembered likewise. Throws what DHIS2 throws.
std::vector<std::pair<std::string, std::string>> options_of(Call& call,
                                                            const std::string& option_set);

}  // namespace dhis2mcp
