// SPDX-License-Identifier: BSD-3-Clause
// Asks a practice country in the same process, as its server would.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "tests/sandbox/wire.h"

namespace sandbox {

// One plain country for each release, made when first asked for and kept: tests only read.
inline const Country& country_of(int major) {
  static std::map<int, std::unique_ptr<Country>> countries;
  auto& country = countries[major];
  if (country == nullptr) {
    Settings settings;
    settings.major = major;
    country = std::make_unique<Country>(settings);
  }
  return *country;
}

// "/analytics.csv?dimension=dx:a&..." as a request; values are taken as they stand.
inline Request request_for(const Country& country, const std::string& target,
                           const std::string& user = "admin") {
  Request request;
  request.method = "GET";
  const size_t mark = target.find('?');
  request.path = target.substr(0, mark);
  if (const size_t dot = request.path.find('.'); dot != std::string::npos) {
    request.extension = request.path.substr(dot + 1);
    request.path.resize(dot);
  }
  std::string rest = mark == std::string::npos ? "" : target.substr(mark + 1);
  while (!rest.empty()) {
    const std::string pair = rest.substr(0, rest.find('&'));
    rest.erase(0, pair.size() + 1);
    const size_t equals = pair.find('=');
    request.params.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
  }
  request.user = country.user(user);
  return request;
}

// The whole body, streamed or not.
inline std::string body_of(const Reply& reply) {
  std::string body = reply.body;
  if (reply.stream) {
    reply.stream([&](std::string_view piece) {
      body += piece;
      return true;
    });
  }
  return body;
}

}  // namespace sandbox
