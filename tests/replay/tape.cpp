// SPDX-License-Identifier: BSD-3-Clause
// All recordings of one server, and which of them answers a request.
#include "tests/replay/tape.h"

#include <strings.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "tests/replay/body.h"

namespace replay {
namespace {

using Json = nlohmann::ordered_json;

// Who a recording may stand in for, best first.
enum class Caller { same = 3, administrator = 2, another = 1, refused = 0 };

// "Basic <admin>" for a request signed by admin, "ApiToken" and "Bearer" for any token.
std::string caller_of(const Asked& asked) {
  const std::string& sent = asked.authorization;
  if (sent.empty()) return asked.has_cookie ? "Basic <admin>" : "";
  const std::string scheme = sent.substr(0, sent.find(' '));
  if (strcasecmp(scheme.c_str(), "Basic") != 0) return scheme;
  const auto pair = decode_base64(sent.substr(std::min(sent.size(), scheme.size() + 1)));
  return pair ? "Basic <" + pair->substr(0, pair->find(':')) + ">" : scheme;
}

bool starts_with(const std::string& text, const std::string& start) {
  return text.compare(0, start.size(), start) == 0;
}

Caller rank_caller(const std::string& caller, const Recording& recording) {
  if (!recording.knows_caller || recording.caller == caller) return Caller::same;
  if (caller.empty() || recording.caller.empty() || recording.status == 401) {
    return Caller::refused;
  }
  // One token is as good as another when the server took both.
  if (caller.find('<') == std::string::npos && starts_with(recording.caller, caller + " <") &&
      recording.status < 300) {
    return Caller::same;
  }
  if (recording.caller == "Basic <admin>") return Caller::administrator;
  return Caller::another;
}

// 2 the same Accept, 1 one that the same answer would satisfy, 0 another.
int rank_accept(const std::string& accept, const Recording& recording) {
  if (recording.accept == accept) return 2;
  const auto any = [](const std::string& value) {
    return value.empty() || value.find("application/json") != std::string::npos ||
           value.find("*/*") != std::string::npos;
  };
  return any(accept) && any(recording.accept) ? 1 : 0;
}

// Compared member by member: the first that differs decides.
struct Rank {
  bool same_method = false;
  bool same_version = false;
  Caller caller = Caller::refused;
  bool plain = false;
  int accept = 0;

