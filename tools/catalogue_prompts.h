// SPDX-License-Identifier: BSD-3-Clause
// Prompts for jobs that people do with DHIS2, as schemas/prompts/*.json tell them.
#pragma once

#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "tools/catalogue.h"
#include "tools/offer.h"

namespace dhis2mcp {

class CataloguePrompts final : public Prompts {
 public:
  // The files are read when they are first needed. Both must live longer.
  explicit CataloguePrompts(const Catalogue& catalogue,
                            std::span<const EmbeddedFile> files = embedded_files())
      : catalogue_(catalogue), files_(files) {}

  // Throws internal, naming file and member, when one breaks a rule of schemas/README.md: among
  // them that each tool it names exists. The build runs this.
  std::vector<Prompt> list() const override;

  // One message of the user. A line about an argument that was not given is left out. Throws
  // not_found for an unknown prompt, bad_input for a missing argument.
  FilledPrompt get(const std::string& name, const std::map<std::string, std::string>& arguments,
                   const CallContext& context) const override;

  // What an argument can be completed with: a kind of things that are known here ("profile",
  // "type", the name of a MetadataType), or values as they stand. Throws not_found for an unknown
  // prompt or argument.
  struct Choices {
    std::string kind;
    std::vector<std::string> values;
  };
  Choices choices(const std::string& prompt, const std::string& argument) const;

 private:
  struct Page {
    Prompt prompt;
    std::vector<Choices> choices;  // of each argument
    std::vector<std::string> lines;
  };
  const std::vector<Page>& pages() const;
  const Page& page(const std::string& name) const;
  Page read_page(const EmbeddedFile& file) const;

  const Catalogue& catalogue_;
  std::span<const EmbeddedFile> files_;
  mutable std::once_flag read_;
  mutable std::vector<Page> pages_;
};

}  // namespace dhis2mcp
