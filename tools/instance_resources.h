// SPDX-License-Identifier: BSD-3-Clause
// What a client may attach to a conversation by its address: instances, metadata objects, kept
// results.
#pragma once

#include "tools/offer.h"

namespace dhis2mcp {

class Connections;
class Registry;

// dhis2://{profile}/system, dhis2://{profile}/{type}/{id} and dhis2://{profile}/result/{id}. Each
// is read by the tool that gives the same answer (system_info, metadata_get, result_page), so that
// nothing can be read here that a tool would refuse, mask or cut. The list asks no server. Both
// arguments must live longer.
class InstanceResources final : public Resources {
 public:
  InstanceResources(const Registry& registry, Connections& connections)
      : registry_(registry), connections_(connections) {}

  std::vector<Resource> list() const override;
  std::vector<ResourceTemplate> templates() const override;

  // An object as Markdown (tools/object_page.h), else JSON, as the tool's structuredContent.
  // `?from_row=N` goes on in a result, and `?fields=` names those of an object.
  std::vector<ResourceContents> read(const std::string& uri,
                                     const CallContext& context) const override;

 private:
  const Registry& registry_;
  Connections& connections_;
};

// The templates, as listed: where completions are asked for.
inline constexpr char kObjectTemplate[] = "dhis2://{profile}/{type}/{id}";
inline constexpr char kResultTemplate[] = "dhis2://{profile}/result/{id}";
inline constexpr char kSystemTemplate[] = "dhis2://{profile}/system";

}  // namespace dhis2mcp
