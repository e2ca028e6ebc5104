// SPDX-License-Identifier: BSD-3-Clause
// Precedence climbing over the grammar of DHIS2's Expression.g4, then a walk over the nodes.
#include "tools/formula_value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "dhis2/ascii.h"

namespace dhis2mcp {
namespace {

using Node = Formula::Node;

constexpr int kDeepest = 200;
// A long sum is a deep tree, which is walked by recursion.
constexpr std::size_t kMostNodes = 4'000;

struct Operator {
  std::string_view written, name;
  int strength;
};

// A longer sign stands before the one that it begins with.
constexpr std::array<Operator, 16> kOperators = {{{"||", "||", 1},
                                                  {"or", "||", 1},
                                                  {"&&", "&&", 2},
                                                  {"and", "&&", 2},
                                                  {"==", "==", 3},
                                                  {"!=", "!=", 3},
                                                  {"<=", "<=", 4},
                                                  {">=", ">=", 4},
                                                  {"<", "<", 4},
                                                  {">", ">", 4},
                                                  {"+", "+", 5},
                                                  {"-", "-", 5},
                                                  {"*", "*", 6},
                                                  {"/", "/", 6},
                                                  {"%", "%", 6},
                                                  {"^", "^", 8}}};
constexpr int kUnary = 7;  // -2^2 is -(2^2), and -a*b is (-a)*b
constexpr int kPower = 8;

struct Function {
  std::string_view name;
  std::size_t least, most;
};

constexpr std::array<Function, 9> kFunctions = {{{"if", 3, 3},
                                                 {"isNull", 1, 1},
                                                 {"isNotNull", 1, 1},
                                                 {"firstNonNull", 1, 1000},
                                                 {"greatest", 1, 1000},
                                                 {"least", 1, 1000},
                                                 {"log", 1, 2},
                                                 {"log10", 1, 1},
                                                 {"removeZeros", 1, 1}}};

constexpr std::array<std::string_view, 8> kLetters = {"#", "C", "OUG", "R", "D", "A", "I", "N"};

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool starts_word(char c) { return is_letter(c) || c == '_'; }

// Thrown within this file alone: the text is no formula.
struct Unread {
  std::size_t at;
};

class Reader {
 public:
  Reader(std::string_view text, std::vector<Node>& nodes, std::vector<FormulaItem>& items,
         std::vector<std::string>& beyond)
      : text_(text), nodes_(nodes), items_(items), beyond_(beyond) {}

  void read() {
    binary(0);
    skip_space();
    if (at_ != text_.size()) throw Unread{at_};
  }

 private:
  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }

  char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  bool take(char wanted) {
    skip_space();
    if (next() != wanted) return false;
    ++at_;
    return true;
  }

  std::size_t put(Node node) {
    if (nodes_.size() == kMostNodes) throw Unread{at_};
    nodes_.push_back(std::move(node));
    return nodes_.size() - 1;
  }

  std::size_t operation(std::string_view name, std::vector<std::size_t> arguments) {
    Node node;
    node.kind = Node::Kind::operation;
    node.operation = name;
    node.arguments = std::move(arguments);
    return put(std::move(node));
  }

  // What is not computed still has a place in the tree.
  std::size_t put_beyond(std::string what) {
    if (std::ranges::find(beyond_, what) == beyond_.end()) beyond_.push_back(std::move(what));
    return put({});
  }

  const Operator* operator_here(int weakest) {
    skip_space();
    for (const Operator& one : kOperators) {
      if (!text_.substr(at_).starts_with(one.written)) continue;
      return one.strength >= weakest ? &one : nullptr;
    }
    return nullptr;
  }

  std::size_t binary(int weakest) {
    if (++depth_ > kDeepest) throw Unread{at_};
    std::size_t left = unary();
    while (const Operator* found = operator_here(weakest)) {
      at_ += found->written.size();
      // Only the power joins from the right.
      const bool from_right = found->strength == kPower;
      const std::size_t right = binary(found->strength + (from_right ? 0 : 1));
      left = operation(found->name, {left, right});
    }
    --depth_;
    return left;
  }

  std::size_t unary() {
    if (take('-')) return operation("neg", {binary(kUnary)});
    if (take('+')) return binary(kUnary);
    if (take('!')) return operation("!", {binary(kUnary)});
    if (text_.substr(at_).starts_with("not") &&
        !starts_word(at_ + 3 < text_.size() ? text_[at_ + 3] : ' ')) {
      at_ += 3;
      return operation("!", {binary(kUnary)});
    }
    return modified(primary());
  }

