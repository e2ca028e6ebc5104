// SPDX-License-Identifier: BSD-3-Clause
// One peer of the HTTP front: reads a request, answers it, reads the next.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include <boost/asio.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "server/http_gate.h"
#include "server/http_transport.h"

namespace dhis2mcp {

class HttpConnection;

// The loop that connections run in. Everything is used on the thread of the loop.
struct HttpLoop {
  using Connections = std::list<std::shared_ptr<HttpConnection>>;

  HttpLoop(Dispatcher& taken, HttpOptions given) : dispatcher(taken), options(std::move(given)) {}
  virtual ~HttpLoop() = default;
  virtual void forget(Connections::iterator connection) = 0;

  boost::asio::io_context context{1};
  Dispatcher& dispatcher;
  const HttpOptions options;
  std::optional<HttpGate> gate;
  bool stopping = false;
};

// Owns its loop: the answer to a call may come after the server has ended.
class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  using Clock = std::chrono::steady_clock;

  HttpConnection(std::shared_ptr<HttpLoop> loop, boost::asio::ip::tcp::socket socket)
      : owner_(std::move(loop)), loop_(*owner_), socket_(std::move(socket)) {}

  void start(HttpLoop::Connections::iterator self);
  bool idle() const { return state_ == State::idle; }
  Clock::time_point deadline() const { return deadline_; }
  void stop_call() { stop_.request_stop(); }
  void close();

  // Shows a client that waits, and whatever is between us, that this connection lives: from time to
  // time a comment, which also begins the stream of an answer that takes long.
  void beat(Clock::time_point now);

 private:
  class Answer;
  enum class State { idle, reading, answering, streaming, writing, lingering, closed };
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

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
  boost::asio::ip::tcp::socket socket_;
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

}  // namespace dhis2mcp
