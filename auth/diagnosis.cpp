// SPDX-License-Identifier: BSD-3-Clause
// The steps of a diagnosis, in the order in which a connection is made.
#include "auth/diagnosis.h"

#include <algorithm>

#include "auth/token_shape.h"
#include "auth/transport_rule.h"
#include "auth/turn.h"
#include "dhis2/probe.h"

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
  Doctor(const Profile& profile, const Secret& secret, const Patience& patience, WallTime now)
      : profile_(profile), secret_(secret), countdown_(patience), now_(now) {
    found_.profile = profile.name;
    found_.url = profile.url;
    found_.found_url = profile.url;
  }

  Diagnosis run() {
    const bool connected = step("address", [this] { return address(); }) &&
                           step("server", [this] { return server(); });
    if (connected && step("sign-in", [this] { return sign_in(); })) {
      step("account", [this] { return account(); });
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

  std::string address() {
    if (const auto refused = transport_refusal(profile_)) {
      throw Error(*refused);
    }
    const BaseUrl url = BaseUrl::parse(profile_.url);
    probe_ = probe(url, WireOptions{profile_.ca_file}, countdown_.left());
    found_.found_url = probe_->base.text();
    if (probe_->base != url) {
      throw Error(ErrorKind::not_found,
                  "DHIS2 is not at " + profile_.url + " but at " + found_.found_url,
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
    client_ = connect(profile_, secret_);
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
    found_.latency = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - start);
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
          "A personal access token would do here: it can be limited and withdrawn, and it never "
          "locks the account.");
    }
    if (profile_.method == AuthMethod::pat) {
      warn_of_expiry();
    }
    return superuser(me_) ? found_.username + " may do everything."
                          : found_.username + " has the rights of its user roles.";
  }

  // DHIS2 does not say which token a request came with; its owner's list is all there is.
  void warn_of_expiry() {
    Json tokens;
    try {
      tokens = client_->get("/api/apiToken", Query::parse("fields=id,expire&paging=false"),
                            countdown_.left());
    } catch (const Error&) {
      return;  // not readable with this token: nothing to warn of
    }
    const auto list = tokens.is_object() ? tokens.find("apiToken") : tokens.end();
    if (!tokens.is_object() || list == tokens.end() || !list->is_array()) {
      return;
    }
    std::vector<std::chrono::milliseconds> left;
    for (const Json& token : *list) {
      if (token.is_object() && token.contains("expire") && token["expire"].is_number_integer()) {
        const std::chrono::milliseconds expire(token["expire"].get<std::int64_t>());
        left.push_back(expire - std::chrono::duration_cast<std::chrono::milliseconds>(
                                    now_.time_since_epoch()));
      }
    }
    std::erase_if(left, [](auto rest) { return rest.count() <= 0; });
    const auto soonest = std::min_element(left.begin(), left.end());
    if (soonest == left.end() || *soonest > kCloseToExpiry) {
      return;
    }
    found_.warnings.push_back((left.size() == 1
                                   ? "The token expires " + days(*soonest)
                                   : "One of this user's tokens expires " + days(*soonest)) +
                              "; create a new one in time.");
  }

  const Profile& profile_;
  const Secret& secret_;
  const Countdown countdown_;
  const WallTime now_;
  Diagnosis found_;
  std::optional<Probe> probe_;
  std::unique_ptr<SignedClient> client_;
  Json me_;
};

}  // namespace

Diagnosis diagnose(const Profile& profile, const Secret& secret, const Patience& patience,
                   WallTime now) {
  return Doctor(profile, secret, patience, now).run();
}

}  // namespace dhis2mcp
