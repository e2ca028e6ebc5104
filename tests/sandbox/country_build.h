// SPDX-License-Identifier: BSD-3-Clause
// How the practice country is made from the embedded payload. Used by Country alone.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sandbox/country.h"

namespace sandbox {

using Objects = std::map<std::string, std::vector<Json>, std::less<>>;

// The payload's objects and those that a server is born with, completed as DHIS2 completes them.
Objects build_objects(const Settings& settings);

// With a variant "forms...": data sets to compare, as country_forms.cpp tells.
void add_forms(Objects& objects, const Settings& settings);

// With the variant "formulas": indicators over all that a formula can hold (country_formulas.cpp).
void add_formulas(Objects& objects, const Settings& settings);

// Fills a new SQLite file with data values and completeness. With scale, each of `facilities` has
// copies that report the model's latest figure of each series.
void write_figures(const std::filesystem::path& file, const Settings& settings,
                   const std::set<std::string>& facilities);

// An embedded file in which the option combos carry the uids of the played server.
std::string text_for(std::string_view name, const Settings& settings);

// The uid of the n-th copy of a facility (n from 2 to scale).
std::string copy_of(std::string_view facility, int n);

std::string password_of(const std::string& username);

}  // namespace sandbox
