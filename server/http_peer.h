// SPDX-License-Identifier: BSD-3-Clause
// Reads a request, has it admitted and served, reads the next: what the fronts have in common. Seen
// by the connections of the fronts alone, for it shows Boost.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <boost/asio.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "server/http_head.h"
#include "server/http_loop.h"

namespace dhis2mcp {

// Everything runs on the thread of the loop.
class HttpPeer : public HttpConnection, public std::enable_shared_from_this<HttpPeer> {
 public:
  HttpPeer(std::shared_ptr<HttpLoop> loop, boost::asio::io_context& context, int descriptor,
           bool v6);

  void start(HttpLoop::Peers::iterator self) override;
  bool idle() const override { return state_ == State::idle; }
  bool asks_nothing_yet() const override { return idle() || state_ == State::reading; }
  Clock::time_point deadline() const override { return deadline_; }
  void close() override;

 protected:
  enum class State { idle, reading, answering, streaming, writing, lingering, closed };
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

  // The head is whole and sound, its body not read. Throws HttpRefusal; else says whether a body
  // may follow.
  virtual bool admit(const HttpHead& head) = 0;

  // The request is whole; `head_` and the parser hold it until next(). Throws HttpRefusal. The
  // state is `answering` and there is no deadline.
  virtual void serve() = 0;

  // A refusal as an answer, after which the connection is closed.
  virtual std::string text_of(const HttpRefusal& refusal) const = 0;

  // The connection closes: what is in flight for it is of no use any more.
  virtual void abandon() = 0;

  void expect(HttpLimits::Time limit) { deadline_ = Clock::now() + limit; }
  bool keeps_alive() const { return parser_->get().keep_alive() && !at_.stopping; }

  // While an answer is awaited: closes when the peer goes away. Ends with the next write.
  void watch();

  void refuse(const HttpRefusal& refusal);
  void write(std::string text, bool keep);
  void next();
  void linger();

  boost::asio::io_context& context_;
  boost::asio::ip::tcp::socket socket_;
  std::optional<Parser> parser_;
  HttpHead head_;  // views into the parser
  State state_ = State::idle;
  Clock::time_point deadline_ = Clock::time_point::max();
  std::string answer_;  // being written

 private:
  void read();
  void parse();
  bool parse_head();
  bool parse_body();
  void continue_then_read();
  void write_now(bool keep);
  void throw_away();

  const std::shared_ptr<HttpLoop> owner_;
  HttpLoop& at_;
  HttpLoop::Peers::iterator self_;
  boost::beast::flat_buffer buffer_;
  std::string raw_head_;  // as it came, until it is complete
  bool continued_ = false;
  std::size_t thrown_away_ = 0;
};

}  // namespace dhis2mcp
