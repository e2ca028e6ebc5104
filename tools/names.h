// SPDX-License-Identifier: BSD-3-Clause
// From what people write to DHIS2 objects: a UID, a code or an exact name, with type words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "auth/signed_client.h"
#include "tools/catalogue.h"

namespace dhis2mcp {

struct Named {
  std::string uid, name;
  std::string type;             // "indicator"; for analytics items also "reportingRate", "operand"
  std::string item;             // what a dimension takes: the uid, "uid.coc", "uid.REPORTING_RATE"
  std::string read_as() const;  // "ANC 1 Coverage = indicator Uvn6LCg7dVU"
};

// Asks the server for what was written. A UID-shaped text is looked up as a UID first; a leading or
// trailing type word ("indicator ANC 1 Coverage") narrows. Throws ambiguous with ranked candidates,
// or not_found with near matches; nothing else was run then.
class Names {
 public:
  Names(SignedClient& client, const Catalogue& catalogue, Patience patience);

  Named object(std::string_view text, const std::vector<std::string>& types);

  // Data items of analytics: data elements, operands, indicators, program indicators, reporting
  // rates.
  std::vector<Named> data_items(const std::vector<std::string>& texts);
  std::vector<Named> org_units(const std::vector<std::string>& texts);

 private:
  SignedClient& client_;
  const Catalogue& catalogue_;
  Patience patience_;
};

}  // namespace dhis2mcp
