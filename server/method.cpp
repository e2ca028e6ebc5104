// SPDX-License-Identifier: BSD-3-Clause
// Results are put together as text: what a handler answered is serialised already.
#include "server/method.h"

#include "server/json_text.h"

namespace dhis2mcp {
namespace {

// Lists of tools and prompts change only with the options of this process; those of resources with
// the profiles.
std::string_view caching_members(Caching caching) {
  switch (caching) {
    case Caching::shared:
      return R"("ttlMs":300000,"cacheScope":"public",)";
    case Caching::own:
      return R"("ttlMs":60000,"cacheScope":"private",)";
    case Caching::never:
      return R"("ttlMs":0,"cacheScope":"private",)";
    default:
      return {};
  }
}

}  // namespace

std::string closing_members(Revision revision, Caching caching, std::string_view meta) {
  std::string text;
  if (!is_modern(revision)) {
    if (!meta.empty()) text.append(R"(,"_meta":{)").append(meta).append("}");
    return text;
  }
  text.append(",").append(caching_members(caching)).append(R"("resultType":"complete","_meta":{)");
  text.append(meta).append(meta.empty() ? "" : ",");
  return text.append(R"("io.modelcontextprotocol/serverInfo":)")
      .append(server_info(revision))
      .append("}");
}

std::string_view param(const MethodCall& call, std::string_view name) {
  const std::string_view params = call.message.params;
  return params.empty() ? params : member(params, name);
}

std::string text_param(const MethodCall& call, std::string_view name) {
  const std::string_view raw = param(call, name);
  if (raw.empty() || type_of(raw) != JsonType::string) {
    throw RpcError{kInvalidParams,
                   call.message.method + " needs params." + std::string(name) + ", a string.",
                   200,
                   {}};
  }
  return unquoted(raw);
}

std::map<std::string, std::string> text_map(std::string_view raw, std::string_view what) {
  std::map<std::string, std::string> texts;
  if (raw.empty() || type_of(raw) == JsonType::null) return texts;
  bool good = type_of(raw) == JsonType::object;
  if (good) {
    each_member(raw, [&](std::string_view name, std::string_view value) {
      if (type_of(value) != JsonType::string) {
        good = false;
      } else {
        texts.insert_or_assign(std::string(name), unquoted(value));
      }
    });
  }
  if (!good)
    throw RpcError{kInvalidParams, std::string(what) + " is an object of strings.", 200, {}};
  return texts;
}

void refuse(const Error& error, int not_found_code, std::string data) {
  const bool theirs = error.kind == ErrorKind::bad_input || error.kind == ErrorKind::ambiguous;
  const int code = error.kind == ErrorKind::not_found ? not_found_code
                   : theirs                           ? static_cast<int>(kInvalidParams)
                                                      : static_cast<int>(kInternalError);
  std::string text = error_text(error);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  if (data.empty()) data = to_text(error_object(error));
  throw RpcError{code, std::move(text), 200, std::move(data)};
}

}  // namespace dhis2mcp
