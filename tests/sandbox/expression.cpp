// SPDX-License-Identifier: BSD-3-Clause
// Recursive descent over DHIS2 expressions, and their values.
#include "tests/sandbox/expression.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <stdexcept>

namespace sandbox {

// An operator or function with its arguments, a number, an item or [days].
struct Expression::Node {
  enum class Kind { kNumber, kItem, kDays, kCall } kind;
  double number = 0;
  ExpressionItem item;
  std::string name;  // of a call: "+", "neg", "if", ...
  std::vector<std::shared_ptr<const Node>> arguments;
};

namespace {

using Node = Expression::Node;
using NodePointer = std::shared_ptr<const Node>;

NodePointer call(std::string name, std::vector<NodePointer> arguments) {
  return std::make_shared<Node>(
      Node{Node::Kind::kCall, 0, {}, std::move(name), std::move(arguments)});
}

// Binary operators, weakest first; all join from the left.
const std::array<std::vector<std::string>, 6> kOperators = {
    {{"||"}, {"&&"}, {"==", "!="}, {"<=", ">=", "<", ">"}, {"+", "-"}, {"*", "/", "%"}}};

struct FunctionRow {
  std::string_view name;
  size_t least, most;
};

constexpr std::array<FunctionRow, 9> kFunctions{{{"if", 3, 3},
                                                 {"isNull", 1, 1},
                                                 {"isNotNull", 1, 1},
                                                 {"firstNonNull", 1, 99},
                                                 {"greatest", 1, 99},
                                                 {"least", 1, 99},
                                                 {"log", 1, 2},
                                                 {"log10", 1, 1},
                                                 {"removeZeros", 1, 1}}};

class Parser {
 public:
  Parser(std::string_view text, std::vector<ExpressionItem>& items) : text_(text), items_(items) {}

  NodePointer parse() {
    NodePointer whole = binary(0);
    skip_space();
    if (at_ != text_.size()) fail("unexpected text");
    return whole;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw std::invalid_argument("Expression \"" + std::string(text_) + "\": " + what +
                                " at position " + std::to_string(at_));
  }

  void skip_space() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  }

  bool take(std::string_view token) {
    skip_space();
    if (text_.substr(at_, token.size()) != token) return false;
    at_ += token.size();
    return true;
  }

  void need(std::string_view token) {
    if (!take(token)) fail("expected " + std::string(token));
  }

  NodePointer binary(size_t level) {
    if (level == kOperators.size()) return unary();
    NodePointer left = binary(level + 1);
    while (true) {
      const auto& names = kOperators[level];
      const auto found = std::find_if(names.begin(), names.end(),
                                      [&](const std::string& name) { return take(name); });
      if (found == names.end()) return left;
      left = call(*found, {left, binary(level + 1)});
    }
  }

  NodePointer unary() {
    if (take("-")) return call("neg", {unary()});
    if (take("+")) return unary();
    if (take("!")) return call("!", {unary()});
    NodePointer base = primary();
    return take("^") ? call("^", {base, unary()}) : base;
  }

  NodePointer primary() {
    skip_space();
    if (take("(")) {
      NodePointer inner = binary(0);
      need(")");
      return inner;
    }
    if (take("[days]")) return std::make_shared<Node>(Node{Node::Kind::kDays, 0, {}, "", {}});
    const char next = at_ < text_.size() ? text_[at_] : '\0';
    if (std::isdigit(static_cast<unsigned char>(next)) || next == '.') return number();
    return word();
  }

  NodePointer number() {
    const std::string rest(text_.substr(at_));
    char* end = nullptr;
    const double value = std::strtod(rest.c_str(), &end);
    if (end == rest.c_str()) fail("expected a number");
    at_ += static_cast<size_t>(end - rest.c_str());
    return std::make_shared<Node>(Node{Node::Kind::kNumber, value, {}, "", {}});
  }

  NodePointer word() {
    const size_t start = at_;
    while (at_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '#')) {
      ++at_;
    }
    const std::string name(text_.substr(start, at_ - start));
    if (!name.empty() && take("{")) return item(name);
    for (const FunctionRow& function : kFunctions) {
      if (function.name == name) return arguments_of(function);
    }
    fail(name.empty() ? "expected a value" : "unknown function " + name);
  }

  NodePointer item(const std::string& kind) {
    const size_t close = text_.find('}', at_);
    if (close == std::string_view::npos) fail("expected }");
    ExpressionItem found{kind, std::string(text_.substr(at_, close - at_))};
    at_ = close + 1;
    if (std::find(items_.begin(), items_.end(), found) == items_.end()) items_.push_back(found);
    return std::make_shared<Node>(Node{Node::Kind::kItem, 0, std::move(found), "", {}});
  }

