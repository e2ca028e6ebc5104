// SPDX-License-Identifier: BSD-3-Clause
// DHIS2's expression language, as far as indicators of the practice country use it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sandbox {

// What stands between braces.
struct ExpressionItem {
  std::string kind;  // "#", "R", "C", "OUG", "N", "I", "D", "A" (the letters before the brace)
  std::string id;    // "y7qh476Nmd3", "b8JTFpL3cxe.Kvzo0qtYzbr", "lc4Jz2USVpu.REPORTING_RATE"
  bool operator==(const ExpressionItem&) const = default;
};

// A parsed expression: arithmetic (+ - * / % ^), comparisons, && || !, numbers, items, [days],
// if(), isNull(), isNotNull(), firstNonNull(), greatest(), least(), log(), log10() and
// removeZeros(). Immutable; copies share the tree.
class Expression {
 public:
  // Throws std::invalid_argument, saying what was not understood and where.
  explicit Expression(std::string_view text);

  // Every item once, in the order in which they stand.
  const std::vector<ExpressionItem>& items() const { return items_; }

  // A value of an item; empty when there is none.
  using Values = std::function<std::optional<double>(const ExpressionItem&)>;

  // A missing item counts as 0, but when every item that was looked at is missing there is no
  // answer (DHIS2's SKIP_IF_ALL_VALUES_MISSING, the rule of indicators). Items inside isNull(),
  // isNotNull() and firstNonNull() stay missing and do not count. Division by zero has no answer.
  std::optional<double> evaluate(const Values& values, double days = 0) const;

  struct Node;

 private:
  std::shared_ptr<const Node> root_;
  std::vector<ExpressionItem> items_;
};

}  // namespace sandbox
