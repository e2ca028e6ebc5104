// SPDX-License-Identifier: BSD-3-Clause
// resources/*.
#include "server/content.h"
#include "server/json_text.h"
#include "server/method.h"
#include "server/page.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kPage = 200;

std::size_t page_size(const Toolbox& toolbox) {
  return toolbox.page_size() == 0 ? kPage : toolbox.page_size();
}

template <typename Entries, typename Append>
MethodAnswer listed(const MethodCall& call, std::string_view name, const Entries& entries,
                    std::size_t size, Append append) {
  const ListPage page = page_of(call.message.params, name, entries.size(), size);
  std::string result = R"({")" + std::string(name) + R"(":[)";
  for (std::size_t i = page.begin; i < page.end; ++i) {
    if (i > page.begin) result += ',';
    append(result, entries[i], call.revision);
  }
  result += ']';
  append_member(result, "nextCursor", page.next);
  return {{result.append(closing_members(call.revision, Caching::own)) + "}"}};
}

std::string uri_data(const std::string& uri) { return R"({"uri":)" + json_quoted(uri) + "}"; }

int not_found_code(Revision revision) {
  return is_modern(revision) ? kInvalidParams : kResourceNotFound;
}

// RFC 3986: a scheme, and no blanks or control characters.
void check_uri(const std::string& uri) {
  const std::size_t colon = uri.find(':');
  bool good = colon != std::string::npos && colon > 0 && uri.size() <= 4096;
  for (const char c : uri) good = good && static_cast<unsigned char>(c) > 0x20 && c != 0x7f;
  if (!good) throw RpcError{kInvalidParams, "params.uri is no URI.", 200, uri_data(uri)};
}

}  // namespace

MethodAnswer Mcp::resources_list(const MethodCall& call) const {
  return listed(call, "resources", toolbox_.resources()->list(), page_size(toolbox_),
                append_resource);
}

MethodAnswer Mcp::templates_list(const MethodCall& call) const {
  return listed(call, "resourceTemplates", toolbox_.resources()->templates(), page_size(toolbox_),
                append_template);
}

MethodAnswer Mcp::resources_read(const MethodCall& call) const {
  const std::string uri = text_param(call, "uri");
  check_uri(uri);
  auto read = [this, uri, revision = call.revision](const CallContext& context) -> MethodOutcome {
    try {
      const std::vector<ResourceContents> all = toolbox_.resources()->read(uri, context);
      if (all.empty()) throw Error(ErrorKind::not_found, "There is no resource " + uri + ".");
      std::string result = R"({"contents":[)";
      for (const ResourceContents& contents : all) {
        if (result.back() != '[') result += ',';
        append_contents(result, contents);
      }
      return {result.append("]").append(closing_members(revision, Caching::never)) + "}", {}, {}};
    } catch (NeedInput& need) {
      return {{}, std::move(need.questions), {}};
    } catch (const Error& error) {
      const bool gone = error.kind == ErrorKind::not_found;
      refuse(error, not_found_code(revision), gone ? uri_data(uri) : "");
    }
  };
  return {{}, std::move(read)};
}

MethodAnswer Mcp::subscribe(const MethodCall& call) const {
  MethodAnswer answer{{"{}"}};
  answer.subscription = {text_param(call, "uri"), true};
  check_uri(answer.subscription->uri);
  return answer;
}

MethodAnswer Mcp::unsubscribe(const MethodCall& call) const {
  MethodAnswer answer{{"{}"}};
  answer.subscription = {text_param(call, "uri"), false};
  return answer;
}

}  // namespace dhis2mcp
