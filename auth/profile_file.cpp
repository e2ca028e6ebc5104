// SPDX-License-Identifier: BSD-3-Clause
// profiles.json, read member by member so that a mistake is named, written in one stable order.
#include <algorithm>
#include <utility>

#include "auth/places.h"
#include "auth/profile.h"
#include "dhis2/error.h"
#include "dhis2/json_guard.h"
#include "dhis2/url.h"

namespace dhis2mcp {
namespace {

constexpr int kFileVersion = 1;

constexpr const char* kMend =
    "Correct the file in an editor, or move it away and add the profiles again with dhis2-mcp "
    "profile add.";

constexpr std::pair<AuthMethod, std::string_view> kMethods[] = {
    {AuthMethod::basic, "basic"},
    {AuthMethod::pat, "pat"},
    {AuthMethod::oauth2, "oauth2"},
    {AuthMethod::legacy_oauth2, "legacy_oauth2"},
};

// The members of a profile by their kinds, in the order in which they are written after "method".
constexpr std::pair<const char*, std::string Profile::*> kTexts[] = {
    {"user", &Profile::user},
    {"client_id", &Profile::client_id},
    {"client_auth", &Profile::client_auth},
    {"client_key_file", &Profile::client_key_file},
    {"scope", &Profile::scope},
};
constexpr std::pair<const char*, std::string Profile::*> kLaterTexts[] = {
    {"referer", &Profile::referer},
    {"ca_file", &Profile::ca_file},
};

// Takes the members of one object out, one by one; what is left is what we do not know.
class Members {
 public:
  Members(Json object, std::string where) : left_(std::move(object)), where_(std::move(where)) {
    if (!left_.is_object()) {
      wrong("", "an object");
    }
  }

  Json take(const std::string& name) {
    const auto found = left_.find(name);
    if (found == left_.end()) {
      return nullptr;
    }
    Json value = std::move(*found);
    left_.erase(found);
    return value;
  }

  std::string text(const std::string& name) {
    const Json value = take(name);
    if (!value.is_null() && !value.is_string()) {
      wrong(name, "a text or null");
    }
    return value.is_null() ? std::string() : value.get<std::string>();
  }

  bool flag(const std::string& name) {
    const Json value = take(name);
    if (!value.is_null() && !value.is_boolean()) {
      wrong(name, "true or false");
    }
    return !value.is_null() && value.get<bool>();
  }

  int port(const std::string& name) {
    const Json value = take(name);
    if (value.is_null()) {
      return 0;
    }
    if (!value.is_number_integer() || value < 0 || value > 65535) {
      wrong(name, "a port number or null");
    }
    return value.get<int>();
  }

  // True for the second of the two words, which null and absence never mean.
  bool choice(const std::string& name, std::string_view usual, std::string_view other) {
    const std::string value = text(name);
    if (!value.empty() && value != usual && value != other) {
      wrong(name, "\"" + std::string(usual) + "\" or \"" + std::string(other) + "\"");
    }
    return value == other;
  }

  [[noreturn]] void wrong(const std::string& name, const std::string& wanted) const {
    throw ConfigurationError(ErrorKind::refused,
                             where_ + (name.empty() ? "" : "." + name) + " must be " + wanted + ".",
                             kMend);
  }

  Json left() { return std::move(left_); }

