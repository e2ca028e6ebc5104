// SPDX-License-Identifier: BSD-3-Clause
// Plays the sign-in of people: JSON from 2.41 on, a form before.
#include "tests/sandbox/login.h"

#include <algorithm>

namespace sandbox {
namespace {

constexpr std::string_view kForm = "/dhis-web-commons-security/login.action";
constexpr std::string_view kOut = "/dhis-web-commons-security/logout.action";
constexpr std::string_view kOldPage = "/dhis-web-commons/security/login.action";

// Spring up to 2.41 appends the cause, and where in the text it was found.
std::string parse_failure(int major, const std::string& what, const char* cause, int column) {
  std::string message = "JSON parse error: " + what;
  if (major <= 41) {
    message += "; nested exception is com.fasterxml.jackson." + std::string(cause) + ": " + what +
               "\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled);"
               " line: 1, column: " +
               std::to_string(column) + "]";
  }
  return message;
}

std::string status_of(Outcome outcome, int major) {
  switch (outcome) {
    case Outcome::kLocked:
      return "ACCOUNT_LOCKED";
    case Outcome::kDisabled:
      return "ACCOUNT_DISABLED";
    case Outcome::kExpired:
      return "ACCOUNT_EXPIRED";
    default:
      return major >= 42 ? "INCORRECT_TWO_FACTOR_CODE_TOTP" : "INCORRECT_TWO_FACTOR_CODE";
  }
}

std::string text_of(const Json& object, const char* name) {
  const auto it = object.find(name);
  return it == object.end() || !it->is_string() ? "" : it->get<std::string>();
}

// The login app in a few lines: it posts what was typed and follows where the server says.
constexpr std::string_view kAppPage = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="UTF-8"/><title>@title</title></head><body>
<form id="login"><input id="username" autocomplete="username"/>
<input id="password" type="password" autocomplete="current-password"/>
<input id="code" autocomplete="one-time-code"/>
<button id="submit" type="submit">Log in</button><p id="message"></p></form>
<script>
document.getElementById("login").addEventListener("submit", async (event) => {
  event.preventDefault();
  const value = (id) => document.getElementById(id).value;
  const body = {username: value("username"), password: value("password")};
  if (value("code")) body.twoFactorCode = value("code");
  const answer = await fetch("@/api/auth/login", {method: "POST",
    headers: {"Content-Type": "application/json"}, body: JSON.stringify(body)});
  const told = await answer.json();
  if (told.loginStatus === "SUCCESS") location.assign(told.redirectUrl);
  else document.getElementById("message").textContent = told.loginStatus || told.message;
});
</script></body></html>
)";

constexpr std::string_view kFormPage = R"(<!DOCTYPE HTML>
<html class="loginPage" dir="ltr"><head><title>DHIS 2</title></head><body>
@failed<form id="loginForm" action="@/dhis-web-commons-security/login.action" method="post">
<input type="text" id="j_username" name="j_username"/>
<input type="password" id="j_password" name="j_password" autocomplete="off"/>
@code<input id="submit" type="submit" value="Sign in"/></form></body></html>
)";

constexpr const char* kFailed =
    "<div id=\"loginMessage\">Invalid login information. Please try again.</div>\n";
constexpr const char* kCodeField = "<input type=\"text\" id=\"2fa_code\" name=\"2fa_code\"/>\n";

void put(std::string& text, const std::string& mark, const std::string& what) {
  const size_t at = text.find(mark);
  if (at != std::string::npos) text.replace(at, mark.size(), what);
}

Reply html_page(std::string_view text, const std::string& context, const std::string& title,
                bool code = false, bool failed = false) {
  Reply reply;
  reply.content_type = "text/html;charset=UTF-8";
  reply.body = text;
  put(reply.body, "@code", code ? kCodeField : "");
  put(reply.body, "@failed", failed ? kFailed : "");
  put(reply.body, "@title", title);
  put(reply.body, "@", context);
  return reply;
}

}  // namespace

Login::Login(const Country& country, Accounts& accounts, Sessions& sessions)
    : country_(country),
      accounts_(accounts),
      sessions_(sessions),
      major_(country.settings().major) {}

std::string_view Login::login_page() const {
  if (major_ <= 40) return kOldPage;
  if (major_ == 41) return "/dhis-web-login";
  return major_ == 42 ? "/dhis-web-login/" : "/login/";
}

std::optional<Reply> Login::answer(const Request& request, const Target& target) {
  if (target.api) {
    if (!target.known_version) return std::nullopt;
    if (major_ >= 41 && request.path == "/auth/login") return json_login(request);
    return major_ >= 41 ? recovery(request) : older_account(request);
  }
  if (target.whole == kOut) return log_out(request);
  if (target.whole == kForm && request.method == "POST" && major_ <= 41) {
    return form_login(request);
  }
  return login_pages(request, target);
}

