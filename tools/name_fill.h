// SPDX-License-Identifier: BSD-3-Clause
// Reads the names of a server's metadata into the index, page by page.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "auth/signed_client.h"
#include "dhis2/json.h"
#include "tools/catalogue.h"
#include "tools/name_index.h"

namespace dhis2mcp {

// What a list shows of one object, as far as it is shown. `object` is a JSON object.
IndexedName listed_name(const MetadataType& type, const Json& object);

// Lives for one pass, on one thread. Memory stays within a page of names and, while deletions are
// looked for, the UIDs of one type.
class NameFill {
 public:
  using Time = std::chrono::system_clock::time_point;

  // A type that was looked at this lately is not asked again.
  static constexpr std::chrono::minutes kFresh{10};

  // So often all UIDs are compared, and everything is read anew: neither what is shared, nor a
  // parent's new name, nor another language of the account shows in lastUpdated.
  static constexpr std::chrono::hours kReconcile{24}, kReadAnew{7 * 24};

  NameFill(NameIndex& index, SignedClient& client, const Patience& patience)
      : index_(index), client_(client), patience_(patience) {}

  // Reads a type that is not complete, from where an earlier pass ended; asks for the changes since
  // the newest lastUpdated of one that is complete and no longer fresh, and where the server's
  // count is another then, reads all UIDs, so that deleted objects leave and those that were shared
  // meanwhile come in. Throws what the server refuses, but for a list that it does not have or does
  // not show to this account: that type is noted as absent until it is asked for again.
  void bring_up(const MetadataType& type, Time now);

 private:
  struct Page {
    std::vector<IndexedName> objects;
    std::string newest;  // lastUpdated
    std::uint64_t total = 0;
    int next = 0;  // 0: the last one
  };

  Page page(const MetadataType& type, const Query& query) const;
  void read_all(const MetadataType& type, IndexedType& state, Time now);
  bool read_changes(const MetadataType& type, IndexedType& state);
  void reconcile(const MetadataType& type, IndexedType& state, Time now);

  NameIndex& index_;
  SignedClient& client_;
  Patience patience_;
};

}  // namespace dhis2mcp
