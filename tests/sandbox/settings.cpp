// SPDX-License-Identifier: BSD-3-Clause
// System settings and user settings: what the server was born with, what was set since.
#include <algorithm>
#include <cstdlib>

#include "tests/sandbox/system.h"
#include "tests/sandbox/traits.h"

namespace sandbox {
namespace {

constexpr const char* kSystem = "system";

Reply plain_text(const Json& value) {
  Reply reply;
  reply.content_type = "text/plain;charset=UTF-8";
  reply.body = value.is_string() ? value.get<std::string>() : value.dump();
  return reply;
}

Json with_memory(Json settings, const Country& country, const std::string& scope) {
  for (const auto& [key, value] : country.memory().all(scope)) settings[key] = value;
  return settings;
}

// The text of a parameter or body as a value of the type that the setting has; nothing when it
// cannot be one.
std::optional<Json> typed(const Json& like, const std::string& text) {
  if (like.is_boolean()) return Json(text == "true");
  if (!like.is_number()) return Json(text);
  size_t end = 0;
  try {
    const double number = std::stod(text, &end);
    if (end == text.size() && like.is_number_integer()) return Json(static_cast<long long>(number));
    if (end == text.size()) return Json(number);
  } catch (const std::exception&) {
  }
  return std::nullopt;
}

Reply unknown_setting(const std::string& key, int major, bool of_list = false) {
  if (major >= 42) return web_message(404, "Setting does not exist: " + key, "E1005");
  return web_message(409, (of_list ? "Key(s) is not supported: " : "Key is not supported: ") + key);
}

Reply bad_value(const std::string& key, const std::string& value, int major) {
  if (major < 42) return web_message(400, "For input string: \"" + value + "\"");
  return web_message(400, "Not a valid value for setting " + key + ": " + value, "E1003");
}

Reply no_value(int major) {
  if (major >= 42) return html_error(400, "Required parameter 'value' is not present.");
  return web_message(409, "Value must be specified as query param or as payload");
}

Reply keep_many(const Country& country, const Request& request, const Json& born) {
  const int major = country.settings().major;
  const Json sent = Json::parse(request.body, nullptr, false);
  if (!sent.is_object()) return web_message(400, "Settings must be sent as a JSON object");
  for (const auto& [key, value] : sent.items()) {
    if (!born.contains(key)) return unknown_setting(key, major, true);
  }
  for (const auto& [key, value] : sent.items()) {
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    const auto kept = typed(born[key], text);
    if (!kept) return bad_value(key, text, major);
    country.memory().keep(kSystem, key, *kept);
  }
  return web_message(200, "System settings imported");
}

Reply keep_one(const Country& country, const Request& request, const Json& born,
               const std::string& key) {
  const int major = country.settings().major;
  if (!born.contains(key)) return unknown_setting(key, major);
  const std::string text = request.param("value").value_or(request.body);
  if (text.empty()) return no_value(major);
  const std::string locale = request.param("locale").value_or("");
  if (!locale.empty()) {
    country.memory().keep(std::string(kSystem) + "/" + locale, key, text);
    return web_message(200, "Translation for system setting '" + key + "' and locale: '" + locale +
                                "' set to: '" + text + "'");
  }
  const auto value = typed(born[key], text);
  if (!value) return bad_value(key, text, major);
  country.memory().keep(kSystem, key, *value);
  return web_message(200, "System setting '" + key + "' set to value '" + text + "'.");
}

Reply write_system(const Country& country, const Request& request, const Json& born,
                   const std::string& key) {
  const int major = country.settings().major;
  if (!request.user->has("F_SYSTEM_SETTING")) {
    return web_message(403, major >= 42 ? "Access is denied, requires one Authority from "
                                          "[F_SYSTEM_SETTING]"
                                        : "Access is denied");
  }
  if (request.method == "POST" && key.empty()) return keep_many(country, request, born);
  if (request.method == "POST") return keep_one(country, request, born, key);
  if (!born.contains(key)) return unknown_setting(key, major);
  country.memory().forget(kSystem, key);
  Reply reply;
  reply.status = 204;
  reply.content_type.clear();
  return reply;
}

Reply read_system(const Country& country, const Request& request, const Json& all,
                  const std::string& key) {
  const int major = country.settings().major;
  if (key.empty()) {
    const std::vector<std::string> keys = request.all("key");
    if (keys.empty()) return json_reply(all);
    Json chosen = Json::object();
    for (const std::string& name : keys) {
      if (all.contains(name)) chosen[name] = all[name];
    }
    return json_reply(chosen);
  }
  if (!all.contains(key) && !key.starts_with("keyEmailPassword")) {
    if (major >= 42) return unknown_setting(key, major);
    return json_reply(Json{{key, ""}});
  }
  Json value = all.value(key, Json(""));
  if (const auto locale = request.param("locale")) {
    const auto own = country.memory().recall(std::string(kSystem) + "/" + *locale, key);
    if (own) value = *own;
    if (major >= 42) return plain_text(value);
  }
  return json_reply(Json{{key, value}});
}

const User* user_meant(const Country& country, const Request& request) {
  const auto name = request.param("user");
  return name && request.user->has("ALL") ? country.user(*name) : request.user;
}

}  // namespace

Json settings_of(const Country& country, const User& user) {
  return with_memory(document_of("/userSettings", country.settings().major), country,
                     "user/" + user.username);
}

Reply system_settings(const Country& country, const Request& request) {
  if (!request.extension.empty() && request.extension != "json") return html_error(406);
  const Json& born = document_of("/systemSettings", country.settings().major);
  const std::string key = request.path == "/systemSettings" ? "" : request.path.substr(16);
  if (request.method != "GET" && request.method != "HEAD") {
    return write_system(country, request, born, key);
  }
  return read_system(country, request, with_memory(born, country, kSystem), key);
}

Reply user_settings(const Country& country, const Request& request) {
  const int major = country.settings().major;
  const User* user = user_meant(country, request);
  if (!user) return web_message(404, "User does not exist: " + *request.param("user"), "E1005");
  const Json all = settings_of(country, *user);
  if (request.path == "/userSettings") return json_reply(all);
  const std::string key = request.path.substr(14);
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (!all.contains(key)) {
    if (major >= 42 || reads) {
      return web_message(404, "Setting does not exist: " + key, "E1005");
    }
    return web_message(404, "No user setting found with key: " + key);
  }
  if (reads) return plain_text(all[key]);
  if (request.method == "DELETE") {
    country.memory().forget("user/" + user->username, key);
    Reply reply;
    reply.content_type.clear();
    return reply;
  }
  const std::string text = request.param("value").value_or(request.body);
  if (text.empty()) return no_value(major);
  const auto value = typed(all[key], text);
  if (!value) return bad_value(key, text, major);
  country.memory().keep("user/" + user->username, key, *value);
  return web_message(200, "User setting saved");
}

}  // namespace sandbox
