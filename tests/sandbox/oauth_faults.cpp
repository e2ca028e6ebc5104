// SPDX-License-Identifier: BSD-3-Clause
// Bends discovery documents, redirects and token answers.
#include "tests/sandbox/oauth_faults.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace sandbox {
namespace {

constexpr std::string_view kElsewhere = "https://elsewhere.example.org";

void bend_discovery(std::string_view kind, Reply& reply) {
  Json body = Json::parse(reply.body);
  if (kind == "wrong-issuer") body["issuer"] = std::string(kElsewhere) + "/";
  if (kind == "far-endpoint") body["token_endpoint"] = std::string(kElsewhere) + "/oauth2/token";
  if (kind == "no-pkce") body.erase("code_challenge_methods_supported");
  reply.body = body.dump();
}

// Takes a parameter out of the query of an address.
std::string without(std::string address, const std::string& name) {
  const size_t at = address.find(name + "=");
  if (at == std::string::npos) return address;
  const size_t end = address.find('&', at);
  if (end == std::string::npos) return address.substr(0, at - 1);
  return address.erase(at, end - at + 1);
}

void bend_redirect(std::string_view kind, Reply& reply) {
  for (auto& [name, address] : reply.headers) {
    if (name != "Location") continue;
    const char joint = address.find('?') == std::string::npos ? '?' : '&';
    if (kind == "wrong-iss") address += joint + std::string("iss=") + std::string(kElsewhere);
    if (kind == "wrong-state") address = without(address, "state") + "&state=of-someone-else";
    if (kind == "no-state") address = without(address, "state");
    if (kind == "no-code") address = without(address, "code");
    if (kind == "denied") address = without(address, "code") + "&error=access_denied";
    if (kind == "two-codes") address += "&code=of-someone-else";
  }
}

void bend_members(std::string_view kind, Json& body) {
  if (kind == "mac") body["token_type"] = "mac";
  if (kind == "no-access-token") body.erase("access_token");
  if (kind == "no-token-type") body.erase("token_type");
  if (kind == "no-expires") body.erase("expires_in");
  if (kind == "text-expires") body["expires_in"] = "soon";
  if (kind == "expired") body["expires_in"] = 0;
}

Reply plain(int status, std::string body, const char* type) {
  Reply reply;
  reply.status = status;
  reply.body = std::move(body);
  reply.content_type = type;
  return reply;
}

void bend_token(const Fault& fault, Reply& reply) {
  const std::string_view kind = fault.detail;
  const std::string good = reply.body;
  if (kind == "slow") std::this_thread::sleep_for(std::chrono::milliseconds(fault.number));
  if (kind == "html") {
    reply = plain(200, "<!doctype html><html><head><title>Sign in</title></head></html>",
                  "text/html;charset=utf-8");
  } else if (kind == "status") {
    reply = plain(static_cast<int>(fault.number), "", "text/html;charset=utf-8");
  } else if (kind == "redirect") {
    reply = plain(302, "", "");
    reply.headers.emplace_back("Location", std::string(kElsewhere) + "/oauth2/token");
  } else if (kind == "bad-json") {
    reply.body.resize(good.size() / 2);
  } else if (kind == "content-type") {
    reply.content_type = "text/plain;charset=UTF-8";
  } else if (kind == "array") {
    reply.body = "[" + good + "]";
  } else if (kind == "huge") {
    reply.body = "{\"padding\":\"" + std::string(static_cast<size_t>(fault.number) * 1000000, 'x') +
                 "\"," + good.substr(1);
  } else {
    Json body = Json::parse(good);
    bend_members(kind, body);
    reply.body = body.dump();
  }
}

}  // namespace

const std::vector<OauthFault>& oauth_faults() {
  static const std::vector<OauthFault> kinds = {
      {"wrong-issuer", 0, "discovery names another issuer"},
      {"far-endpoint", 0, "discovery names a token endpoint on another host"},
      {"no-pkce", 0, "discovery names no code challenge method"},
      {"wrong-iss", 0, "the redirect carries `iss` of another server"},
      {"wrong-state", 0, "the redirect carries another state"},
      {"no-state", 0, "the redirect carries no state"},
      {"no-code", 0, "the redirect carries no code"},
      {"two-codes", 0, "the redirect carries two codes"},
      {"denied", 0, "the redirect says access_denied, whatever the person did"},
      {"slow", 5000, "token answers come so many milliseconds late"},
      {"html", 0, "token answers are a page of HTML, status 200"},
      {"status", 500, "token answers are that status without a body"},
      {"redirect", 0, "token answers are a redirect to another host"},
      {"bad-json", 0, "token answers are cut in the middle"},
      {"array", 0, "token answers are an array"},
      {"content-type", 0, "token answers are called text/plain"},
      {"huge", 64, "token answers have so many megabytes"},
      {"mac", 0, "the token type is `mac`"},
      {"no-token-type", 0, "there is no token type"},
      {"no-access-token", 0, "there is no access token"},
      {"no-expires", 0, "there is no expires_in"},
      {"text-expires", 0, "expires_in is a word"},
      {"expired", 0, "access tokens have expired when they are issued"},
      {"no-rotation", 0, "a refresh uses the refresh token up and gives no new one"},
      {"invalid-grant", 0, "every refresh is refused as invalid_grant"},
  };
  return kinds;
}

void bend(const Fault& fault, Endpoint endpoint, Reply& reply) {
  if (fault.kind != "oauth") return;
  if (endpoint == Endpoint::kDiscovery) bend_discovery(fault.detail, reply);
  if (endpoint == Endpoint::kRedirect) bend_redirect(fault.detail, reply);
  if (endpoint == Endpoint::kToken) bend_token(fault, reply);
}

bool is_oauth_fault(const Fault& fault, std::string_view name) {
  return fault.kind == "oauth" && fault.detail == name;
}

}  // namespace sandbox
