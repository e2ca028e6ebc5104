// SPDX-License-Identifier: BSD-3-Clause
// Form out, JSON in.
#include "auth/token_endpoint.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <charconv>

#include "auth/client_key.h"
#include "auth/places.h"
#include "auth/redact.h"
#include "auth/token_refusal.h"
#include "dhis2/ascii.h"
#include "dhis2/base64.h"
#include "dhis2/json_guard.h"
#include "dhis2/page.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kLongestToken = 64 * 1024;
// RFC 6749 leaves out what a missing expires_in means; DHIS2's shortest default is 5 minutes.
constexpr std::chrono::seconds kLifeUnsaid{300};
constexpr std::chrono::hours kLongestLife{30 * 24};
constexpr std::uint64_t kSecretsOfOnePost = 8;

[[noreturn]] void misbehaves(const std::string& where, const std::string& how) {
  Error error(ErrorKind::unavailable, where + " answers against the rules of OAuth2: " + how + ".",
              "Tell the administrator; meanwhile sign in with --pat or --basic.");
  error.code = "invalid_token_response";
  throw Error(error);
}

std::string text_member(const std::string& where, const Json& body, const char* name,
                        bool is_token) {
  const auto found = body.find(name);
  if (found == body.end() || found->is_null()) return {};
  if (!found->is_string()) misbehaves(where, std::string(name) + " is not a text");
  std::string text = *found;
  const bool sound =
      text.size() <= kLongestToken && std::all_of(text.begin(), text.end(), [&](char letter) {
        return is_token ? is_visible(letter) : is_printable(letter);
      });
  if (!sound) misbehaves(where, std::string(name) + " holds characters that no token has");
  return text;
}

std::chrono::seconds life_in(const std::string& where, const Json& body) {
  const auto found = body.find("expires_in");
  if (found == body.end() || found->is_null()) return kLifeUnsaid;
  double seconds = 0;
  if (found->is_number()) {
    seconds = found->get<double>();
  } else if (found->is_string()) {
    const std::string text = *found;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (read.ec != std::errc()) misbehaves(where, "expires_in is no number");
  } else {
    misbehaves(where, "expires_in is no number");
  }
  if (!(seconds >= 1)) misbehaves(where, "the token that it gives has expired already");
  const auto longest = std::chrono::duration_cast<std::chrono::seconds>(kLongestLife);
  return seconds > static_cast<double>(longest.count())
             ? longest
             : std::chrono::seconds(static_cast<std::int64_t>(seconds));
}

Grant grant_in(const std::string& where, const Response& response) {
  Json body;
  try {
    body = parse_json(response.body, {.refuse_duplicate_names = false});
  } catch (const Error&) {
    misbehaves(where, is_page(response) ? "a page instead of tokens" : "no JSON");
  }
  if (!body.is_object()) misbehaves(where, "no JSON object");
  Grant grant;
  grant.access = Secret(text_member(where, body, "access_token", true));
  grant.refresh = Secret(text_member(where, body, "refresh_token", true));
  grant.scope = text_member(where, body, "scope", false);
  if (grant.access.empty()) misbehaves(where, "no access_token");
  const std::string type = lower_ascii(text_member(where, body, "token_type", false));
  if (type != "bearer") {
    misbehaves(where, "a token of type " + (type.empty() ? "(none)" : one_line(type, 40)) +
                          ", where only bearer tokens are known");
  }
  grant.life = life_in(where, body);
  return grant;
}

}  // namespace

ClientCredential client_credential(const Profile& profile, const Secret& client_secret,
                                   const TokenStore& store) {
  ClientCredential credential{profile.client_id, profile.client_auth, client_secret};
  if (profile.method == AuthMethod::legacy_oauth2) {
    credential.method = "basic";
    return credential;
  }
  Secret key;
  if (!profile.client_key_file.empty()) {
    key = Secret(read_private_file(profile.client_key_file));
  } else if (credential.method == "private-key-jwt") {
    key = store.secret(profile.name, "client_key").value_or(Secret());
  }
  if (credential.method.empty()) {
    credential.method = !key.empty()             ? "private-key-jwt"
                        : !client_secret.empty() ? "basic"
                                                 : "none";
  }
  if (credential.method == "private-key-jwt") {
    credential.secret = std::move(key);
    if (credential.secret.empty()) {
      throw ConfigurationError(
          ErrorKind::refused,
          "The private key of the client of profile '" + profile.name + "' is not stored.",
          "Add the profile again with --client-key-file or --register.");
    }
  }
  return credential;
}

