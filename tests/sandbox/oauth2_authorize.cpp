// SPDX-License-Identifier: BSD-3-Clause
// The authorization endpoint: checks in Spring's order, the consent page, the code.
#include <algorithm>

#include "tests/sandbox/oauth2_server.h"
#include "tests/sandbox/oauth_faults.h"

namespace sandbox {
namespace {

constexpr const char* kErrors = "https://datatracker.ietf.org/doc/html/rfc6749#section-4.1.2.1";
constexpr const char* kPkce = "https://datatracker.ietf.org/doc/html/rfc7636#section-4.4.1";

Reply page(const std::string& error, const std::string& parameter) {
  return tomcat_page(400, "[" + error + "] OAuth 2.0 Parameter: " + parameter);
}

Reply back(const PendingConsent& asked, const std::string& error, const std::string& parameter,
           const char* uri = kErrors) {
  const char joint = asked.redirect.find('?') == std::string::npos ? '?' : '&';
  std::string address = asked.redirect + joint + "error=" + error +
                        "&error_description=" + uri_encoded("OAuth 2.0 Parameter: " + parameter) +
                        "&error_uri=" + uri_encoded(uri);
  if (!asked.state.empty()) address += "&state=" + uri_encoded(asked.state);
  return redirect(address);
}

bool contains(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

std::string replaced(std::string text, const std::string& mark, const std::string& with) {
  for (size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) {
    text.replace(at, mark.size(), with);
    at += with.size();
  }
  return text;
}

constexpr const char* kPage =
    R"(<!DOCTYPE html><html lang="en"><head>    <meta charset="utf-8">)"
    R"(    <title>Consent required</title>	<script>		function cancelConsent() {)"
    R"(			document.consent_form.reset();			document.consent_form.submit();		}	</script></head>)"
    R"(<body><div class="container">    <h1 class="text-center">Consent required</h1>)"
    R"(    <p><span class="font-weight-bold text-primary">@client</span> wants to access your account )"
    R"(<span class="font-weight-bold">@user</span></p>    <p>The following permissions are requested )"
    R"(by the above app.<br/>Please review these and consent if you approve.</p>    )"
    R"(<form name="consent_form" method="post" action="@action">        )"
    R"(<input type="hidden" name="client_id" value="@client">        )"
    R"(<input type="hidden" name="state" value="@state">@scopes        )"
    R"(<div class="form-group pt-3"><button class="btn btn-primary btn-lg" type="submit" )"
    R"(id="submit-consent">Submit Consent</button></div>        <div class="form-group">)"
    R"(<button class="btn btn-link regular" type="button" onclick="cancelConsent();" )"
    R"(id="cancel-consent">Cancel</button></div>    </form>    <p><small>Your consent to provide )"
    R"(access is required.<br/>If you do not approve, click Cancel, in which case no information )"
    R"(will be shared with the app.</small></p></div></body></html>)";

std::string scope_box(const std::string& scope) {
  const std::string name = html_text(scope);
  return "        <div class=\"form-group form-check py-1\"><input class=\"form-check-input\" "
         "type=\"checkbox\" name=\"scope\" value=\"" +
         name + "\" id=\"" + name + "\"><label class=\"form-check-label\" for=\"" + name + "\">" +
         name + "</label></div>";
}

}  // namespace

Reply Oauth2Server::authorize(const Request& request, const Target& target) {
  const Form form = parameters_of(request);
  const std::string user = sessions_.user_of(request);
  if (request.method == "POST" && !has_field(form, "response_type")) return consented(form, user);
  if (!has_field(form, "response_type")) return page("invalid_request", "response_type");
  if (field(form, "response_type") != "code") {
    return page("unsupported_response_type", "response_type");
  }
  PendingConsent asked;
  asked.client_id = field(form, "client_id");
  const auto client = clients_.by_client_id(asked.client_id);
  if (!client) return page("invalid_request", "client_id");
  asked.user = user;
  asked.redirect = field(form, "redirect_uri");
  asked.redirect_sent = !asked.redirect.empty();
  asked.state = field(form, "state");
  asked.nonce = field(form, "nonce");
  asked.scopes = pieces(field(form, "scope"), ' ');
  if (asked.redirect_sent) {
    if (!client->redirects_to(asked.redirect)) return page("invalid_request", "redirect_uri");
  } else if (client->redirects.size() != 1 || contains(asked.scopes, "openid")) {
    return page("invalid_request", "redirect_uri");
  } else {
    asked.redirect = client->redirects.front();
  }
  if (!client->allows(client->grants, "authorization_code")) {
    return back(asked, "unauthorized_client", "client_id");
  }
  for (const std::string& scope : asked.scopes) {
    if (!contains(client->scopes, scope)) return back(asked, "invalid_scope", "scope");
  }
  asked.challenge = field(form, "code_challenge");
  if (!asked.challenge.empty()) {
    if (field(form, "code_challenge_method") != "S256") {
      return back(asked, "invalid_request", "code_challenge_method", kPkce);
    }
  } else if (client->proof_key) {
    return back(asked, "invalid_request", "code_challenge", kPkce);
  }
  if (!user.empty()) return decide(asked, *client);
  if (field(form, "prompt") == "none") return back(asked, "login_required", "prompt");
  Reply reply = login_.turn_away(request, target);
  if (request.header("Accept").starts_with("application/json")) {
    reply.status = 401;
    reply.headers.erase(reply.headers.begin());
    reply.headers.emplace_back("WWW-Authenticate", "Bearer");
  }
  return reply;
}

Reply Oauth2Server::decide(const PendingConsent& asked, const RegisteredClient& client) {
  const std::lock_guard lock(mutex_);
  const Consent* given = grants_.consent(client.uid, asked.user);
  const bool covered =
      std::all_of(asked.scopes.begin(), asked.scopes.end(), [&](const std::string& scope) {
        return scope == "openid" || (given && contains(given->scopes, scope));
      });
  const bool openid_alone = asked.scopes.size() == 1 && asked.scopes[0] == "openid";
  if (client.consent && !openid_alone && !(covered && (given || asked.scopes.empty()))) {
    return consent_page(asked, client, grants_.open_consent(asked));
  }
  return with_code(asked, client, asked.scopes);
}

Reply Oauth2Server::consent_page(const PendingConsent& asked, const RegisteredClient& client,
                                 const std::string& state) {
  std::string boxes;
  for (const std::string& scope : asked.scopes) {
    if (scope != "openid") boxes += scope_box(scope);
  }
  Reply reply;
  reply.content_type = "text/html;charset=UTF-8";
  reply.body = kPage;
  reply.body = replaced(reply.body, "@client", html_text(client.client_id));
  reply.body = replaced(reply.body, "@user", html_text(asked.user));
  reply.body = replaced(reply.body, "@action", country_.settings().context + "/oauth2/authorize");
  reply.body = replaced(reply.body, "@state", state);
  reply.body = replaced(reply.body, "@scopes", boxes);
  return reply;
}

Reply Oauth2Server::consented(const Form& form, const std::string& user) {
  const std::lock_guard lock(mutex_);
  const auto open = grants_.pending.find(field(form, "state"));
  if (open == grants_.pending.end()) return page("invalid_request", "state");
  if (user.empty() || open->second.user != user) return page("invalid_request", "state");
  const PendingConsent asked = open->second;
  if (field(form, "client_id") != asked.client_id) return page("invalid_request", "client_id");
  grants_.pending.erase(open);
  const auto client = clients_.by_client_id(asked.client_id);
  if (!client) return page("invalid_request", "client_id");
  std::vector<std::string> scopes;
  for (const auto& [name, value] : form) {
    if (name != "scope") continue;
    if (!contains(asked.scopes, value)) return back(asked, "invalid_scope", "scope");
    scopes.push_back(value);
  }
  if (scopes.empty()) {
    grants_.forget(client->uid, user);
    return back(asked, "access_denied", "client_id");
  }
  if (contains(asked.scopes, "openid")) scopes.insert(scopes.begin(), "openid");
  grants_.remember(country_, client->uid, user, scopes);
  return with_code(asked, *client, scopes);
}

Reply Oauth2Server::with_code(const PendingConsent& asked, const RegisteredClient& client,
                              const std::vector<std::string>& scopes) {
  Authorization& grant = grants_.add(country_, asked.user);
  grant.client_uid = client.uid;
  grant.redirect = asked.redirect;
  grant.redirect_sent = asked.redirect_sent;
  grant.challenge = asked.challenge;
  grant.nonce = asked.nonce;
  grant.scopes = scopes;
  const long long now = now_seconds();
  grant.code = {base64url(random_bytes(96)), now, now + client.code_life};
  const char joint = asked.redirect.find('?') == std::string::npos ? '?' : '&';
  Reply reply = redirect(asked.redirect + joint + "code=" + uri_encoded(grant.code.value) +
                         (asked.state.empty() ? "" : "&state=" + uri_encoded(asked.state)));
  bend(fault_, Endpoint::kRedirect, reply);
  return reply;
}

}  // namespace sandbox
