// SPDX-License-Identifier: BSD-3-Clause
// What a person who types a profile or a metadata type may go on with.
#pragma once

#include "tools/offer.h"

namespace dhis2mcp {

class Catalogue;
class CataloguePrompts;
class Connections;
class NameIndexes;

// Completes arguments of the prompts and variables of the resource templates from what is known on
// this machine: profiles, metadata types, the values that a prompt's file names, and the names that
// the index of the profile holds by now. Asks no server and waits for none; what is not known here
// has no values. All arguments must live longer; without `indexes` no names are known.
class KnownCompletions final : public Completions {
 public:
  KnownCompletions(const Catalogue& catalogue, const CataloguePrompts& prompts,
                   Connections& connections, NameIndexes* indexes = nullptr)
      : catalogue_(catalogue), prompts_(prompts), connections_(connections), indexes_(indexes) {}

  // Compares without case; what begins with the value comes before what only holds it. Names are
  // ranked as the index ranks them; one that several objects of the type share is given as their
  // UIDs.
  Completion complete(const CompletionPlace& place, const std::string& value,
                      const std::map<std::string, std::string>& others,
                      const CallContext& context) const override;

 private:
  std::vector<std::string> listed(const std::string& kind) const;
  Completion names(const std::vector<std::string>& types, const std::string& value,
                   const std::map<std::string, std::string>& others) const;

  const Catalogue& catalogue_;
  const CataloguePrompts& prompts_;
  Connections& connections_;
  NameIndexes* indexes_;
};

}  // namespace dhis2mcp
