// SPDX-License-Identifier: BSD-3-Clause
// Text that people wrote into an instance: what must not leave as it came.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dhis2/json_members.h"
#include "dhis2/query.h"

namespace dhis2mcp {

// Without what a reader cannot see but a terminal or a model obeys: control characters but tab and
// newline, ANSI sequences, bidirectional marks, zero-width and tag characters, runs of variation
// selectors. U+200C and U+200D stay between letters of scripts that need them to be spelt (Arabic
// to Khmer). Broken UTF-8 becomes U+FFFD.
std::string clean(std::string_view text);

// clean(), with tabs and newlines as single spaces: for names inside sentences.
std::string clean_line(std::string_view text);
inline std::string line_of(const Json& object, const char* name) {
  return clean_line(text_of(object, name));
}

// JSON text as answers hold it: every text and name cleaned, members that are null left out,
// numbers less a trailing ".0".
std::string compact_json(const Json& value);

// What stands in the place of a masked value, and the note that tells of it.
inline constexpr std::string_view kMasked = "***";
inline constexpr std::string_view kMaskedNote =
    "Values of persons read ***: this profile masks them (pii: mask).";

// Whether answers of this path ("/api/tracker/enrollments") may hold attributes of persons.
bool holds_persons(std::string_view path);

// Throws refused, before any connection, when such an answer could not be masked: CSV, XML and
// files, and fields that are renamed.
void demand_maskable(std::string_view path, const Query& query);

// Masks the attributes of persons wherever they stand in an answer of the tracker (new and old
// API), or in one item of it. True when something was masked.
bool mask_persons(std::string_view path, Json& document);

// Which columns of an analytics line list (events, enrollments, tracked entities) hold attributes
// of persons, by the `headers` of the answer: each column that is a plain uid, and "program.uid".
// In aggregated events only those whose values name somebody (texts and dates without an option
// set). Empty for other answers.
std::vector<std::size_t> person_columns(std::string_view path, const Json& headers);

}  // namespace dhis2mcp