  std::size_t primary() {
    skip_space();
    const char c = next();
    if (take('(')) {
      const std::size_t inner = binary(0);
      if (!take(')')) throw Unread{at_};
      return inner;
    }
    if (is_digit(c) || c == '.') return number();
    if (c == '[') return variable();
    if (c == '\'' || c == '"') return text();
    return word();
  }

  // ".periodOffset(-1)" and the like change what an item or a group of them means.
  std::size_t modified(std::size_t value) {
    while (next() == '.' && at_ + 1 < text_.size() && starts_word(text_[at_ + 1])) {
      const std::size_t start = at_++;
      while (starts_word(next())) ++at_;
      if (next() != '(') throw Unread{at_};
      pass_brackets();
      value = put_beyond(std::string(text_.substr(start, at_ - start)));
    }
    return value;
  }

  std::size_t number() {
    Node node;
    const char* begin = text_.data() + at_;
    const auto [end, problem] = std::from_chars(begin, text_.data() + text_.size(), node.number);
    if (problem != std::errc()) throw Unread{at_};
    at_ += static_cast<std::size_t>(end - begin);
    return put(std::move(node));
  }

  std::size_t variable() {
    const auto close = text_.find(']', at_);
    if (close == std::string_view::npos) throw Unread{at_};
    const std::string_view name = text_.substr(at_, close - at_ + 1);
    at_ = close + 1;
    if (name != "[days]") return put_beyond(std::string(name));
    Node node;
    node.kind = Node::Kind::days;
    return put(std::move(node));
  }

  void pass_text() {
    const auto close = text_.find(text_[at_], at_ + 1);
    if (close == std::string_view::npos) throw Unread{at_};
    at_ = close + 1;
  }

  std::size_t text() {
    const std::size_t start = at_;
    pass_text();
    return put_beyond("the text " + std::string(text_.substr(start, at_ - start)));
  }

  // From an opening bracket to behind the one that closes it.
  void pass_brackets() {
    int open = 0;
    do {
      if (at_ >= text_.size()) throw Unread{at_};
      if (next() == '\'' || next() == '"') {
        pass_text();
        continue;
      }
      if (next() == '(') ++open;
      if (next() == ')') --open;
      ++at_;
    } while (open > 0);
  }

  std::size_t word() {
    const std::size_t start = at_;
    while (starts_word(next()) || is_digit(next()) || next() == '#' || next() == ':' ||
           (next() == '.' && at_ > start)) {
      ++at_;
    }
    const std::string name(text_.substr(start, at_ - start));
    if (name.empty()) throw Unread{at_};
    if (next() == '{') return item(name);
    if (name == "true" || name == "false") {
      Node node;
      node.number = name == "true" ? 1 : 0;
      return put(std::move(node));
    }
    const std::size_t behind = at_;
    if (!take('(')) throw Unread{behind};
    const auto found = std::ranges::find(kFunctions, name, &Function::name);
    if (found != kFunctions.end()) return call(*found);
    --at_;
    pass_brackets();
    return put_beyond(name + "()");
  }

  std::size_t call(const Function& function) {
    std::vector<std::size_t> arguments = {binary(0)};
    while (take(',')) arguments.push_back(binary(0));
    if (!take(')')) throw Unread{at_};
    if (arguments.size() < function.least || arguments.size() > function.most) throw Unread{at_};
    return operation(function.name, std::move(arguments));
  }

  std::size_t item(const std::string& letters) {
    const auto close = text_.find('}', at_);
    if (close == std::string_view::npos) throw Unread{at_};
    FormulaItem found{letters, std::string(text_.substr(at_ + 1, close - at_ - 1))};
    at_ = close + 1;
    const bool known = std::ranges::find(kLetters, letters) != kLetters.end();
    // Groups of data elements and of options, and dates of stages.
    if (!known || found.inner.find_first_of(":&") != std::string::npos) {
      return put_beyond(found.text());
    }
    Node node;
    node.kind = Node::Kind::item;
    node.item = static_cast<std::size_t>(std::ranges::find(items_, found) - items_.begin());
    if (node.item == items_.size()) items_.push_back(std::move(found));
    return put(std::move(node));
  }

