// SPDX-License-Identifier: BSD-3-Clause
// One table of revisions; everything else is read from it.
#include "server/revision.h"

#include <array>

namespace dhis2mcp {
namespace {

constexpr std::array<std::string_view, 5> kNames = {"2024-11-05", "2025-03-26", "2025-06-18",
                                                    "2025-11-25", "2026-07-28"};

}  // namespace

std::string_view to_string(Revision revision) { return kNames[static_cast<std::size_t>(revision)]; }

std::optional<Revision> revision(std::string_view text) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == text) return static_cast<Revision>(i);
  }
  return std::nullopt;
}

ListForm list_form(Revision r) {
  return {.titles = r >= Revision::r2025_06_18,
          .annotations = r >= Revision::r2025_03_26,
          .output_schemas = r >= Revision::r2025_06_18};
}

const std::string& supported_versions() {
  static const std::string list = [] {
    std::string text = "[";
    for (auto name = kNames.rbegin(); name != kNames.rend(); ++name) {
      if (text.size() > 1) text += ',';
      text.append("\"").append(*name).append("\"");
    }
    return text + "]";
  }();
  return list;
}

const std::string& server_info(Revision r) {
  static const std::string kOld = R"({"name":"dhis2-mcp","version":")" DHIS2_MCP_VERSION R"("})";
  static const std::string kTitled =
      R"({"name":"dhis2-mcp","title":"DHIS2","version":")" DHIS2_MCP_VERSION R"("})";
  return knows_titles(r) ? kTitled : kOld;
}

}  // namespace dhis2mcp
