// SPDX-License-Identifier: BSD-3-Clause
// The `fields` parameter: what it selects, and an object rendered by it.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sandbox/schema.h"
#include "tests/sandbox/wire.h"

namespace sandbox {

// "name~rename(label)", also written with "|" or "::".
struct Transformer {
  std::string name;
  std::vector<std::string> arguments;
};

struct Field {
  std::string name;
  std::vector<Transformer> transformers;
  std::vector<Field> children;       // what stands in its brackets
  std::vector<std::string> presets;  // ":all", ":owner", ...; "*" is ":all"
  std::set<std::string> excluded;    // "!name"
  bool bracketed = false;

  bool empty() const { return children.empty() && presets.empty(); }
};

// Reads the parameter. Empty when a bracket closes that never opened: DHIS2 then answers with an
// empty body (2.42, 2.43) or 500 (2.40, 2.41). A bracket that stays open is closed at the end.
std::optional<Field> parse_fields(std::string_view text);

// Renders objects for one request: references, computed properties and access need to know the
// country, the user and the base URL.
class Renderer {
 public:
  Renderer(const Country& country, const Request& request);

  // Only the object that was asked for has a link to itself, not those inside it.
  Json render(const Schema& schema, const Json& object, const Field& wanted,
              bool outermost = true) const;

  // One property as DHIS2 holds it: stored, or computed (displayName, href, access, ...). Null
  // when the object has none.
  Json value_of(const Schema& schema, const Property& property, const Json& object) const;

  const Schemas& schemas() const { return schemas_; }

 private:
  std::vector<std::string> names_in(const Schema& schema, const Field& wanted) const;
  Json picked(const Json& value, const Field& wanted) const;
  Json render_value(const Property& property, Json value, const Field& wanted) const;
  Json render_item(const Property& property, const Json& item, const Field& wanted) const;
  Json transformed(const Field& wanted, Json value, std::string& name) const;
  Json computed(const Schema& schema, const Property& property, const Json& object) const;

  const Country& country_;
  const Request& request_;
  const Schemas& schemas_;
};

// Whether a user may see an object, by its sharing.
bool may_read(const User& user, const Schema& schema, const Json& object);

// {"manage": true, ...} as the object's `access`.
Json access_of(const User& user, const Schema& schema, const Json& object, int major);

}  // namespace sandbox
