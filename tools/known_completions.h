// SPDX-License-Identifier: BSD-3-Clause
// What a person who types a profile or a metadata type may go on with.
#pragma once

#include "tools/offer.h"

namespace dhis2mcp {

class Catalogue;
class CataloguePrompts;
class Connections;

// Completes arguments of the prompts and variables of the resource templates from what is known on
// this machine: profiles, metadata types and the values that a prompt's file names. Asks no server;
// other places are known and have no values. All arguments must live longer.
class KnownCompletions final : public Completions {
 public:
  KnownCompletions(const Catalogue& catalogue, const CataloguePrompts& prompts,
                   Connections& connections)
      : catalogue_(catalogue), prompts_(prompts), connections_(connections) {}

  // Compares without case; what begins with the value comes before what only holds it.
  Completion complete(const CompletionPlace& place, const std::string& value,
                      const std::map<std::string, std::string>& others,
                      const CallContext& context) const override;

 private:
  std::vector<std::string> known(const CompletionPlace& place) const;

  const Catalogue& catalogue_;
  const CataloguePrompts& prompts_;
  Connections& connections_;
};

}  // namespace dhis2mcp
