// SPDX-License-Identifier: BSD-3-Clause
// Boost.Beast parses, Asio waits; what Beast lets through is refused by http_head and the gates.
#include "server/http_peer.h"

#include <sys/socket.h>

#include "server/http_gate.h"
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

HttpPeer::HttpPeer(std::shared_ptr<HttpLoop> loop, asio::io_context& context, int descriptor,
                   bool v6)
    : context_(context),
      socket_(context, v6 ? tcp::v6() : tcp::v4(), descriptor),
      owner_(std::move(loop)),
      at_(*owner_) {}

void HttpPeer::start(HttpLoop::Peers::iterator self) {
  self_ = self;
  expect(at_.options.limits.head);
  read();
}

void HttpPeer::close() {
  if (state_ == State::closed) return;
  state_ = State::closed;
  abandon();
  error_code ignored;
  socket_.close(ignored);
  at_.forget(self_);
}

void HttpPeer::read() {
  socket_.async_read_some(
      buffer_.prepare(parser_ && parser_->is_header_done() ? 64 * 1024 : 8 * 1024),
      [self = shared_from_this()](error_code failed, std::size_t count) {
        if (self->state_ == State::closed) return;
        if (failed) return self->close();
        self->buffer_.commit(count);
        self->parse();
      });
}

void HttpPeer::parse() {
  if (state_ == State::idle) expect(at_.options.limits.head);
  state_ = State::reading;
  if (!parser_) {
    parser_.emplace();
    parser_->header_limit(kLongestHead);
    parser_->body_limit(boost::none);
  }
  try {
    if (!parser_->is_header_done() && !parse_head()) return read();
    if (!parse_body()) return continue_then_read();
    state_ = State::answering;
    deadline_ = Clock::time_point::max();
    serve();
  } catch (const HttpRefusal& refusal) {
    refuse(refusal);
  }
}

bool HttpPeer::parse_head() {
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
  const bool takes_body = admit(head_);
  if (head_.expect && *head_.expect != "100-continue") {
    throw HttpRefusal{417, "The only expectation met here is 100-continue.", {}};
  }
  if (!takes_body && !parser_->is_done()) {
    throw HttpRefusal{400, "This request has no body.", {}};
  }
  buffer_.consume(used);
  parser_->eager(true);
  expect(at_.options.limits.body);
  return true;
}

// False when more has to be read.
bool HttpPeer::parse_body() {
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

void HttpPeer::continue_then_read() {
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

// Notices that the peer went away while its call is in flight.
void HttpPeer::watch() {
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code failed) {
    if (failed || (self->state_ != State::answering && self->state_ != State::streaming)) return;
    char byte = 0;
    const ssize_t count = recv(self->socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (count == 0 || (count < 0 && errno != EAGAIN)) self->close();
  });
}

void HttpPeer::refuse(const HttpRefusal& refusal) {
  log_event(LogLevel::warn, "refused",
            {{"status", static_cast<std::size_t>(refusal.status)}, {"why", refusal.message}});
  write(text_of(refusal), false);
}

void HttpPeer::write(std::string text, bool keep) {
  state_ = State::writing;
  answer_ = std::move(text);
  expect(at_.options.limits.write);
  // Behind the requests that have come already: answers to a crowd leave together, and a client
  // with many connections is woken once for all of them.
  asio::post(context_, [self = shared_from_this(), keep] { self->write_now(keep); });
}

void HttpPeer::write_now(bool keep) {
  if (state_ == State::closed) return;
  asio::async_write(socket_, asio::buffer(answer_),
                    [self = shared_from_this(), keep](error_code failed, std::size_t) {
                      if (self->state_ == State::closed) return;
                      if (failed) return self->close();
                      keep ? self->next() : self->linger();
                    });
}

void HttpPeer::next() {
  state_ = State::idle;
  parser_.reset();
  continued_ = false;
  if (answer_.capacity() > 64 * 1024) answer_ = std::string();
  expect(at_.options.limits.idle);
  if (at_.stopping) return close();
  buffer_.size() > 0 ? parse() : read();
}

// Closing while unread bytes wait would reset the connection before the peer has read the answer.
void HttpPeer::linger() {
  state_ = State::lingering;
  expect(at_.options.limits.linger);
  error_code failed;
  socket_.shutdown(tcp::socket::shutdown_send, failed);
  if (failed) return close();
  buffer_.clear();
  throw_away();
}

void HttpPeer::throw_away() {
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
