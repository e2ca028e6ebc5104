// SPDX-License-Identifier: BSD-3-Clause
// The set of profiles in memory, and what a profile may be called.
#include "auth/profile.h"

#include <algorithm>
#include <utility>

#include "auth/nearest.h"
#include "dhis2/ascii.h"
#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

[[noreturn]] void no_such_profile(std::string_view name, const std::vector<std::string>& names) {
  throw Error(ErrorKind::not_found, "There is no profile named '" + std::string(name) + "'.",
              did_you_mean(name, names) + listed(names));
}

}  // namespace

bool is_profile_name(std::string_view name) {
  const auto fits = [](char c) {
    return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.';
  };
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, fits) &&
         is_letter_or_digit(name.front());
}

void demand_profile_name(std::string_view name) {
  if (!is_profile_name(name)) {
    throw Error(
        ErrorKind::bad_input, "'" + std::string(name.substr(0, 80)) + "' cannot name a profile.",
        "Use up to 64 letters, digits, '.', '_' and '-', beginning with a letter or digit.");
  }
  if (name == "env") {
    throw Error(ErrorKind::bad_input, "'env' names the profile of the environment variables.",
                "Choose another name.");
  }
}

const Profile* Profiles::find(std::string_view name) const {
  const auto found = profiles_.find(name);
  return found == profiles_.end() ? nullptr : &found->second;
}

std::vector<std::string> Profiles::names() const {
  std::vector<std::string> names;
  for (const auto& [name, profile] : profiles_) {
    names.push_back(name);
  }
  return names;
}

void Profiles::put(Profile profile) {
  demand_profile_name(profile.name);
  std::string name = profile.name;
  profiles_.insert_or_assign(std::move(name), std::move(profile));
}

void Profiles::remove(std::string_view name) {
  const auto found = profiles_.find(name);
  if (found == profiles_.end()) {
    no_such_profile(name, names());
  }
  profiles_.erase(found);
  if (default_ == name) {
    default_.clear();
  }
}

void Profiles::set_default(std::string_view name) {
  if (find(name) == nullptr) {
    no_such_profile(name, names());
  }
  default_ = name;
}

}  // namespace dhis2mcp
