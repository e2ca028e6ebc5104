// SPDX-License-Identifier: BSD-3-Clause
// Names for the UIDs of an answer, asked in one request for each type instead of one for each UID.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "auth/signed_client.h"

namespace dhis2mcp {

// By the collection that holds them: {"dataElements": ["fbfJHSPpUQD", ...]}.
using UidsByType = std::map<std::string, std::vector<std::string>>;

// Not thread-safe; lives for one call. Names are remembered in this process for ten minutes, per
// profile, so that a question asked again costs no look-up.
class UidNames {
 public:
  UidNames(SignedClient& client, Patience patience);

  // Asks for those not known yet, 400 of a type in a request, four requests at once. Names come in
  // the language of the account. A type that cannot be read is told by notes() and keeps its UIDs;
  // cancellation and a refused sign-in are thrown.
  void learn(UidsByType wanted);

  // A name put here is not asked.
  void put(const std::string& uid, const std::string& name) { labels_[uid] = name; }

  // The name; with the parent (of org units) or the UID behind it where one learned with it or
  // before it has the same; the UID itself where DHIS2 told none.
  const std::string& of(const std::string& uid) const;
  bool knows(const std::string& uid) const { return labels_.contains(uid); }

  // Whether each type of the last learn() could be read: what is not known then does not exist, or
  // is hidden from the account.
  bool complete() const { return notes_.empty(); }
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  struct Found {
    std::string uid, name, parent;
  };
  // What one request brought; kept apart, so that the names of all units of a country stand once.
  using Part = std::vector<Found>;
  using FoundByType = std::map<std::string, std::vector<Part>>;
  void ask(UidsByType&& unknown, FoundByType& found);
  static Part found_in(const Json& list, const std::string& type);
  void label(std::vector<Part> found);

  SignedClient& client_;
  Patience patience_;
  std::unordered_map<std::string, std::string> labels_;
  std::unordered_set<std::size_t> given_;  // hashes of the labels of what was learned
  std::vector<std::string> notes_;
};

// What a filter's list takes of a request line of 8 KB, at 14 bytes each.
inline constexpr std::size_t kUidsPerFilter = 400;

// Lists of UIDs that fit one request line.
std::vector<std::vector<std::string>> in_parts(const std::vector<std::string>& all,
                                               std::size_t most);

}  // namespace dhis2mcp
