// SPDX-License-Identifier: BSD-3-Clause
// Opens and closes sessions.
#include "tests/sandbox/sessions.h"

#include <cstdio>
#include <ctime>

#include "tests/sandbox/jose.h"

namespace sandbox {

std::string Sessions::open(const std::string& user, bool listed) {
  std::string id;
  for (const unsigned char byte : random_bytes(16)) {
    char hex[3];
    std::snprintf(hex, sizeof hex, "%02X", byte);
    id += hex;
  }
  const std::lock_guard lock(mutex_);
  sessions_[id] = {user, "", listed};
  return id;
}

bool Sessions::known(const std::string& id) {
  const std::lock_guard lock(mutex_);
  return sessions_.count(id) > 0;
}

std::string Sessions::user_of(const Request& request) {
  const std::string id = cookie_of(request, "JSESSIONID");
  const std::lock_guard lock(mutex_);
  const auto it = sessions_.find(id);
  return it == sessions_.end() ? "" : it->second.user;
}

void Sessions::close(const std::string& id) {
  const std::lock_guard lock(mutex_);
  sessions_.erase(id);
}

void Sessions::close_all() {
  const std::lock_guard lock(mutex_);
  sessions_.clear();
}

std::map<std::string, std::string> Sessions::listed() {
  const std::lock_guard lock(mutex_);
  std::map<std::string, std::string> users;
  for (const auto& [id, session] : sessions_) {
    if (session.listed) users[id] = session.user;
  }
  return users;
}

void Sessions::remember(const std::string& id, const std::string& address) {
  const std::lock_guard lock(mutex_);
  const auto it = sessions_.find(id);
  if (it != sessions_.end()) it->second.address = address;
}

std::string Sessions::remembered(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto it = sessions_.find(id);
  return it == sessions_.end() ? "" : it->second.address;
}

std::string Sessions::cookie(const std::string& id) const {
  const std::string path = settings_.context.empty() ? "/" : settings_.context;
  return "JSESSIONID=" + id + "; Path=" + path + "; HttpOnly" +
         (settings_.major >= 42 ? "; SameSite=Lax" : "");
}

std::string Sessions::expiry_cookie() const {
  constexpr int kSeconds = 3600;
  const std::time_t now = std::time(nullptr), end = now + kSeconds;
  std::tm parts{};
  gmtime_r(&end, &parts);
  char date[40];
  std::strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return "SESSION_EXPIRE=server_time=" + std::to_string(now) +
         "&expiry_time=" + std::to_string(end) + "; Path=/; Max-Age=3600; Expires=" + date +
         "; SameSite=Lax";
}

}  // namespace sandbox
