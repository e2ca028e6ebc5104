// SPDX-License-Identifier: BSD-3-Clause
// One of two instances that are compared: what was read of it, and which of its objects is which
// of the other's.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "auth/signed_client.h"
#include "dhis2/json.h"
#include "tools/uid_names.h"

namespace dhis2mcp {

// By what two objects are the same one: UIDs go before codes, codes before names. A category option
// combination has no code, another UID on each server, and a name that lists its options in any
// order.
enum class MatchedBy { none, uid, code, name };
MatchedBy match(const std::string& type, const Json& here, const Json& there);

struct Pairing {
  struct Pair {
    const Json *here, *there;
    MatchedBy by;
  };
  std::vector<Pair> pairs;  // in the order of `here`
  std::vector<const Json*> only_here, only_there;
};
Pairing pair_up(const std::string& type, const std::vector<const Json*>& here,
                const std::vector<const Json*>& there);

// The objects of a list, in its order. The list must live longer.
std::vector<const Json*> objects_in(const Json& list);

// Name, else code, else UID, cleaned.
std::string label_of(const Json& reference);

// Not thread-safe. Types are names of MetadataType; objects keep their address.
class ComparedSide {
 public:
  ComparedSide(std::string name, SignedClient& client) : name_(std::move(name)), client_(client) {}

  const std::string& name() const { return name_; }  // the profile's
  SignedClient& client() const { return client_; }
  int major = 0;

  // Keeps an object and all that stand in it whole.
  const Json& absorb(const std::string& type, const Json& object);
  const Json* find(const std::string& type, const std::string& uid) const;
  std::vector<const Json*> all(const std::string& type) const;

  // What the kept objects refer to, is to be compared, and is not here yet.
  UidsByType pending() const;

  // Code and name of an object that is only referred to.
  void know(const std::string& type, const Json& reference);

  // A reference with what is known of its object.
  const Json& known(const std::string& type, const Json& reference) const;
  bool knows(const std::string& type, const std::string& uid) const;

  // The object here that one of the other side is; nullptr where none is known.
  const Json* seek(const std::string& type, const Json& other) const;

  // What was looked for here without being found would be looked for again and again.
  std::set<std::pair<std::string, std::string>> asked;

 private:
  struct Known {
    std::map<std::string, Json> by_uid;
    std::map<std::string, std::string> by_code, by_name;  // to the uid
  };

  std::string name_;
  SignedClient& client_;
  std::map<std::string, std::map<std::string, Json>> objects_;
  std::map<std::string, Known> known_;
};

}  // namespace dhis2mcp
