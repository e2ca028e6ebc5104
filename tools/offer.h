// SPDX-License-Identifier: BSD-3-Clause
// What a server can offer beside tools, and what a handler may ask back; in MCP's words, whatever
// the revision. The server room writes each of these in the shape that the client's revision knows.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dhis2/json.h"

namespace dhis2mcp {

struct CallContext;  // tools/call.h

// RFC 5424's levels, least urgent first.
enum class LogSeverity { debug, info, notice, warning, error, critical, alert, emergency };

// Hints on a piece of content. Absent members are not sent.
struct ContentHints {
  std::vector<std::string> audience;  // "user", "assistant"
  std::optional<double> priority;     // 0 to 1
  std::string last_modified;          // ISO 8601
};

// A resource as it is read: text, or bytes when `binary`. Bytes are raw here, base64 on the wire.
struct ResourceContents {
  std::string uri, mime_type, text, bytes;
  bool binary = false;
};

// One block of a tool's result or a prompt's message. `bytes` are raw here, base64 on the wire.
// A link becomes a line of text for clients older than 2025-06-18, audio one before 2025-03-26.
struct Content {
  enum class Kind { text, image, audio, link, resource };

  Kind kind = Kind::text;
  std::string text;              // text
  std::string bytes, mime_type;  // image, audio; mime_type of a link too
  std::string uri, name, title, description;
  std::optional<std::uint64_t> size;  // link: in bytes, when it is known
  ResourceContents resource;          // resource
  ContentHints hints;
};

// Something that only the client or the person before it can answer. Forms never ask for passwords
// or tokens; those are entered on a page that `url` opens, which carries no secret itself.
struct Question {
  enum class Kind { form, url, sampling, roots };

  std::string key;  // which of a handler's questions: the same at every entry
  Kind kind = Kind::form;
  std::string message;         // form, url
  Json requested_schema;       // form: a flat object schema
  std::string url;             // url: https, or http to loopback
  std::string elicitation_id;  // url: unguessable; older clients are told by it when it is done
  Json params;                 // sampling: the params of sampling/createMessage
};

// What came back. A decline and a cancel are answers too, and no errors.
struct InputAnswer {
  enum class Action { accept, decline, cancel };

  Action action = Action::cancel;
  Json content;        // form: its fields; sampling, roots: the whole result; null otherwise
  bool asked = false;  // false: the client sent it unasked, nothing vouches for a question
};

// Which kinds of question the client declared that it can answer.
struct Askable {
  bool form = false, url = false, sampling = false, roots = false;
  bool can(Question::Kind kind) const;
};

// Thrown by a handler that cannot go on without answers. It is entered again from its start with
// them, so it must not have changed anything yet.
struct NeedInput {
  std::vector<Question> questions;  // at least one, each of a kind that is askable
};

struct Resource {
  std::string uri, name, title, description, mime_type;
  std::optional<std::uint64_t> size;  // in bytes
  ContentHints hints;
};

struct ResourceTemplate {
  std::string uri_template;  // RFC 6570
  std::string name, title, description, mime_type;
  ContentHints hints;
};

// The three below are safe to use from several threads, must live as long as the server, and throw
// Error: not_found for what does not exist, bad_input for arguments that are missing or wrong. They
// may throw NeedInput where a context is given, except in complete().
class Resources {
 public:
  virtual ~Resources() = default;
  virtual std::vector<Resource> list() const = 0;
  virtual std::vector<ResourceTemplate> templates() const = 0;
  virtual std::vector<ResourceContents> read(const std::string& uri,
                                             const CallContext& context) const = 0;

  // Whether Changes::resource (server/changes.h) is ever called for it; then clients may subscribe.
  virtual bool announces_updates() const { return false; }
  virtual bool announces_list() const { return false; }
};

struct PromptArgument {
  std::string name, title, description;
  bool required = false;
};

struct Prompt {
  std::string name, title, description;
  std::vector<PromptArgument> arguments;
};

struct PromptMessage {
  bool assistant = false;  // else the user speaks
  Content content;
};

struct FilledPrompt {
  std::string description;
  std::vector<PromptMessage> messages;
};

class Prompts {
 public:
  virtual ~Prompts() = default;
  virtual std::vector<Prompt> list() const = 0;

  // Unknown names and missing required arguments are refused by the server room, from list().
  virtual FilledPrompt get(const std::string& name,
                           const std::map<std::string, std::string>& arguments,
                           const CallContext& context) const = 0;
  virtual bool announces_list() const { return false; }
};

// What a value is being typed for: an argument of a prompt, or a variable of a URI template.
struct CompletionPlace {
  bool prompt = true;
  std::string ref;       // the prompt's name, or the URI template as listed
  std::string argument;  // its name
};

struct Completion {
  std::vector<std::string> values;     // best first; the first 100 are sent
  std::optional<std::uint64_t> total;  // when it is known
  bool has_more = false;
};

class Completions {
 public:
  virtual ~Completions() = default;

  // `value` is what was typed so far; `others` are arguments that are filled in already. A place
  // that is unknown throws not_found.
  virtual Completion complete(const CompletionPlace& place, const std::string& value,
                              const std::map<std::string, std::string>& others,
                              const CallContext& context) const = 0;
};

}  // namespace dhis2mcp
