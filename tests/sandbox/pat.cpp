// SPDX-License-Identifier: BSD-3-Clause
// Makes and checks personal access tokens.
#include "tests/sandbox/pat.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdio>

#include <zlib.h>

namespace sandbox {
namespace {

constexpr std::string_view kDigits =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

unsigned long checksum(std::string_view body, size_t zeros) {
  const std::string bytes = std::string(body) + std::string(zeros, '\0');
  return crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size()));
}

std::string padded(std::string text, size_t length, char with) {
  return std::string(length > text.size() ? length - text.size() : 0, with) + text;
}

bool listed(const Json& attribute, const char* name, const std::string& value) {
  const auto it = attribute.find(name);
  return it != attribute.end() &&
         std::any_of(it->begin(), it->end(), [&](const Json& item) { return item == value; });
}

}  // namespace

std::string v1_token(std::string_view body, int major) {
  const unsigned long sum = checksum(body, major >= 41 ? 3 : 0);
  return "d2pat_" + std::string(body) + padded(std::to_string(sum), 10, '0');
}

std::string v2_token(std::string_view body) {
  std::string digits;
  for (unsigned long rest = checksum(body, 4); rest > 0; rest /= 62) {
    digits.insert(digits.begin(), kDigits[rest % 62]);
  }
  return "d2p_" + std::string(body) + padded(digits, 6, '0');
}

bool good_checksum(std::string_view token, int major) {
  if (token.starts_with("d2pat_") && token.size() == 48) {
    return v1_token(token.substr(6, 32), major) == token;
  }
  if (major >= 41 && token.starts_with("d2p_") && token.size() == 54) {
    return v2_token(token.substr(4, 44)) == token;
  }
  return false;
}

std::optional<std::string> token_of(std::string_view authorization) {
  static constexpr std::string_view kScheme = "apitoken";
  std::string scheme(authorization.substr(0, kScheme.size()));
  std::transform(scheme.begin(), scheme.end(), scheme.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (scheme != kScheme) return std::nullopt;
  std::string_view rest = authorization.substr(kScheme.size());
  if (!rest.starts_with(' ')) return "";
  rest.remove_prefix(1);
  const bool clean = std::all_of(rest.begin(), rest.end(), [](unsigned char c) {
    return std::isalnum(c) ||
           std::string_view("-._~+/=").find(static_cast<char>(c)) != std::string_view::npos;
  });
  return clean ? std::string(rest) : "";
}

std::string refusal_of(const Pat& pat, const Request& request) {
  for (const Json& attribute : pat.attributes) {
    const std::string type = attribute.value("type", "");
    if (type == "IpAllowedList") {
      // DHIS2 compares the header as it is: a chain of proxies never matches (2.40-2.43).
      const std::string forwarded = request.header("X-Forwarded-For");
      if (!listed(attribute, "allowedIps", forwarded.empty() ? request.remote : forwarded)) {
        return "Failed to authenticate API token, request ip address is not allowed.";
      }
    } else if (type == "MethodAllowedList") {
      if (!listed(attribute, "allowedMethods", request.method)) {
        return "Failed to authenticate API token, request http method is not allowed.";
      }
    } else if (type == "RefererAllowedList") {
      if (!listed(attribute, "allowedReferrers", request.header("Referer"))) {
        return "Failed to authenticate API token, request http referrer is missing or not allowed.";
      }
    }
  }
  return "";
}

std::vector<Pat> practice_pats(const Settings& settings) {
  struct Row {
    const char* label;
    const char* owner;
    bool expired;
    const char* rules;
  };
  static constexpr Row kRows[] = {
      {"admin", "admin", false, "[]"},
      {"analyste", "analyste", false, "[]"},
      {"saisie", "saisie.dombea", false, "[]"},
      {"expired", "admin", true, "[]"},
      {"getonly", "admin", false, R"([{"type":"MethodAllowedList","allowedMethods":["GET"]}])"},
      {"otherip", "admin", false, R"([{"type":"IpAllowedList","allowedIps":["10.1.2.3"]}])"},
      {"referer", "admin", false,
       R"([{"type":"RefererAllowedList","allowedReferrers":["https://app.example.org"]}])"},
      {"deuxfa", "deuxfa", false, "[]"},
      {"desactive", "desactive", false, "[]"},
  };
  const long long now = milliseconds_of(settings.clock);
  std::vector<Pat> pats;
  for (const Row& row : kRows) {
    Pat pat;
    pat.owner = row.owner;
    pat.created = pat.updated = settings.clock + ".000";
    pat.expire = row.expired ? now - 1 : now + 30LL * 86400000;
    pat.attributes = Json::parse(row.rules);
    std::string body = "practice" + std::string(row.label);
    body.resize(32, '0');
    pat.key = v1_token(body, settings.major);
    pat.uid = uid_of(pat.key);
    pats.push_back(pat);
    if (settings.major < 41) continue;
    body.resize(44, '0');
    pat.key = v2_token(body);
    pat.uid = uid_of(pat.key);
    pats.push_back(pat);
  }
  return pats;
}

long long milliseconds_of(std::string_view iso) {
  int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0;
  std::sscanf(std::string(iso).c_str(), "%d-%d-%dT%d:%d:%d", &year, &month, &day, &hour, &minute,
              &second);
  const std::chrono::sys_days days = std::chrono::year{year} /
                                     std::chrono::month{static_cast<unsigned>(month)} /
                                     std::chrono::day{static_cast<unsigned>(day)};
  const long long seconds = days.time_since_epoch().count() * 86400LL + hour * 3600 + minute * 60;
  return (seconds + second) * 1000;
}

}  // namespace sandbox
