// SPDX-License-Identifier: BSD-3-Clause
// A query string that cannot be injected into: names and values are percent-encoded here only.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dhis2mcp {

// Parameters in the order they were added; a name may repeat.
class Query {
 public:
  // Reads "a=b&c=%20d", with or without a '?'. '+' is a space. Throws bad_input on a broken percent
  // sequence or a control character; `fields` alone may hold line feeds and tabs, as apps send it.
  static Query parse(std::string_view text);

  Query& add(std::string name, std::string value);
  Query& set(std::string_view name, std::string value);  // replaces every earlier one of that name

  // The first value of that name, or nullptr.
  const std::string* find(std::string_view name) const;
  void remove(std::string_view name);

  bool empty() const { return items_.empty(); }
  const std::vector<std::pair<std::string, std::string>>& items() const { return items_; }

  // "a=b&c=d": everything but RFC 3986 unreserved characters is encoded, brackets, ':' and ';' too
  // (strict Tomcats answer 400 for a raw bracket or bar).
  std::string text() const;

 private:
  std::vector<std::pair<std::string, std::string>> items_;
};

// Percent-encodes one path segment or query part.
std::string percent_encode(std::string_view text);

// Throws bad_input on a broken sequence.
std::string percent_decode(std::string_view text);

}  // namespace dhis2mcp
