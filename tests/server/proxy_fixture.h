// SPDX-License-Identifier: BSD-3-Clause
// A proxy on a free port, with profiles of a DHIS2 and two origins that it serves.
#pragma once

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "auth/connections.h"
#include "server/proxy_origins.h"
#include "server/proxy_server.h"
#include "tests/server/peer.h"
#include "tests/support/temp_home.h"

namespace dhis2mcp::test {

inline const std::string kApp = "https://app.example.org", kOther = "http://localhost:5173";

class ProxyFixture {
 public:
  // The profile `demo` masks persons, `open` does not; both are at this URL.
  explicit ProxyFixture(const std::string& url, ProxyOptions options = {})
      : places_(Places::from_environment()), connections_(places_, {}, std::nullopt) {
    Profiles::edit(places_.profiles(), [&](Profiles& profiles) {
      for (const char* name : {"demo", "open"}) {
        Profile profile;
        profile.name = name;
        profile.url = url;
        profile.method = AuthMethod::pat;
        profile.pii_allowed = profile.name == "open";
        profiles.put(profile);
      }
    });
    for (const char* name : {"demo", "open"}) {
      connections_.store().put_secret(name, "pat", Secret("d2p_practice-token"));
    }
    tokens_ = origin_tokens(connections_.store(), {kApp, kOther}, {});
    server_ = std::make_unique<ProxyServer>(connections_, std::move(options));
    thread_ = std::thread([this] { server_->run(tokens_.all); });
  }
  ~ProxyFixture() { stop(); }
  ProxyFixture(const ProxyFixture&) = delete;
  ProxyFixture& operator=(const ProxyFixture&) = delete;

  void stop() {
    if (!server_) return;
    server_->stop();
    if (thread_.joinable()) thread_.join();
    server_.reset();
  }

  std::uint16_t port() const { return server_->port(); }
  std::string host() const { return "Host: 127.0.0.1:" + std::to_string(port()) + "\r\n"; }

  std::string token(const std::string& origin = kApp) const {
    for (const auto& [of, token] : tokens_.made) {
      if (of == origin) return std::string(token.reveal());
    }
    return {};
  }

  // What the page of this origin sends with its token.
  std::string page(const std::string& origin = kApp) const {
    return "Origin: " + origin + "\r\nAuthorization: Bearer " + token(origin) + "\r\n";
  }

  std::string request(const std::string& method, const std::string& target,
                      const std::string& lines) const {
    return method + " " + target + " HTTP/1.1\r\n" + host() + lines + "\r\n";
  }
  std::string get(const std::string& target, const std::string& further = "") const {
    return request("GET", target, page() + further);
  }

 private:
  TempHome home_;
  Places places_;
  Connections connections_;
  OriginTokens tokens_;
  std::unique_ptr<ProxyServer> server_;
  std::thread thread_;
};

}  // namespace dhis2mcp::test
