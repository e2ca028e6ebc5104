// SPDX-License-Identifier: BSD-3-Clause
// Asio's acceptor and timers.
#include "server/http_loop.h"

#include <fcntl.h>
#include <unistd.h>

#include <boost/asio.hpp>

namespace dhis2mcp {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;
using Clock = HttpConnection::Clock;

tcp::endpoint endpoint_of(const HttpOptions& options) {
  error_code bad;
  const std::string bind = options.bind == "localhost" ? "127.0.0.1" : options.bind;
  const asio::ip::address address = asio::ip::make_address(bind, bad);
  if (bad || address.is_unspecified()) {
    throw Error(ErrorKind::bad_input, "Cannot listen on " + options.bind + ".",
                "Give --bind one address of this machine, such as 127.0.0.1.");
  }
  return {address, options.port};
}

// SO_REUSEADDR lets a restart bind beside connections that are still closing; unlike SO_REUSEPORT
// it never lets two listeners share a port (Linux).
void listen_at(const HttpOptions& options, tcp::acceptor& acceptor) {
  const tcp::endpoint endpoint = endpoint_of(options);
  error_code failed;
  acceptor.open(endpoint.protocol(), failed);
  if (!failed) acceptor.set_option(tcp::acceptor::reuse_address(true), failed);
  if (!failed) acceptor.bind(endpoint, failed);
  if (!failed) acceptor.listen(1024, failed);
  if (!failed) return;
  const std::string where = options.bind + " port " + std::to_string(options.port);
  if (failed == asio::error::address_in_use) {
    throw PortTaken(ErrorKind::refused, "Another program listens on " + where + " already.",
                    "Stop it, or choose another port: dhis2-mcp " + options.command + " --port 0");
  }
  throw Error(ErrorKind::bad_input, "Cannot listen on " + where + ": " + failed.message() + ".",
              "Give --bind one address of this machine, and --port one that you may use.");
}

}  // namespace

struct HttpLoop::Machinery {
  asio::io_context context{1};
  tcp::acceptor acceptor{context};
  asio::steady_timer sweep_timer{context}, end_timer{context}, retry_timer{context};
  asio::posix::stream_descriptor stop_descriptor{context};
  bool sweeping = false;
  Peers connections;
};

HttpLoop::HttpLoop(HttpOptions given)
    : options(std::move(given)), at_(std::make_unique<Machinery>()) {
  listen_at(options, at_->acceptor);
  if (options.stop >= 0) at_->stop_descriptor.assign(fcntl(options.stop, F_DUPFD_CLOEXEC, 0));
}

HttpLoop::~HttpLoop() = default;

std::uint16_t HttpLoop::port() const { return at_->acceptor.local_endpoint().port(); }

std::string HttpLoop::address() const {
  return at_->acceptor.local_endpoint().address().to_string();
}

void HttpLoop::run() {
  if (at_->stop_descriptor.is_open()) {
    at_->stop_descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                                    [this](error_code failed) {
                                      if (!failed) begin_stop();
                                    });
  }
  accept();
  at_->context.run();
}

void HttpLoop::stop() {
  asio::post(at_->context, [this] { begin_stop(); });
}

void HttpLoop::accept() {
  at_->acceptor.async_accept([this](error_code failed, tcp::socket socket) {
    if (stopping) return;
    if (failed == asio::error::operation_aborted) return;
    if (failed) {  // out of descriptors: wait for one
      make_room();
      at_->retry_timer.expires_after(std::chrono::milliseconds(100));
      at_->retry_timer.async_wait([this](error_code cancelled) {
        if (!cancelled && !stopping) accept();
      });
      return;
    }
    if (at_->connections.size() >= options.limits.connections) make_room();
    if (at_->connections.size() < options.limits.connections) {
      error_code ignored;
      socket.set_option(tcp::no_delay(true), ignored);
      const bool v6 = at_->acceptor.local_endpoint(ignored).address().is_v6();
      const auto place = at_->connections.insert(at_->connections.end(),
                                                 connection(at_->context, socket.release(), v6));
      (*place)->start(place);
      sweep();
    }
    accept();
  });
}

void HttpLoop::make_room() {
  std::shared_ptr<HttpConnection> nearest_end;
  for (const auto& each : at_->connections) {
    if (!each->asks_nothing_yet()) continue;
    if (!nearest_end || each->deadline() < nearest_end->deadline()) nearest_end = each;
  }
  if (nearest_end) nearest_end->close();
}

void HttpLoop::sweep() {
  if (at_->sweeping || at_->connections.empty()) return;
  at_->sweeping = true;
  at_->sweep_timer.expires_after(options.limits.sweep);
  at_->sweep_timer.async_wait([this](error_code cancelled) {
    at_->sweeping = false;
    if (cancelled) return;
    const Clock::time_point now = Clock::now();
    for (auto each = at_->connections.begin(); each != at_->connections.end();) {
      const std::shared_ptr<HttpConnection> connection = *each++;
      if (connection->deadline() <= now) connection->expire();
      connection->beat(now);
    }
    sweep();
  });
}

void HttpLoop::forget(Peers::iterator connection) {
  at_->connections.erase(connection);
  if (stopping) end_if_done();
}

void HttpLoop::begin_stop() {
  if (stopping) return;
  stopping = true;
  error_code ignored;
  at_->acceptor.close(ignored);
  end_streams();
  for (auto each = at_->connections.begin(); each != at_->connections.end();) {
    const std::shared_ptr<HttpConnection> connection = *each++;
    if (connection->idle()) connection->close();
  }
  at_->end_timer.expires_after(options.limits.grace);
  at_->end_timer.async_wait([this](error_code cancelled) {
    if (cancelled) return;
    for (const auto& connection : at_->connections) connection->stop_call();
    stop_calls();
    at_->end_timer.expires_after(options.limits.stopping);
    at_->end_timer.async_wait([this](error_code) { at_->context.stop(); });
  });
  end_if_done();
}

void HttpLoop::end_if_done() {
  if (at_->connections.empty()) at_->context.stop();
}

// Handlers that wait own their connections, and these the loop: they must run to let go.
void HttpLoop::close_all() {
  stopping = true;
  while (!at_->connections.empty()) std::shared_ptr(at_->connections.front())->close();
  error_code ignored;
  at_->acceptor.close(ignored);
  at_->stop_descriptor.close(ignored);
  at_->sweep_timer.cancel();
  at_->end_timer.cancel();
  at_->retry_timer.cancel();
  at_->context.restart();
  at_->context.poll();
}

}  // namespace dhis2mcp
