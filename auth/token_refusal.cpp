// SPDX-License-Identifier: BSD-3-Clause
// One row per way in which DHIS2's token endpoints say no (2.40 to 2.43, as recorded).
#include "auth/token_refusal.h"

#include <algorithm>

#include "auth/refusal.h"
#include "dhis2/json_guard.h"
#include "dhis2/json_members.h"
#include "dhis2/page.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kShown = 200;

struct Told {
  std::string error, description;
};

Told told_in(const Response& response) {
  const auto text = [](const Json& body, const char* name) {
    return one_line(text_of(body, name), kShown);
  };
  try {
    const Json body = parse_json(response.body, {.refuse_duplicate_names = false});
    if (body.is_object()) return {text(body, "error"), text(body, "error_description")};
  } catch (const Error&) {
    if (const auto xml = read_xml_message(response.body)) {
      return {one_line(xml->error, kShown), one_line(xml->message, kShown)};
    }
  }
  return {};
}

struct Row {
  std::string_view error, description;  // OAuth2's code, and words of the description or none
  ErrorKind kind;
  std::string_view cause, next_step;  // "NAME" stands for the profile
};

constexpr Row kRows[] = {
    {"invalid_grant", "User is disabled", ErrorKind::sign_in_required, "This account is disabled.",
     "Ask an administrator of the instance to enable it."},
    {"invalid_grant", "User account has expired", ErrorKind::sign_in_required,
     "This account has expired.", "Ask an administrator of the instance to prolong it."},
    {"invalid_grant", "Bad credentials", ErrorKind::sign_in_required,
     "The user name or the password is wrong.",
     "Check both in a browser, then store the password again with dhis2-mcp profile add NAME."},
    {"invalid_grant", "Redirect URI mismatch", ErrorKind::sign_in_required,
     "The client is registered with another redirect URI.",
     "Add the profile with the --redirect-port of the registered URI."},
    {"invalid_grant", "", ErrorKind::sign_in_required,
     "It does not know this code or refresh token any more: used, expired, withdrawn, or forgotten "
     "in a restart.",
     "Sign in again with dhis2-mcp profile login NAME."},
    {"invalid_client", "Unauthorized grant type", ErrorKind::forbidden,
     "The client is not registered for this way of getting tokens.",
     "An administrator adds authorization_code and refresh_token to its grant types (dhis2-mcp "
     "oauth2-client create makes a client that has them)."},
    {"invalid_client", "", ErrorKind::forbidden,
     "It does not take this client: its id, its secret or the way in which the secret is sent is "
     "wrong.",
     "Check them with an administrator (dhis2-mcp oauth2-client list), then add the profile again "
     "with --client-id, --client-auth and the right secret."},
    {"unauthorized_client", "", ErrorKind::forbidden,
     "The client is not registered for this way of getting tokens.",
     "An administrator adds authorization_code and refresh_token to its grant types."},
    {"invalid_scope", "", ErrorKind::forbidden, "The client is not registered for these scopes.",
     "An administrator adds the scopes openid and username to the client (openid and email before "
     "2.42.5), or add the profile with another --scope."},
    {"unauthorized", "", ErrorKind::sign_in_required,
     "The account cannot sign in with its password alone: it uses two-factor authentication.",
     "Log in with a browser: add the profile without --password-grant."},
    {"unsupported_grant_type", "", ErrorKind::unsupported_version,
     "It does not give tokens in this way.",
     "From DHIS2 2.42 on only a login with a browser does: add the profile with --oauth2."},
};

std::string with_name(std::string_view text, const std::string& profile) {
  std::string named(text);
  for (auto at = named.find("NAME"); at != std::string::npos; at = named.find("NAME", at)) {
    named.replace(at, 4, profile);
    at += profile.size();
  }
  return named;
}

Error made(const TokenQuestion& question, const Response& response, ErrorKind kind,
           std::string_view cause, std::string_view next_step) {
  Error error(kind,
              question.profile + ": the OAuth2 server of " + question.base_url +
                  " gave no token. " + std::string(cause),
              with_name(next_step, question.profile));
  error.http = response.status;
  return error;
}

// A page or nothing: what recorded servers mean by it depends on which of them it is.
Error without_words(const TokenQuestion& question, const Response& response) {
  const int status = response.status;
  if (redirects_to_login(response)) {
    return made(
        question, response, ErrorKind::forbidden,
        question.client_auth == "none"
            ? "It wants a client that proves itself: a client without a secret cannot "
              "renew its tokens there."
            : "It sends us to its login page, as a server does whose OAuth2 is switched off.",
        question.client_auth == "none"
            ? "Sign in again with dhis2-mcp profile login NAME; a client with a secret does "
              "not need that."
            : "Run dhis2-mcp doctor NAME.");
  }
  if (question.legacy && (status == 401 || status == 500)) {
    Error error =
        made(question, response, ErrorKind::forbidden,
             status == 401 ? "The secret of the client is wrong."
                           : "It does not know this client, as far as an answer without a "
                             "reason can tell (HTTP 500).",
             "Check client id and secret with an administrator (dhis2-mcp oauth2-client "
             "list), then add the profile again.");
    error.code = "invalid_client";
    return error;
  }
  if (status == 403 || status == 404 || (status >= 300 && status < 400)) {
    return made(question, response, ErrorKind::unsupported_version,
                "What answers there is no OAuth2 server (HTTP " + std::to_string(status) + ").",
                "It may be switched off: run dhis2-mcp doctor NAME.");
  }
  if (status == 500) {
    return made(question, response, ErrorKind::forbidden,
                "It failed without a reason (HTTP 500): the client's stored secret is not hashed, "
                "the client was altered, or scope email was asked for a user without an e-mail "
                "address.",
                "Ask an administrator to delete the client and make it anew (dhis2-mcp "
                "oauth2-client create), and check the user's e-mail address.");
  }
  Error error = made(question, response, ErrorKind::unavailable,
                     "It answered HTTP " + std::to_string(status) + ".",
                     "Try again; if it stays so, tell the administrator.");
  error.retry = true;
  return error;
}

}  // namespace

Error token_refusal(const TokenQuestion& question, const Response& response) {
  const Told told = told_in(response);
  const bool passing = response.status == 429 || response.status == 502 || response.status == 503 ||
                       response.status == 504;
  if (told.error.empty() || passing) return without_words(question, response);
  const auto* row = std::find_if(std::begin(kRows), std::end(kRows), [&](const Row& one) {
    return told.error == one.error && told.description.find(one.description) != std::string::npos;
  });
  const bool known = row != std::end(kRows);
  Error error = made(question, response, known ? row->kind : ErrorKind::refused,
                     known ? row->cause : "It says: " + told.error + ".",
                     known ? row->next_step : "Run dhis2-mcp doctor NAME.");
  error.code = told.error;
  return error;
}

}  // namespace dhis2mcp
