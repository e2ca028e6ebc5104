// SPDX-License-Identifier: BSD-3-Clause
// Boost.Beast parses, Asio waits; what Beast lets through is refused by http_head and http_gate.
#include "server/http_connection.h"

#include <sys/socket.h>

#include <cstdint>
#include <stop_token>
#include <string>

#include <boost/asio.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "server/http_answer.h"
#include "server/log.h"

namespace dhis2mcp {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;
using Clock = HttpConnection::Clock;

constexpr std::size_t kLongestHead = 16 * 1024;
constexpr std::size_t kMostThrownAway = 16 * 1024 * 1024;

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

// What may wait for a peer that reads slowly, before it is let go.
constexpr std::size_t kLongestQueue = 16 * 1024 * 1024;

// The connection itself. Everything runs on the thread of the loop but what Answer hands over.
class Connection final : public HttpConnection, public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<HttpLoop> loop, asio::io_context& context, tcp::socket socket)
      : owner_(std::move(loop)), loop_(*owner_), context_(context), socket_(std::move(socket)) {}

  void start(HttpLoop::Connections::iterator self) override;
  bool idle() const override { return state_ == State::idle; }
  Clock::time_point deadline() const override { return deadline_; }
  void stop_call() override { stop_.request_stop(); }
  void close() override;
  void beat(Clock::time_point now) override;

 private:
  class Answer;
  enum class State { idle, reading, answering, streaming, writing, lingering, closed };
  using Parser = http::request_parser<http::string_body>;

  void expect(HttpLimits::Time limit) { deadline_ = Clock::now() + limit; }
  void read();
  void parse();
  bool parse_head();
  bool parse_body();
  void continue_then_read();
  void serve();
  void watch();
  void refuse(const HttpRefusal& refusal);
  void write(std::string text, bool keep);
  void write_now(bool keep);
  void next();
  void linger();
  void throw_away();

  // What an exchange says, on the thread of the loop; `turn` tells it from one that is over.
  void respond(std::uint64_t turn, const Reply& reply);
  void say(std::uint64_t turn, const Event& event);
  void part(std::uint64_t turn);
  bool keeps_alive() const { return parser_->get().keep_alive() && !loop_.stopping; }
  void begin_stream();
  void add_to_stream(std::string_view text);
  void end_stream();
  void flush();
  void flushed();
  bool takes_streams() const;

  const std::shared_ptr<HttpLoop> owner_;
  HttpLoop& loop_;
  asio::io_context& context_;
  tcp::socket socket_;
  HttpLoop::Connections::iterator self_;
  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  std::string raw_head_;  // as it came, until it is complete
  HttpHead head_;         // views into the parser
  Route route_ = Route::message;
  State state_ = State::idle;
  bool continued_ = false;
  Clock::time_point deadline_ = Clock::time_point::max();
  Clock::time_point quiet_since_;  // of a call or a stream
  std::stop_source stop_;
  std::uint64_t turn_ = 0;  // counts the requests
  std::string answer_;      // being written
  std::string queue_;       // of a stream, behind it
  bool flushing_ = false, ending_ = false, chunked_ = true, keep_ = true;
  std::size_t thrown_away_ = 0;
};

// An answer that comes after the end stays queued: it must not own the queue it lies in.
class Connection::Answer final : public Outlet {
 public:
  Answer(std::shared_ptr<Connection> connection, std::uint64_t turn, bool speaks)
      : connection_(std::move(connection)), turn_(turn), speaks_(speaks) {}

  bool speaks() const override { return speaks_; }
  void say(Event event) override {
    on_loop([turn = turn_, event = std::move(event)](Connection& c) { c.say(turn, event); });
  }
  void part() override {
    on_loop([turn = turn_](Connection& c) { c.part(turn); });
  }
  bool open() const override {
    return connection_->turn_ == turn_ && connection_->state_ != State::closed;
  }
  void send(Reply reply) override {
    on_loop([turn = turn_, reply = std::move(reply)](Connection& c) { c.respond(turn, reply); });
  }

