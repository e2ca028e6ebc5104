// SPDX-License-Identifier: BSD-3-Clause
// A catalogue of a test's own tools, from files as schemas/ has them.
#pragma once

#include <list>
#include <string>
#include <utility>
#include <vector>

#include "tools/catalogue.h"

namespace dhis2mcp::test {

// The embedded catalogue with further files; a file of the same path takes the place of ours.
class OwnCatalogue {
 public:
  OwnCatalogue& add(const std::string& path, const Json& file) {
    texts_.emplace_back(path, file.dump());
    return *this;
  }

  // A tool that shows profile_list's answer, with any effect.
  OwnCatalogue& add_tool(const std::string& name, const std::string& effect = "read",
                         const std::string& description = "A tool of a test.") {
    return add("tools/" + name + ".json", {{"name", name},
                                           {"toolset", "admin"},
                                           {"effect", effect},
                                           {"title", "Title of " + name},
                                           {"description", description},
                                           {"handler", "profile_list"}});
  }

  std::vector<EmbeddedFile> files() const {
    std::vector<EmbeddedFile> files;
    for (const EmbeddedFile& ours : embedded_files()) {
      bool replaced = false;
      for (const auto& [path, text] : texts_) replaced = replaced || path == ours.path;
      if (!replaced) files.push_back(ours);
    }
    for (const auto& [path, text] : texts_) files.push_back({path, text});
    return files;
  }

  Catalogue catalogue() const { return Catalogue(files()); }

 private:
  std::list<std::pair<std::string, std::string>> texts_;
};

}  // namespace dhis2mcp::test
