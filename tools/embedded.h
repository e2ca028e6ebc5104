// SPDX-License-Identifier: BSD-3-Clause
// The files of schemas/ as the build put them into the program.
#pragma once

#include <span>
#include <string_view>

namespace dhis2mcp {

struct EmbeddedFile {
  std::string_view path;  // below schemas/: "tools/result_page.json"
  std::string_view text;
};

// Sorted by path. Lives as long as the program.
std::span<const EmbeddedFile> embedded_files();

}  // namespace dhis2mcp
