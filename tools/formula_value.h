// SPDX-License-Identifier: BSD-3-Clause
// What a formula of aggregate data comes to, worked out from the values of its items.
#pragma once

#include <compare>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dhis2mcp {

// "#{y7qh476Nmd3.Kvzo0qtYzbr}" is {"#", "y7qh476Nmd3.Kvzo0qtYzbr"}.
struct FormulaItem {
  std::string letters, inner;
  auto operator<=>(const FormulaItem&) const = default;
  std::string text() const { return letters + "{" + inner + "}"; }
};

// When a formula has no value for want of those of its items (DHIS2's missing value strategies).
// Indicators skip when all are missing; each side of a validation rule says which.
enum class MissingValues { never_skip, skip_if_all, skip_if_any };

// A formula of an indicator or of a side of a validation rule, read once and computed often.
//
// It knows numbers, items (#, C, OUG, R, D, A, I, N), [days], arithmetic, comparisons, logic, if,
// isNull, isNotNull, firstNonNull, greatest, least, log, log10 and removeZeros. What else DHIS2
// knows (subExpression, .periodOffset(), option groups, texts) is named by beyond() and never
// guessed at. As in DHIS2, a missing value counts as 0 but in isNull, isNotNull and firstNonNull,
// where it stays missing; constants, counts of org units and days are never missing; numbers are
// IEEE 754 doubles, so that a division by zero is no failure until it is the result.
class Formula {
 public:
  // Takes every text: what cannot be read is beyond().
  explicit Formula(std::string_view text);

  // Each once, in the order in which they stand; those inside of what is beyond are left out.
  const std::vector<FormulaItem>& items() const { return items_; }

  // What this cannot compute, in words; empty means that it can.
  const std::vector<std::string>& beyond() const { return beyond_; }

  // Empty where it is missing, or no finite number. Must not be called where something is beyond.
  using ItemValue = std::function<std::optional<double>(const FormulaItem& item)>;
  std::optional<double> value(const ItemValue& of, double days, MissingValues missing) const;

  // One operation; its arguments are places in the list of nodes.
  struct Node {
    enum class Kind { number, item, days, operation } kind = Kind::number;
    double number = 0;
    std::size_t item = 0;   // place in items()
    std::string operation;  // "+", "neg", "if"
    std::vector<std::size_t> arguments;
  };

 private:
  std::vector<Node> nodes_;  // the last one is the whole
  std::vector<FormulaItem> items_;
  std::vector<std::string> beyond_;
};

// The shortest decimal text that is this number again, and the number that a whole text is; nothing
// for what is none, or not finite.
std::string number_text(double value);
std::optional<double> number_in(const std::string& text);

}  // namespace dhis2mcp
