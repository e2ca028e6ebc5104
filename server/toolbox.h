// SPDX-License-Identifier: BSD-3-Clause
// What the protocol serves: tools, and where there are any resources, prompts and completions. A
// program that derives from this serves other tools than ours over the same two transports.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/changes.h"
#include "tools/offer.h"
#include "tools/registry.h"

namespace dhis2mcp {

// One `x-mcp-header` of an input schema: the NAME of Mcp-Param-NAME, and the names that lead to the
// argument.
struct HeaderParam {
  std::string header;
  std::vector<std::string> path;
};

// Capabilities are declared from what is here: a null pointer is a capability that we do not have,
// and its methods are unknown ones. Safe to use from several threads. To serve:
//   Mcp mcp(toolbox); Pool pool; Dispatcher dispatcher(mcp, pool); HttpServer(dispatcher, {...}).
class Toolbox {
 public:
  virtual ~Toolbox() = default;

  // The JSON text of the `tools` array.
  virtual std::shared_ptr<const std::string> list(const ListForm& form) const = 0;
  virtual const Tool* find(std::string_view name) const = 0;
  virtual std::vector<std::string> nearest(std::string_view name) const = 0;

  // As Registry::call. `tool.local` decides whether it runs on the thread that reads. A tool may
  // throw RpcError (server/jsonrpc.h) for an answer that is no result, and NeedInput.
  virtual ToolResult call(const Tool& tool, std::string_view arguments,
                          const CallContext& context) const = 0;

  virtual const Resources* resources() const { return nullptr; }
  virtual const Prompts* prompts() const { return nullptr; }
  virtual const Completions* completions() const { return nullptr; }

  // Whether tools ever log to the client, and whether their list ever changes.
  virtual bool logs() const { return false; }
  virtual bool announces_list() const { return false; }

  // What a model reads first. Static text.
  virtual std::string_view instructions() const { return {}; }

  // How many entries of a list one answer carries; 0: all tools, and 200 of the other lists.
  virtual std::size_t page_size() const { return 0; }

  // The arguments that a client of 2026-07-28 repeats in headers (server/header_params.h reads them
  // from a schema), and whether any tool has some.
  virtual bool uses_headers() const { return false; }
  virtual std::vector<HeaderParam> header_params(const Tool&) const { return {}; }

  // Where changes are announced; what `announces_...` denies is not passed on.
  Changes& changes() const { return changes_; }

 private:
  mutable Changes changes_;
};

// Our own: the tools of a registry, and what else is given. All must live longer.
struct Extras {
  const Resources* resources = nullptr;
  const Prompts* prompts = nullptr;
  const Completions* completions = nullptr;
};

class RegistryToolbox final : public Toolbox {
 public:
  explicit RegistryToolbox(const Registry& registry, const Extras& extras = {})
      : registry_(registry), extras_(extras) {}

  std::shared_ptr<const std::string> list(const ListForm& form) const override {
    return {std::shared_ptr<const std::string>(), &registry_.list(form)};
  }
  const Tool* find(std::string_view name) const override { return registry_.find(name); }
  std::vector<std::string> nearest(std::string_view name) const override {
    return registry_.nearest(name);
  }
  ToolResult call(const Tool& tool, std::string_view arguments,
                  const CallContext& context) const override {
    return registry_.call(tool, arguments, context);
  }
  const Resources* resources() const override { return extras_.resources; }
  const Prompts* prompts() const override { return extras_.prompts; }
  const Completions* completions() const override { return extras_.completions; }
  bool logs() const override { return true; }  // what failed
  std::string_view instructions() const override;

 private:
  const Registry& registry_;
  const Extras extras_;
};

}  // namespace dhis2mcp
