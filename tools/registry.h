// SPDX-License-Identifier: BSD-3-Clause
// Which tools this process shows, and the one door through which each is called.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dhis2/error.h"
#include "tools/call.h"
#include "tools/catalogue.h"
#include "tools/repeat.h"

namespace dhis2mcp {

class NameIndexes;

// --toolsets, --tools and --read-only.
struct Exposure {
  std::string toolsets = "default";
  std::string tools;  // a comma list that is shown as well; alone when toolsets is empty
  bool read_only = false;
};

// What a revision of the protocol may receive of a tool.
struct ListForm {
  bool titles = true;          // since 2025-06-18
  bool annotations = true;     // since 2025-03-26
  bool output_schemas = true;  // since 2025-06-18
  auto operator<=>(const ListForm&) const = default;
};

// A finished call. Texts are already serialised: the server room copies them.
struct ToolResult {
  bool is_error = false;
  std::string text;              // the compact text, or the error's; the first block when not empty
  std::string structured;        // JSON text; empty on an error
  std::optional<Error> error;    // what `_meta` and the exit code are made of
  std::vector<Content> content;  // further blocks, after the text
  std::vector<Question> questions;  // not finished: these come first, and nothing else is set
  std::string bound_to;             // the profile that the questions are about
};

// Immutable after construction, but for its memory of failed calls. Safe to use from several
// threads.
class Registry {
 public:
  // Without `indexes` every name is asked of its server.
  Registry(const Catalogue& catalogue, const Exposure& exposure, Connections& connections,
           Results& results, NameIndexes* indexes = nullptr);

  const Catalogue& catalogue() const { return catalogue_; }
  NameIndexes* indexes() const { return indexes_; }

  // The JSON text of the `tools` array, made once per form; equal bytes at every call.
  const std::string& list(const ListForm& form) const;
  const std::vector<const Tool*>& visible() const { return visible_; }

  // Every tool that this process may run, listed or not.
  std::vector<const Tool*> allowed() const;

  // Why a tool is not listed and how it is reached all the same; empty for a listed one.
  std::string hidden_because(const Tool& tool) const;

  // A tool by name, listed or not; nothing when it does not exist. Throws refused, saying why, when
  // this process may not run it (--read-only).
  const Tool* find(std::string_view name) const;
  std::vector<std::string> nearest(std::string_view name) const;

  // Runs a tool, hidden or listed. Never throws for what a tool or DHIS2 refuses: that is a result
  // with is_error; nor for what a tool asks: those are its questions. `arguments` is the raw JSON
  // text of the object, empty for none.
  ToolResult call(const Tool& tool, std::string_view arguments, const CallContext& context) const;

 private:
  void demand_allowed(const Tool& tool) const;
  ToolResult failed(const Tool& tool, std::string_view arguments, const Error& error,
                    const CallContext& context) const;

  const Catalogue& catalogue_;
  Exposure exposure_;
  Connections& connections_;
  Results& results_;
  NameIndexes* indexes_;
  std::vector<const Tool*> visible_;
  mutable Repeats repeats_;
  mutable std::mutex lists_mutex_;
  mutable std::map<ListForm, std::string> lists_;
};

// The `_meta["io.github.dhis2-mcp/error"]` object of a tool error, and its text.
Json error_object(const Error& error);
std::string error_text(const Error& error);

}  // namespace dhis2mcp
