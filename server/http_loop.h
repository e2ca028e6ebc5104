// SPDX-License-Identifier: BSD-3-Clause
// The listener of an HTTP server of ours, the timers around its connections, and how it ends.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <string>

#include "server/http_options.h"

namespace boost::asio {
class io_context;
}

namespace dhis2mcp {

class HttpConnection;

// One event loop, no thread for a connection. Everything but stop() is used on the thread of run().
// Held by a shared pointer: what was begun for a connection may end after the server has.
class HttpLoop : public std::enable_shared_from_this<HttpLoop> {
 public:
  using Peers = std::list<std::shared_ptr<HttpConnection>>;

  // Binds and listens. Throws PortTaken; bad_input for an address that is not one of this machine,
  // or that stands for all of them.
  explicit HttpLoop(HttpOptions given);
  virtual ~HttpLoop();
  HttpLoop(const HttpLoop&) = delete;
  HttpLoop& operator=(const HttpLoop&) = delete;

  std::uint16_t port() const;
  std::string address() const;  // where it listens, as numbers

  // Serves until told to end, and then until the calls in flight ended or their time is up.
  void run();
  void stop();  // from any thread

  // Before the last pointer goes, for handlers that wait own their connections.
  void close_all();

  void forget(Peers::iterator connection);

  const HttpOptions options;
  bool stopping = false;

 protected:
  // Takes over the descriptor of a socket that was accepted, of this address family.
  virtual std::shared_ptr<HttpConnection> connection(boost::asio::io_context& context,
                                                     int descriptor, bool v6) = 0;
  virtual void end_streams() {}  // told to end: what waits for news need not wait any more
  virtual void stop_calls() {}   // the grace is over

 private:
  struct Machinery;
  void begin_stop();
  void accept();
  void make_room();
  void sweep();
  void end_if_done();

  std::unique_ptr<Machinery> at_;
};

class HttpConnection {
 public:
  using Clock = std::chrono::steady_clock;

  virtual ~HttpConnection() = default;
  virtual void start(HttpLoop::Peers::iterator self) = 0;

  // Between two requests; or with one that is not whole yet; and until when it may stay as it is.
  virtual bool idle() const = 0;
  virtual bool asks_nothing_yet() const = 0;  // true between two requests as well
  virtual Clock::time_point deadline() const = 0;

  // What happens at that moment: it is closed, or told why.
  virtual void expire() { close(); }

  // The call in flight is stopped, and still answers.
  virtual void stop_call() = 0;
  virtual void close() = 0;

  // Comes by with each sweep. Shows a client that waits, and whatever is between us, that this
  // connection lives: from time to time a comment, which also begins the stream of an answer that
  // takes long.
  virtual void beat(Clock::time_point) {}
};

}  // namespace dhis2mcp
