// SPDX-License-Identifier: BSD-3-Clause
// A DHIS2 made of what one recorded server had: its metadata, and one of its answers at a time.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/recorded/recordings.h"
#include "tests/support/fake_http.h"

namespace recorded {

using Parameters = std::vector<std::pair<std::string, std::string>>;

// Of a query string, decoded; read here and not by the product's own code.
Parameters parameters_of(const std::string& query);

// Plays the metadata export of a folder ("own_243") for what tools look up beside their question:
// who is signed in, names of ids, the facts of a data set. Everything else is 404.
class Upstream {
 public:
  explicit Upstream(const std::string& below);

  std::string url() const { return server_.url(); }

  // The answer of a path from now on, whatever its query.
  void answer(const std::string& path, const Exchange& exchange);

  // The parameters of the last request for a path.
  Parameters asked(const std::string& path) const;

  // An object of the export by its id; null where there is none.
  const Json& object(const std::string& collection, const std::string& id) const;
  const Json& all(const std::string& collection) const;

 private:
  void play_collection(const std::string& collection);
  void play_data_sets();

  Json export_;
  dhis2mcp::test::FakeHttp server_;
};

}  // namespace recorded