std::optional<Reply> Login::login_pages(const Request& request, const Target& target) {
  if (request.method != "GET" && request.method != "HEAD") return std::nullopt;
  const std::string& context = country_.settings().context;
  const std::string& page = target.whole;
  if (page == kOldPage && major_ <= 41) {
    Reply reply = html_page(kFormPage, context, "DHIS 2", request.param("twoFactor") == "true",
                            request.param("failed") == "true");
    reply.headers.emplace_back("Login-Page", "true");
    if (!sessions_.known(cookie_of(request, "JSESSIONID"))) {
      reply.headers.emplace_back("Set-Cookie", sessions_.cookie(sessions_.open("")));
    }
    return reply;
  }
  if (page == login_page() || (major_ == 41 && page == "/dhis-web-login/") ||
      (major_ >= 42 && page == "/login.html") || (major_ == 42 && page == kOldPage)) {
    const bool plain = page != login_page() && major_ >= 42;
    return html_page(kAppPage, context, plain ? "DHIS2 Demo Login" : "DHIS2 Login");
  }
  if (major_ >= 43 && page == "/dhis-web-login/") return redirect(context + "/login/", 301);
  if (major_ >= 43 && page == kOldPage) {
    return tomcat_page(404, "No static resource " + page.substr(1) + ".");
  }
  return std::nullopt;
}

Reply Login::json_login(const Request& request) {
  if (request.method != "POST") {
    return told(
        major_, 405,
        "Request method '" + request.method + "' " + (major_ >= 42 ? "is " : "") + "not supported");
  }
  const std::string type = request.header("Content-Type");
  if (!type.starts_with("application/json")) {
    const std::string shown = type.empty() ? "" : "'" + type + ";charset=UTF-8' ";
    return told(major_, 415,
                major_ >= 42 ? "Content-Type " + shown + "is not supported"
                             : "Content type " + shown + "not supported");
  }
  const Json body = Json::parse(request.body, nullptr, false);
  if (body.is_array()) {
    return told(major_, 400,
                parse_failure(major_,
                              "Cannot deserialize value of type `org.hisp.dhis.webapi.controller."
                              "security.LoginRequest` from Array value (token "
                              "`JsonToken.START_ARRAY`)",
                              "databind.exc.MismatchedInputException", 1));
  }
  if (!body.is_object()) {
    const char letter = request.body.size() > 1 ? request.body[1] : ' ';
    return told(major_, 400,
                parse_failure(major_,
                              std::string("Unexpected character ('") + letter + "' (code " +
                                  std::to_string(static_cast<int>(letter)) +
                                  ")): was expecting double-quote to start field name",
                              "core.JsonParseException", 2));
  }
  const std::string name = text_of(body, "username");
  const Outcome outcome =
      accounts_.check(name, text_of(body, "password"), text_of(body, "twoFactorCode"));
  if (outcome == Outcome::kBad) return told(major_, 401, "Bad credentials");
  if (outcome != Outcome::kGood) {
    return json_reply(Json{{"loginStatus", status_of(outcome, major_)}});
  }
  const std::string old = cookie_of(request, "JSESSIONID");
  std::string way = sessions_.remembered(old);
  if (way.empty()) {
    way = country_.settings().context + (major_ >= 42 ? "/" : "/dhis-web-dashboard");
  }
  sessions_.close(old);
  Reply reply = json_reply(Json{{"loginStatus", "SUCCESS"}, {"redirectUrl", way}});
  reply.headers.emplace_back("Set-Cookie", sessions_.cookie(sessions_.open(name, true)));
  return reply;
}

Reply Login::form_login(const Request& request) {
  const std::string context = country_.settings().context;
  const Form form = parameters_of(request);
  const std::string name = field(form, "j_username"), code = field(form, "2fa_code");
  const std::string password = field(form, "j_password");
  const auto factor = accounts_.factor(name);
  const Outcome outcome = accounts_.check(name, password, code);
  const auto to = [&](const std::string& address, const std::string& user) {
    Reply reply = redirect(address);
    // Who mistyped is still asked for the page that was wanted first.
    if (!user.empty() || !sessions_.known(cookie_of(request, "JSESSIONID"))) {
      reply.headers.emplace_back("Set-Cookie", sessions_.cookie(sessions_.open(user)));
    }
    return reply;
  };
  if (outcome == Outcome::kNoCode) {
    if (factor == Accounts::Factor::kEnrolling && code.empty()) {
      // Signing in without the code gives the enrolment up (2.40).
      accounts_.set_factor(name, Accounts::Factor::kNone);
      return to(context + "/dhis-web-commons/security/enrolTwoFa.action", "");
    }
    return to(context + std::string(kOldPage) + "?twoFactor=true", "");
  }
  if (outcome != Outcome::kGood) return to(context + std::string(kOldPage) + "?failed=true", "");
  // The right code at a sign-in ends the enrolment.
  if (factor == Accounts::Factor::kEnrolling) accounts_.set_factor(name, Accounts::Factor::kOn);
  const std::string old = cookie_of(request, "JSESSIONID");
  const std::string way = sessions_.remembered(old);
  sessions_.close(old);
  const std::string origin = request.base_url.substr(0, request.base_url.size() - context.size());
  return to(way.empty() ? context + "/" : origin + way, name);
}

