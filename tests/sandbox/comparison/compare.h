// SPDX-License-Identifier: BSD-3-Clause
// Whether the practice server answered what the recorded one did.
#pragma once

#include <optional>
#include <string>

#include "tests/sandbox/comparison/exchange.h"
#include "tests/sandbox/comparison/twins.h"

namespace comparison {

struct Difference {
  std::string kind;    // the same for all differences of one cause: "$.pager.total"
  std::string detail;  // what both sides say there
};

// Compares status, media type, Location and content. Left out is what a server makes up: uids
// (paired by `twins`), the time of day on the recorded day and durations, the address it listens
// on, the machine it runs on, and the order of what DHIS2 puts in no order: collections inside
// objects, analytics rows and items, data values, completeness. Pages of the container are
// compared by their title, spreadsheets and archives by their type.
std::optional<Difference> difference(const Exchange& recorded, const Message& played, Twins& twins);

// The text without what differs between two runs of one server: times of the recorded day,
// addresses, uuids.
std::string masked(std::string_view text);

// The beginning of a JSON text, closed where it was cut. Null when there is nothing to close.
Json closed(std::string_view beginning);

}  // namespace comparison
