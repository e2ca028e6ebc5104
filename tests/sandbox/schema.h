// SPDX-License-Identifier: BSD-3-Clause
// The schemas of a DHIS2 version: its types and their properties, as /api/schemas tells them.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tests/sandbox/country.h"

namespace sandbox {

struct Property {
  std::string name;   // as JSON has it: the collection's name for collections
  std::string klass;  // Java class; of the items for collections
  std::string type;   // "TEXT", "REFERENCE", "COMPLEX", ...; of the items for collections
  bool collection = false, persisted = false, owner = false, simple = false;
  bool identifiable = false, embedded = false, sortable = false, translatable = false;
};

struct Schema {
  std::string singular, plural, name, klass, endpoint;  // endpoint: "/dataElements" or empty
  bool identifiable = false, nameable = false, shareable = false, data_shareable = false;
  std::vector<Property> properties;
  const Json* document = nullptr;  // the whole schema as the server tells it

  const Property* property(std::string_view name) const;
};

// One major's schemas. 2.43 is stored whole, 2.40 to 2.42 as differences; 2.37 to 2.39 are played
// with those of 2.40. In documents "@" stands for the base URL.
class Schemas {
 public:
  // Made once for each major, kept for good. Safe from several threads.
  static const Schemas& of(int major);

  explicit Schemas(int major);

  const std::vector<Schema>& all() const { return schemas_; }
  const Schema* by_plural(std::string_view plural) const;
  const Schema* by_singular(std::string_view singular) const;
  const Schema* by_klass(std::string_view klass) const;

 private:
  std::vector<Json> documents_;
  std::vector<Schema> schemas_;
  std::unordered_map<std::string, size_t> plurals_, singulars_, klasses_;
};

}  // namespace sandbox
