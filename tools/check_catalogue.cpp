// SPDX-License-Identifier: BSD-3-Clause
// Run by the build: fails, naming file and member, when a file of schemas/ breaks a rule.
#include <cstdio>
#include <exception>

#include "tools/catalogue_prompts.h"

int main() {
  try {
    dhis2mcp::CataloguePrompts(dhis2mcp::Catalogue::embedded()).list();
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
