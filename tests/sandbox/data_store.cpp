// SPDX-License-Identifier: BSD-3-Clause
// The data store and query aliases, kept in memory.
#include "tests/sandbox/data_store.h"

#include <cstdio>

#include <openssl/sha.h>

#include "tests/sandbox/routes.h"
#include "tests/sandbox/target.h"
#include "tests/sandbox/traits.h"

namespace sandbox {
namespace {

// Before each namespace in the memory; names of namespaces stand below the first alone.
constexpr const char* kNamespaces = "dataStore";

std::string scope_of(const std::string& space) { return std::string(kNamespaces) + "/" + space; }

Reply no_space(const std::string& space) {
  return web_message(404, "Namespace not found: '" + space + "'", "E1005");
}

Reply no_key(const std::string& space, const std::string& key) {
  return web_message(404, "Key '" + key + "' not found in namespace '" + space + "'", "E1005");
}

// A body in the charset that its Content-Type names, as UTF-8.
std::string decoded_body(const Request& request) {
  if (request.header("Content-Type").find("8859-1") == std::string::npos) return request.body;
  std::string text;
  for (const char c : request.body) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      text += c;
    } else {
      text += static_cast<char>(0xc0 | byte >> 6);
      text += static_cast<char>(0x80 | (byte & 0x3f));
    }
  }
  return text;
}

Reply read(const Country& country, const std::string& space, const std::string& key) {
  const auto values = country.memory().all(scope_of(space));
  if (!key.empty() && key != "keys") {
    const auto value = values.find(key);
    if (value == values.end()) return no_key(space, key);
    Reply reply;
    reply.body = value->second.dump(-1, ' ', false, Json::error_handler_t::replace);
    return reply;
  }
  if (values.empty()) return no_space(space);
  Json keys = Json::array();
  for (const auto& [name, value] : values) keys.push_back(name);
  return json_reply(keys);
}

Reply write(const Country& country, const Request& request, const std::string& space,
            const std::string& key) {
  const std::string scope = scope_of(space);
  const bool there = country.memory().recall(scope, key).has_value();
  if (request.method == "POST" && there) {
    return web_message(409, "Key '" + key + "' already exists in namespace '" + space + "'",
                       "E1004");
  }
  const std::string type = request.header("Content-Type");
  if (type.find("json") == std::string::npos) {
    return web_message(415, "Content-Type '" + type + "' is not supported");
  }
  if (request.body.empty()) return web_message(400, "Required request body is missing");
  Json value = Json::parse(decoded_body(request), nullptr, false);
  // Bytes that are no UTF-8 are replaced when the value is read; only its structure counts here.
  if (value.is_discarded() && !Json::accept(request.body)) {
    std::string plain = request.body;
    for (char& c : plain) {
      if (static_cast<unsigned char>(c) >= 0x80) c = '?';
    }
    value = Json::parse(plain, nullptr, false);
  }
  if (value.is_discarded()) {
    return web_message(400, "Invalid JSON value for key '" + key + "'", "E1003");
  }
  country.memory().keep(scope, key, std::move(value));
  country.memory().keep(kNamespaces, space, true);
  if (there) return web_message(200, "Key updated: '" + key + "'");
  Reply reply = web_message(200, "Key created: '" + key + "'");
  Json body = Json::parse(reply.body);
  body["httpStatus"] = "Created";
  body["httpStatusCode"] = 201;
  return json_reply(body, 201);
}

Reply erase(const Country& country, const std::string& space, const std::string& key) {
  const std::string scope = scope_of(space);
  const auto values = country.memory().all(scope);
  if (key.empty()) {
    if (values.empty()) return no_space(space);
    for (const auto& [name, value] : values) country.memory().forget(scope, name);
    country.memory().forget(kNamespaces, space);
    return web_message(200, "Namespace deleted: '" + space + "'");
  }
  if (!country.memory().forget(scope, key)) return no_key(space, key);
  if (values.size() == 1) country.memory().forget(kNamespaces, space);
  return web_message(200, "Key '" + key + "' deleted from namespace '" + space + "'");
}

std::string sha1_of(const std::string& text) {
  unsigned char digest[SHA_DIGEST_LENGTH];
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  std::string hex;
  char pair[3];
  for (const unsigned char byte : digest) {
    std::snprintf(pair, sizeof pair, "%02x", byte);
    hex += pair;
  }
  return hex;
}

Reply keep_alias(const Country& country, const Request& request) {
  const Json sent = Json::parse(request.body, nullptr, false);
  const std::string target = sent.is_object() ? sent.value("target", "") : "";
  if (target.empty()) {
    return web_message(400, "Alias must contain a 'target' property", "E1003");
  }
  if (!target.starts_with("/api/")) {
    return web_message(400, "Target must start with /api/", "E1003");
  }
  const std::string id = sha1_of(target);
  country.memory().keep("alias", id, target);
  const std::string path = "/api/query/alias/" + id;
  if (request.path == "/query/alias") {
    return json_reply(
        {{"id", id}, {"path", path}, {"href", request.base_url + path}, {"target", target}});
  }
  Reply reply;
  reply.status = 303;
  reply.content_type.clear();
  reply.headers.emplace_back("Location", request.base_url + path);
  return reply;
}

}  // namespace

Reply data_store(const Country& country, const Request& request) {
  if (request.path == "/dataStore") {
    if (request.method != "GET") return not_played(request.method + " /api/dataStore");
    Json names = Json::array();
    for (const auto& [name, value] : country.memory().all(kNamespaces)) names.push_back(name);
    return json_reply(names);
  }
  const std::string rest = request.path.substr(11);
  const size_t slash = rest.find('/');
  const std::string space = rest.substr(0, slash);
  const std::string key = slash == std::string::npos ? "" : rest.substr(slash + 1);
  const bool asks = request.param("fields") || request.param("path");
  if (asks || key.find('/') != std::string::npos) {
    return not_played(request.method + " /api" + request.path);
  }
  if (request.method == "GET" || request.method == "HEAD") return read(country, space, key);
  if (request.method == "DELETE") return erase(country, space, key);
  if (key.empty()) return not_played(request.method + " /api" + request.path);
  return write(country, request, space, key);
}

Reply query_alias(const Country& country, const Request& request) {
  if (country.settings().major < 41) return html_error(404);
  const bool names_alias = request.path.size() > 13 && request.path != "/query/alias/redirect";
  if (!names_alias) {
    if (request.method == "POST") return keep_alias(country, request);
    return web_message(405, "Request method '" + request.method + "' " +
                                traits_of(country.settings().major).is_not_supported);
  }
  const std::string id = request.path.substr(13);
  const auto target = country.memory().recall("alias", id);
  if (!target) return web_message(404, "No alias found for id: " + id, "E1005");
  Request aliased = request;
  const Target taken =
      Target::parse(country.settings().context + target->get<std::string>(), country.settings());
  aliased.path = taken.path;
  aliased.extension = taken.extension;
  aliased.query = taken.query;
  aliased.params = taken.params;
  return answer(country, aliased);
}

}  // namespace sandbox
