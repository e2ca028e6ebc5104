// SPDX-License-Identifier: BSD-3-Clause
// Asks DHIS2 and reads whatever comes back into an answer: table, object or saved file.
#pragma once

#include <string>
#include <vector>

#include "tools/call.h"

namespace dhis2mcp {

// Sends the GET and reads the answer for what it is. Lists, analytics, data value sets and CSV
// become tables, single documents objects (or a table of members where they are large), other
// media types a file in state/exports. Nothing of the answer is lost: what does not fit is kept
// and named by `result`, what stands beside the rows goes to the notes.
// Answers of up to 4 MB are read whole, longer ones as they arrive; a single document over 16 MB is
// refused. Throws every failure that DHIS2 tells.
Answer read_answer(Call& call, const Request& request);

// A page of a list that was cut: what result_page appends.
struct FurtherRows {
  std::vector<std::string> columns;  // those given, and any that appeared now
  std::vector<Row> rows;
  std::vector<std::string> read_as;  // names of items that the rows show
  Continuation rest;                 // path empty: nothing is left
};

// Asks for page `rest.next_page` and lays its rows under the columns of the earlier ones.
FurtherRows further_rows(Call& call, const Continuation& rest, std::vector<std::string> columns);

// The same in two steps. Several threads may ask for pages that are known to exist, once the call
// has its client; they are laid in their order.
Json ask_page(Call& call, const Continuation& rest, int page);
FurtherRows further_rows(Call& call, const Continuation& rest, Json page,
                         std::vector<std::string> columns);

}  // namespace dhis2mcp
