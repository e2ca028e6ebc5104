// SPDX-License-Identifier: BSD-3-Clause
// What the protocol needs of the tools, so that it can be served with others than ours.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/registry.h"

namespace dhis2mcp {

// Answers as tools/registry.h describes. Safe to use from several threads.
class Toolbox {
 public:
  virtual ~Toolbox() = default;

  virtual const std::string& list(const ListForm& form) const = 0;
  virtual const Tool* find(std::string_view name) const = 0;
  virtual std::vector<std::string> nearest(std::string_view name) const = 0;
  virtual ToolResult call(const Tool& tool, std::string_view arguments,
                          const CallContext& context) const = 0;
};

// The tools of a registry, which must live longer.
class RegistryToolbox final : public Toolbox {
 public:
  explicit RegistryToolbox(const Registry& registry) : registry_(registry) {}

  const std::string& list(const ListForm& form) const override { return registry_.list(form); }
  const Tool* find(std::string_view name) const override { return registry_.find(name); }
  std::vector<std::string> nearest(std::string_view name) const override {
    return registry_.nearest(name);
  }
  ToolResult call(const Tool& tool, std::string_view arguments,
                  const CallContext& context) const override {
    return registry_.call(tool, arguments, context);
  }

 private:
  const Registry& registry_;
};

}  // namespace dhis2mcp
