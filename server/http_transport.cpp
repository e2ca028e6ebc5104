// SPDX-License-Identifier: BSD-3-Clause
// Boost.Beast parses, Asio waits; what Beast lets through is refused by http_head and http_gate.
#include "server/http_transport.h"

#include <sys/socket.h>
#include <unistd.h>

#include <list>
#include <memory>
#include <optional>

#include <boost/asio.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "server/http_answer.h"
#include "server/http_gate.h"
#include "server/log.h"

namespace dhis2mcp {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kLongestHead = 16 * 1024;
constexpr std::size_t kMostThrownAway = 16 * 1024 * 1024;

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

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
class HttpServer::Loop : public std::enable_shared_from_this<Loop> {
 public:
  class Connection;
  using Connections = std::list<std::shared_ptr<Connection>>;

  Loop(Dispatcher& dispatcher, HttpOptions options);

  void run(Secret token, std::string token_file);
  void stop() {
    asio::post(context, [this] { begin_stop(); });
  }
  void close_all();
  void forget(Connections::iterator connection);

  asio::io_context context{1};
  Dispatcher& dispatcher;
  const HttpOptions options;
  std::uint16_t port = 0;
  std::optional<HttpGate> gate;
  bool stopping = false;

 private:
  void listen(const tcp::endpoint& endpoint);
  void accept();
  void make_room();
  void sweep();
  void begin_stop();
  void end_if_done();