// A form whose text is wiped when it goes.
class TokenEndpoint::Form {
 public:
  Form() { text_.reserve(16'384); }
  Form(Form&&) = default;
  Form& operator=(Form&&) = delete;
  ~Form() { OPENSSL_cleanse(text_.data(), text_.size()); }

  Form& add(std::string_view name, std::string_view value) {
    text_.append(text_.empty() ? "" : "&").append(percent_encode(name)).append("=");
    text_.append(percent_encode(value));
    return *this;
  }
  Form& add(std::string_view name, const Secret& value) {
    secrets.learn(value.reveal());
    return add(name, value.reveal());
  }
  const std::string& text() const { return text_; }

  Redactor secrets{kSecretsOfOnePost};

 private:
  std::string text_;
};

TokenEndpoint::TokenEndpoint(const Profile& profile, ClientCredential credential,
                             AuthorizationServer server, std::shared_ptr<Client> client)
    : profile_(profile.name),
      credential_(std::move(credential)),
      server_(std::move(server)),
      client_(std::move(client)) {}

Response TokenEndpoint::post(const std::string& path, Form& form, WallTime now,
                             const Patience& patience) const {
  Request request;
  request.method = Method::post;
  request.path = path;
  request.content_type = "application/x-www-form-urlencoded";
  form.secrets.learn(credential_.secret.reveal());
  if (credential_.method == "basic") {
    // RFC 6749 section 2.3.1 encodes both; the old servers compare them as they come.
    const auto half = [&](std::string_view text) {
      return server_.legacy ? std::string(text) : percent_encode(text);
    };
    std::string pair = half(credential_.id) + ":" + half(credential_.secret.reveal());
    request.headers.emplace_back("Authorization", "Basic " + to_base64(pair));
    form.secrets.learn_signature(request.headers);
    OPENSSL_cleanse(pair.data(), pair.size());
  } else {
    form.add("client_id", credential_.id);
  }
  if (credential_.method == "post") form.add("client_secret", credential_.secret);
  if (credential_.method == "private-key-jwt") {
    const Secret assertion(
        client_assertion(credential_.secret, credential_.id, server_.token_url, now));
    form.add("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    form.add("client_assertion", assertion);
  }
  request.body = form.text();
  try {
    Response response = client_->send(request, patience);
    OPENSSL_cleanse(request.body.data(), request.body.size());
    return response;
  } catch (const ConfigurationError&) {
    throw;
  } catch (const Error& error) {
    throw form.secrets.clean(error);
  }
}

Grant TokenEndpoint::ask(Form form, WallTime now, const Patience& patience) const {
  const std::string where = profile_ + ": " + client_->base().text();
  Response response = post(server_.token_path, form, now, patience);
  if (response.status != 200) {
    throw form.secrets.clean(
        token_refusal({profile_, client_->base().text(), credential_.method, server_.legacy},
                      form.secrets.clean(std::move(response))));
  }
  Grant grant = grant_in(where, response);
  OPENSSL_cleanse(response.body.data(), response.body.size());
  return grant;
}

Grant TokenEndpoint::exchange(const Secret& code, const Secret& verifier,
                              const std::string& redirect_uri, WallTime now,
                              const Patience& patience) const {
  Form form;
  form.add("grant_type", "authorization_code").add("code", code);
  form.add("redirect_uri", redirect_uri).add("code_verifier", verifier);
  return ask(std::move(form), now, patience);
}

Grant TokenEndpoint::refresh(const Secret& token, WallTime now, const Patience& patience) const {
  Form form;
  form.add("grant_type", "refresh_token").add("refresh_token", token);
  return ask(std::move(form), now, patience);
}

Grant TokenEndpoint::password(const std::string& user, const Secret& password, WallTime now,
                              const Patience& patience) const {
  Form form;
  form.add("grant_type", "password").add("username", user).add("password", password);
  return ask(std::move(form), now, patience);
}

bool TokenEndpoint::revoke(const Secret& token, WallTime now, const Patience& patience) const {
  if (server_.revoke_path.empty() || token.empty()) return false;
  Form form;
  form.add("token", token);
  return post(server_.revoke_path, form, now, patience).status == 200;
}

}  // namespace dhis2mcp