 private:
  Json left_;
  std::string where_;
};

Profile read_profile(const std::string& name, Json entry, const std::string& where) {
  Members members(std::move(entry), where);
  Profile profile;
  profile.name = name;
  const std::string url = members.text("url");
  try {
    profile.url = BaseUrl::parse(url).text();
  } catch (const Error& error) {
    members.wrong("url", std::string("the address of a DHIS2 instance (") + error.what() + ")");
  }
  const std::string method = members.text("method");
  const auto* known = std::find_if(std::begin(kMethods), std::end(kMethods),
                                   [&](const auto& row) { return row.second == method; });
  if (known == std::end(kMethods)) {
    members.wrong("method", "\"basic\", \"pat\", \"oauth2\" or \"legacy_oauth2\"");
  }
  profile.method = known->first;
  for (const auto& [member, field] : kTexts) {
    profile.*field = members.text(member);
  }
  profile.redirect_port = members.port("redirect_port");
  for (const auto& [member, field] : kLaterTexts) {
    profile.*field = members.text(member);
  }
  profile.insecure_http = members.flag("insecure_http");
  profile.write_confirm = members.choice("write", "off", "confirm");
  profile.is_protected = members.flag("protected");
  profile.pii_allowed = members.choice("pii", "mask", "allow");
  profile.password_grant = members.flag("password_grant");
  profile.unknown = members.left();
  return profile;
}

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json written(const Profile& profile) {
  Json entry = {{"url", profile.url}, {"method", to_string(profile.method)}};
  for (const auto& [member, field] : kTexts) {
    entry[member] = or_null(profile.*field);
  }
  entry["redirect_port"] = profile.redirect_port == 0 ? Json(nullptr) : Json(profile.redirect_port);
  for (const auto& [member, field] : kLaterTexts) {
    entry[member] = or_null(profile.*field);
  }
  entry["insecure_http"] = profile.insecure_http;
  entry["write"] = profile.write_confirm ? "confirm" : "off";
  entry["protected"] = profile.is_protected;
  entry["pii"] = profile.pii_allowed ? "allow" : "mask";
  entry["password_grant"] = profile.password_grant;
  for (const auto& [member, value] : profile.unknown.items()) {
    entry[member] = value;
  }
  return entry;
}

Json document_in(const std::filesystem::path& file) {
  const std::string text = read_private_file(file);
  try {
    return parse_json(text);
  } catch (const Error& error) {
    throw ConfigurationError(ErrorKind::refused,
                             file.string() + " is not JSON: " + error.what() + ".", kMend);
  }
}

}  // namespace

std::string_view to_string(AuthMethod method) {
  return std::find_if(std::begin(kMethods), std::end(kMethods),
                      [&](const auto& row) { return row.first == method; })
      ->second;
}

Profiles Profiles::load(const std::filesystem::path& file) {
  Profiles profiles;
  if (is_absent(file)) return profiles;
  const std::string where = file.string();
  Members top(document_in(file), where);
  const Json version = top.take("version");
  if (!version.is_null() && !version.is_number_integer()) {
    top.wrong("version", "a whole number");
  }
  if (!version.is_null() && version > kFileVersion) {
    throw ConfigurationError(ErrorKind::refused, where + " was written by a newer dhis2-mcp.",
                             "Update this program, or set DHIS2_MCP_HOME to another folder.");
  }
  profiles.default_ = top.text("default");
  Json entries = top.take("profiles");
  if (!entries.is_null() && !entries.is_object()) {
    top.wrong("profiles", "an object");
  }
  for (auto& [name, entry] : entries.items()) {
    try {
      demand_profile_name(name);
    } catch (const Error& error) {
      throw ConfigurationError(ErrorKind::refused, where + ": " + error.what(), error.hint);
    }
    std::string member = where;
    member.append(": profiles.").append(name);
    profiles.profiles_.emplace(name, read_profile(name, std::move(entry), member));
  }
  profiles.unknown_ = top.left();
  return profiles;
}

void Profiles::save(const std::filesystem::path& file) const {
  Json entries = Json::object();
  for (const auto& [name, profile] : profiles_) {
    entries[name] = written(profile);
  }
  Json document = {
      {"version", kFileVersion}, {"default", or_null(default_)}, {"profiles", entries}};
  for (const auto& [member, value] : unknown_.items()) {
    document[member] = value;
  }
  write_private_file(file, document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

void Profiles::edit(const std::filesystem::path& file,
                    const std::function<void(Profiles&)>& change) {
  const FolderLock lock(file.parent_path());
  Profiles profiles = load(file);
  change(profiles);
  profiles.save(file);
}

}  // namespace dhis2mcp
