// SPDX-License-Identifier: BSD-3-Clause
// Waits for a place, hands the socket to a relay, takes it back.
#include "server/proxy_connection.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/http_peer.h"
#include "server/proxy_answer.h"
#include "server/proxy_relay.h"

namespace dhis2mcp {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

class Connection final : public HttpPeer {
 public:
  Connection(const std::shared_ptr<ProxyLoop>& loop, asio::io_context& context, int descriptor,
             bool v6)
      : HttpPeer(loop, context, descriptor, v6), loop_(*loop), waiting_loop_(loop) {}

  // Nobody is served after the grace, so who waits for a place is let go with the others.
  void stop_call() override {
    if (relay_) relay_->stop();
  }
  void expire() override;

 private:
  bool admit(const HttpHead& head) override {
    call_ = loop_.gate->pass(head, Clock::now());
    return false;
  }
  void serve() override;
  std::string text_of(const HttpRefusal& refusal) const override { return proxy_message(refusal); }
  void abandon() override {
    if (relay_) relay_->stop();
  }

  bool waits(std::uint64_t turn) const { return turn_ == turn && state_ == State::answering; }
  void begin();
  void end(std::uint64_t turn);
  std::shared_ptr<Connection> self() {
    return std::static_pointer_cast<Connection>(shared_from_this());
  }

  ProxyLoop& loop_;
  const std::weak_ptr<ProxyLoop> waiting_loop_;
  ProxyCall call_;
  std::uint64_t turn_ = 0;  // counts the requests
  std::shared_ptr<ProxyRelay> relay_;
};

void Connection::serve() {
  if (call_.preflight) {
    const bool keep = keeps_alive();
    return write(preflight_answer(call_, keep), keep);
  }
  ++turn_;
  const std::weak_ptr<Connection> waiting = self();
  expect(loop_.proxy.line);
  const bool entered =
      loop_.shares->enter(call_.origin, {[waiting, turn = turn_] {
                                           const auto connection = waiting.lock();
                                           return connection && connection->waits(turn);
                                         },
                                         [waiting] { waiting.lock()->begin(); }});
  if (!entered) {
    throw HttpRefusal{429, "Too many requests of this origin wait already.",
                      "Retry-After: 1\r\n" + call_.cors};
  }
  if (waits(turn_)) watch();
}

void Connection::begin() {
  deadline_ = Clock::time_point::max();
  ProxyWire wire;
  wire.descriptor = fcntl(socket_.native_handle(), F_DUPFD_CLOEXEC, 0);
  wire.keep_alive = keeps_alive();
  wire.chunks = parser_->get().version() >= 11;
  wire.write = loop_.options.limits.write;
  wire.budget = loop_.proxy.budget;
  relay_ = std::make_shared<ProxyRelay>(call_, wire);
  const auto work = [connection = self(), relay = relay_, turn = turn_, origin = call_.origin] {
    relay->run(connection->loop_.profiles);
    // What waits in the loop must not own it.
    asio::post(connection->context_,
               [loop = connection->waiting_loop_, waiting = std::weak_ptr<Connection>(connection),
                turn, origin] {
                 if (const auto at = loop.lock()) at->shares->leave(origin);
                 if (const auto own = waiting.lock()) own->end(turn);
               });
  };
  loop_.pool->post(work, 0);
}

void Connection::end(std::uint64_t turn) {
  if (!waits(turn)) return;
  const std::shared_ptr<ProxyRelay> relay = std::move(relay_);
  error_code ignored;
  socket_.cancel(ignored);
  if (!relay->whole()) {
    // A reset, so that no client takes the half for the whole.
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    return close();
  }
  relay->keep_alive() && !loop_.stopping ? next() : linger();
}

// Waiting for a place took too long.
void Connection::expire() {
  if (state_ != State::answering) return close();
  error_code ignored;
  socket_.cancel(ignored);
  refuse({429, "Other requests of this origin took too long.", "Retry-After: 5\r\n" + call_.cors});
}

}  // namespace

std::shared_ptr<HttpConnection> ProxyLoop::connection(asio::io_context& context, int descriptor,
                                                      bool v6) {
  return std::make_shared<Connection>(std::static_pointer_cast<ProxyLoop>(shared_from_this()),
                                      context, descriptor, v6);
}

}  // namespace dhis2mcp