  NodePointer arguments_of(const FunctionRow& function) {
    need("(");
    std::vector<NodePointer> arguments{binary(0)};
    while (take(",")) arguments.push_back(binary(0));
    need(")");
    if (arguments.size() < function.least || arguments.size() > function.most) {
      fail("wrong number of arguments of " + std::string(function.name));
    }
    return call(std::string(function.name), std::move(arguments));
  }

  std::string_view text_;
  std::vector<ExpressionItem>& items_;
  size_t at_ = 0;
};

using Value = std::optional<double>;

// Comparisons and conditions are numbers here: 1 is true, 0 is false.
Value binary_value(const std::string& name, double a, double b) {
  if (name == "+") return a + b;
  if (name == "-") return a - b;
  if (name == "*") return a * b;
  if (name == "/") return b == 0 ? Value{} : Value{a / b};
  if (name == "%") return b == 0 ? Value{} : Value{std::fmod(a, b)};
  if (name == "^") return std::pow(a, b);
  if (name == "==") return a == b;
  if (name == "!=") return a != b;
  if (name == "<") return a < b;
  if (name == ">") return a > b;
  if (name == "<=") return a <= b;
  if (name == ">=") return a >= b;
  if (name == "&&") return a != 0 && b != 0;
  if (name == "||") return a != 0 || b != 0;
  if (name == "log") return std::log(a) / std::log(b);
  if (name == "greatest") return std::max(a, b);
  return std::min(a, b);
}

class Evaluation {
 public:
  Evaluation(const Expression::Values& values, double days) : values_(values), days_(days) {}

  Value result(const Node& root) {
    const Value value = visit(root);
    if (looked_ > 0 && found_ == 0) return std::nullopt;
    if (value && !std::isfinite(*value)) return std::nullopt;
    return value;
  }

 private:
  Value visit(const Node& node) {
    switch (node.kind) {
      case Node::Kind::kNumber:
        return node.number;
      case Node::Kind::kDays:
        return days_;
      case Node::Kind::kItem:
        return item(node);
      case Node::Kind::kCall:
        break;
    }
    return call_value(node);
  }

  Value item(const Node& node) {
    const Value value = values_(node.item);
    // Constants and counts of units are no data: they say nothing about what is missing.
    if (keep_missing_ || node.item.kind == "C" || node.item.kind == "OUG") return value;
    ++looked_;
    if (value) ++found_;
    return value ? value : Value{0.0};
  }

  Value visit_as_is(const Node& node) {
    const bool before = keep_missing_;
    keep_missing_ = true;
    const Value value = visit(node);
    keep_missing_ = before;
    return value;
  }

  Value call_value(const Node& node) {
    const auto& arguments = node.arguments;
    if (node.name == "if") {
      const Value condition = visit(*arguments[0]);
      if (!condition) return std::nullopt;
      return visit(*arguments[*condition != 0 ? 1 : 2]);
    }
    if (node.name == "isNull") return !visit_as_is(*arguments[0]).has_value();
    if (node.name == "isNotNull") return visit_as_is(*arguments[0]).has_value();
    if (node.name == "firstNonNull") {
      for (const auto& argument : arguments) {
        if (const Value value = visit_as_is(*argument)) return value;
      }
      return std::nullopt;
    }
    return folded(node);
  }

  Value folded(const Node& node) {
    Value total = visit(*node.arguments[0]);
    if (!total) return std::nullopt;
    if (node.name == "neg") return -*total;
    if (node.name == "!") return *total == 0;
    if (node.name == "log10") return std::log10(*total);
    if (node.name == "removeZeros") return *total == 0 ? Value{} : total;
    if (node.name == "log" && node.arguments.size() == 1) return std::log(*total);
    for (size_t i = 1; i < node.arguments.size() && total; ++i) {
      const Value next = visit(*node.arguments[i]);
      total = next ? binary_value(node.name, *total, *next) : Value{};
    }
    return total;
  }

  const Expression::Values& values_;
  double days_;
  bool keep_missing_ = false;
  int looked_ = 0, found_ = 0;
};

}  // namespace

Expression::Expression(std::string_view text) { root_ = Parser(text, items_).parse(); }

std::optional<double> Expression::evaluate(const Values& values, double days) const {
  return Evaluation(values, days).result(*root_);
}

}  // namespace sandbox
