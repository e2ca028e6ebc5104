// SPDX-License-Identifier: BSD-3-Clause
// The authorization server of 2.42 and later: Spring's, with DHIS2's clients, as recorded.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/sandbox/authorization_server.h"
#include "tests/sandbox/jose.h"
#include "tests/sandbox/oauth2_client.h"
#include "tests/sandbox/oauth2_grants.h"

namespace sandbox {

class Oauth2Server : public AuthorizationServer {
 public:
  Oauth2Server(const Country& country, Sessions& sessions, Login& login, const Fault& fault,
               const std::string& base_url);

  std::optional<Reply> answer(const Request& request, const Target& target) override;
  std::optional<Reply> api(const Request& request) override;
  std::optional<Bearer> check(const Request& request) override;
  void restart() override;

 private:
  // Each in the file of its name: oauth2_server.cpp, oauth2_authorize.cpp, oauth2_token.cpp,
  // oauth2_registration.cpp.
  Reply discovery(bool openid) const;
  Reply userinfo(const Request& request, const Target& target);
  Reply revoke(const Request& request, const Target& target);
  Reply introspect(const Request& request, const Target& target);
  Reply log_out(const Request& request);
  Reply sign_in_to_itself();
  std::optional<Reply> public_keys(const Request& request) const;
  std::optional<Reply> post_endpoint(const Request& request, const Target& target);

  Reply authorize(const Request& request, const Target& target);
  Reply decide(const PendingConsent& asked, const RegisteredClient& client);
  Reply consented(const Form& form, const std::string& user);
  Reply with_code(const PendingConsent& asked, const RegisteredClient& client,
                  const std::vector<std::string>& scopes);
  Reply consent_page(const PendingConsent& asked, const RegisteredClient& client,
                     const std::string& state);

  // Who the client is. No client and no refusal: nothing was sent to judge by.
  struct Caller {
    std::optional<RegisteredClient> client;
    std::optional<Reply> refusal;
  };
  Caller caller(const Request& request, const Form& form);
  Caller by_secret(const std::string& id, const std::string& secret, const char* method);
  Caller by_assertion(const Form& form);
  Caller by_proof(const Form& form);
  bool right_secret(const std::string& secret, const std::string& hash);
  Reply token(const Request& request, const Target& target);
  Reply exchange(const Form& form, const RegisteredClient& client);
  Reply refresh(const Form& form, const RegisteredClient& client);
  Reply issue(Authorization& grant, const RegisteredClient& client,
              const std::vector<std::string>& scopes, bool refreshing);
  void add_user_claims(Json& claims, const std::string& user,
                       const std::vector<std::string>& scopes) const;

  std::optional<Reply> enrol(const Request& request);
  Reply registration(const Request& request, const Target& target);
  std::optional<Reply> bad_initial_token(const Request& request, const std::string& text,
                                         SignedToken& initial);
  std::string bad_registration(const Json& body) const;
  Json register_client(const Json& body, const std::string& owner);
  std::string registration_token(const std::string& client_id);
  std::optional<Reply> redirect_setting(const Request& request);
  std::vector<std::string> allowed_redirects();

  // Why a token is not taken, in the decoder's words; empty when it is good.
  std::string refusal_of(const std::string& text, SignedToken& token);
  Reply bearer_refusal(const std::string& why, bool with_body) const;
  SigningKey& key();
  std::string issuer() const;
  // Up to 2.42.4 users are found by their e-mail address, later ones by the user name.
  bool by_email() const;

  const Country& country_;
  Sessions& sessions_;
  Login& login_;
  const Fault& fault_;
  std::string base_url_;
  bool on_;
  Oauth2Clients clients_;
  std::mutex mutex_;
  std::unique_ptr<SigningKey> key_;
  Oauth2Grants grants_;
  std::set<std::string> used_registrations_, good_secrets_;
  std::string redirects_ = "dhis2oauth://oauth";  // deviceEnrollmentRedirectAllowlist
};

}  // namespace sandbox