 private:
  template <typename Act>
  void on_loop(Act act) {
    asio::dispatch(connection_->context_,
                   [waiting = std::weak_ptr<Connection>(connection_), act = std::move(act)] {
                     if (const auto connection = waiting.lock()) act(*connection);
                   });
  }

  std::shared_ptr<Connection> connection_;
  const std::uint64_t turn_;
  const bool speaks_;
};

void Connection::start(HttpLoop::Connections::iterator self) {
  self_ = self;
  expect(loop_.options.limits.head);
  read();
}

void Connection::close() {
  if (state_ == State::closed) return;
  state_ = State::closed;
  stop_.request_stop();
  error_code ignored;
  socket_.close(ignored);
  loop_.forget(self_);
}

void Connection::read() {
  socket_.async_read_some(
      buffer_.prepare(parser_ && parser_->is_header_done() ? 64 * 1024 : 8 * 1024),
      [self = shared_from_this()](error_code failed, std::size_t count) {
        if (self->state_ == State::closed) return;
        if (failed) return self->close();
        self->buffer_.commit(count);
        self->parse();
      });
}

void Connection::parse() {
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

bool Connection::parse_head() {
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
bool Connection::parse_body() {
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

void Connection::continue_then_read() {
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

void Connection::serve() {
  state_ = State::answering;
  deadline_ = Clock::time_point::max();
  quiet_since_ = Clock::now();
  ++turn_;
  chunked_ = parser_->get().version() >= 11;
  const std::uint64_t turn = turn_;
  if (route_ == Route::health) {
    respond(turn, {R"({"status":"ok","version":")" DHIS2_MCP_VERSION R"("})", 200, {}});
    return;
  }
  if (route_ == Route::end_session) {
    if (!head_.session) throw HttpRefusal{400, "DELETE ends the session of Mcp-Session-Id.", {}};
    if (!loop_.dispatcher.end_session(*head_.session)) {
      throw HttpRefusal{404, "This session has ended.", {}};
    }
    respond(turn, {{}, 204, {}});
    return;
  }
  stop_ = std::stop_source();
  const auto answer = std::make_shared<Answer>(shared_from_this(), turn, takes_streams());
  if (route_ == Route::stream) {
    loop_.dispatcher.open_stream(head_, answer);
  } else {
    loop_.dispatcher.handle(std::move(parser_->get().body()), {&head_, nullptr, stop_.get_token()},
                            answer);
  }
  if (turn == turn_ && (state_ == State::answering || state_ == State::streaming)) watch();
}

// Notices that the peer went away while its call is in flight.
void Connection::watch() {
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code failed) {
    if (failed || (self->state_ != State::answering && self->state_ != State::streaming)) return;
    char byte = 0;
    const ssize_t count = recv(self->socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (count == 0 || (count < 0 && errno != EAGAIN)) self->close();
  });
}

void Connection::refuse(const HttpRefusal& refusal) {
  log_event(LogLevel::warn, "refused",
            {{"status", static_cast<std::size_t>(refusal.status)}, {"why", refusal.message}});
  write(http_answer(refusal), false);
}

void Connection::write(std::string text, bool keep) {
  state_ = State::writing;
  answer_ = std::move(text);
  expect(loop_.options.limits.write);
  // Behind the requests that have come already: answers to a crowd leave together, and a client
  // with many connections is woken once for all of them.
  asio::post(context_, [self = shared_from_this(), keep] { self->write_now(keep); });
}

void Connection::write_now(bool keep) {
  if (state_ == State::closed) return;
  asio::async_write(socket_, asio::buffer(answer_),
                    [self = shared_from_this(), keep](error_code failed, std::size_t) {
                      if (self->state_ == State::closed) return;
                      if (failed) return self->close();
                      keep ? self->next() : self->linger();
                    });
}

void Connection::next() {
  state_ = State::idle;
  parser_.reset();
  continued_ = ending_ = false;
  if (answer_.capacity() > 64 * 1024) answer_ = std::string();
  expect(loop_.options.limits.idle);
  if (loop_.stopping) return close();
  buffer_.size() > 0 ? parse() : read();
}

// Closing while unread bytes wait would reset the connection before the peer has read the answer.
void Connection::linger() {
  state_ = State::lingering;
  expect(loop_.options.limits.linger);
  error_code failed;
  socket_.shutdown(tcp::socket::shutdown_send, failed);
  if (failed) return close();
  buffer_.clear();
  throw_away();
}

void Connection::throw_away() {
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

bool Connection::takes_streams() const {
  if (route_ == Route::stream) return true;
  return head_.accept && asks_for(*head_.accept, kEventStream);
}

void Connection::respond(std::uint64_t turn, const Reply& reply) {
  if (turn != turn_) return;
  const bool json = !head_.accept || accepts(*head_.accept, "application/json");
  if (state_ == State::answering && !json && reply.http == 200 && !reply.text.empty()) {
    begin_stream();
  }
  if (state_ == State::streaming) {
    if (!reply.text.empty()) add_to_stream(stream_event({reply.text, reply.event_id, 0}));
    end_stream();
    return;
  }
  if (state_ != State::answering) return;
  error_code ignored;
  socket_.cancel(ignored);
  const bool keep = keeps_alive();
  write(http_answer(reply, keep), keep);
}

void Connection::say(std::uint64_t turn, const Event& event) {
  if (turn != turn_) return;
  begin_stream();
  if (state_ == State::streaming) add_to_stream(stream_event(event));
}

void Connection::part(std::uint64_t turn) {
  if (turn != turn_) return;
  begin_stream();
  if (state_ == State::streaming) end_stream();
}

void Connection::beat(Clock::time_point now) {
  if (now - quiet_since_ < loop_.options.limits.beat) return;
  if (state_ == State::answering && takes_streams()) begin_stream();
  if (state_ == State::streaming && !flushing_) add_to_stream(stream_event({}));
}

void Connection::begin_stream() {
  if (state_ != State::answering) return;
  state_ = State::streaming;
  keep_ = keeps_alive() && chunked_;
  queue_ = http_stream_head(chunked_, keep_);
}

void Connection::add_to_stream(std::string_view text) {
  if (ending_) return;
  quiet_since_ = Clock::now();
  queue_.append(chunked_ ? http_chunk(text) : text);
  if (queue_.size() > kLongestQueue) {
    // Not at once: the caller may hold what closing calls back into.
    asio::post(context_, [self = shared_from_this()] { self->close(); });
    return;
  }
  flush();
}

void Connection::end_stream() {
  if (ending_) return;
  if (chunked_) queue_.append("0\r\n\r\n");
  ending_ = true;
  flush();
}

void Connection::flush() {
  if (flushing_ || queue_.empty()) return;
  flushing_ = true;
  answer_.clear();
  answer_.swap(queue_);
  expect(loop_.options.limits.write);
  asio::async_write(socket_, asio::buffer(answer_),
                    [self = shared_from_this()](error_code failed, std::size_t) {
                      if (self->state_ == State::closed) return;
                      if (failed) return self->close();
                      self->flushed();
                    });
}

void Connection::flushed() {
  flushing_ = false;
  deadline_ = Clock::time_point::max();
  if (!queue_.empty()) return flush();
  if (!ending_) return;
  error_code ignored;
  socket_.cancel(ignored);
  keep_ && !loop_.stopping ? next() : linger();
}

}  // namespace

std::shared_ptr<HttpConnection> http_connection(std::shared_ptr<HttpLoop> loop,
                                                asio::io_context& context, int descriptor,
                                                bool v6) {
  tcp::socket socket(context, v6 ? tcp::v6() : tcp::v4(), descriptor);
  return std::make_shared<Connection>(std::move(loop), context, std::move(socket));
}

}  // namespace dhis2mcp
