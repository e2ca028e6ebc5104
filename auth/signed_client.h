// SPDX-License-Identifier: BSD-3-Clause
// The only way in which tools can send: a client whose every request is signed by one profile.
#pragma once

#include <memory>
#include <string>

#include "auth/profile.h"
#include "auth/provider.h"
#include "dhis2/exchange.h"
#include "dhis2/json.h"
#include "dhis2/version.h"

namespace dhis2mcp {

class Client;

// Who DHIS2 says we are, and what it is; asked once (/api/me and /api/system/info) and kept.
struct Whoami {
  std::string username, uid, display_name;
  std::string version_text;  // "2.40.3"
  Version version;
  std::string calendar;  // "iso8601", "ethiopian", ...
};

// Made once per profile and kept. Safe to use from several threads. Until DHIS2 has taken the
// credential once, requests go one at a time: several calls that start together with a wrong
// password would be several failures, and four lock the account.
class SignedClient {
 public:
  SignedClient(Profile profile, std::unique_ptr<AuthProvider> provider,
               std::unique_ptr<Client> client);
  ~SignedClient();

  const Profile& profile() const { return profile_; }

  // Signs, sends, on 401 lets the provider renew once and sends again, and throws every failure as
  // the Error that `failure()` reads out of the answer (sign_in_required says what this profile can
  // do), our own secrets taken out. The answer is a success. Credentials go to the profile's own
  // origin only, and nowhere when plain http is not allowed for them (`refused`, no connection).
  // The request must hold no Authorization, Cookie, Origin or Host of its own.
  Response send(const Request& request, const Patience& patience, const BodySink& sink = {});

  // The same for a proxy: an answer of status 2xx or 304 goes to `through` as DHIS2 sends it, head
  // and body, and is neither kept nor inflated. Any other comes back, its body of at most 1 MB
  // cleaned of our own secrets; of a redirect nothing is followed. Throws where DHIS2 does not take
  // the credential or no answer comes; cancelled when a piece was not taken. Error of kind
  // unavailable after the head: the body was cut, and its reader must be told.
  Response pass(const Request& request, const Patience& patience, const PassThrough& through);

  // GET and parse. Refuses a document over 16 MB with a hint to ask for less.
  Json get(const std::string& path, const Query& query, const Patience& patience);

  // One caller asks, the others wait for its answer. A token that turns out to be another user's
  // than profile().user is refused. The reference lives as long as the client.
  const Whoami& whoami(const Patience& patience);

  // The version where it is known before sign-in: it decides what a refusal advises.
  void suppose(const Version& version);

  // "demo: admin at https://h/40 (2.40.3)"; asks whoami first if that is not known yet.
  std::string source(const Patience& patience);

 private:
  struct State;
  Profile profile_;
  std::unique_ptr<State> state_;
};

}  // namespace dhis2mcp
