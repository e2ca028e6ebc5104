// SPDX-License-Identifier: BSD-3-Clause
// The address goes to stderr: stdout holds the answer only.
#include "server/login_commands.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "auth/diagnosis.h"
#include "auth/utc_text.h"
#include "server/diagnosis_text.h"
#include "server/profile_commands.h"
#include "server/shutdown.h"
#include "tools/diagnosis_json.h"

namespace dhis2mcp {
namespace {

constexpr std::chrono::seconds kPatience{60};
constexpr std::size_t kLongestLine = 64UL * 1024;
constexpr int kShortestWait = 1, kLongestWait = 3600;

Patience patience() { return {.stop = {}, .budget = kPatience}; }

// Never through a shell, which would read the address. What cannot be opened was shown anyway.
void open_in_browser(const Console& console, std::string url) {
  if (!url.starts_with("https://") && !url.starts_with("http://")) return;
  std::string program = "xdg-open";
  char* const words[] = {program.data(), url.data(), nullptr};
  pid_t child = -1;
  int status = 0;
  // What it prints goes to stderr, as descriptor 1 of this process does.
  const bool opened =
      posix_spawnp(&child, program.c_str(), nullptr, nullptr, words, environ) == 0 &&
      waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  if (!opened) console.say("No browser could be opened here; open the address yourself.");
}

LoginWish wish_of(const Console& console, const LoginRequest& request) {
  LoginWish wish;
  wish.patience = std::chrono::seconds(request.timeout);
  if (request.paste) {
    wish.receiver = [&console](int port) {
      return paste_receiver(
          port,
          [](RedirectReceiver::Deadline until) {
            return read_line(STDIN_FILENO, kLongestLine, until);
          },
          [&console](const std::string& words) { console.say(words); });
    };
  }
  return wish;
}

void demand_done(const std::string& name, const LoginStatus& status) {
  if (status.stage == LoginStage::failed) throw Error(*status.failure);
  if (status.stage != LoginStage::done) {
    throw Error(ErrorKind::sign_in_required, name + ": the login has not ended",
                "Start it again with dhis2-mcp profile login " + name + ".");
  }
}

int told(const Console& console, Ground& ground, const std::string& name,
         const LoginStatus& status) {
  demand_done(name, status);
  if (const std::string warning = ground.connections.store().warning(); !warning.empty()) {
    console.say("note: " + warning);
  }
  console.answer(status.account + " is signed in with profile " + name + ".\nTry: dhis2-mcp call " +
                 "system_info --profile " + name);
  return kDone;
}

}  // namespace

int login_profile(const Console& console, Ground& ground, const std::string& name,
                  const LoginRequest& request) {
  exit_130_on_interrupt();
  if (request.timeout < kShortestWait || request.timeout > kLongestWait) {
    throw Error(ErrorKind::bad_input, "--timeout takes 1 to 3600 seconds.", "Give another.");
  }
  const auto [profile, secret] = profile_and_secret(ground, name);
  Logins& logins = ground.connections.logins();
  const LoginStatus begun = logins.begin(profile, secret, patience(), wish_of(console, request));
  if (begun.stage != LoginStage::pending) return told(console, ground, profile.name, begun);
  console.say("Open this address in a browser and sign in to DHIS2:\n" + begun.url);
  if (request.paste) {
    console.say(
        "The last address will show an error page, for it is of this computer. Copy it from "
        "the browser's address bar and paste it here:");
  } else {
    console.say("Waiting up to " + std::to_string(request.timeout) + " s ...");
  }
  if (request.browser) open_in_browser(console, begun.url);
  const LoginStatus ended = logins.wait(
      profile.name, {.stop = {}, .budget = std::chrono::seconds(request.timeout) + kPatience});
  return told(console, ground, profile.name, ended);
}

bool wait_for_login(const Console& console, Ground& ground, const std::string& name) {
  Logins& logins = ground.connections.logins();
  if (logins.status(name).stage != LoginStage::pending) return false;
  const LoginStatus ended =
      logins.wait(name, {.stop = {}, .budget = std::chrono::seconds(kLongestWait)});
  demand_done(name, ended);
  console.say(ended.account + " is signed in with profile " + name + ".");
  return true;
}

int logout_profile(const Console& console, Ground& ground, const std::string& name) {
  const auto [profile, secret] = profile_and_secret(ground, name);
  if (profile.method == AuthMethod::basic || profile.method == AuthMethod::pat) {
    throw Error(
        ErrorKind::bad_input,
        name + " signs in with " + std::string(to_string(profile.method)) +
            ", which knows no logout.",
        "dhis2-mcp profile remove " + name + " forgets its secret" +
            (profile.method == AuthMethod::pat ? "; dhis2-mcp pat revoke withdraws the token."
                                               : "."));
  }
  const std::vector<std::string> others = sharing_tokens(ground, profile);
  const Logout done = log_out(profile, secret, ground.connections.store(), patience());
  if (!done.had_tokens) {
    console.answer("Nobody is signed in with profile " + name + ".");
    return kDone;
  }
  std::string text = "Forgot the sign-in of " + profile.user + " at " + profile.url + "; profile " +
                     name + " stays.\n";
  for (const std::string& other : others) {
    text += "Profile " + other + " shared it and needs a login too.\n";
  }
  text += done.revoked ? "The server took its refresh token back."
                       : "The server was not told, for it has no way to take tokens back or was "
                         "not reached.";
  if (done.until > std::chrono::system_clock::now()) {
    text += " The access token itself works until " + utc_text(done.until) + ".";
  }
  console.answer(text);
  return kDone;
}

int verify_profile(const Console& console, Ground& ground, const std::string& name, bool json) {
  const auto [profile, secret] = profile_and_secret(ground, name);
  LookInto into;
  into.store = &ground.connections.store();
  const Diagnosis seen =
      diagnose(profile, secret, patience(), std::chrono::system_clock::now(), into);
  console.answer(json ? to_text(diagnosis_json(seen)) : diagnosis_text(seen));
  return seen.good() ? kDone : exit_code_of_call(*seen.failure);
}

int doctor(const Console& console, Ground& ground, const std::string& name,
           const std::string& message, bool json) {
  const std::string meaning = message.empty() ? std::string() : explain_pasted(message);
  if (!message.empty() && name.empty()) {
    if (meaning.empty()) {
      throw Error(ErrorKind::not_found, "This message is not known here.",
                  "Run dhis2-mcp doctor NAME to look at a profile step by step.");
    }
    console.answer(json ? to_text({{"meaning", meaning}}) : meaning);
    return kDone;
  }
  const auto [profile, secret] = profile_and_secret(ground, name);
  LookInto into;
  into.store = &ground.connections.store();
  into.places = &ground.places;
  const Diagnosis seen =
      diagnose(profile, secret, patience(), std::chrono::system_clock::now(), into);
  Json shown = diagnosis_json(seen);
  if (!meaning.empty()) shown["meaning"] = meaning;
  console.answer(json ? to_text(shown)
                      : diagnosis_text(seen) + (meaning.empty() ? "" : "Message: " + meaning));
  return seen.good() ? kDone : exit_code_of_call(*seen.failure);
}

}  // namespace dhis2mcp
