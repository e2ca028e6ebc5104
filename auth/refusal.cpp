// SPDX-License-Identifier: BSD-3-Clause
// One row per way in which DHIS2 says no to a password or token (2.37 to 2.43).
#include "auth/refusal.h"

#include <algorithm>

#include "auth/renewing_provider.h"
#include "dhis2/ascii.h"
#include "dhis2/json_guard.h"
#include "dhis2/json_members.h"

namespace dhis2mcp {
namespace {

// Letters of an answer that are searched; its messages are far shorter.
constexpr std::size_t kSearched = 4096;

bool has(std::string_view text, std::string_view part) {
  const auto same = [](char a, char b) { return lower_letter(a) == lower_letter(b); };
  return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end();
}

struct Row {
  std::string_view said;  // in DHIS2's message
  std::string_view cause, next_step;
  ErrorKind kind = ErrorKind::sign_in_required;
  bool of_credential = true;
};

constexpr Row kPasswordRows[] = {
    {"Account locked", "DHIS2 locked this account after four failed sign-ins.",
     "Wait 15 minutes without trying, check the password in a browser, then store it again."},
    {"Account disabled", "This account is disabled.",
     "Ask an administrator of the instance to enable it."},
};

constexpr Row kTokenRows[] = {
    {"does not exists",
     "DHIS2 does not know this token, or its owner: it was deleted, or it is of "
     "another instance.",
     "Create a new token in your DHIS2 user profile and store it."},
    {"has expired", "The token has expired.",
     "Create a new token in your DHIS2 user profile and store it."},
    {"ip address is not allowed", "The token is limited to other IP addresses than this machine's.",
     "Create a token without that limit, or with the address that DHIS2 sees (a proxy before DHIS2 "
     "changes it)."},
    {"http method is not allowed", "The token is limited to other HTTP methods.",
     "Use a token that allows this method.", ErrorKind::forbidden, false},
    {"referrer is missing or not allowed",
     "The token is limited to requests with a given referrer.",
     "Add the profile with --referer and exactly one of the addresses in the token's list."},
    {"2FA is enabled",
     "The owner of the token is disabled, locked, has an expired password or uses "
     "two-factor authentication.",
     "Use a token of an account without two-factor authentication."},
    {"Checksum validation failed",
     "This is no token of DHIS2: a character was mistyped or left out.",
     "Copy the token again, whole, and store it."},
    {"token is malformed",
     "This is no token of DHIS2: it holds a character that tokens do not have.",
     "Copy the token again, whole, and store it."},
};

// In the header, or the devMessage, of a refused bearer token. Those that no other token of the
// same login would mend are not of the credential.
constexpr Row kBearerRows[] = {
    {"mapping claim: 'username' with the value: 'null'",
     "The access token does not say who its user is, for it was asked for without the scope "
     "username.",
     "Add the profile with --scope \"openid username\" and log in again.",
     ErrorKind::sign_in_required, false},
    {"mapping claim: 'email'",
     "DHIS2 finds no user whose OIDC mapping value (the field openId) is the e-mail address in the "
     "access token.",
     "An administrator sets that field of the user to the user's e-mail address; up to 2.42.4 "
     "DHIS2 knows users of OAuth2 by it.",
     ErrorKind::sign_in_required, false},
    {"mapping claim", "DHIS2 finds no user for the access token, or cannot tell whose it is.",
     "Check with an administrator that the user exists and that the client has the scope "
     "username.",
     ErrorKind::sign_in_required, false},
    {"Invalid issuer",
     "The access token is of another server, or server.base.url was changed in dhis.conf.",
     "Log in again.", ErrorKind::sign_in_required, true},
    {"Jwt expired", "The access token has expired.", "Log in again.", ErrorKind::sign_in_required,
     true},
    {"Access token expired", "The access token has expired.", "Log in again.",
     ErrorKind::sign_in_required, true},
    {"Signed JWT rejected",
     "DHIS2 does not know the key that signed the access token: it was restarted without a "
     "keystore, which ends every access token.",
     "Log in again; an administrator prevents it with oauth2.server.jwt.keystore.path in "
     "dhis.conf.",
     ErrorKind::sign_in_required, true},
    {"no matching key",
     "DHIS2 does not know the key that signed the access token: it was restarted without a "
     "keystore, which ends every access token.",
     "Log in again; an administrator prevents it with oauth2.server.jwt.keystore.path in "
     "dhis.conf.",
     ErrorKind::sign_in_required, true},
};

Refusal of(const Row& row, const std::optional<Version>& version) {
  Refusal read{std::string(row.cause), std::string(row.next_step), row.kind, row.of_credential};
  if (row.said == "2FA is enabled") {
    read.next_step += " " + two_factor_ways(version);
  }
  return read;
}

// The message of a web message in JSON; empty for any other body.
std::string message_of(const Response& response) {
  try {
    return text_of(parse_json(response.body), "message");
  } catch (const Error&) {
    return {};
  }
}

// Up to 2.40 a user who is signed in gets 401 for some objects too: files of others, tracked
// entities of another unit. The message then says what, where a refused sign-in says this word.
std::optional<Refusal> not_allowed(const Response& response) {
  const std::string message = message_of(response);
  if (message.empty() || message == "Unauthorized") {
    return std::nullopt;
  }
  return Refusal{"The user is signed in, but DHIS2 does not allow this.",
                 "Ask an administrator for access, or use a profile with more rights.",
                 ErrorKind::forbidden, false};
}

Refusal not_read(const Profile& profile) {
  if (profile.method == AuthMethod::oauth2 || profile.method == AuthMethod::legacy_oauth2) {
    return {
        "The server did not read the access token: its OAuth2 is switched off, or a proxy "
        "before it takes the Authorization header away.",
        "Run dhis2-mcp doctor " + profile.name + ", which has the lines for an administrator.",
        ErrorKind::sign_in_required, true};
  }
  if (profile.method == AuthMethod::pat) {
    return {
        "The server did not read the token: personal access tokens are switched off there (in "
        "DHIS2 2.37 they are unless dhis.conf says enable.api_token.authentication = on), or a "
        "proxy before it takes the Authorization header away.",
        "Ask an administrator to switch them on, or use --basic."};
  }
  return {
      "The server did not read the password: the address may be another application's, or a "
      "proxy before it takes the Authorization header away.",
      "Check the URL of the profile with dhis2-mcp profile verify " + profile.name + "."};
}

Refusal pat_refusal(const Profile& profile, const Request& request, const Response& response,
                    const std::optional<Version>& version) {
  const std::string_view said = std::string_view(response.body).substr(0, kSearched);
  for (const Row& row : kTokenRows) {
    if (has(said, row.said)) {
      return of(row, version);
    }
  }
  const std::string* scheme = find_header(response.headers, "WWW-Authenticate");
  if (scheme == nullptr || !has(*scheme, "ApiToken")) {
    return not_allowed(response).value_or(not_read(profile));
  }
  // Up to 2.40, and for HEAD in all versions, the refusal has no words. A rule on methods may be
  // its reason unless this was a GET, which every token of use allows.
  return {
      "DHIS2 refused the token without a reason: it is unknown, deleted, expired or limited to "
      "other addresses, methods or referrers, or its owner is disabled, locked or uses "
      "two-factor authentication.",
      "Create a new token in your DHIS2 user profile and store it. " + two_factor_ways(version),
      ErrorKind::sign_in_required, request.method == Method::get};
}

Refusal password_refusal(const Request& request, const Response& response,
                         const std::optional<Version>& version) {
  const std::string_view said = std::string_view(response.body).substr(0, kSearched);
  for (const Row& row : kPasswordRows) {
    if (has(said, row.said)) {
      return of(row, version);
    }
  }
  // Everybody who is signed in may read /api/me: there a 401 is about the credential, whatever its
  // words.
  if (auto forbidden = not_allowed(response); forbidden && request.path != "/api/me") {
    return *forbidden;
  }
  // One answer for all of these, on purpose (2.40 to 2.43).
  return {
      "DHIS2 does not say which: the user name or the password is wrong (capitals count in "
      "both), the account has expired, or it uses two-factor authentication.",
      "Check both in a browser, then store the right password. " + two_factor_ways(version)};
}

Refusal bearer_refusal(const Profile& profile, const Response& response) {
  const std::string log_in = log_in_hint(profile.name);
  const std::string* scheme = find_header(response.headers, "WWW-Authenticate");
  if (scheme == nullptr || !has(*scheme, "Bearer")) {
    return not_allowed(response).value_or(not_read(profile));
  }
  const std::string said =
      *scheme + " " + std::string(std::string_view(response.body).substr(0, kSearched));
  for (const Row& row : kBearerRows) {
    if (!has(said, row.said)) continue;
    Refusal read = of(row, {});
    if (row.next_step == "Log in again.") read.next_step = log_in;
    return read;
  }
  return {
      "DHIS2 does not know this access token any more: it was replaced or withdrawn, its client "
      "was deleted, or the server was restarted.",
      log_in};
}

bool login_page(const Request& request, const Response& response) {
  return response.status == 200 && response.media_type() == "text/html" &&
         has(request.accept, "json");
}

}  // namespace

std::string two_factor_ways(const std::optional<Version>& version) {
  if (!version) {
    return "An account with two-factor authentication cannot use a password or token: from DHIS2 "
           "2.42 on it needs --oauth2, before that it signs in with a browser only.";
  }
  return holds(Fact::oauth2_server, *version)
             ? "An account with two-factor authentication needs --oauth2 here."
             : "An account with two-factor authentication signs in with a browser only, up to "
               "DHIS2 2.41: use another account.";
}

bool redirects_to_login(const Response& response) {
  if (response.status < 300 || response.status >= 400) {
    return false;
  }
  const std::string* location = find_header(response.headers, "Location");
  return location != nullptr && (has(*location, "login") || has(*location, "logout"));
}

std::optional<Refusal> refusal(const Profile& profile, const Request& request,
                               const Response& response, const std::optional<Version>& version) {
  const bool token = profile.method == AuthMethod::pat;
  const std::string* scheme = find_header(response.headers, "WWW-Authenticate");
  // The 400 of a token that cannot be one (2.41 and later) has the header of a 401.
  const bool no_token =
      token && response.status == 400 && scheme != nullptr && has(*scheme, "ApiToken");
  if (response.status == 401 || no_token) {
    switch (profile.method) {
      case AuthMethod::pat:
        return pat_refusal(profile, request, response, version);
      case AuthMethod::basic:
        return password_refusal(request, response, version);
      default:
        return bearer_refusal(profile, response);
    }
  }
  if (redirects_to_login(response) || login_page(request, response)) {
    Refusal read = not_read(profile);
    read.of_credential = false;
    return read;
  }
  return std::nullopt;
}

}  // namespace dhis2mcp
