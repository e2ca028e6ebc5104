// SPDX-License-Identifier: BSD-3-Clause
// The steps of a diagnosis, in the order in which a connection is made.
#include "auth/diagnosis.h"

#include <algorithm>

#include "auth/oauth2.h"
#include "auth/owned_tokens.h"
#include "auth/refusal.h"
#include "auth/token_shape.h"
#include "auth/transport_rule.h"
#include "auth/turn.h"
#include "dhis2/probe.h"
#include "dhis2/proxy_choice.h"
#include "dhis2/resolve.h"

namespace dhis2mcp {
namespace {

constexpr std::chrono::hours kCloseToExpiry{7 * 24};

bool superuser(const Json& me) {
  const auto authorities = me.find("authorities");
  return authorities != me.end() && authorities->is_array() &&
         std::find(authorities->begin(), authorities->end(), "ALL") != authorities->end();
}

std::string days(std::chrono::milliseconds left) {
  const auto count = std::chrono::duration_cast<std::chrono::hours>(left).count() / 24;
  return count < 1 ? "in less than a day" : "in " + std::to_string(count) + " days";
}

class Doctor {
 public:
  Doctor(const Profile& profile, const Secret& secret, const Patience& patience, WallTime now,
         const LookInto& into)
      : profile_(profile), secret_(secret), countdown_(patience), now_(now), into_(into) {
    found_.profile = profile.name;
    found_.url = profile.url;
    found_.found_url = profile.url;
  }

  Diagnosis run() {
    if (into_.places != nullptr) this_machine();
    // What must not be sent anywhere is refused before anybody is asked.
    const bool refused = transport_refusal(profile_).has_value();
    const bool connected = (refused || step("name", [this] { return name(); })) &&
                           step("address", [this] { return address(); }) &&
                           step("server", [this] { return server(); }) &&
                           (!oauth2() || step("method", [this] { return method(); }));
    if (connected && into_.sign_in && step("sign-in", [this] { return sign_in(); })) {
      step("account", [this] { return account(); });
    }
    if (connected) {
      found_.remarks.push_back(two_factor_ways(Version::parse(found_.version)));
    }
    return std::move(found_);
  }

 private:
  template <typename Look>
  bool step(const char* name, Look look) {
    try {
      found_.steps.push_back({name, true, look()});
      return true;
    } catch (const Error& error) {
      found_.steps.push_back({name, false, error.what()});
      found_.failure = error;
      return false;
    }
  }

  bool oauth2() const {
    return profile_.method == AuthMethod::oauth2 || profile_.method == AuthMethod::legacy_oauth2;
  }

  // Weak modes stop a command when it comes to the file; here all of them are named at once.
  void this_machine() {
    const Places& places = *into_.places;
    const auto look = [this](const std::filesystem::path& path, auto judge) {
      try {
        if (!is_absent(path)) judge(path);
      } catch (const Error& error) {
        found_.warnings.push_back(std::string(error.what()) + " " + error.hint);
      }
    };
    for (const auto& folder : {places.config, places.data, places.state, places.run}) {
      look(folder, make_private_folder);
    }
    for (const auto& file : {places.profiles(), places.key(), places.http_token(), places.store(),
                             places.passphrase}) {
      if (!file.empty()) look(file, demand_private_file);
    }
    if (into_.store == nullptr) return;
    try {
      the_key(into_.store->key_place(), into_.store->best_key_place());
    } catch (const Error& error) {
      found_.warnings.push_back(std::string(error.what()) + " " + error.hint);
    }
    if (const std::string warning = into_.store->warning(); !warning.empty()) {
      found_.warnings.push_back(warning);
    }
  }

  void the_key(const std::string& place, const std::string& best) {
    if (place != best) {
      found_.warnings.push_back("The key of the store is in the " + place + ", and the " + best +
                                " would do: move it with dhis2-mcp store rekey.");
    }
    found_.remarks.push_back(
        place == kKeyFile
            ? "Secrets are encrypted with a key file, which protects copies of the database only."
            : "Secrets are encrypted with a key from the " + place + ".");
  }

  std::string name() {
    const BaseUrl url = BaseUrl::parse(profile_.url);
    if (const auto proxy = choose_proxy(url, std::getenv)) {
      return "A proxy is set, " + proxy->host + ", which finds " + url.host() + " itself.";
    }
    const Resolved found = resolve(url.host(), countdown_.end(), countdown_.stop());
    if (found.addresses.empty()) {
      throw Error(ErrorKind::unavailable,
                  "The name " + url.host() + " is not known: " + found.problem + ".",
                  "Check the spelling of the URL and the network connection (VPN, DNS).");
    }
    return url.host() + " is " + found.addresses.front() + ".";
  }

  std::string method() {
    Client client(BaseUrl::parse(profile_.url), WireOptions{profile_.ca_file});
    const AuthorizationServer server = server_of(profile_, client, countdown_.left());
    if (server.legacy) return "Its OAuth2 server (/uaa, up to 2.41) is switched on.";
    return "Its OAuth2 server is switched on and calls itself " + server.issuer + ".";
  }

