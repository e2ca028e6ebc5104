// SPDX-License-Identifier: BSD-3-Clause
// Which profile a call means: the places are asked in order, and the first that names one decides.
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "auth/nearest.h"
#include "auth/profile.h"
#include "dhis2/error.h"
#include "dhis2/json_guard.h"

namespace dhis2mcp {
namespace {

constexpr const char* kFolderFile = ".dhis2-mcp.json";
constexpr std::size_t kLargestFolderFile = 65'536;

[[noreturn]] void broken(const std::filesystem::path& file, const std::string& why) {
  throw ConfigurationError(ErrorKind::refused, file.string() + " " + why + ".",
                           "Write {\"profile\": \"NAME\"} into it, or remove it.");
}

// A link or someone else's file is passed by: a folder that was unpacked or shared must not decide
// over a person's servers with more than a name.
bool ours(const std::filesystem::path& file) {
  struct stat found {};
  return lstat(file.c_str(), &found) == 0 && S_ISREG(found.st_mode) && found.st_uid == geteuid();
}

std::string name_in(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string text(kLargestFolderFile + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (stream.bad() || text.size() > kLargestFolderFile) {
    broken(file, "cannot be read, or is larger than 64 KB");
  }
  Json document;
  try {
    document = parse_json(text);
  } catch (const Error& error) {
    broken(file, std::string("is not JSON (") + error.what() + ")");
  }
  if (!document.is_object() || !document.contains("profile") || !document["profile"].is_string()) {
    broken(file, "names no profile");
  }
  return document["profile"];
}

struct Chosen {
  std::string name;
  std::string where;  // how the person said it
};

Chosen from_folders(const std::filesystem::path& start) {
  const std::filesystem::path folder = folder_of_choice(start);
  if (folder.empty()) {
    return {};
  }
  const std::filesystem::path file = folder / kFolderFile;
  return {name_in(file), "in " + file.string()};
}

Chosen chosen(const Profiles& profiles, const ProfileChoice& choice) {
  const Chosen said[] = {{choice.argument, "in the argument 'profile'"},
                         {choice.option, "by --profile"},
                         {choice.environment, "by DHIS2_PROFILE"},
                         {choice.has_env_profile ? "env" : "", "by DHIS2_URL"}};
  for (const Chosen& one : said) {
    if (!one.name.empty()) {
      return one;
    }
  }
  Chosen here = from_folders(choice.folder);
  if (!here.name.empty()) {
    return here;
  }
  if (!profiles.default_name().empty()) {
    return {profiles.default_name(), "as the default"};
  }
  const std::vector<std::string> names = profiles.names();
  return names.size() == 1 ? Chosen{names.front(), "by being the only one"} : Chosen{};
}

}  // namespace

std::string listed(const std::vector<std::string>& names) {
  if (names.empty()) {
    return "There is none yet: add one with dhis2-mcp profile add NAME --url URL.";
  }
  std::string text = "Profiles: ";
  for (const std::string& name : names) {
    text.append(&name == &names.front() ? "" : ", ").append(name);
  }
  return text + ".";
}

std::filesystem::path folder_of_choice(std::filesystem::path folder) {
  while (!folder.empty() && !ours(folder / kFolderFile)) {
    if (folder == folder.parent_path()) {
      return {};
    }
    folder = folder.parent_path();
  }
  return folder;
}

std::string choose_profile(const Profiles& profiles, const ProfileChoice& choice) {
  const Chosen one = chosen(profiles, choice);
  std::vector<std::string> names = profiles.names();
  if (choice.has_env_profile) {
    names.emplace_back("env");
  }
  if (one.name.empty()) {
    throw Error(ErrorKind::bad_input,
                names.empty() ? "There is no profile." : "No profile was chosen.",
                (names.empty() ? "" : "Name one in the argument 'profile' or with --profile. ") +
                    listed(names));
  }
  const bool known =
      profiles.find(one.name) != nullptr || (choice.has_env_profile && one.name == "env");
  if (!known) {
    throw Error(ErrorKind::not_found,
                "There is no profile named '" + one.name + "', which was chosen " + one.where + ".",
                did_you_mean(one.name, names) + listed(names));
  }
  return one.name;
}

}  // namespace dhis2mcp
