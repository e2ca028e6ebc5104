// SPDX-License-Identifier: BSD-3-Clause
// Calls of the dispatcher, and answers that come as a stream.
#include "server/http_connection.h"

#include <cstdint>
#include <stop_token>
#include <string>

#include "server/http_answer.h"
#include "server/http_peer.h"

namespace dhis2mcp {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// What may wait for a peer that reads slowly, before it is let go.
constexpr std::size_t kLongestQueue = 16 * 1024 * 1024;

// The connection itself. Everything runs on the thread of the loop but what Answer hands over.
class Connection final : public HttpPeer {
 public:
  Connection(const std::shared_ptr<McpLoop>& loop, asio::io_context& context, int descriptor,
             bool v6)
      : HttpPeer(loop, context, descriptor, v6), loop_(*loop) {}

  void stop_call() override { stop_.request_stop(); }
  void beat(Clock::time_point now) override;

 private:
  class Answer;

  bool admit(const HttpHead& head) override;
  void serve() override;
  std::string text_of(const HttpRefusal& refusal) const override { return http_answer(refusal); }
  void abandon() override { stop_.request_stop(); }

  // What an exchange says, on the thread of the loop; `turn` tells it from one that is over.
  void respond(std::uint64_t turn, const Reply& reply);
  void say(std::uint64_t turn, const Event& event);
  void part(std::uint64_t turn);
  void begin_stream();
  void add_to_stream(std::string_view text);
  void end_stream();
  void flush();
  void flushed();
  bool takes_streams() const;
  std::shared_ptr<Connection> self() {
    return std::static_pointer_cast<Connection>(shared_from_this());
  }

  McpLoop& loop_;
  Route route_ = Route::message;
  Clock::time_point quiet_since_;  // of a call or a stream
  std::stop_source stop_;
  std::uint64_t turn_ = 0;  // counts the requests
  std::string queue_;       // of a stream, behind what is being written
  bool flushing_ = false, ending_ = false, chunked_ = true, keep_ = true;
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

bool Connection::admit(const HttpHead& head) {
  route_ = loop_.gate->pass(head, Clock::now());
  return route_ == Route::message;
}

void Connection::serve() {
  quiet_since_ = Clock::now();
  ++turn_;
  ending_ = false;
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
  const auto answer = std::make_shared<Answer>(self(), turn, takes_streams());
  if (route_ == Route::stream) {
    loop_.dispatcher.open_stream(head_, answer);
  } else {
    loop_.dispatcher.handle(std::move(parser_->get().body()), {&head_, nullptr, stop_.get_token()},
                            answer);
  }
  if (turn == turn_ && (state_ == State::answering || state_ == State::streaming)) watch();
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
    asio::post(context_, [self = self()] { self->close(); });
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
                    [self = self()](error_code failed, std::size_t) {
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

std::shared_ptr<HttpConnection> http_connection(const std::shared_ptr<McpLoop>& loop,
                                                asio::io_context& context, int descriptor,
                                                bool v6) {
  return std::make_shared<Connection>(loop, context, descriptor, v6);
}

}  // namespace dhis2mcp
