// SPDX-License-Identifier: BSD-3-Clause
// An object that does not fit is not cut in its middle: its leaves are listed, and reading goes on.
#include "tools/answer.h"

#include <algorithm>

#include "dhis2/utf8.h"
#include "tools/call.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kLongestLeaf = 8UL * 1024;

// "name", ".name" or ["na.me"], so that a path can be read back.
std::string step(const std::string& path, const std::string& name) {
  const bool plain = !name.empty() && name.find_first_of(".[]\" ") == std::string::npos;
  if (!plain) return path + "[" + json_quoted(name) + "]";
  return path.empty() ? name : path + "." + name;
}

bool long_text(const std::string& path, std::string_view text, const LeafSink& sink) {
  for (int part = 1; !text.empty(); ++part) {
    const std::size_t length = std::max<std::size_t>(whole_letters(text, kLongestLeaf).size(), 1);
    const std::string name = path + " (part " + std::to_string(part) + ")";
    if (!sink({Cell::text(name), Cell::text(text.substr(0, length))})) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool walk(const std::string& path, const Json& value, const LeafSink& sink) {
  if (value.is_object() && !value.empty()) {
    for (const auto& [name, member] : value.items()) {
      if (!member.is_null() && !walk(step(path, name), member, sink)) return false;
    }
    return true;
  }
  if (value.is_array() && !value.empty()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (!walk(path + "[" + std::to_string(i) + "]", value[i], sink)) return false;
    }
    return true;
  }
  if (value.is_string() && value.get_ref<const std::string&>().size() > kLongestLeaf) {
    return long_text(path, value.get_ref<const std::string&>(), sink);
  }
  return sink({Cell::text(path), Cell::json(value)});
}

}  // namespace

void leaves(const Json& document, const LeafSink& sink) { walk("", document, sink); }

void fit(Answer& answer, Call& call) {
  if (!answer.object || compact_json(*answer.object).size() <= kDefaultAnswerBytes) return;
  RowCollector collector(call.results, call.owner(), {"Property", "Value"});
  leaves(*answer.object, [&](Row row) { return collector.add(std::move(row)); });
  answer.object.reset();
  answer.notes.emplace_back("The object is too large to show whole: its properties stand as rows.");
  collector.finish(answer);
}

}  // namespace dhis2mcp
