// SPDX-License-Identifier: BSD-3-Clause
// From an answer that says no to one Error: what the body says, what that means, what to do next.
#include "dhis2/web_message.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "dhis2/ascii.h"
#include "dhis2/import_report.h"
#include "dhis2/json_guard.h"
#include "dhis2/json_members.h"
#include "dhis2/next_steps.h"
#include "dhis2/page.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kMessageBytes = 600;
constexpr std::size_t kNamedProblems = 10;

// What the body of a refusal says, whatever its format was.
struct Told {
  std::string message;
  std::string code;
  bool page = false;   // HTML: of Tomcat, a proxy or a login form
  bool oauth = false;  // RFC 6749 section 5.2
  bool login = false;  // a login form
};

struct Advice {
  std::string_view sign;  // words of the message
  std::string_view hint;
};

// By the words of a refused sign-in, most special first, and of E1003, which DHIS2 sends for a
// bad parameter of any kind (2.37 to 2.43).
constexpr Advice kByWords[] = {
    {"disabled, locked or 2FA is enabled",
     "The owner of the token is disabled, locked, has an expired password or uses two-factor "
     "sign-in; with two-factor sign-in only OAuth2 works."},
    {"token has expired", "Create a new token."},
    {"API token does not exist",
     "The token was deleted or belongs to another server: create a new one here."},
    {"token owner does not exist", "Create a token as a user who exists."},
    {"http method is not allowed",
     "The token allows other methods only: create one that allows GET "
     "and HEAD."},
    {"referrer is not allowed",
     "The token wants a certain referrer: set `referer` in the profile."},
    {"ip address is not allowed",
     "The token allows other IP addresses only: create one that allows this machine's."},
    {"token is malformed", "Copy the whole token again: it starts with d2p_ or d2pat_."},
    {"Checksum validation failed", "Copy the whole token again: a letter is wrong or missing."},
    {"Account locked",
     "Too many wrong passwords: wait 15 minutes, then sign in with the right one. Trying on locks "
     "it again."},
    {"Account disabled", "An administrator has to enable the account."},
    {"invalid_token", "The access token is expired or of another server: log in again."},
    {"Unknown path property", "Mend the filter: metadata_describe names the properties of a type."},
    {"Invalid filter", "Write the filter as property:operator:value."},
    {"is not a valid operator", "Take another operator, such as eq, in, like, ge or null."},
    {"Metadata versioning is not enabled",
     "An administrator can switch metadata versioning on in the System Settings app."},
};

// Old servers answer 401 where the signed-in user may not do a thing (2.37 to 2.40).
constexpr std::string_view kForbiddenWords[] = {"OWNERSHIP_ACCESS_DENIED", "PROGRAM_ACCESS_CLOSED",
                                                "ACCESS_DENIED"};

bool contains(std::string_view text, std::string_view words) {
  return text.find(words) != std::string_view::npos;
}

std::string describe(const ImportReport& report) {
  std::string out = report.description;
  if (!report.counts.empty()) out += (out.empty() ? "" : "; ") + report.counts;
  std::size_t named = 0;
  std::uint64_t left = 0;
  for (const ReportedProblem& problem : report.problems) {
    if (named == kNamedProblems) {
      left += problem.count;
      continue;
    }
    ++named;
    out += out.empty() ? "" : "; ";
    if (problem.count > 1) out += std::to_string(problem.count) + " x ";
    if (!problem.code.empty()) out += problem.code + " ";
    out += one_line(problem.message, 200);
  }
  if (left != 0) out += "; and " + std::to_string(left) + " more";
  return out;
}

bool says_more_than_its_status(const Json& body) {
  for (const auto& [name, value] : body.items()) {
    const bool of_status = name == "httpStatus" || name == "httpStatusCode" || name == "status";
    const bool blank = value.is_string() && value.get_ref<const std::string&>().empty();
    if (!of_status && !blank && !value.empty()) return true;
  }
  return false;
}

Told from_json(const Json& body) {
  Told told;
  if (const auto error = body.find("error");
      error != body.end() && error->is_string() && body.find("httpStatusCode") == body.end()) {
    told.oauth = body.find("path") == body.end();  // Spring Boot's own page has one
    told.code = told.oauth ? error->get<std::string>() : std::string();
    told.message = text_of(body, "error_description");
    if (told.message.empty()) told.message = text_of(body, "message");
    if (told.message.empty()) told.message = error->get<std::string>();
    return told;
  }
  told.message = one_line(text_of(body, "message"), kMessageBytes);
  told.code = text_of(body, "errorCode");
  const std::string more = one_line(text_of(body, "devMessage"), kMessageBytes);
  if (!contains(told.message, more)) told.message += (told.message.empty() ? "" : ": ") + more;
  const auto response = body.find("response");
  const ImportReport report =
      read_import_report(response != body.end() && response->is_object() ? *response : body);
  if (const std::string text = describe(report); !text.empty()) {
    told.message += (told.message.empty() ? "" : " ") + text;
  }
  if (told.code.empty() && !report.problems.empty()) told.code = report.problems.front().code;
  if (told.message.empty() && says_more_than_its_status(body)) {
    told.message = one_line(to_text(body), kMessageBytes);
  }
  return told;
}

