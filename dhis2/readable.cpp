// SPDX-License-Identifier: BSD-3-Clause
// A path as somebody wrote it, brought to the one spelling that the rules are about.
#include "dhis2/readable.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "dhis2/ascii.h"
#include "dhis2/error.h"
#include "dhis2/read_rules.h"
#include "dhis2/text_list.h"

namespace dhis2mcp {
namespace {

[[noreturn]] void no_path(const std::string& why) {
  throw Error(ErrorKind::bad_input, why, "Give a path below /api, for example \"dataElements\".");
}

bool is_plain(char c) { return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.'; }

// A trailing dot, too, is dropped by some servers after we have looked.
void check_segment(std::string_view path, std::string_view segment) {
  if (segment.empty()) throw not_readable(path, "it has an empty segment", "Write single slashes.");
  if (!std::ranges::all_of(segment, is_plain) || segment.back() == '.' || segment.front() == '.') {
    throw not_readable(
        path,
        "its segments may hold letters, digits, '-', '_' and '.' inside only, and nothing "
        "percent-encoded",
        "Use the UID of an object in a path, or filter by its name or code in the query.");
  }
}

struct Below {
  std::vector<std::string_view> segments;
  std::string_view version;
};

// "/api/41/me/" becomes {"me"} of version "41".
Below below_api(std::string_view path) {
  std::string_view rest = path;
  if (rest.starts_with('/')) rest.remove_prefix(1);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.empty()) no_path("The path is empty.");
  std::vector<std::string_view> segments = split(rest, '/');
  for (const std::string_view segment : segments) check_segment(path, segment);
  if (segments.front() == "api") segments.erase(segments.begin());
  std::string_view version;
  if (!segments.empty() && all_digits(segments.front())) {
    version = segments.front();
    segments.erase(segments.begin());
  }
  if (segments.empty()) no_path("The path names nothing below /api.");
  if (all_digits(segments.front()) || same_word(segments.front(), "api")) {
    throw not_readable(path, "it starts twice with /api or a version number",
                       "Write /api once, or not at all.");
  }
  return {std::move(segments), version};
}

// What the rules look at: an extension of a segment but the last means nothing to DHIS2.
std::string without_inner_extensions(const std::vector<std::string_view>& segments) {
  std::string out;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (i != 0) out += '/';
    const bool last = i + 1 == segments.size();
    out += last ? segments[i] : segments[i].substr(0, segments[i].find('.'));
  }
  return out;
}

}  // namespace

ReadPath readable(std::string_view path, const Query& query) {
  if (has_control(path)) no_path("The path holds a control character.");
  const auto mark = std::min(path.find('?'), path.size());
  ReadPath out{"/api", Query::parse(path.substr(mark)), {}};
  path = path.substr(0, mark);
  if (path.find("://") != std::string_view::npos) {
    no_path("A path below /api was expected, not a whole URL.");
  }
  if (path.find('#') != std::string_view::npos) no_path("A path has no fragment.");
  if (path.size() > 1000) no_path("The path is longer than 1000 bytes.");

  const auto [segments, version] = below_api(path);
  out.version = version;
  Query whole = out.query;
  for (const auto& [name, value] : query.items()) whole.add(name, value);
  check_read(path, without_inner_extensions(segments), whole);
  for (const std::string_view segment : segments) out.path.append("/").append(segment);
  return out;
}

}  // namespace dhis2mcp
