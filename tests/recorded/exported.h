// SPDX-License-Identifier: BSD-3-Clause
// A DHIS2 made of the metadata export of one recorded server: lists of whole objects by the fields
// and filters that are asked for.
#pragma once

#include <string>

#include "tests/recorded/recordings.h"
#include "tests/support/fake_http.h"

namespace recorded {

// The export of a folder ("own_243"), as /api/metadata gave it.
Json exported(const std::string& below);

class ExportServer {
 public:
  explicit ExportServer(Json metadata);

  std::string url() const { return server_.url(); }
  std::size_t requests() const { return server_.seen().size(); }
  void forget() { server_.forget(); }

 private:
  Json list(const std::string& collection, const std::string& query) const;

  Json metadata_;
  Json by_id_;  // every object, for references that are shown with more than their id
  dhis2mcp::test::FakeHttp server_;
};

}  // namespace recorded
