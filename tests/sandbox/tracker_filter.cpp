// SPDX-License-Identifier: BSD-3-Clause
// Reads and applies tracker's filters.
#include "tests/sandbox/tracker_filter.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <optional>
#include <set>

#include "tests/sandbox/filter.h"
#include "tests/sandbox/pages.h"

namespace sandbox {
namespace {

constexpr int kStrict = 42;  // the first release that checks uids and operators one by one

bool escapable(char c) { return c == ':' || c == ',' || c == '/'; }

// Pieces between `mark`, escapes left in place.
std::vector<std::string> split_unescaped(const std::string& text, char mark) {
  std::vector<std::string> pieces(1);
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '/' && i + 1 < text.size() && escapable(text[i + 1])) {
      pieces.back() += text[i++];
      pieces.back() += text[i];
    } else if (text[i] == mark) {
      pieces.emplace_back();
    } else {
      pieces.back() += text[i];
    }
  }
  return pieces;
}

std::string unescaped(const std::string& text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '/' && i + 1 < text.size() && escapable(text[i + 1])) ++i;
    plain += text[i];
  }
  return plain;
}

bool binary(const std::string& op) {
  static const std::set<std::string> kOperators = {
      "eq",   "ieq",   "gt",    "ge",     "lt",    "le", "ne", "neq", "!eq",
      "like", "!like", "ilike", "!ilike", "nlike", "in", "sw", "ew"};
  return kOperators.count(op) > 0;
}

bool unary(const std::string& op) { return op == "null" || op == "!null"; }

class FilterReader {
 public:
  FilterReader(const Country& country, const char* name, FilterOn on)
      : country_(country), name_(name), on_(on), major_(country.settings().major) {}

  std::vector<ValueFilter> read(const std::string& text) const {
    std::vector<ValueFilter> filters;
    for (const std::string& item : split_unescaped(text, ',')) {
      if (!item.empty()) filters.push_back(one(text, item));
    }
    return filters;
  }

 private:
  [[noreturn]] void refuse(const std::string& text, const std::string& why) const {
    throw TrackerRefusal(400, std::string(name_) + "=" + text + " is invalid. " + why, "E1003");
  }

  ValueFilter one(const std::string& text, const std::string& item) const {
    const std::vector<std::string> words = split_unescaped(item, ':');
    ValueFilter filter;
    filter.id = words[0];
    if (major_ >= kStrict && !well_formed_uid(filter.id)) refuse(text, malformed_uid(filter.id));
    for (size_t i = 1; i < words.size(); ++i) {
      std::string op = lowered(words[i]);
      if (major_ < kStrict && (!binary(op) || i + 1 == words.size())) {
        throw TrackerRefusal(400, "Query item or filter is invalid: " + item, "E1003");
      }
      if (unary(op)) {
        filter.conditions.push_back({op, ""});
        continue;
      }
      if (!binary(op)) refuse(text, "'" + words[i] + "' is not a valid operator.");
      if (i + 1 == words.size()) refuse(text, "Binary operator '" + op + "' must have a value.");
      filter.conditions.push_back({op, unescaped(words[++i])});
    }
    describe(filter);
    check_values(filter);
    return filter;
  }

  void describe(ValueFilter& filter) const {
    const bool attributes = on_ == FilterOn::kAttributes;
    const Json* object =
        country_.find(attributes ? "trackedEntityAttributes" : "dataElements", filter.id);
    if (object == nullptr) {
      if (major_ <= 40) {
        throw TrackerRefusal(
            400,
            std::string(attributes ? "Attribute" : "Dataelement") + " does not exist: " + filter.id,
            "E1003");
      }
      throw TrackerRefusal(
          400,
          attributes ? "attribute filters are invalid. Tracked entity attribute '" + filter.id +
                           "' does not exist."
                     : "filter is invalid. Data element '" + filter.id + "' does not exist.",
          "E1003");
    }
    filter.value_type = object->value("valueType", "TEXT");
    filter.options = !attributes && object->contains("optionSet");
  }

