// SPDX-License-Identifier: BSD-3-Clause
// An address becomes a tool call.
#include "tools/instance_resources.h"

#include "auth/connections.h"
#include "dhis2/error.h"
#include "dhis2/json_guard.h"
#include "dhis2/query.h"
#include "tools/object_page.h"
#include "tools/registry.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

constexpr std::string_view kScheme = "dhis2://";
constexpr char kMediaType[] = "application/json";
constexpr char kPageType[] = "text/markdown";

[[noreturn]] void throw_unknown(const std::string& uri) {
  throw Error(ErrorKind::not_found,
              "There is no resource \"" + clean_line(uri.substr(0, 200)) + "\".",
              std::string("Resources are ") + kSystemTemplate + ", " + kObjectTemplate + " and " +
                  kResultTemplate + ".");
}

struct Address {
  std::vector<std::string> segments;  // decoded; the profile first
  Query query;
};

Address read_address(const std::string& uri) {
  if (!uri.starts_with(kScheme)) throw_unknown(uri);
  std::string_view rest = std::string_view(uri).substr(kScheme.size());
  Address address;
  if (const auto mark = rest.find('?'); mark != std::string_view::npos) {
    address.query = Query::parse(rest.substr(mark + 1));
    rest = rest.substr(0, mark);
  }
  for (;;) {
    const auto slash = rest.find('/');
    address.segments.push_back(percent_decode(rest.substr(0, slash)));
    if (address.segments.back().empty()) throw_unknown(uri);
    if (slash == std::string_view::npos) return address;
    rest.remove_prefix(slash + 1);
  }
}

struct ToolCall {
  const char* tool;
  Json arguments;
  bool page = false;  // shown as Markdown
};

// Which tool answers for an address, and with which arguments. `fields` and `from_row` are the only
// words that may follow a question mark.
ToolCall call_of(const std::string& uri, const Address& address) {
  const std::vector<std::string>& part = address.segments;
  Json arguments = {{"profile", part[0]}};
  const char* allowed = "";
  const char* tool = nullptr;
  if (part.size() == 2 && part[1] == "system") {
    tool = "system_info";
  } else if (part.size() == 3 && part[1] == "result") {
    tool = "result_page";
    allowed = "from_row";
    arguments["result"] = part[2];
    arguments["from_row"] = 0;
  } else if (part.size() == 3) {
    tool = "metadata_get";
    allowed = "fields";
    arguments["type"] = part[1];
    arguments["object"] = part[2];
  } else {
    throw_unknown(uri);
  }
  for (const auto& [name, value] : address.query.items()) {
    if (name != allowed) throw_unknown(uri);
    arguments[name] = value;
  }
  return {tool, std::move(arguments), std::string_view(allowed) == "fields"};
}

}  // namespace

std::vector<Resource> InstanceResources::list() const {
  std::vector<Resource> resources;
  for (const Profile& profile : connections_.profiles()) {
    Resource resource;
    resource.uri = std::string(kScheme) + profile.name + "/system";
    resource.name = profile.name;
    resource.title = "DHIS2 instance " + profile.name;
    resource.description = "What is in the instance at " + profile.url + ", as system_info says.";
    resource.mime_type = kMediaType;
    resources.push_back(std::move(resource));
  }
  return resources;
}

std::vector<ResourceTemplate> InstanceResources::templates() const {
  std::vector<ResourceTemplate> templates(3);
  templates[0] = {kSystemTemplate,    "system",
                  "A DHIS2 instance", "Version, org unit levels, counts, data sets and programs.",
                  kMediaType,         {}};
  templates[1] = {kObjectTemplate,
                  "object",
                  "A metadata object",
                  "One object by type (dataElement, indicator, ...) and UID, code or name, with "
                  "links to what it refers to; ?fields= takes a DHIS2 field list.",
                  kPageType,
                  {}};
  templates[2] = {
      kResultTemplate, "result",
      "A kept result", "Rows of an answer that was cut, for 24 hours; ?from_row=N goes on.",
      kMediaType,      {}};
  return templates;
}

std::vector<ResourceContents> InstanceResources::read(const std::string& uri,
                                                      const CallContext& context) const {
  const ToolCall wanted = call_of(uri, read_address(uri));
  ToolResult result =
      registry_.call(*registry_.find(wanted.tool), to_text(wanted.arguments), context);
  if (!result.questions.empty()) throw NeedInput{std::move(result.questions)};
  if (result.error) throw Error(*result.error);
  ResourceContents contents;
  contents.uri = uri;
  contents.mime_type = kMediaType;
  contents.text = std::move(result.structured);
  if (wanted.page) {
    contents.mime_type = kPageType;
    contents.text = object_page(parse_json(contents.text), registry_.catalogue(),
                                wanted.arguments["profile"].get<std::string>());
  }
  return {std::move(contents)};
}

}  // namespace dhis2mcp
