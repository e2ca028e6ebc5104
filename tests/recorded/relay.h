// SPDX-License-Identifier: BSD-3-Clause
// Stands between the product and a practice DHIS2: what is recorded is answered as it was, and
// everything else (who am I, programs, options, org units) by the practice server.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/recorded/recordings.h"

namespace recorded {

// Safe to use between calls of the product.
class Relay {
 public:
  // `version` is what the practice server plays: "2.40".
  explicit Relay(const std::string& version);
  ~Relay();

  std::string url() const;

  // The next requests to this exchange's path get its answer, whatever their query is.
  void serve(const Exchange& exchange);

  // Answers for paths that the practice server does not have; they come first.
  void put(const std::string& path, const Json& body);

  // The queries, as they were sent, that came for the path of the exchange since it was set.
  std::vector<std::string> asked() const;

  // What the practice server answers.
  Json get(const std::string& path) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace recorded