bool may_be_json(std::string_view body) {
  const auto first = body.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && body[first] == '{';
}

Told read_body(const Response& response) {
  Told told;
  if (may_be_json(response.body)) {
    try {
      return from_json(parse_json(response.body, {.refuse_duplicate_names = false}));
    } catch (const Error&) {
      told.message = one_line(response.body, 300);
      return told;
    }
  }
  if (is_page(response)) {
    const Page page = read_page(response.body);
    told.page = true;
    told.login = page.login_form;
    told.message = page.text();
    return told;
  }
  if (const auto xml = read_xml_message(response.body)) {
    told.message = xml->message;
    told.code = xml->error;
    told.oauth = !xml->error.empty();
    return told;
  }
  told.message = one_line(response.body, 300);
  return told;
}

ErrorKind kind_of(int status, const Told& told) {
  if (told.oauth && status < 500) {
    if (told.code == "access_denied" || status == 403) return ErrorKind::forbidden;
    const bool signs_in = told.code == "invalid_grant" || told.code == "invalid_token" ||
                          told.code == "invalid_client" || told.code == "unauthorized" ||
                          told.code == "unauthorized_client";
    return signs_in || status == 401 ? ErrorKind::sign_in_required : ErrorKind::bad_input;
  }
  switch (status) {
    case 401:
      return std::ranges::any_of(kForbiddenWords,
                                 [&](auto words) { return contains(told.message, words); })
                 ? ErrorKind::forbidden
                 : ErrorKind::sign_in_required;
    case 403:
      return ErrorKind::forbidden;
    case 404:
    case 410:
      return ErrorKind::not_found;
    case 409:
      return ErrorKind::conflict;
    case 429:
      return ErrorKind::rate_limited;
    case 400:
      // From 2.41 on a token that is none is 400, not 401.
      return contains(told.message, "Api token is malformed") ||
                     contains(told.message, "Checksum validation failed")
                 ? ErrorKind::sign_in_required
                 : ErrorKind::bad_input;
    case 407:
    case 408:
      return ErrorKind::unavailable;
    default:
      return status >= 400 && status < 500 ? ErrorKind::bad_input : ErrorKind::unavailable;
  }
}

std::string retry_after(const Response& response) {
  const std::string* after = find_header(response.headers, "Retry-After");
  if (after == nullptr) return "Ask again in a minute.";
  const std::string when = one_line(*after, 40);
  if (!all_digits(when)) return "Ask again after " + when + ".";
  return "Ask again after " + when + (when == "1" ? " second." : " seconds.");
}

std::string_view special_advice(const Told& told) {
  if (const std::string_view words = next_step(told.code); !words.empty()) return words;
  for (const Advice& advice : kByWords) {
    if (contains(told.message, advice.sign)) return advice.hint;
  }
  return {};
}

std::string sign_in_advice(const Asked& asked, const Told& told, const Response& response) {
  std::string hint(special_advice(told));
  const std::string* challenge = find_header(response.headers, "WWW-Authenticate");
  if (hint.empty() && told.message.empty() && challenge != nullptr &&
      challenge->starts_with("ApiToken")) {
    hint =
        "DHIS2 refused the personal access token and does not say why (2.40 never does): it may be "
        "unknown, expired, restricted to other methods or addresses, or its owner may be disabled "
        "or use two-factor sign-in. Create a new token, or use OAuth2.";
  }
  const std::string_view usual =
      "Check the credential of the profile: `dhis2-mcp doctor` says what is wrong with it.";
  if (!hint.empty() && asked.sign_in_hint.empty()) return hint;
  if (!hint.empty()) hint += ' ';
  return hint + (asked.sign_in_hint.empty() ? std::string(usual) : asked.sign_in_hint);
}

std::string advice_for(int status, ErrorKind kind, const Told& told, const Response& response) {
  if (const auto special = special_advice(told); !special.empty()) return std::string(special);
  if (status == 404 && told.page) {
    return "Check the path; if other paths of this server fail too, the URL of the profile lacks "
           "its context path or is no DHIS2. This DHIS2 version may also have no such path.";
  }
  if (status == 403 && told.page) {
    return "A proxy in front of DHIS2 may forbid this path: ask its administrator.";
  }
  if (status == 407) return "Put the proxy's user name and password into HTTPS_PROXY.";
  if (status == 413 || status == 414) return "Ask for less in one request.";
  if (status == 405) return "Check the path: DHIS2 says this for an id that is no UID, too.";
  if (status == 501) return "This server does not do that; ask for something else.";
  switch (kind) {
    case ErrorKind::not_found:
      return "Check the path and the id; metadata_find finds objects by name.";
    case ErrorKind::forbidden:
      return "Ask an administrator for access, or use a profile with more rights.";
    case ErrorKind::rate_limited:
      return retry_after(response);
    case ErrorKind::bad_input:
    case ErrorKind::conflict:
      return "Change the request as the message says; sent unchanged it will fail again.";
    default:
      return status == 500 ? "DHIS2 met an error of its own: ask for less or differently, and see "
                             "its log if it persists."
                           : "The server or a proxy before it is busy or down: ask again later.";
  }
}

