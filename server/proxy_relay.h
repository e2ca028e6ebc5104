// SPDX-License-Identifier: BSD-3-Clause
// One answer of DHIS2 on its way to one client, piece by piece.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "auth/connections.h"
#include "server/proxy_answer.h"
#include "server/proxy_gate.h"

namespace dhis2mcp {

// What is written to, and how. The descriptor is a copy of the socket's, which the relay closes at
// its end: the socket itself may be gone, and its number another file's, before that.
struct ProxyWire {
  int descriptor = -1;
  bool keep_alive = true;
  bool chunks = true;                         // the client knows chunks (HTTP/1.1)
  std::chrono::milliseconds write{30'000};    // without a byte taken, after which it is let go
  std::chrono::milliseconds budget{600'000};  // for all of it
};

// Runs on a thread of the pool, for the client of DHIS2 waits for its socket. While it runs nobody
// else writes to the connection. A piece is written before the next one is read, so a reader that
// is slow slows its own download and nothing piles up here.
//
// What the profile's `pii` means here: this is a raw pipe. It looks into no answer, so it cannot
// mask the attributes of persons as the tools do. With `pii: mask`, the default, every path whose
// answers may hold them is refused as a whole, before DHIS2 is asked: tracker, events and
// enrollments (old and new), relationships, audits, line lists and event counts of analytics, and
// beyond what the tools mask, files (a photo of a person is one), messages to persons and potential
// duplicates. With `pii: allow` they pass as they are, to every listed origin.
class ProxyRelay {
 public:
  ProxyRelay(ProxyCall call, ProxyWire wire) : call_(std::move(call)), wire_(wire) {}
  ~ProxyRelay();
  ProxyRelay(const ProxyRelay&) = delete;
  ProxyRelay& operator=(const ProxyRelay&) = delete;

  // Asks DHIS2 and writes the answer, or a message about why there is none. Never throws.
  void run(Connections& connections);

  // The client went away, or its time is up: ends run() within milliseconds. From any thread.
  void stop();

  // After run(): whether the answer left whole, and the connection can be used on.
  bool whole() const { return whole_; }
  bool keep_alive() const { return wire_.keep_alive; }

 private:
  void ask(SignedClient& client);
  void begin(int status, const Headers& headers);
  bool piece(std::string_view text);
  void finish();
  void answer(const Profile& profile, const Response& response);
  void fail(const Error& error);
  void say(int status, std::string_view sentence);
  bool send(std::initializer_list<std::string_view> parts);
  bool wait_for_room() const;

  const ProxyCall call_;
  ProxyWire wire_;
  std::stop_source stop_;
  Framing framing_ = Framing::none;
  std::string head_;  // of an answer that has begun; sent along with its first piece
  int status_ = 0;
  std::uint64_t bytes_ = 0;  // of the body
  bool sent_ = false, lost_ = false;
  std::atomic<bool> whole_ = false;
};

// Whether the answers of this path hold persons, and cannot pass a profile that masks them.
bool needs_masking(std::string_view path);

}  // namespace dhis2mcp
