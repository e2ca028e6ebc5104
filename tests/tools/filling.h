// SPDX-License-Identifier: BSD-3-Clause
// An index of the 250 data elements of a scripted DHIS2, at a time that the test sets.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/tools/instance.h"
#include "tests/tools/listed_objects.h"
#include "tools/name_fill.h"
#include "tools/name_indexes.h"

namespace dhis2mcp::test {

inline const std::vector<std::string> kElements = {"dataElement"};

inline std::string uid_of(int number) {
  const std::string digits = std::to_string(number);
  return "u" + std::string(10 - digits.size(), '0') + digits;
}

class Filling {
 public:
  Filling()
      : elements(instance.server, "dataElements"),
        index(instance.home.path() / "cache" / "index", instance.server.url(), "admin") {
    for (int i = 0; i < 250; ++i) elements.put({uid_of(i), "Element " + std::to_string(i)});
  }

  void bring_up() {
    const auto client = instance.connections.client("");
    NameFill(index, *client, Patience{})
        .bring_up(*instance.registry.catalogue().type("dataElement"), now);
  }
  void bring_up_later() {
    now += NameFill::kFresh;
    bring_up();
  }

  bool has(const std::string& name) { return !index.exact(name, kElements).empty(); }
  IndexedType state() { return index.types()["dataElement"]; }

  Instance instance;
  ListedObjects elements;
  NameIndex index;
  NameFill::Time now = std::chrono::system_clock::now();
};

// The same, filled in the background.
class Indexes : public Filling {
 public:
  Indexes()
      : indexes(instance.connections, instance.registry.catalogue(), [this] { return now; }) {}
  std::shared_ptr<NameIndex> ready() {
    return indexes.ready(*instance.connections.client(""), kElements);
  }
  NameIndexes indexes;
};

}  // namespace dhis2mcp::test
