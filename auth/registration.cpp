// SPDX-License-Identifier: BSD-3-Clause
// DHIS2 wants an inline JWKS, private_key_jwt and RS256; a jwks_uri beside it is accepted and not
// read (2.42.5, 2.43.1).
#include "auth/registration.h"

#include "auth/client_key.h"
#include "auth/oauth2.h"
#include "auth/pkce.h"
#include "auth/redact.h"
#include "auth/turn.h"
#include "dhis2/error.h"
#include "dhis2/json_guard.h"
#include "dhis2/json_members.h"
#include "dhis2/page.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kShown = 200;

Error not_registered(const Profile& profile, const Response& response) {
  std::string why = "HTTP " + std::to_string(response.status);
  try {
    const Json body = parse_json(response.body, {.refuse_duplicate_names = false});
    const std::string said = text_of(body, "error_description");
    if (!said.empty()) why = one_line(said, kShown);
  } catch (const Error&) {
    // A page: the status says enough.
  }
  Error error(
      response.status == 401 ? ErrorKind::sign_in_required : ErrorKind::refused,
      profile.name + ": " + profile.url + " did not register a client: " +
          (response.status == 401 ? "the initial access token is used up, too old or wrong" : why) +
          (why.ends_with('.') ? "" : "."),
      response.status == 401
          ? "Get a new one; it is good for one registration within a minute."
          : "Ask an administrator for a client instead: dhis2-mcp oauth2-client create.");
  error.http = response.status;
  return error;
}

}  // namespace

Enrolment enrolment(const Profile& profile, const std::string& redirect_uri) {
  Enrolment made{{}, new_state()};
  made.url = profile.url + "/api/auth/enrollDevice?" +
             Query().add("redirectUri", redirect_uri).add("state", made.state).text();
  return made;
}

Secret initial_token(const Profile& profile, const Enrolment& enrolment, RedirectReceiver& receiver,
                     RedirectReceiver::Deadline deadline, const std::stop_token& stop) {
  Secret token;
  receiver.receive(
      [&](const Query& parameters) -> ReceiverReply {
        const std::string* state = parameters.find("state");
        const std::string* iat = parameters.find("iat");
        if (state == nullptr || *state != enrolment.state || iat == nullptr || iat->empty()) {
          return {false, false, "This is not what is waited for. Open the address shown to you."};
        }
        token = Secret(*iat);
        return {true, true, "You can close this window and go on where you were."};
      },
      deadline, stop);
  if (token.empty()) {
    throw Error(ErrorKind::sign_in_required,
                profile.name + ": DHIS2 sent no initial access token in time.",
                "If the browser showed an error, an administrator adds " + receiver.redirect_uri() +
                    " to the system setting deviceEnrollmentRedirectAllowlist; or take a token "
                    "from elsewhere with --initial-token-file.");
  }
  return token;
}

Registered register_client(const Profile& profile, const Secret& initial_token,
                           const std::string& redirect_uri, const Patience& patience) {
  const Countdown countdown(patience);
  Client client(BaseUrl::parse(profile.url), WireOptions{profile.ca_file, {}});
  const AuthorizationServer server = discover(client, countdown.left());
  if (server.register_path.empty()) {
    throw Error(ErrorKind::unsupported_version, profile.url + " registers no clients by itself.",
                "That came with 2.42.5. An administrator makes a client: dhis2-mcp oauth2-client "
                "create.");
  }
  Registered made{{}, new_client_key()};
  Request request;
  request.method = Method::post;
  request.path = server.register_path;
  request.content_type = "application/json";
  request.headers = {{"Authorization", "Bearer " + std::string(initial_token.reveal())}};
  Json body = {{"client_name", "dhis2-mcp (" + profile.name + ")"},
               {"redirect_uris", Json::array({redirect_uri})},
               {"grant_types", Json::array({"authorization_code", "refresh_token"})},
               {"response_types", Json::array({"code"})},
               {"token_endpoint_auth_method", "private_key_jwt"},
               {"token_endpoint_auth_signing_alg", "RS256"},
               {"scope", "openid profile username"}};
  body["jwks"] = {{"keys", Json::array({public_jwk(made.key)})}};
  // Spring's registration looks whether the member is there, DHIS2 reads the keys above.
  body["jwks_uri"] = profile.url + "/oauth2/jwks";
  request.body = to_text(body);
  Redactor secrets(2);
  secrets.learn(initial_token.reveal());
  const Response response = secrets.clean(client.send(request, countdown.left()));
  if (response.status != 201) throw not_registered(profile, response);
  made.client_id =
      text_of(parse_json(response.body, {.refuse_duplicate_names = false}), "client_id");
  if (made.client_id.empty()) throw not_registered(profile, response);
  return made;
}

}  // namespace dhis2mcp
