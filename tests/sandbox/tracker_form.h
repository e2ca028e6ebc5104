// SPDX-License-Identifier: BSD-3-Clause
// The forms in which tracker writes its lists: JSON, CSV, and either of them packed.
#pragma once

#include <optional>
#include <string>

#include "tests/sandbox/wire.h"

namespace sandbox {

struct TrackedForm {
  std::string text = "json";  // or "csv"
  std::string packing;        // "", "gzip" or "zip"
  bool csv() const { return text == "csv"; }
};

// By the extension, else by Accept.
TrackedForm tracked_form(const Request& request);

// The container's 406 when the list or object cannot be written as asked; empty when it can.
std::optional<Reply> unwritable_form(const Request& request, const std::string& kind, bool list);

// `name` is that of the file: "events", "trackedEntity".
Reply written_json(const TrackedForm& form, const std::string& name, const Json& body);
// Rows are whole objects.
Reply written_csv(const TrackedForm& form, const std::string& name, const Json& rows, int major);

// GET /api/tracker/jobs/{uid}[/report] of a job that nobody started.
Reply tracker_jobs(const Request& request, int major);

}  // namespace sandbox
