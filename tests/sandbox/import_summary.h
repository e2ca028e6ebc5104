// SPDX-License-Identifier: BSD-3-Clause
// The report of an import of data, as every release tells it.
#pragma once

#include <string>

#include "tests/sandbox/wire.h"

namespace sandbox {

struct ImportCount {
  int imported = 0, updated = 0, ignored = 0, deleted = 0;
};

struct ImportSummary {
  std::string status = "SUCCESS";  // SUCCESS, WARNING or ERROR
  std::string description;
  ImportCount count;
  Json conflicts = Json::array();
  Json rejected = Json::array();  // indexes into what was sent
  Json more = Json::object();     // members of one kind of import alone
};

// The options that a request sets, with what they are otherwise. Only 2.43 knows `atomic`.
Json import_options(const Request& request, int major);

// 200, or 409 when the status is ERROR. `responseType` stands first up to 2.41 and last after.
Reply import_reply(const ImportSummary& summary, const Json& options, int major);

// The answer to async=true: a job that waits for its turn; the server's clock stands still, so it
// never comes, except on 2.40, which the caller plays by importing at once.
Reply import_job(const std::string& type, const Json& options, const Settings& settings,
                 const std::string& base_url);

}  // namespace sandbox
