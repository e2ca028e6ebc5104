// SPDX-License-Identifier: BSD-3-Clause
// Objects put together as text, member by member.
#include "server/content.h"

#include "dhis2/base64.h"
#include "server/json_text.h"

namespace dhis2mcp {
namespace {

void begin_member(std::string& out, std::string_view name) {
  if (out.back() != '{') out += ',';
  out.append("\"").append(name).append("\":");
}

void append_bytes(std::string& out, std::string_view name, std::string_view bytes) {
  begin_member(out, name);
  out += '"';
  append_base64(out, bytes);
  out += '"';
}

void append_size(std::string& out, const std::optional<std::uint64_t>& size) {
  if (!size) return;
  begin_member(out, "size");
  out += std::to_string(*size);
}

void append_hints(std::string& out, const ContentHints& hints, Revision revision) {
  std::string inner = "{";
  if (!hints.audience.empty()) {
    begin_member(inner, "audience");
    std::string separator = "[";
    for (const std::string& who : hints.audience) {
      inner.append(separator).append(json_quoted(who));
      separator = ",";
    }
    inner += ']';
  }
  if (hints.priority) {
    begin_member(inner, "priority");
    inner += to_text(Json(*hints.priority));
  }
  if (knows_titles(revision)) append_member(inner, "lastModified", hints.last_modified);
  if (inner.size() == 1) return;
  begin_member(out, "annotations");
  out.append(inner).append("}");
}

// The members that a link in a result and an entry of a list share. Every revision demands a name.
template <typename Entry>
void append_entry(std::string& out, const Entry& entry, std::string_view uri, Revision revision) {
  begin_member(out, "name");
  append_quoted(out, entry.name.empty() ? uri : entry.name);
  if (knows_titles(revision)) append_member(out, "title", entry.title);
  append_member(out, "description", entry.description);
  append_member(out, "mimeType", entry.mime_type);
  append_hints(out, entry.hints, revision);
}

void append_text_block(std::string& out, std::string_view text) {
  out.append(R"({"type":"text","text":)");
  append_quoted(out, text);
}

void append_link(std::string& out, const Content& link, Revision revision) {
  if (!knows_links(revision)) {
    append_text_block(out, link.name.empty() ? link.uri : link.name + ": " + link.uri);
    return;
  }
  out.append(R"({"type":"resource_link")");
  append_member(out, "uri", link.uri);
  append_entry(out, link, link.uri, revision);
  append_size(out, link.size);
}

void append_media(std::string& out, const Content& content, Revision revision) {
  const bool audio = content.kind == Content::Kind::audio;
  if (audio && !knows_audio(revision)) {
    append_text_block(out, "(Audio, " + content.mime_type + ": this client takes none.)");
    return;
  }
  out.append(audio ? R"({"type":"audio")" : R"({"type":"image")");
  append_bytes(out, "data", content.bytes);
  append_member(out, "mimeType", content.mime_type);
  append_hints(out, content.hints, revision);
}

}  // namespace

void append_member(std::string& out, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  begin_member(out, name);
  append_quoted(out, value);
}

void append_content(std::string& out, const Content& content, Revision revision) {
  switch (content.kind) {
    case Content::Kind::text:
      append_text_block(out, content.text);
      append_hints(out, content.hints, revision);
      break;
    case Content::Kind::image:
    case Content::Kind::audio:
      append_media(out, content, revision);
      break;
    case Content::Kind::link:
      append_link(out, content, revision);
      break;
    case Content::Kind::resource:
      out.append(R"({"type":"resource","resource":)");
      append_contents(out, content.resource);
      append_hints(out, content.hints, revision);
      break;
  }
  out += '}';
}

void append_contents(std::string& out, const ResourceContents& contents) {
  out += '{';
  begin_member(out, "uri");
  append_quoted(out, contents.uri);
  append_member(out, "mimeType", contents.mime_type);
  if (contents.binary) {
    append_bytes(out, "blob", contents.bytes);
  } else {
    begin_member(out, "text");
    append_quoted(out, contents.text);
  }
  out += '}';
}

void append_resource(std::string& out, const Resource& resource, Revision revision) {
  out += '{';
  append_member(out, "uri", resource.uri);
  append_entry(out, resource, resource.uri, revision);
  append_size(out, resource.size);
  out += '}';
}

void append_template(std::string& out, const ResourceTemplate& resource, Revision revision) {
  out += '{';
  append_member(out, "uriTemplate", resource.uri_template);
  append_entry(out, resource, resource.uri_template, revision);
  out += '}';
}

void append_prompt(std::string& out, const Prompt& prompt, Revision revision) {
  out += '{';
  append_member(out, "name", prompt.name);
  if (knows_titles(revision)) append_member(out, "title", prompt.title);
  append_member(out, "description", prompt.description);
  if (!prompt.arguments.empty()) {
    begin_member(out, "arguments");
    std::string separator = "[";
    for (const PromptArgument& argument : prompt.arguments) {
      out.append(separator).append("{");
      append_member(out, "name", argument.name);
      if (knows_titles(revision)) append_member(out, "title", argument.title);
      append_member(out, "description", argument.description);
      if (argument.required) out.append(R"(,"required":true)");
      out += '}';
      separator = ",";
    }
    out += ']';
  }
  out += '}';
}

}  // namespace dhis2mcp
