// SPDX-License-Identifier: BSD-3-Clause
// All recordings of one server, and which of them answers a request.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/replay/recording.h"

namespace replay {

// What of a request decides about its answer.
struct Asked {
  std::string method;
  std::string target;         // raw, below the context path: "/api/me?fields=id"
  std::string authorization;  // as sent, empty when not signed
  std::string accept;
  bool has_cookie = false;  // a session cookie stands for the user who signed in
};

struct Answer {
  int status = 404;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  // How it was found, sent as `X-Replay`: "exact"; "cut" (the recorder kept only the start of the
  // body); "other-user", "other-accept" (recorded for another caller or another Accept);
  // "other-query" (a sign-in path asked with other fields); "synthetic" (a sign-in path that no
  // file holds, answered in its smallest form); "no-recording".
  std::string how = "no-recording";
  std::string nearest;  // the recorded target most like the one that missed
};

// Answers a request that was recorded several times in the recorded order; the last one repeats.
// Safe to use from several threads.
class Tape {
 public:
  explicit Tape(std::vector<Recording> recordings);

  std::size_t size() const { return recordings_.size(); }

  // The origin that the recorded server gave itself in its Location headers, such as
  // "http://127.0.0.1:8043"; empty when no header names one.
  const std::string& recorded_origin() const { return recorded_origin_; }

  Answer answer(const Asked& asked);

 private:
  std::optional<Answer> from_recordings(const Asked& asked, const Target& target);
  std::optional<Answer> for_sign_in(const Asked& asked, const Target& target) const;
  // What a sign-in path answers at least, when no file holds it.
  Answer least_answer(const Asked& asked, const std::string& path) const;
  std::string nearest(const std::string& method, const Target& target) const;

  std::vector<Recording> recordings_;
  std::map<std::string, std::vector<std::size_t>> by_key_;
  std::string recorded_origin_;
  std::string version_;  // the one most recordings carry
  std::mutex mutex_;
  std::map<std::vector<std::size_t>, std::size_t> turns_;  // answers given, by group of candidates
};

}  // namespace replay