  void check_values(const ValueFilter& filter) const;

  const Country& country_;
  const char* name_;
  FilterOn on_;
  int major_;
};

std::optional<double> number_in(const std::string& text) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0') return std::nullopt;
  return number;
}

bool numeric(const std::string& value_type) {
  return value_type.starts_with("INTEGER") || value_type == "NUMBER" ||
         value_type == "PERCENTAGE" || value_type == "UNIT_INTERVAL";
}

void FilterReader::check_values(const ValueFilter& filter) const {
  if (!numeric(filter.value_type) || on_ == FilterOn::kAttributes) return;
  for (const ValueFilter::Condition& condition : filter.conditions) {
    if (unary(condition.op)) continue;
    for (const std::string& value : split(condition.value, ';')) {
      if (number_in(value)) continue;
      if (major_ < kStrict) {
        throw TrackerRefusal(409, "Query failed because of a syntax error (SqlState: 07006)",
                             "E7145", "SqlState: 07006");
      }
      throw TrackerRefusal(400, "Filter for data element " + filter.id +
                                    " is invalid. The data element value type is " +
                                    filter.value_type + " but the value `" + value + "` is not.");
    }
  }
}

// Below, at or above zero, as the value stands to the bound.
int order_of(const ValueFilter& filter, const std::string& value, const std::string& bound) {
  const auto a = number_in(value), b = number_in(bound);
  if (numeric(filter.value_type) && a && b) return *a < *b ? -1 : *a > *b ? 1 : 0;
  return lowered(value).compare(lowered(bound));
}

bool holds(const ValueFilter& filter, const ValueFilter::Condition& condition,
           const std::string& value) {
  const std::string& op = condition.op;
  const std::string text = lowered(value), wanted = lowered(condition.value);
  const auto found = text.find(wanted) != std::string::npos;
  if (op == "like" || op == "ilike") return found;
  if (op == "nlike" || op == "!like" || op == "!ilike") return !found;
  if (op == "sw") return text.starts_with(wanted);
  if (op == "ew") return text.ends_with(wanted);
  if (op == "in") {
    const std::vector<std::string> choices = split(condition.value, ';');
    return std::any_of(choices.begin(), choices.end(), [&](const std::string& choice) {
      return order_of(filter, value, choice) == 0;
    });
  }
  const int order = order_of(filter, value, condition.value);
  if (op == "gt") return order > 0;
  if (op == "ge") return order >= 0;
  if (op == "lt") return order < 0;
  if (op == "le") return order <= 0;
  return (op == "eq" || op == "ieq") == (order == 0);
}

}  // namespace

std::vector<ValueFilter> read_value_filters(const Country& country, const Request& request,
                                            const char* name, FilterOn on) {
  std::vector<ValueFilter> filters;
  const FilterReader reader(country, name, on);
  for (const std::string& text : request.all(name)) {
    for (ValueFilter& filter : reader.read(text)) filters.push_back(std::move(filter));
  }
  return filters;
}

bool passes(const ValueFilter& filter, const std::string* value, int major) {
  return std::all_of(filter.conditions.begin(), filter.conditions.end(),
                     [&](const ValueFilter::Condition& condition) {
                       if (condition.op == "null") return value == nullptr;
                       if (value == nullptr) return false;
                       // Up to 2.41 an equality never meets the code of an option.
                       if (major <= 41 && filter.options && condition.op == "eq") return false;
                       return condition.op == "!null" || holds(filter, condition, *value);
                     });
}

std::string malformed_uid(const std::string& uid) {
  return "UID must be an alphanumeric string of 11 characters starting with a letter, but was: " +
         uid;
}

bool well_formed_uid(const std::string& uid) {
  return uid.size() == 11 && std::isalpha(static_cast<unsigned char>(uid[0])) != 0 &&
         std::all_of(uid.begin(), uid.end(), [](unsigned char c) { return std::isalnum(c) != 0; });
}

}  // namespace sandbox
