// SPDX-License-Identifier: BSD-3-Clause
// The files of the practice country, carried inside the program.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sandbox {

struct EmbeddedFile {
  std::string_view name;   // without folder, e.g. "values.tsv.gz"
  std::string_view bytes;  // as on disk
};

// Written by embed.cmake at build time.
const std::vector<EmbeddedFile>& embedded_files();

// The text of a file; a name that ends in ".gz" is inflated. Throws std::runtime_error when there
// is no such file or it is cut.
std::string embedded_text(std::string_view name);

}  // namespace sandbox
