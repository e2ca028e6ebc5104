// SPDX-License-Identifier: BSD-3-Clause
// Into which cells a figure falls: the part of FigureReader that knows dimensions.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "tests/sandbox/analytics_values.h"

namespace sandbox {

// Each dimension asks for one property of a figure: its period, its unit, its option combos or its
// data element. For each property value the cells are worked out once and kept, as offsets that
// add up to a cell; no offset at all means that a filter drops the figure.
using Offsets = std::vector<Cell>;

class CellPlaces {
 public:
  CellPlaces(const Country& country, const AnalyticsQuery& query, const CellSpace& space);

  // `averaged`: figures of longer periods count as well.
  const Offsets& of_period(const Period& period, bool averaged);
  // Of the query's own period, which counts for itself alone.
  Offsets of_asked(size_t period) const;
  const Offsets& of_unit(const OrgUnit& unit);
  const Offsets& of_combos(const std::string& co, const std::string& ao);
  Offsets of_element(const std::string& element) const;

 private:
  // The items of `dimension` that a property value belongs to.
  using Match = std::vector<size_t>;
  void join(Offsets& offsets, const Dimension& dimension, const Match& match) const;
  Match periods(const Period& period, bool averaged) const;
  Match units(const OrgUnit& unit, const Dimension& dimension) const;
  Match combos(const std::string& co, const std::string& ao, const Dimension& dimension) const;
  const std::vector<std::string>& items(const Dimension& dimension) const;

  const Country& country_;
  const AnalyticsQuery& query_;
  const CellSpace& space_;
  std::unordered_map<std::string, size_t> unit_items_;
  std::unordered_map<std::string, std::vector<std::string>> memberships_;  // of units and options
  std::unordered_map<std::string, Offsets> by_period_, by_unit_, by_combos_;
};

}  // namespace sandbox
