// SPDX-License-Identifier: BSD-3-Clause
// Pages and calls that need no login.
#include "tests/sandbox/public_pages.h"

#include "tests/sandbox/system.h"

namespace sandbox {
namespace {

// As a server with no settings of its own says it; 2.42 told more than 2.41.
Reply login_config(const Country& country) {
  const Settings& settings = country.settings();
  Json body = {{"apiVersion", settings.version()},
               {"applicationTitle", settings.major == 41 ? "DHIS 2" : ""}};
  if (settings.major >= 42) {
    for (const char* name : {"applicationDescription", "applicationNotification",
                             "applicationLeftSideFooter", "applicationRightSideFooter"}) {
      body[name] = "";
    }
  }
  body["countryFlag"] = "dhis2";
  body["uiLocale"] = "en";
  body["loginPopup"] = "";
  body["loginPageLayout"] = "DEFAULT";
  if (settings.major >= 42) body["loginPageTemplate"] = "";
  body["recaptchaSite"] = "practice-recaptcha-site";
  if (settings.major >= 42) {
    body["minPasswordLength"] = "8";
    body["maxPasswordLength"] = "72";
  }
  for (const char* name :
       {"emailConfigured", "selfRegistrationEnabled", "selfRegistrationNoRecaptcha",
        "allowAccountRecovery", "useCustomLogoFront"}) {
    body[name] = false;
  }
  body["oidcProviders"] = Json::array();
  return json_reply(body);
}

}  // namespace

std::optional<Reply> public_page(const Country& country, const Request& request,
                                 const Target& target) {
  if (target.api) {
    if (request.path == "/ping" && target.known_version) {
      Reply reply;
      reply.content_type.clear();
      return reply;
    }
    if (request.path.starts_with("/staticContent/")) {
      return web_message(404, "No custom file found.");
    }
    if (request.path == "/locales/ui" && country.settings().major >= 41) {
      return born_document(country, request);
    }
    if (request.path == "/files/style/external") {
      Reply reply;
      reply.content_type = "text/css;charset=UTF-8";
      return reply;
    }
    if (request.path == "/loginConfig" && country.settings().major >= 41) {
      return login_config(country);
    }
    return std::nullopt;
  }
  if (target.whole == "/favicon.ico") {
    Reply reply;
    reply.content_type = "image/x-icon";
    reply.body = std::string("\0\0\1\0\0\0", 6);  // an icon file without an icon
    return reply;
  }
  return std::nullopt;
}

}  // namespace sandbox
