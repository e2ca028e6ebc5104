// SPDX-License-Identifier: BSD-3-Clause
// Masks and what stands behind them.
#include "tests/sandbox/comparison/credentials.h"

#include <algorithm>

#include "tests/sandbox/country_build.h"
#include "tests/sandbox/pat.h"

namespace comparison {
namespace {

// Masks of one credential that is wrong in a way of its own.
const std::map<std::string, std::string>& odd_basics() {
  static const std::map<std::string, std::string> kOdd = {
      {"unknown", "Basic " + base64_encoded("nobody:Nothing-1")},
      {"not base64", "Basic %%%"},
      {"no colon", "Basic " + base64_encoded("admindistrict")},
      {"empty", "Basic"},
      {"empty with space", "Basic "},
      {"empty password", "Basic " + base64_encoded("admin:")},
      {"lower case scheme", "basic " + base64_encoded("admin:district")},
      {"latin1 user", "Basic " + base64_encoded("Andr\xe9:district")},
      {"ADMIN upper", "Basic " + base64_encoded("ADMIN:district")},
  };
  return kOdd;
}

// The practice tokens by what the recording calls them.
const std::map<std::string, std::string>& token_labels() {
  static const std::map<std::string, std::string> kLabels = {
      {"valid", "admin"},
      {"of analyste", "analyste"},
      {"GET only", "getonly"},
      {"other ip", "otherip"},
      {"expired", "expired"},
      {"of a 2FA user", "deuxfa"},
      {"owner disabled", "desactive"},
  };
  return kLabels;
}

// "JSESSIONID=ABC; Path=/" or "other=1; JSESSIONID=ABC".
std::string session_in(std::string_view cookies) {
  const size_t at = cookies.find("JSESSIONID=");
  if (at == std::string_view::npos) return "";
  cookies.remove_prefix(at + 11);
  return std::string(cookies.substr(0, cookies.find(';')));
}

std::string session_set_by(const Message& answer) {
  for (const auto& [name, value] : answer.headers) {
    if (name != "Set-Cookie") continue;
    const std::string session = session_in(value);
    if (!session.empty()) return session;
  }
  return "";
}

}  // namespace

Credentials::Credentials(int major) : major_(major) {}

std::string Credentials::basic(const std::string& mask) const {
  const auto odd = odd_basics().find(mask);
  if (odd != odd_basics().end()) return odd->second;
  const size_t blank = mask.find(" wrong");
  const std::string user = mask.substr(0, blank);
  const std::string password =
      blank == std::string::npos ? sandbox::password_of(user) : "Wrong-Passw0rd";
  return "Basic " + base64_encoded(user + ":" + password);
}

std::string Credentials::token(const std::string& mask) const {
  const auto label = token_labels().find(mask);
  if (label == token_labels().end()) return "ApiToken <" + mask + ">";
  sandbox::Settings settings;
  settings.major = major_;
  for (const sandbox::Pat& pat : sandbox::practice_pats(settings)) {
    if (pat.key.find("practice" + label->second + "0") != std::string::npos) {
      return "ApiToken " + pat.key;
    }
  }
  return "ApiToken <" + mask + ">";
}

std::string Credentials::put_back(std::string_view name, const std::string& value) const {
  if (name == "Cookie") {
    const std::string session = session_in(value);
    const auto own = sessions_.find(session);
    if (own == sessions_.end()) return value;
    std::string cookies = value;
    return cookies.replace(cookies.find(session), session.size(), own->second);
  }
  const size_t open = value.find('<');
  if (name != "Authorization" || open == std::string::npos || value.back() != '>') return value;
  const std::string mask = value.substr(open + 1, value.size() - open - 2);
  if (value.starts_with("ApiToken ")) return token(mask);
  if (value.starts_with("Basic ") || value.starts_with("basic ")) return basic(mask);
  return value;
}

void Credentials::learn(const Exchange& recorded, const Message& answer) {
  const std::string theirs = session_set_by(recorded.answer), own = session_set_by(answer);
  if (!theirs.empty() && !own.empty()) sessions_[theirs] = own;
}

}  // namespace comparison