  std::string address() {
    if (const auto refused = transport_refusal(profile_)) {
      throw Error(*refused);
    }
    const BaseUrl url = BaseUrl::parse(profile_.url);
    probe_ = probe(url, WireOptions{profile_.ca_file}, countdown_.left());
    found_.found_url = probe_->base.text();
    if (probe_->base != url) {
      throw Error(ErrorKind::not_found,
                  "DHIS2 is not at " + profile_.url + " but at " + found_.found_url + ".",
                  "Add the profile again with --url " + found_.found_url + ".");
    }
    if (!url.https() && !url.loopback()) {
      found_.warnings.push_back("Plain http: everyone on the way can read the token and the data.");
    }
    return profile_.url + " answers" + (url.https() ? ", its certificate is good." : ".");
  }

  std::string server() {
    if (!probe_->version) {
      return "It is DHIS2; up to 2.40 the version is told after sign-in only.";
    }
    found_.version = to_string(*probe_->version);
    return "It is DHIS2 " + found_.version +
           (probe_->title.empty() ? "." : " (\"" + probe_->title + "\").");
  }

  std::string sign_in() {
    if (profile_.method == AuthMethod::pat) {
      const std::string doubt = token_doubt(secret_.reveal());
      if (!doubt.empty()) {
        found_.warnings.push_back(doubt);
      }
    }
    client_ = connect(profile_, secret_, into_.store);
    if (probe_->version) {
      client_->suppose(*probe_->version);
    }
    me_ = client_->get("/api/me", Query::parse("fields=id,username,displayName,authorities"),
                       countdown_.left());
    const Whoami& who = client_->whoami(countdown_.left());
    found_.username = who.username;
    found_.version = who.version_text;
    const auto start = std::chrono::steady_clock::now();
    client_->get("/api/me", Query::parse("fields=id"), countdown_.left());
    found_.latency =
        std::chrono::ceil<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
    return "DHIS2 " + found_.version + " knows " + found_.username + "; a request takes " +
           std::to_string(found_.latency.count()) + " ms.";
  }

  std::string account() {
    const Version version = client_->whoami(countdown_.left()).version;
    if (superuser(me_)) {
      found_.warnings.push_back(found_.username +
                                " is a superuser (authority ALL). A user of its own with the "
                                "rights that are needed is safer.");
    }
    if (version.major < kOldestMajor || version.major > kNewestMajor) {
      found_.warnings.push_back("DHIS2 " + found_.version + " was not tested with this program.");
    }
    if (profile_.method == AuthMethod::basic && holds(Fact::pat_default_on, version)) {
      found_.warnings.push_back(
          "A personal access token would do here (dhis2-mcp pat create): it can be limited and "
          "withdrawn, and it never locks the account.");
    }
    if (profile_.method == AuthMethod::pat) {
      warn_of_tokens();
    }
    return superuser(me_) ? found_.username + " may do everything."
                          : found_.username + " has the rights of its user roles.";
  }

  // DHIS2 does not say which token a request came with; its owner's list is all there is.
  void warn_of_tokens() {
    std::vector<OwnedToken> tokens;
    try {
      tokens = owned_tokens(*client_, countdown_.left());
    } catch (const Error&) {
      return;  // not readable with this token: nothing to warn of
    }
    std::erase_if(tokens, [this](const OwnedToken& token) { return token.expires <= now_; });
    const std::string of = tokens.size() == 1 ? "The token" : "One of this user's tokens";
    const auto soonest = std::min_element(
        tokens.begin(), tokens.end(),
        [](const OwnedToken& a, const OwnedToken& b) { return a.expires < b.expires; });
    if (soonest != tokens.end() && soonest->expires - now_ <= kCloseToExpiry) {
      found_.warnings.push_back(
          of + " expires " +
          days(std::chrono::duration_cast<std::chrono::milliseconds>(soonest->expires - now_)) +
          "; create a new one in time: dhis2-mcp pat create --profile " + profile_.name + ".");
    }
    if (std::any_of(tokens.begin(), tokens.end(),
                    [](const OwnedToken& token) { return !token.ips.empty(); })) {
      found_.warnings.push_back(
          of +
          " is limited to IP addresses. DHIS2 compares the X-Forwarded-For header as it comes: "
          "whoever sends that header passes, unless a proxy before DHIS2 writes it anew.");
    }
  }

  const Profile& profile_;
  const Secret& secret_;
  const Countdown countdown_;
  const WallTime now_;
  const LookInto into_;
  Diagnosis found_;
  std::optional<Probe> probe_;
  std::unique_ptr<SignedClient> client_;
  Json me_;
};

}  // namespace

Diagnosis diagnose(const Profile& profile, const Secret& secret, const Patience& patience,
                   WallTime now, const LookInto& into) {
  return Doctor(profile, secret, patience, now, into).run();
}

}  // namespace dhis2mcp
