// SPDX-License-Identifier: BSD-3-Clause
// The listener and the timers around its connections.
#include "server/http_transport.h"

#include <unistd.h>

#include <list>
#include <memory>
#include <optional>

#include <boost/asio.hpp>

#include "server/http_connection.h"

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

}  // namespace

// The listener and its connections. Everything but stop() runs on the thread of run().
// Connections own it: the answer to a call may come after the server has ended.
class HttpServer::Loop : public HttpLoop, public std::enable_shared_from_this<Loop> {
 public:
  Loop(Dispatcher& dispatcher, HttpOptions options);

  void run(Secret token, std::string token_file);
  void stop() {
    asio::post(context_, [this] { begin_stop(); });
  }
  void close_all();
  void forget(Connections::iterator connection) override;

  std::uint16_t port = 0;

 private:
  void listen(const tcp::endpoint& endpoint);
  void accept();
  void make_room();
  void sweep();
  void begin_stop();
  void end_if_done();

  asio::io_context context_{1};
  tcp::acceptor acceptor_{context_};
  asio::steady_timer sweep_timer_{context_}, end_timer_{context_}, retry_timer_{context_};
  asio::posix::stream_descriptor stop_descriptor_{context_};
  bool sweeping_ = false;
  Connections connections_;
};

HttpServer::Loop::Loop(Dispatcher& taken, HttpOptions given) : HttpLoop(taken, std::move(given)) {
  listen(endpoint_of(options));
  port = acceptor_.local_endpoint().port();
  if (options.stop >= 0) stop_descriptor_.assign(dup(options.stop));
}

// SO_REUSEADDR lets a restart bind beside connections that are still closing; unlike SO_REUSEPORT
// it never lets two listeners share a port (Linux).
void HttpServer::Loop::listen(const tcp::endpoint& endpoint) {
  error_code failed;
  acceptor_.open(endpoint.protocol(), failed);
  if (!failed) acceptor_.set_option(tcp::acceptor::reuse_address(true), failed);
  if (!failed) acceptor_.bind(endpoint, failed);
  if (!failed) acceptor_.listen(1024, failed);
  if (!failed) return;
  const std::string where = options.bind + " port " + std::to_string(options.port);
  if (failed == asio::error::address_in_use) {
    throw PortTaken(ErrorKind::refused, "Another program listens on " + where + " already.",
                    "Stop it, or choose another port: dhis2-mcp http --port 0");
  }
  throw Error(ErrorKind::bad_input, "Cannot listen on " + where + ": " + failed.message() + ".",
              "Give --bind one address of this machine, and --port one that you may use.");
}

void HttpServer::Loop::run(Secret token, std::string token_file) {
  gate.emplace(acceptor_.local_endpoint().address().to_string(), port, std::move(token),
               std::move(token_file));
  if (stop_descriptor_.is_open()) {
    stop_descriptor_.async_wait(asio::posix::stream_descriptor::wait_read,
                                [this](error_code failed) {
                                  if (!failed) begin_stop();
                                });
  }
  accept();
  context_.run();
}

void HttpServer::Loop::accept() {
  acceptor_.async_accept([this](error_code failed, tcp::socket socket) {
    if (stopping) return;
    if (failed == asio::error::operation_aborted) return;
    if (failed) {  // out of descriptors: wait for one
      make_room();
      retry_timer_.expires_after(std::chrono::milliseconds(100));
      retry_timer_.async_wait([this](error_code cancelled) {
        if (!cancelled && !stopping) accept();
      });
      return;
    }
    if (connections_.size() >= options.limits.connections) make_room();
    if (connections_.size() < options.limits.connections) {
      error_code ignored;
      socket.set_option(tcp::no_delay(true), ignored);
      const bool v6 = acceptor_.local_endpoint(ignored).address().is_v6();
      const auto place = connections_.insert(
          connections_.end(), http_connection(shared_from_this(), context_, socket.release(), v6));
      (*place)->start(place);
      sweep();
    }
    accept();
  });
}

void HttpServer::Loop::make_room() {
  std::shared_ptr<HttpConnection> longest_idle;
  for (const auto& connection : connections_) {
    if (!connection->idle()) continue;
    if (!longest_idle || connection->deadline() < longest_idle->deadline()) {
      longest_idle = connection;
    }
  }
  if (longest_idle) longest_idle->close();
}

void HttpServer::Loop::sweep() {
  if (sweeping_ || connections_.empty()) return;
  sweeping_ = true;
  sweep_timer_.expires_after(options.limits.sweep);
  sweep_timer_.async_wait([this](error_code cancelled) {
    sweeping_ = false;
    if (cancelled) return;
    const Clock::time_point now = Clock::now();
    for (auto each = connections_.begin(); each != connections_.end();) {
      const std::shared_ptr<HttpConnection> connection = *each++;
      if (connection->deadline() <= now) connection->close();
      connection->beat(now);
    }
    sweep();
  });
}

void HttpServer::Loop::forget(Connections::iterator connection) {
  connections_.erase(connection);
  if (stopping) end_if_done();
}

void HttpServer::Loop::begin_stop() {
  if (stopping) return;
  stopping = true;
  error_code ignored;
  acceptor_.close(ignored);
  dispatcher.end_streams();
  for (auto each = connections_.begin(); each != connections_.end();) {
    const std::shared_ptr<HttpConnection> connection = *each++;
    if (connection->idle()) connection->close();
  }
  end_timer_.expires_after(options.limits.grace);
  end_timer_.async_wait([this](error_code cancelled) {
    if (cancelled) return;
    for (const auto& connection : connections_) connection->stop_call();
    dispatcher.stop_calls();
    end_timer_.expires_after(options.limits.stopping);
    end_timer_.async_wait([this](error_code) { context_.stop(); });
  });
  end_if_done();
}

void HttpServer::Loop::end_if_done() {
  if (connections_.empty()) context_.stop();
}

// Handlers that wait own their connections, and these the loop: they must run to let go.
void HttpServer::Loop::close_all() {
  stopping = true;
  while (!connections_.empty()) std::shared_ptr(connections_.front())->close();
  error_code ignored;
  acceptor_.close(ignored);
  stop_descriptor_.close(ignored);
  sweep_timer_.cancel();
  end_timer_.cancel();
  retry_timer_.cancel();
  context_.restart();
  context_.poll();
}

HttpServer::HttpServer(Dispatcher& dispatcher, HttpOptions options)
    : loop_(std::make_shared<Loop>(dispatcher, std::move(options))) {}
HttpServer::~HttpServer() { loop_->close_all(); }
std::uint16_t HttpServer::port() const { return loop_->port; }
void HttpServer::run(Secret token, std::string token_file) {
  loop_->run(std::move(token), std::move(token_file));
}
void HttpServer::stop() { loop_->stop(); }

}  // namespace dhis2mcp
