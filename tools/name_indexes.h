// SPDX-License-Identifier: BSD-3-Clause
// The indexes of all profiles, and the one thread that fills them beside the calls.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "auth/connections.h"
#include "tools/catalogue.h"
#include "tools/name_fill.h"
#include "tools/name_index.h"

namespace dhis2mcp {

// Safe to use from several threads. The constructor touches no disk and starts no thread; the
// destructor ends a transfer in flight within 100 ms. What it refers to must outlive it.
class NameIndexes {
 public:
  using Clock = std::function<NameFill::Time()>;
  NameIndexes(Connections& connections, const Catalogue& catalogue,
              Clock clock = std::chrono::system_clock::now);
  ~NameIndexes();
  NameIndexes(const NameIndexes&) = delete;
  NameIndexes& operator=(const NameIndexes&) = delete;

  // The index of this client's server and account, once it holds every one of these types
  // (MetadataType names); those that the server does not have count as held. Until then nullptr,
  // and they are filled in the background, as types that are no longer fresh are brought up to
  // date. Never throws, and waits for the server only where its whoami() is not known yet: without
  // an index the server is asked.
  std::shared_ptr<NameIndex> ready(SignedClient& client, const std::vector<std::string>& types);

  // For those who may not wait for a server even to learn who they are: the index of a profile with
  // what it holds of these types by now, nullptr where nothing is known yet. What is missing is
  // filled in the background all the same. Never throws.
  std::shared_ptr<NameIndex> at_hand(const std::string& profile,
                                     const std::vector<std::string>& types);

  // Waits until nothing is left to be filled. For tests.
  void settle();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace dhis2mcp
