// SPDX-License-Identifier: BSD-3-Clause
// The table of version facts. Where a patch release brought a change, the row names it.
#include "dhis2/version.h"

#include <charconv>

#include "dhis2/ascii.h"

namespace dhis2mcp {
namespace {

struct FactRow {
  Fact fact;
  int from;   // first major that has it; 0 = always had
  int until;  // first major without it; 0 = still there
};

// Sources: the DHIS2 release notes and controllers, checked against running servers of 2.40-2.43.
constexpr FactRow kFacts[] = {
    {Fact::pat_default_on, 38, 0},         //
    {Fact::legacy_oauth2, 0, 42},          //
    {Fact::oauth2_server, 42, 0},          //
    {Fact::tracker_plural_params, 41, 0},  //
    {Fact::tracker_null_filter, 42, 0},    //
    {Fact::tracker_escapes, 40, 0},        //
    {Fact::enrollment_status, 42, 0},      //
    {Fact::event_option_eq, 41, 0},        //
    {Fact::entity_children_mode, 0, 42},   //
    {Fact::enrollment_counts, 39, 0},      //
    {Fact::openapi, 40, 0},                //
};

// Reads digits off the front; nothing when there are none or far too many.
std::optional<int> take_number(std::string_view& text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || value < 0 || value > 9999) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

// "-SNAPSHOT", "-rc1", a further ".1" or nothing may follow the numbers that count.
bool ends_well(std::string_view rest) {
  return rest.empty() || rest.front() == '-' || rest.front() == '.';
}

}  // namespace

std::optional<Version> Version::parse(std::string_view text) {
  if (text.starts_with("2.")) text.remove_prefix(2);
  Version version;
  for (int* part : {&version.major, &version.minor, &version.patch}) {
    const auto number = take_number(text);
    if (!number) return std::nullopt;
    *part = *number;
    if (part == &version.patch || text.size() < 2 || text[0] != '.' || !is_digit(text[1])) {
      break;
    }
    text.remove_prefix(1);
  }
  if (!ends_well(text) || version.major == 0) return std::nullopt;
  return version;
}

std::string to_string(const Version& version) {
  std::string text = "2.";
  text += std::to_string(version.major);
  if (version.minor != 0 || version.patch != 0)
    text.append(1, '.') += std::to_string(version.minor);
  if (version.patch != 0) text.append(1, '.') += std::to_string(version.patch);
  return text;
}

bool holds(Fact fact, const Version& version) {
  for (const FactRow& row : kFacts) {
    if (row.fact == fact) {
      return version.major >= row.from && (row.until == 0 || version.major < row.until);
    }
  }
  return false;
}

}  // namespace dhis2mcp
