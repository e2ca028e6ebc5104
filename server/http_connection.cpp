// SPDX-License-Identifier: BSD-3-Clause
// Boost.Beast parses, Asio waits; what Beast lets through is refused by http_head and http_gate.
#include "server/http_connection.h"

#include <sys/socket.h>

#include "server/http_answer.h"
#include "server/log.h"

namespace dhis2mcp {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;

constexpr std::size_t kLongestHead = 16 * 1024;
constexpr std::size_t kMostThrownAway = 16 * 1024 * 1024;

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

// An answer that comes after the end stays queued: it must not own the queue it lies in.
class HttpConnection::Answer final : public Outlet {
 public:
  Answer(std::shared_ptr<HttpConnection> connection, std::uint64_t turn, bool speaks)
      : connection_(std::move(connection)), turn_(turn), speaks_(speaks) {}

  bool speaks() const override { return speaks_; }
  void say(Event event) override {
    on_loop([turn = turn_, event = std::move(event)](HttpConnection& c) { c.say(turn, event); });
  }
  void part() override {
    on_loop([turn = turn_](HttpConnection& c) { c.part(turn); });
  }
  bool open() const override {
    return connection_->turn_ == turn_ && connection_->state_ != State::closed;
  }
  void send(Reply reply) override {
    on_loop(
        [turn = turn_, reply = std::move(reply)](HttpConnection& c) { c.respond(turn, reply); });
  }

 private:
  template <typename Act>
  void on_loop(Act act) {
    asio::dispatch(connection_->loop_.context,
                   [waiting = std::weak_ptr<HttpConnection>(connection_), act = std::move(act)] {
                     if (const auto connection = waiting.lock()) act(*connection);
                   });
  }

  std::shared_ptr<HttpConnection> connection_;
  const std::uint64_t turn_;
  const bool speaks_;
};

void HttpConnection::start(HttpLoop::Connections::iterator self) {
  self_ = self;
  expect(loop_.options.limits.head);
  read();
}

void HttpConnection::close() {
  if (state_ == State::closed) return;
  state_ = State::closed;
  stop_.request_stop();
  error_code ignored;
  socket_.close(ignored);
  loop_.forget(self_);
}

void HttpConnection::read() {
  socket_.async_read_some(
      buffer_.prepare(parser_ && parser_->is_header_done() ? 64 * 1024 : 8 * 1024),
      [self = shared_from_this()](error_code failed, std::size_t count) {
        if (self->state_ == State::closed) return;
        if (failed) return self->close();
        self->buffer_.commit(count);
        self->parse();
      });
}

void HttpConnection::parse() {
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

bool HttpConnection::parse_head() {
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
bool HttpConnection::parse_body() {
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

void HttpConnection::continue_then_read() {
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

void HttpConnection::serve() {
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
void HttpConnection::watch() {
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code failed) {
    if (failed || (self->state_ != State::answering && self->state_ != State::streaming)) return;
    char byte = 0;
    const ssize_t count = recv(self->socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (count == 0 || (count < 0 && errno != EAGAIN)) self->close();
  });
}

void HttpConnection::refuse(const HttpRefusal& refusal) {
  log_event(LogLevel::warn, "refused",
            {{"status", static_cast<std::size_t>(refusal.status)}, {"why", refusal.message}});
  write(http_answer(refusal), false);
}

void HttpConnection::write(std::string text, bool keep) {
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

void HttpConnection::next() {
  state_ = State::idle;
  parser_.reset();
  continued_ = ending_ = false;
  if (answer_.capacity() > 64 * 1024) answer_ = std::string();
  expect(loop_.options.limits.idle);
  if (loop_.stopping) return close();
  buffer_.size() > 0 ? parse() : read();
}

// Closing while unread bytes wait would reset the connection before the peer has read the answer.
void HttpConnection::linger() {
  state_ = State::lingering;
  expect(loop_.options.limits.linger);
  error_code failed;
  socket_.shutdown(tcp::socket::shutdown_send, failed);
  if (failed) return close();
  buffer_.clear();
  throw_away();
}

void HttpConnection::throw_away() {
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

}  // namespace dhis2mcp
