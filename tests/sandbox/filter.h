// SPDX-License-Identifier: BSD-3-Clause
// The `filter` parameter: path, operator, value, and whether an object passes.
#pragma once

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sandbox/fields.h"

namespace sandbox {

// A filter that DHIS2 refuses; carries the answer.
struct BadFilter : std::runtime_error {
  BadFilter(int the_status, const std::string& message, std::string the_code = "E1003")
      : std::runtime_error(message), status(the_status), code(std::move(the_code)) {}
  int status;
  std::string code;
};

struct Filter {
  std::string path;   // "categoryCombo.id", an attribute's uid, or "identifiable"
  std::string op;     // as sent: "eq", "!ilike", "like$", ...
  std::string value;  // everything after the second colon
};

// Splits the parameters. From 2.42 on they are joined and cut at every comma outside brackets,
// whatever parameter the comma stood in. Throws BadFilter.
std::vector<Filter> parse_filters(const std::vector<std::string>& texts, int major);

// Tells for one request which objects pass its filters, rootJunction and query.
class Sieve {
 public:
  // Throws BadFilter for an unknown path, operator or value that the type cannot have.
  Sieve(const Country& country, const Renderer& renderer, const Schema& schema,
        const Request& request);

  bool passes(const Json& object) const;

 private:
  using Test = std::function<bool(const Json& object)>;

  Test test_for(const Filter& filter) const;
  Test attribute_test(const Filter& filter) const;
  Test identifiable_test(const Filter& filter) const;
  Test unary_test(const Filter& filter) const;
  Test binary_test(const Filter& filter, const Property& property) const;
  void check_operator(const Filter& filter) const;
  void check_value(const Filter& filter, const Property& property) const;
  // Every value that a path leads to; several when it crosses collections.
  void collect(const Schema& schema, const Json& object, std::string_view path,
               std::vector<Json>& values) const;
  const Property* last_property(const std::string& path) const;

  const Country& country_;
  const Renderer& renderer_;
  const Schema& schema_;
  int major_;
  bool any_ = false;
  std::vector<Test> tests_;
  std::string query_;
};

// SQL's LIKE: "%" any text, "_" any character.
bool like(std::string_view text, std::string_view pattern);

// Lower case of ASCII letters, as the database of the recorded servers has it.
std::string lowered(std::string_view text);

}  // namespace sandbox
