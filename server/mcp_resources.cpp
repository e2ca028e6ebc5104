// SPDX-License-Identifier: BSD-3-Clause
// resources/*.
#include "server/content.h"
#include "server/json_text.h"
#include "server/method.h"

namespace dhis2mcp {
namespace {

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
  return list_result(call, toolbox_, "resources", toolbox_.resources()->list(), append_resource,
                     Caching::own);
}

MethodAnswer Mcp::templates_list(const MethodCall& call) const {
  return list_result(call, toolbox_, "resourceTemplates", toolbox_.resources()->templates(),
                     append_template, Caching::own);
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
