// SPDX-License-Identifier: BSD-3-Clause
// A server that offers everything the protocol has: tools that talk, ask and change lists, and
// resources, prompts and completions of its own.
#pragma once

#include <atomic>
#include <map>
#include <stdexcept>
#include <string>

#include "server/header_params.h"
#include "server/jsonrpc.h"
#include "server/toolbox.h"
#include "tests/server/fake_toolbox.h"

namespace dhis2mcp::test {

class FullResources final : public Resources {
 public:
  std::vector<Resource> list() const override;
  std::vector<ResourceTemplate> templates() const override;
  std::vector<ResourceContents> read(const std::string& uri,
                                     const CallContext& context) const override;
  bool announces_updates() const override { return true; }
  bool announces_list() const override { return true; }
};

class FullPrompts final : public Prompts {
 public:
  std::vector<Prompt> list() const override;
  FilledPrompt get(const std::string& name, const std::map<std::string, std::string>& arguments,
                   const CallContext& context) const override;
  bool announces_list() const override { return true; }
};

class FullCompletions final : public Completions {
 public:
  Completion complete(const CompletionPlace& place, const std::string& value,
                      const std::map<std::string, std::string>& others,
                      const CallContext& context) const override;
};

// Tools, by name:
//   echo (local)      its arguments               wait         until release() or a stop
//   contents          a block of each kind         list         structuredContent that is an array
//   progress          ten steps                    log          one line of each level
//   ask_form, ask_url, ask_twice, ask_sampling, ask_roots: the answers, as JSON
//   ask_local         a form, by a local tool      needs_more   asks what no client declared
//   change            announces every change       poll         lets the client come back, then
//   waits region            has an x-mcp-header          fail         an error
class FullToolbox final : public Toolbox, public Gate {
 public:
  FullToolbox();

  std::shared_ptr<const std::string> list(const ListForm& form) const override;
  const Tool* find(std::string_view name) const override;
  std::vector<std::string> nearest(std::string_view) const override { return {"echo"}; }
  ToolResult call(const Tool& tool, std::string_view arguments,
                  const CallContext& context) const override;
  const Resources* resources() const override { return &resources_; }
  const Prompts* prompts() const override { return &prompts_; }
  const Completions* completions() const override { return &completions_; }
  bool logs() const override { return true; }
  bool announces_list() const override { return true; }
  std::string_view instructions() const override { return "Take care."; }
  std::size_t page_size() const override { return 3; }
  bool uses_headers() const override { return true; }
  std::vector<HeaderParam> header_params(const Tool& tool) const override {
    return dhis2mcp::header_params(tool.input_schema);
  }

  int entries() const { return entries_; }  // of the tools that ask

 private:
  FullResources resources_;
  FullPrompts prompts_;
  FullCompletions completions_;
  std::map<std::string, Tool, std::less<>> tools_;
  mutable std::atomic<int> entries_{0};
};

struct FullServer {
  explicit FullServer(std::chrono::milliseconds patience = std::chrono::minutes(1))
      : dispatcher(mcp, pool, patience) {}
  ~FullServer() { toolbox.release(); }

  FullToolbox toolbox;
  Mcp mcp{toolbox};
  Pool pool;
  Dispatcher dispatcher;
};

}  // namespace dhis2mcp::test