Error make(const Asked& asked, const Request& request, const Response& response, Told told) {
  const ErrorKind kind = kind_of(response.status, told);
  std::string why = told.message;
  if (why.empty()) why = "no reason given";
  if (told.page) why = "not DHIS2's words but a page: " + why;
  const std::string what =
      asked.what.empty() ? std::string(to_string(request.method)) + " " + request.path : asked.what;
  std::string message = what + " failed";
  if (!asked.where.empty()) message += " at " + asked.where;
  message += ": " + one_line(why, kMessageBytes * 4) + " (" +
             (told.code.empty() ? "" : told.code + ", ") + "HTTP " +
             std::to_string(response.status) + ")";
  Error error(kind, message,
              kind == ErrorKind::sign_in_required
                  ? sign_in_advice(asked, told, response)
                  : advice_for(response.status, kind, told, response));
  error.code = std::move(told.code);
  error.http = response.status;
  error.retry = response.status == 429 || response.status == 408 || response.status == 502 ||
                response.status == 503 || response.status == 504;
  return error;
}

// The credential was ignored: DHIS2 then treats the caller as nobody and shows the way to its form.
Error login_error(const Asked& asked, const Request& request, const Response& response) {
  Told told;
  told.message =
      "the server sent us to its login page: it does not know the credential that was sent, or "
      "none was";
  Error error = make(asked, request, response, std::move(told));
  error.kind = ErrorKind::sign_in_required;
  error.hint =
      "Personal access tokens may be switched off (the default on 2.37) or the sign-in method may "
      "not exist on this version. " +
      (asked.sign_in_hint.empty() ? std::string("`dhis2-mcp doctor` says which.")
                                  : asked.sign_in_hint);
  error.retry = false;
  return error;
}

Error redirected(const Asked& asked, const Request& request, const Response& response) {
  const std::string* header = find_header(response.headers, "Location");
  const std::string location = header == nullptr ? std::string() : one_line(*header, 300);
  if (is_login_location(location)) return login_error(asked, request, response);
  Told told;
  told.message = location.empty() ? "the server redirects without saying where to"
                                  : "the server redirects to " + location;
  Error error = make(asked, request, response, std::move(told));
  error.hint =
      "Redirects out of the profile's URL are not followed. If the server has moved, set the new "
      "URL in the profile.";
  error.retry = false;
  return error;
}

// 200 with a body that says ERROR (expression validators; imports up to 2.37).
bool says_error(const Json& body) {
  if (text_of(body, "status") != "ERROR") return false;
  return std::ranges::any_of(
      std::initializer_list<const char*>{"httpStatusCode", "typeReports", "importCount",
                                         "validationReport", "conflicts", "importSummaries"},
      [&](const char* name) { return body.find(name) != body.end(); });
}

bool wants_json(const Request& request) {
  return contains(request.accept, "json") || request.accept == "*/*";
}

std::optional<Error> failure_of_success(const Asked& asked, const Request& request,
                                        const Response& response) {
  if (response.body.empty() || request.method == Method::head) return std::nullopt;
  if (may_be_json(response.body)) {
    if (!contains(response.body, "\"ERROR\"")) return std::nullopt;
    try {
      const Json body = parse_json(response.body, {.refuse_duplicate_names = false});
      if (!says_error(body)) return std::nullopt;
      Error error = make(asked, request, response, from_json(body));
      error.kind = ErrorKind::conflict;
      error.hint = "Change the request as the message says; sent unchanged it will fail again.";
      return error;
    } catch (const Error&) {
      return std::nullopt;  // a body that cannot be read is the reader's finding
    }
  }
  if (!wants_json(request) || !is_page(response)) return std::nullopt;
  const Page page = read_page(response.body);
  if (page.login_form) return login_error(asked, request, response);
  Told told;
  told.page = true;
  told.message = page.text();
  Error error = make(asked, request, response, std::move(told));
  error.kind = ErrorKind::unavailable;
  error.hint =
      "Something else than DHIS2's Web API answers at this path: check the URL of the profile and "
      "any proxy or captive portal on the way.";
  return error;
}

}  // namespace

std::optional<Error> failure(const Asked& asked, const Request& request, const Response& response) {
  const int status = response.status;
  if (status >= 200 && status < 300) return failure_of_success(asked, request, response);
  if (status >= 300 && status < 400 && status != 304) {
    return redirected(asked, request, response);
  }
  Told told = read_body(response);
  if (told.login && (status == 401 || status == 403)) return login_error(asked, request, response);
  return make(asked, request, response, std::move(told));
}

}  // namespace dhis2mcp
