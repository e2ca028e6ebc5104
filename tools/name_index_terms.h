// SPDX-License-Identifier: BSD-3-Clause
// The words of the indexed names: which of them hold or resemble what was typed. For the sources of
// NameIndex only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/name_index_database.h"

namespace dhis2mcp {

// Texts are in lower case. Words of one or two letters and numbers are no terms.
bool is_term(IndexSession& session, const std::string& word);

// Terms that hold the word anywhere, shortest first.
std::vector<std::string> terms_with(IndexSession& session, const std::string& word);

// Terms that are one or two slips of the hand away (a letter more, less, another one, two
// exchanged), the nearest first.
std::vector<std::string> terms_like(IndexSession& session, const std::string& word);

// How many slips lead from one text to the other, `most` + 1 for more than `most`.
std::size_t slips(std::string_view from, std::string_view to, std::size_t most);

// The groups of three characters of a text, as UTF-8 characters.
std::vector<std::string> threes(std::string_view text);

}  // namespace dhis2mcp
