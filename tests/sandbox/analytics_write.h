// SPDX-License-Identifier: BSD-3-Clause
// An analytics answer as JSON, CSV, XML or the table of a pivot.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/sandbox/analytics_grid.h"
#include "tests/sandbox/wire.h"

namespace sandbox {

// What is written: headers, metaData, and rows that are made one at a time. Shared with the
// stream of a reply, which may outlive the request; the country outlives both.
struct Answer {
  Json headers = Json::array();
  Json metadata = Json::object();
  std::string title;  // of tables of events; empty for all else
  size_t height = 0;
  // The cells of row `index`, as many as there are headers.
  std::function<std::vector<std::string>(size_t index)> row;
};

// Rows are streamed: no answer is held as a whole.
Reply analytics_json(std::shared_ptr<const Answer> answer);
Reply analytics_csv(std::shared_ptr<const Answer> answer);
Reply analytics_xml(std::shared_ptr<const Answer> answer);

// The plain form: a row for each cell that has data.
std::shared_ptr<const Answer> plain_answer(const Country& country,
                                           std::shared_ptr<const AnalyticsQuery> query,
                                           std::shared_ptr<const Grid> grid);

// tableLayout: dimensions of `rows` down, those of `columns` across.
std::shared_ptr<const Answer> table_answer(const Country& country, const AnalyticsQuery& query,
                                           const Grid& grid);

}  // namespace sandbox