  tcp::acceptor acceptor_{context};
  asio::steady_timer sweep_timer_{context}, end_timer_{context}, retry_timer_{context};
  asio::posix::stream_descriptor stop_descriptor_{context};
  bool sweeping_ = false;
  Connections connections_;
};

// One peer: reads a request, answers it, reads the next.
class HttpServer::Loop::Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<Loop> loop, tcp::socket socket)
      : owner_(std::move(loop)), loop_(*owner_), socket_(std::move(socket)) {}

  void start(Connections::iterator self) {
    self_ = self;
    expect(loop_.options.limits.head);
    read();
  }

  bool idle() const { return state_ == State::idle; }
  Clock::time_point deadline() const { return deadline_; }

  void stop_call() { stop_.request_stop(); }

  void close() {
    if (state_ == State::closed) return;
    state_ = State::closed;
    stop_.request_stop();
    error_code ignored;
    socket_.close(ignored);
    loop_.forget(self_);
  }

  // Called once for each message that was handed to the dispatcher.
  void respond(const Reply& reply) {
    if (state_ != State::answering) return;
    error_code ignored;
    socket_.cancel(ignored);
    const bool keep = parser_->get().keep_alive() && !loop_.stopping;
    write(http_answer(reply, keep), keep);
  }

 private:
  enum class State { idle, reading, answering, writing, lingering, closed };
  using Parser = http::request_parser<http::string_body>;

  class Answer final : public Outlet {
   public:
    explicit Answer(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}
    // An answer that comes after the end stays queued: it must not own the queue it lies in.
    void send(Reply reply) override {
      asio::dispatch(connection_->loop_.context,
                     [waiting = std::weak_ptr<Connection>(connection_), reply = std::move(reply)] {
                       if (const auto connection = waiting.lock()) connection->respond(reply);
                     });
    }

   private:
    std::shared_ptr<Connection> connection_;
  };

  void expect(HttpLimits::Time limit) { deadline_ = Clock::now() + limit; }

  void read() {
    socket_.async_read_some(
        buffer_.prepare(parser_ && parser_->is_header_done() ? 64 * 1024 : 8 * 1024),
        [self = shared_from_this()](error_code failed, std::size_t count) {
          if (self->state_ == State::closed) return;
          if (failed) return self->close();
          self->buffer_.commit(count);
          self->parse();
        });
  }

  void parse() {
    if (state_ == State::idle) expect(loop_.options.limits.head);
    state_ = State::reading;
    if (!parser_) {
      parser_.emplace();
      parser_->header_limit(kLongestHead);
      parser_->body_limit(boost::none);
    }
    try {
      if (!parser_->is_header_done() && !parse_head()) return read();
      if (!parse_body()) return continue_then_read();
      serve();
    } catch (const HttpRefusal& refusal) {
      refuse(refusal);
    }
  }

  bool parse_head() {
    const std::string_view raw(static_cast<const char*>(buffer_.data().data()), buffer_.size());
    error_code failed;
    const std::size_t used = parser_->put(buffer_.data(), failed);
    raw_head_.append(raw.substr(0, used));
    const bool too_long = raw_head_.size() + (raw.size() - used) > kLongestHead;
    if (failed == http::error::need_more && !too_long) {
      buffer_.consume(used);
      return false;
    }
    if (failed == http::error::need_more) failed = http::error::header_limit;
    if (failed == http::error::header_limit || failed == http::error::buffer_overflow) {
      throw HttpRefusal{431, "The headers have at most 16 KiB.", {}};
    }
    if (failed) throw HttpRefusal{400, "Not an HTTP request: " + failed.message() + ".", {}};
    check_raw_head(raw_head_);
    raw_head_.clear();
    HeaderViews headers;
    for (const auto& field : parser_->get()) {
      headers.emplace_back(view(field.name_string()), view(field.value()));
    }
    head_ = read_head(view(parser_->get().method_string()), view(parser_->get().target()), headers);
    route_ = loop_.gate->pass(head_, Clock::now());
    if (head_.expect && *head_.expect != "100-continue") {
      throw HttpRefusal{417, "The only expectation met here is 100-continue.", {}};
    }
    if (route_ != Route::message && !parser_->is_done()) {
      throw HttpRefusal{400, "This request has no body.", {}};
    }
    buffer_.consume(used);
    parser_->eager(true);
    expect(loop_.options.limits.body);
    return true;
  }

  // False when more has to be read.
  bool parse_body() {
    while (!parser_->is_done() && buffer_.size() > 0) {
      error_code failed;
      const std::size_t used = parser_->put(buffer_.data(), failed);
      buffer_.consume(used);
      if (parser_->get().body().size() > kLongestBody) {
        throw HttpRefusal{413, "A message has at most 4 MiB.", {}};
      }
      if (failed == http::error::need_more) {
        if (buffer_.size() > kLongestHead) throw HttpRefusal{400, "A chunk without an end.", {}};
        return false;
      }
      if (failed) throw HttpRefusal{400, "Not an HTTP body: " + failed.message() + ".", {}};
    }
    return parser_->is_done();
  }

  void continue_then_read() {
    if (!head_.expect || continued_) return read();
    continued_ = true;
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(socket_, asio::buffer(kContinue),
                      [self = shared_from_this()](error_code failed, std::size_t) {
                        if (self->state_ == State::closed) return;
                        if (failed) return self->close();
                        self->read();
                      });
  }

  void serve() {
    state_ = State::answering;
    deadline_ = Clock::time_point::max();
    if (route_ == Route::health) {
      respond({R"({"status":"ok","version":")" DHIS2_MCP_VERSION R"("})", 200, {}});
    } else if (route_ == Route::end_session) {
      if (!head_.session) throw HttpRefusal{400, "DELETE ends the session of Mcp-Session-Id.", {}};
      if (!loop_.dispatcher.end_session(*head_.session)) {
        throw HttpRefusal{404, "This session has ended.", {}};
      }
      respond({{}, 204, {}});
    } else {
      stop_ = std::stop_source();
      loop_.dispatcher.handle(std::move(parser_->get().body()),
                              {&head_, nullptr, stop_.get_token()},
                              std::make_shared<Answer>(shared_from_this()));
      if (state_ == State::answering) watch();
    }
  }

  // Notices that the peer went away while its call is in flight.
  void watch() {
    socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code failed) {
      if (failed || self->state_ != State::answering) return;
      char byte = 0;
      const ssize_t count = recv(self->socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
      if (count == 0 || (count < 0 && errno != EAGAIN)) self->close();
    });
  }

  void refuse(const HttpRefusal& refusal) {
    log_event(LogLevel::warn, "refused",
              {{"status", static_cast<std::size_t>(refusal.status)}, {"why", refusal.message}});
    write(http_answer(refusal), false);
  }

  void write(std::string text, bool keep) {
    state_ = State::writing;
    answer_ = std::move(text);
    expect(loop_.options.limits.write);
    asio::async_write(socket_, asio::buffer(answer_),
                      [self = shared_from_this(), keep](error_code failed, std::size_t) {
                        if (self->state_ == State::closed) return;
                        if (failed) return self->close();
                        keep ? self->next() : self->linger();
                      });
  }

  void next() {
    state_ = State::idle;
    parser_.reset();
    continued_ = false;
    if (answer_.capacity() > 64 * 1024) answer_ = std::string();
    expect(loop_.options.limits.idle);
    if (loop_.stopping) return close();
    buffer_.size() > 0 ? parse() : read();
  }

  // Closing while unread bytes wait would reset the connection before the peer has read the answer.
  void linger() {
    state_ = State::lingering;
    expect(loop_.options.limits.linger);
    error_code failed;
    socket_.shutdown(tcp::socket::shutdown_send, failed);
    if (failed) return close();
    buffer_.clear();
    throw_away();
  }

  void throw_away() {
    socket_.async_read_some(buffer_.prepare(64 * 1024),
                            [self = shared_from_this()](error_code failed, std::size_t count) {
                              if (self->state_ == State::closed) return;
                              self->thrown_away_ += count;
                              if (failed || self->thrown_away_ > kMostThrownAway) {
                                return self->close();
                              }
                              self->throw_away();
                            });
  }

  const std::shared_ptr<Loop> owner_;
  Loop& loop_;
  tcp::socket socket_;
  Connections::iterator self_;
  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  std::string raw_head_;  // as it came, until it is complete
  HttpHead head_;         // views into the parser
  Route route_ = Route::message;
  State state_ = State::idle;
  bool continued_ = false;
  Clock::time_point deadline_ = Clock::time_point::max();
  std::stop_source stop_;
  std::string answer_;
  std::size_t thrown_away_ = 0;
};

HttpServer::Loop::Loop(Dispatcher& taken, HttpOptions given)
    : dispatcher(taken), options(std::move(given)) {
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
  context.run();
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
      const auto place = connections_.insert(
          connections_.end(), std::make_shared<Connection>(shared_from_this(), std::move(socket)));
      (*place)->start(place);
      sweep();
    }
    accept();
  });
}

void HttpServer::Loop::make_room() {
  std::shared_ptr<Connection> longest_idle;
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
      const std::shared_ptr<Connection> connection = *each++;
      if (connection->deadline() <= now) connection->close();
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
  for (auto each = connections_.begin(); each != connections_.end();) {
    const std::shared_ptr<Connection> connection = *each++;
    if (connection->idle()) connection->close();
  }
  end_timer_.expires_after(options.limits.grace);
  end_timer_.async_wait([this](error_code cancelled) {
    if (cancelled) return;
    for (const auto& connection : connections_) connection->stop_call();
    end_timer_.expires_after(options.limits.stopping);
    end_timer_.async_wait([this](error_code) { context.stop(); });
  });
  end_if_done();
}

void HttpServer::Loop::end_if_done() {
  if (connections_.empty()) context.stop();
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
  context.restart();
  context.poll();
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