  std::string_view text_;
  std::vector<Node>& nodes_;
  std::vector<FormulaItem>& items_;
  std::vector<std::string>& beyond_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

using Value = std::optional<double>;

double computed(const std::string& name, double a, double b) {
  if (name == "+") return a + b;
  if (name == "-") return a - b;
  if (name == "*") return a * b;
  if (name == "/") return a / b;
  if (name == "%") return std::fmod(a, b);
  if (name == "^") return std::pow(a, b);
  if (name == "log") return std::log(a) / std::log(b);
  const bool holds = name == "=="   ? a == b
                     : name == "!=" ? a != b
                     : name == "<"  ? a < b
                     : name == ">"  ? a > b
                     : name == "<=" ? a <= b
                                    : a >= b;
  return holds ? 1 : 0;
}

class Walk {
 public:
  Walk(const std::vector<Node>& nodes, const std::vector<FormulaItem>& items,
       const Formula::ItemValue& of, double days)
      : nodes_(nodes), items_(items), of_(of), days_(days) {}

  std::size_t looked = 0, found = 0;

  Value visit(std::size_t at) {
    const Node& node = nodes_[at];
    switch (node.kind) {
      case Node::Kind::number:
        return node.number;
      case Node::Kind::days:
        return days_;
      case Node::Kind::item:
        return item(items_[node.item]);
      case Node::Kind::operation:
        break;
    }
    return operation(node);
  }

 private:
  Value item(const FormulaItem& item) {
    const Value value = of_(item);
    if (item.letters == "C" || item.letters == "OUG") return value.value_or(0);
    if (keep_missing_) return value;
    ++looked;
    if (value) ++found;
    return value.value_or(0);
  }

  Value as_it_is(std::size_t at) {
    const bool before = std::exchange(keep_missing_, true);
    const Value value = visit(at);
    keep_missing_ = before;
    return value;
  }

  Value operation(const Node& node) {
    const auto& arguments = node.arguments;
    if (node.operation == "isNull") return as_it_is(arguments[0]) ? 0 : 1;
    if (node.operation == "isNotNull") return as_it_is(arguments[0]) ? 1 : 0;
    if (node.operation == "firstNonNull") {
      for (const std::size_t one : arguments) {
        if (const Value value = as_it_is(one)) return value;
      }
      return {};
    }
    if (node.operation == "greatest" || node.operation == "least") return extreme(node);
    const Value first = visit(arguments[0]);
    if (!first) return {};
    const bool holds = *first != 0;
    if (node.operation == "if") return visit(arguments[holds ? 1 : 2]);
    // The right side is looked at only where it decides.
    if (node.operation == "&&") return holds ? visit(arguments[1]) : Value(0);
    if (node.operation == "||") return holds ? Value(1) : visit(arguments[1]);
    if (node.operation == "neg") return -*first;
    if (node.operation == "!") return holds ? 0 : 1;
    if (node.operation == "log10") return std::log10(*first);
    if (node.operation == "removeZeros") return holds ? first : Value();
    if (arguments.size() == 1) return std::log(*first);
    const Value second = visit(arguments[1]);
    return second ? Value(computed(node.operation, *first, *second)) : Value();
  }

  Value extreme(const Node& node) {
    Value best;
    for (const std::size_t one : node.arguments) {
      const Value value = visit(one);
      if (!value) continue;
      if (!best || (node.operation == "greatest" ? *value > *best : *value < *best)) best = value;
    }
    return best;
  }

  const std::vector<Node>& nodes_;
  const std::vector<FormulaItem>& items_;
  const Formula::ItemValue& of_;
  double days_;
  bool keep_missing_ = false;
};

}  // namespace

Formula::Formula(std::string_view text) {
  try {
    Reader(text, nodes_, items_, beyond_).read();
  } catch (const Unread& unread) {
    beyond_ = {"what stands from character " + std::to_string(unread.at + 1) + " on"};
  }
}

std::optional<double> Formula::value(const ItemValue& of, double days,
                                     MissingValues missing) const {
  Walk walk(nodes_, items_, of, days);
  const Value value = walk.visit(nodes_.size() - 1);
  if (missing == MissingValues::skip_if_any && walk.found < walk.looked) return {};
  if (missing != MissingValues::never_skip && walk.looked > 0 && walk.found == 0) return {};
  // DHIS2 takes a result that is missing after all, as that of removeZeros(0), for 0.
  const double result = value.value_or(0);
  return std::isfinite(result) ? Value(result) : Value();
}

std::string number_text(double value) {
  if (value == 0) return "0";
  char text[64];
  const double size = std::fabs(value);
  const bool plain = size < 1e15 && size >= 1e-6;
  const auto [end, problem] =
      plain ? std::to_chars(text, text + sizeof text, value, std::chars_format::fixed)
            : std::to_chars(text, text + sizeof text, value);
  return problem == std::errc() ? std::string(text, end) : std::string("0");
}

std::optional<double> number_in(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  const bool whole = !text.empty() && *end == '\0' && std::isfinite(value);
  return whole ? std::optional(value) : std::nullopt;
}

}  // namespace dhis2mcp
