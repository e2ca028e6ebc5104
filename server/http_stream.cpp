// SPDX-License-Identifier: BSD-3-Clause
// The part of a connection that answers: at once, or as a stream of events.
#include "server/http_answer.h"
#include "server/http_connection.h"

namespace dhis2mcp {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// What may wait for a peer that reads slowly, before it is let go.
constexpr std::size_t kLongestQueue = 16 * 1024 * 1024;

}  // namespace

bool HttpConnection::takes_streams() const {
  if (route_ == Route::stream) return true;
  return head_.accept && asks_for(*head_.accept, kEventStream);
}

void HttpConnection::respond(std::uint64_t turn, const Reply& reply) {
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

void HttpConnection::say(std::uint64_t turn, const Event& event) {
  if (turn != turn_) return;
  begin_stream();
  if (state_ == State::streaming) add_to_stream(stream_event(event));
}

void HttpConnection::part(std::uint64_t turn) {
  if (turn != turn_) return;
  begin_stream();
  if (state_ == State::streaming) end_stream();
}

void HttpConnection::beat(Clock::time_point now) {
  if (now - quiet_since_ < loop_.options.limits.beat) return;
  if (state_ == State::answering && takes_streams()) begin_stream();
  if (state_ == State::streaming && !flushing_) add_to_stream(stream_event({}));
}

void HttpConnection::begin_stream() {
  if (state_ != State::answering) return;
  state_ = State::streaming;
  keep_ = keeps_alive() && chunked_;
  queue_ = http_stream_head(chunked_, keep_);
}

void HttpConnection::add_to_stream(std::string_view text) {
  if (ending_) return;
  quiet_since_ = Clock::now();
  queue_.append(chunked_ ? http_chunk(text) : text);
  if (queue_.size() > kLongestQueue) {
    // Not at once: the caller may hold what closing calls back into.
    asio::post(loop_.context, [self = shared_from_this()] { self->close(); });
    return;
  }
  flush();
}

void HttpConnection::end_stream() {
  if (ending_) return;
  if (chunked_) queue_.append("0\r\n\r\n");
  ending_ = true;
  flush();
}

void HttpConnection::flush() {
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

void HttpConnection::flushed() {
  flushing_ = false;
  deadline_ = Clock::time_point::max();
  if (!queue_.empty()) return flush();
  if (!ending_) return;
  error_code ignored;
  socket_.cancel(ignored);
  keep_ && !loop_.stopping ? next() : linger();
}

}  // namespace dhis2mcp
