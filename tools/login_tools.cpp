// SPDX-License-Identifier: BSD-3-Clause
// profile_login (a login begins, no tool else begins one), doctor and pat_list.
#include <algorithm>

#include "auth/diagnosis.h"
#include "auth/owned_tokens.h"
#include "auth/utc_text.h"
#include "dhis2/error.h"
#include "dhis2/text_list.h"
#include "dhis2/url.h"
#include "tools/diagnosis_json.h"
#include "tools/handlers.h"

namespace dhis2mcp {
namespace {

bool oauth2(const Profile& profile) {
  return profile.method == AuthMethod::oauth2 || profile.method == AuthMethod::legacy_oauth2;
}

Answer done(Call& call) {
  Answer answer = call.answer();
  const Whoami& who = call.client().whoami(call.patience());
  answer.object = Json{{"profile", call.client().profile().name},
                       {"status", "done"},
                       {"user", who.username},
                       {"version", who.version_text}};
  if (const std::string warning = call.connections.store().warning(); !warning.empty()) {
    answer.notes.push_back(warning);
  }
  return answer;
}

// True when DHIS2 takes what is stored. Throws what has nothing to do with signing in.
bool signed_in(Call& call) {
  try {
    call.client().get("/api/me", Query::parse("fields=username"), call.patience());
    return true;
  } catch (const Error& error) {
    if (error.kind != ErrorKind::sign_in_required || !oauth2(call.client().profile())) throw;
    return false;
  }
}

Answer pending(const Profile& profile, const LoginStatus& login) {
  const auto left = std::chrono::duration_cast<std::chrono::seconds>(
      login.until - std::chrono::steady_clock::now());
  Answer answer;
  answer.source = profile.name + ": " + profile.url;
  answer.object = Json{{"profile", profile.name},
                       {"status", "pending"},
                       {"url", login.url},
                       {"seconds_left", std::max<std::int64_t>(left.count(), 0)}};
  answer.notes.emplace_back(
      "The person opens this URL in a browser on this computer and signs in to DHIS2 there. Then "
      "profile_status says whether it is done. Where the browser is on another computer: dhis2-mcp "
      "profile login " +
      profile.name + " --paste in a terminal.");
  return answer;
}

// Clients refuse other addresses (elicitation in URL mode).
bool may_be_asked(const std::string& url) {
  const BaseUrl base = BaseUrl::parse(url.substr(0, url.find('?')));
  return base.https() || base.loopback();
}

// Leaves by NeedInput the first time; entered again, it says what the person answered.
bool agreed(Call& call, const Profile& profile, const LoginStatus& login) {
  Question question;
  question.key = "login";
  question.kind = Question::Kind::url;
  question.message =
      "Sign in to DHIS2 at " + profile.url + " for the profile " + profile.name + ".";
  question.url = login.url;
  question.elicitation_id = login.id;
  return call.need_input(std::move(question)).action == InputAnswer::Action::accept;
}

Cell words_or_none(const std::vector<std::string>& list) {
  return list.empty() ? Cell() : Cell::text(joined(list, ", "));
}

}  // namespace

Answer profile_login(Call& call) {
  if (signed_in(call)) {
    const LoginStatus last = call.connections.logins().status(call.client().profile().name);
    // One that is pending has got its tokens a moment ago, or another process has.
    const bool asked = last.stage == LoginStage::done || last.stage == LoginStage::pending;
    if (asked && call.can_ask(Question::Kind::url) && call.context.elicitation_done) {
      call.context.elicitation_done(last.id);
    }
    return done(call);
  }
  const auto [profile, secret] = call.connections.credential(call.arguments.text("profile"));
  Logins& logins = call.connections.logins();
  // The person has answered, and the page did not do what it was for.
  const LoginStatus before = logins.status(profile.name);
  if (before.stage == LoginStage::failed && call.context.answers.count("login") != 0) {
    throw Error(*before.failure);
  }
  const LoginStatus login = logins.begin(profile, secret, call.patience());
  if (login.stage == LoginStage::done) {
    Answer answer;
    answer.source = profile.name + ": " + profile.url;
    answer.object = Json{{"profile", profile.name}, {"status", "done"}, {"user", login.account}};
    return answer;
  }
  if (call.can_ask(Question::Kind::url) && may_be_asked(login.url) &&
      !agreed(call, profile, login)) {
    logins.cancel(profile.name);
    throw Error(ErrorKind::sign_in_required,
                "Profile '" + profile.name + "': the person did not want to log in.",
                "Call profile_login again when the person wants to.");
  }
  return pending(profile, login);
}

Answer doctor_tool(Call& call) {
  const std::string message = call.arguments.text("message");
  const auto [profile, secret] = call.connections.credential(call.arguments.text("profile"));
  LookInto into;
  into.store = &call.connections.store();
  into.places = &call.connections.places();
  const Diagnosis seen =
      diagnose(profile, secret, call.patience(), std::chrono::system_clock::now(), into);
  Answer answer;
  answer.source = profile.name + ": " + profile.url;
  answer.object = diagnosis_json(seen);
  if (!message.empty()) {
    const std::string meaning = explain_pasted(message);
    answer.notes.push_back(meaning.empty() ? "The message that was given is not known here."
                                           : meaning);
  }
  return answer;
}

Answer pat_list(Call& call) {
  const WallTime now = std::chrono::system_clock::now();
  Answer answer = call.answer();
  answer.table = Table{{"Token", "Expires", "State", "Methods", "IPs", "Referrers", "Code"}, {}};
  for (const OwnedToken& token : owned_tokens(call.client(), call.patience())) {
    const auto days = std::chrono::duration_cast<std::chrono::hours>(token.expires - now) / 24;
    answer.table->rows.push_back(
        {Cell::text(token.uid), Cell::text(utc_text(token.expires)),
         Cell::text(token.expires <= now ? "expired" : std::to_string(days.count()) + " days left"),
         words_or_none(token.methods), words_or_none(token.ips), words_or_none(token.referrers),
         token.code.empty() ? Cell() : Cell::text(token.code)});
  }
  answer.total = answer.table->rows.size();
  answer.notes.emplace_back("An empty cell of Methods, IPs or Referrers means: not limited.");
  return answer;
}

}  // namespace dhis2mcp