Reply Login::log_out(const Request& request) {
  const std::string id = cookie_of(request, "JSESSIONID");
  Reply reply = redirect(country_.settings().context + "/");
  if (major_ <= 41 && !sessions_.known(id)) {
    reply.headers.emplace_back("Set-Cookie", sessions_.cookie(sessions_.open("")));
  }
  sessions_.close(id);
  reply.headers.emplace_back("Set-Cookie", std::string("JSESSIONID=; ") +
                                               (major_ <= 41 ? "Max-Age=0; " : "") +
                                               "Expires=Thu, 01 Jan 1970 00:00:10 GMT; Path=/");
  return reply;
}

std::optional<Reply> Login::recovery(const Request& request) {
  if (request.method != "POST") return std::nullopt;
  const std::string& path = request.path;
  if (path == "/auth/forgotPassword" || path == "/auth/passwordReset") {
    return told(major_, 409, "Account recovery is not enabled", "E1004");
  }
  if (path == "/auth/invite") return told(major_, 400, "Recaptcha validation failed.", "E1003");
  if (path != "/auth/registration") return std::nullopt;
  // The practice server reaches no one outside either.
  Reply reply = told(major_, 503,
                     std::string("I/O error on POST request for \"https://www.google.com/recaptcha/"
                                 "api/siteverify\": www.google.com") +
                         (major_ <= 41 ? "; nested exception is java.net.UnknownHostException: "
                                         "www.google.com"
                                       : ""));
  Json body = Json::parse(reply.body);
  body["httpStatus"] = "Service Unavailable";
  reply.body = body.dump();
  return reply;
}

std::optional<Reply> Login::older_account(const Request& request) {
  const bool post = request.method == "POST";
  if (request.path == "/account/password" && !post) {
    const std::string word = request.param("password").value_or("");
    const bool good = word.size() >= 8 && word.size() <= 60;
    return json_reply(
        Json{{"response", good ? "success" : "error"},
             {"message", good ? "" : "Password must have at least 8, and at most 60 characters"}});
  }
  if (!post) return std::nullopt;
  if (request.path == "/authentication/login") return tomcat_page(404, "");
  if (request.path == "/account/recovery") {
    return told(major_, 409, "Account recovery is not enabled");
  }
  if (request.path == "/account/restore") {
    return told(major_, 400, "Input byte[] should at least have 2 bytes for base64 bytes");
  }
  if (request.path == "/account/password") {
    return tomcat_page(400,
                       "Required request parameter 'username' for method parameter type String is "
                       "not present");
  }
  if (request.path == "/account") return told(major_, 400, "Recaptcha validation failed.");
  return std::nullopt;
}

Reply Login::page(const Request& request, const Target& target) {
  const std::string user = sessions_.user_of(request);
  if (user.empty()) return turn_away(request, target);
  Reply reply;
  reply.content_type = "text/html;charset=UTF-8";
  reply.body = "<!DOCTYPE html><html lang=\"en\"><head><title>DHIS2</title></head><body><p>" +
               html_text(user) + " is signed in to the practice DHIS2.</p></body></html>";
  return reply;
}

Reply Login::turn_away(const Request& request, const Target& target) {
  Reply reply = redirect(request.base_url + std::string(login_page()));
  std::string id = cookie_of(request, "JSESSIONID");
  if (opens_session(request, target) && !sessions_.known(id)) {
    id = sessions_.open("");
    reply.headers.emplace_back("Set-Cookie", sessions_.cookie(id));
  }
  if (remembers(request, target)) {
    sessions_.remember(id, country_.settings().context + target.whole +
                               (target.query.empty() ? "" : "?" + target.query));
  }
  return reply;
}

bool Login::opens_session(const Request& request, const Target& target) const {
  if (major_ == 41) return true;
  if (major_ >= 42) return remembers(request, target) || target.whole == kForm;
  const std::string accept = request.header("Accept");
  return !target.api || accept.find("html") != std::string::npos ||
         accept.find("application/xml") != std::string::npos;
}

bool Login::remembers(const Request& request, const Target& target) const {
  // Spring leaves the browser's own wish for an icon out.
  if (request.method != "GET" || target.whole.find("/favicon.") != std::string::npos) return false;
  if (major_ >= 42) {
    return target.whole == "/oauth2/authorize" || target.whole == "/api/auth/enrollDevice";
  }
  if (major_ == 41) return !target.api;
  return opens_session(request, target) && target.whole != kForm;
}

}  // namespace sandbox
