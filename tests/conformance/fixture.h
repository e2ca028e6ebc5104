// SPDX-License-Identifier: BSD-3-Clause
// What the official conformance suite expects a server to offer: its own tools, resources, prompts
// and completions. Names and texts are the suite's.
#pragma once

#include <atomic>
#include <string>
#include <string_view>
#include <vector>

#include "server/toolbox.h"

namespace dhis2mcp::conformance {

// A red PNG of one pixel, and a WAV of eight silent samples.
extern const std::string_view kPicture, kSound;

class FixtureResources final : public Resources {
 public:
  std::vector<Resource> list() const override;
  std::vector<ResourceTemplate> templates() const override;
  std::vector<ResourceContents> read(const std::string& uri,
                                     const CallContext& context) const override;
  bool announces_updates() const override { return true; }
  bool announces_list() const override { return true; }
};

// One prompt more or less after each flip, so that an announced change is a real one.
class FixturePrompts final : public Prompts {
 public:
  std::vector<Prompt> list() const override;
  FilledPrompt get(const std::string& name, const std::map<std::string, std::string>& arguments,
                   const CallContext& context) const override;
  bool announces_list() const override { return true; }
  void flip() const { more_ = !more_; }

 private:
  mutable std::atomic<bool> more_{false};
};

class FixtureCompletions final : public Completions {
 public:
  Completion complete(const CompletionPlace& place, const std::string& value,
                      const std::map<std::string, std::string>& others,
                      const CallContext& context) const override;
};

class Fixture;

// One tool of the suite. Does not wait for a client: what it needs it asks by NeedInput.
struct FixtureTool {
  Tool tool;
  ToolResult (*run)(const Fixture& fixture, const Json& arguments, const CallContext& context);
};

// In the order of the list. The suite calls the first one with no arguments and wants no error.
std::vector<FixtureTool> fixture_tools();

// Safe to use from several threads.
class Fixture final : public Toolbox {
 public:
  Fixture();

  std::shared_ptr<const std::string> list(const ListForm& form) const override;
  const Tool* find(std::string_view name) const override;
  std::vector<std::string> nearest(std::string_view name) const override;
  ToolResult call(const Tool& tool, std::string_view arguments,
                  const CallContext& context) const override;
  const Resources* resources() const override { return &resources_; }
  const Prompts* prompts() const override { return &prompts_; }
  const Completions* completions() const override { return &completions_; }
  bool logs() const override { return true; }
  bool announces_list() const override { return true; }
  bool uses_headers() const override { return true; }
  std::vector<HeaderParam> header_params(const Tool& tool) const override;
  std::string_view instructions() const override { return "A fixture for conformance tests."; }

  // Show or hide one tool or prompt, and announce it.
  void flip_tools() const;
  void flip_prompts() const;

 private:
  const FixtureTool* row(std::string_view name) const;

  const std::vector<FixtureTool> tools_;
  mutable std::atomic<bool> more_{false};
  FixtureResources resources_;
  FixturePrompts prompts_;
  FixtureCompletions completions_;
};

// The answer to a question with this key, or NeedInput with the question.
const InputAnswer& ask(const CallContext& context, Question question);

// A question that a form, a model or the client's roots answer.
Question form(std::string key, std::string message, Json schema);
Question sampling(std::string key, const std::string& text, int most_tokens);
Question roots(std::string key);

// {"type":"object","properties":...,"required":[...]} of fields that are all required.
Json object_schema(const Json& properties);

Content text_content(std::string text);
Content picture_content();
Content resource_content(std::string uri, std::string mime_type, std::string text);

}  // namespace dhis2mcp::conformance
