// SPDX-License-Identifier: BSD-3-Clause
// A question that is too large for one request, as several that join exactly.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "tools/analytics_cost.h"

namespace dhis2mcp {

// What one request may be.
struct PartBounds {
  // Tomcat refuses more than 8 KB of request line and headers together with a page that does not
  // say why; an OAuth2 token takes up to 1.5 KB of it. POST /api/query/alias would lift this from
  // 2.41 on, at the price of a write and of a second request for each question.
  std::size_t query_bytes = 6'000;
  std::uint64_t figures = 50'000;
};

// The question in halves, of that list that is longest; nothing where each has one item. By bytes:
// the list whose text is longest. Which rows a half brings depends on its own items alone, and
// units that bound a level are split only beside all levels.
std::vector<AnalyticsAsked> halves(const AnalyticsAsked& asked, bool by_bytes);

// The parts, in the order of the question's items. One when all fits. A part that cannot be halved
// stays as it is: the server judges it.
std::vector<AnalyticsAsked> parts_of(const AnalyticsAsked& asked, const Cost& cost,
                                     const PartBounds& bounds);

// Asks each part in turn. One that the server finds too large after all (E7128, or a URL that is
// too long for what stands before it) is halved and asked again. `told` is called before each
// request with the parts done and those known by now. False as ask_analytics.
bool ask_parts(SignedClient& client, std::vector<AnalyticsAsked> parts, const Patience& patience,
               Pivot& pivot, const std::function<void(std::size_t done, std::size_t of)>& told);

// How many rows this server gives in one answer (keyAnalyticsMaxLimit): one request. 50,000 where
// it does not say, and 500,000 where it has no limit.
std::uint64_t figures_per_answer(SignedClient& client, const Patience& patience);

}  // namespace dhis2mcp