  auto operator<=>(const Rank&) const = default;
};

bool may_answer(const std::string& asked, const Recording& recording) {
  return asked == recording.method || (asked == "HEAD" && recording.method == "GET");
}

Answer answer_with(const Recording& recording, std::string how) {
  Answer answer;
  answer.status = recording.status;
  answer.headers = recording.headers;
  answer.body = recording.body;
  answer.how = recording.cut ? "cut" : std::move(how);
  return answer;
}

Answer synthetic(int status, const std::string& type, std::string body) {
  Answer answer;
  answer.status = status;
  answer.headers.emplace_back("Content-Type", type);
  answer.body = std::move(body);
  answer.how = "synthetic";
  return answer;
}

// "http://127.0.0.1:8043" out of a Location, empty for a relative one.
std::string origin_of(const std::string& location) {
  const std::size_t scheme = location.find("://");
  if (scheme == std::string::npos) return {};
  return location.substr(0, location.find_first_of("/?#", scheme + 3));
}

template <typename Counts>
std::string most_frequent(const Counts& counts) {
  const auto most =
      std::max_element(counts.begin(), counts.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == counts.end() ? std::string() : most->first;
}

// 40 for "2.40.12" and "2.40-SNAPSHOT"; 0 when it cannot be read.
int major_of(const std::string& version) {
  return starts_with(version, "2.") ? std::atoi(version.c_str() + 2) : 0;
}

}  // namespace

Tape::Tape(std::vector<Recording> recordings) : recordings_(std::move(recordings)) {
  std::map<std::string, int> origins;
  std::map<std::string, int> versions;
  for (std::size_t i = 0; i < recordings_.size(); ++i) {
    const Recording& recording = recordings_[i];
    by_key_[key_of(recording.target)].push_back(i);
    if (!recording.version.empty()) ++versions[recording.version];
    for (const auto& [name, value] : recording.headers) {
      const std::string origin = strcasecmp(name.c_str(), "Location") == 0 ? origin_of(value) : "";
      if (!origin.empty()) ++origins[origin];
    }
  }
  recorded_origin_ = most_frequent(origins);
  version_ = most_frequent(versions);
}

Answer Tape::answer(const Asked& asked) {
  const Target target = read_target(asked.target);
  if (auto found = from_recordings(asked, target)) return *found;
  if (auto found = for_sign_in(asked, target)) return *found;
  Answer miss;
  miss.nearest = nearest(asked.method, target);
  const Json body = {{"httpStatus", "Not Found"},
                     {"httpStatusCode", 404},
                     {"status", "ERROR"},
                     {"message", "No recording of " + asked.method + " " + asked.target},
                     {"nearest", miss.nearest}};
  miss.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  miss.headers.emplace_back("Content-Type", "application/json;charset=UTF-8");
  return miss;
}

std::optional<Answer> Tape::from_recordings(const Asked& asked, const Target& target) {
  const auto found = by_key_.find(key_of(target));
  if (found == by_key_.end()) return std::nullopt;
  const std::string caller = caller_of(asked);
  Rank best;
  std::vector<std::size_t> group;
  for (const std::size_t index : found->second) {
    const Recording& recording = recordings_[index];
    if (!may_answer(asked.method, recording)) continue;
    const Rank rank{
        asked.method == recording.method, recording.target.api_version == target.api_version,
        rank_caller(caller, recording), recording.plain, rank_accept(asked.accept, recording)};
    if (group.empty() || rank > best) {
      best = rank;
      group.clear();
    }
    if (rank == best) group.push_back(index);
  }
  if (group.empty()) return std::nullopt;
  std::size_t turn = 0;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    turn = turns_[group]++;
  }
  std::string how = "exact";
  if (best.accept == 0) how = "other-accept";
  if (best.caller != Caller::same) how = "other-user";
  return answer_with(recordings_[group[std::min(turn, group.size() - 1)]], how);
}

std::optional<Answer> Tape::for_sign_in(const Asked& asked, const Target& target) const {
  const std::string& path = target.path;
  const bool sign_in = path == "/api/me" || path == "/api/system/info" ||
                       path == "/api/loginConfig" || path == "/api/ping";
  if (!sign_in || (asked.method != "GET" && asked.method != "HEAD")) return std::nullopt;

  // The fullest answer to the same path, whatever its fields, that tells what a sign-in needs.
  const std::string needed = path == "/api/me"            ? "\"username\""
                             : path == "/api/system/info" ? "\"version\""
                                                          : "";
  const Recording* fullest = nullptr;
  for (const Recording& recording : recordings_) {
    const bool usable = recording.method == "GET" && recording.status == 200 && !recording.cut &&
                        recording.target.path == path && !recording.body.empty() &&
                        (path == "/api/ping" || recording.body.front() == '{') &&
                        recording.body.find(needed) != std::string::npos &&
                        rank_caller(caller_of(asked), recording) > Caller::another;
    if (usable && (fullest == nullptr || recording.body.size() > fullest->body.size())) {
      fullest = &recording;
    }
  }
  return fullest != nullptr ? answer_with(*fullest, "other-query") : least_answer(asked, path);
}

Answer Tape::least_answer(const Asked& asked, const std::string& path) const {
  const std::string json = "application/json;charset=UTF-8";
  if (path == "/api/ping") return synthetic(200, "text/plain;charset=UTF-8", "pong");
  if (path == "/api/loginConfig") {
    // Unknown before 2.41: a server then sends whoever is not signed in to its login page.
    const int major = major_of(version_);
    if (major == 0 || major >= 41) {
      return synthetic(200, json, Json{{"apiVersion", version_}}.dump());
    }
    if (!asked.authorization.empty()) return synthetic(404, json, R"({"httpStatusCode":404})");
    Answer redirect = synthetic(302, "text/html", "");
    redirect.headers.emplace_back("Location", "/dhis-web-commons/security/login.action");
    return redirect;
  }
  const std::string caller = caller_of(asked);
  if (caller.empty()) return synthetic(401, json, R"({"httpStatusCode":401,"status":"ERROR"})");
  if (path == "/api/system/info") {
    return synthetic(200, json, Json{{"version", version_}, {"calendar", "iso8601"}}.dump());
  }
  const std::size_t mark = caller.find('<');
  const std::string user =
      mark == std::string::npos ? "admin" : caller.substr(mark + 1, caller.size() - mark - 2);
  return synthetic(200, json, Json{{"username", user}, {"displayName", user}}.dump());
}

std::string Tape::nearest(const std::string& method, const Target& target) const {
  const Recording* best = nullptr;
  int best_score = 0;
  for (const Recording& recording : recordings_) {
    const int score = likeness(target, recording.target) + (may_answer(method, recording) ? 5 : 0);
    if (best == nullptr || score > best_score) {
      best = &recording;
      best_score = score;
    }
  }
  return best == nullptr ? std::string() : best->method + " " + best->sent;
}

}  // namespace replay
