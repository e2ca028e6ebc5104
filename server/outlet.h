// SPDX-License-Identifier: BSD-3-Clause
// The way back to whoever sent a message.
#pragma once

#include <string>

namespace dhis2mcp {

// A message before the reply. Over HTTP it opens an event stream.
struct Event {
  std::string text;  // one JSON-RPC message; empty: only the id, by which a client can come back
  std::string id;    // of a stream that can be resumed; empty otherwise
  int retry_ms = 0;  // how long a client waits before it comes back; 0: not said
};

struct Reply {
  std::string text;        // one JSON-RPC message or a batch of them; empty: nothing to say
  int http = 200;          // 202 where there is nothing to say
  std::string session;     // Mcp-Session-Id of a session that was opened by this message
  std::string event_id{};  // as in Event, where the reply ends a stream
};

// One for each message received. Implementations may be called from any thread.
class Outlet {
 public:
  virtual ~Outlet() = default;

  // Whether messages before the reply get through; over HTTP the client must take event streams.
  virtual bool speaks() const { return false; }
  virtual void say(Event) {}  // NOLINT(performance-unnecessary-value-param): others keep it

  // Ends the stream and leaves the reply out: the client will come back for it. Nothing may follow.
  virtual void part() {}

  // False once the client is known to be gone.
  virtual bool open() const { return true; }

  // Called exactly once, also for what needs no answer, so that an HTTP request can be completed.
  virtual void send(Reply reply) = 0;
};

}  // namespace dhis2mcp
