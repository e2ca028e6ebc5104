// SPDX-License-Identifier: BSD-3-Clause
// A DHIS2 made of the metadata export of one recorded server: lists of its objects by the fields
// and filters that are asked for, and one of its other answers at a time.
#pragma once

#include <map>
#include <string>

#include "tests/recorded/recordings.h"
#include "tests/support/fake_http.h"

namespace recorded {

// The export of a folder ("own_243"), as /api/metadata gave it.
Json exported(const std::string& below);

// Knows who is signed in, every collection of the export and each data set; all else is 404 until
// an answer is given for it.
class ExportServer {
 public:
  explicit ExportServer(Json metadata);

  std::string url() const { return server_.url(); }
  std::size_t requests() const { return server_.seen().size(); }
  void forget() { server_.forget(); }

  // The answer of a path from now on, whatever its query.
  void answer(const std::string& path, const Exchange& exchange);

  // The parameters of the last request for a path.
  Parameters asked(const std::string& path) const;

  // An object of the export by its id; null where there is none.
  const Json& object(const std::string& id) const;

 private:
  Json list(const std::string& collection, const std::string& query) const;

  Json metadata_;
  std::map<std::string, Json> by_id_;
  dhis2mcp::test::FakeHttp server_;
};

}  // namespace recorded
