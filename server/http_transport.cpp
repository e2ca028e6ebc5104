// SPDX-License-Identifier: BSD-3-Clause
// The loop of the MCP front: its gate, and its calls when it ends.
#include "server/http_transport.h"

#include <utility>

#include "server/http_connection.h"

namespace dhis2mcp {

class HttpServer::Loop : public McpLoop {
 public:
  Loop(Dispatcher& taken, HttpOptions given) : McpLoop(taken, std::move(given)) {}

 private:
  std::shared_ptr<HttpConnection> connection(boost::asio::io_context& context, int descriptor,
                                             bool v6) override {
    return http_connection(std::static_pointer_cast<Loop>(shared_from_this()), context, descriptor,
                           v6);
  }
  void end_streams() override { dispatcher.end_streams(); }
  void stop_calls() override { dispatcher.stop_calls(); }
};

HttpServer::HttpServer(Dispatcher& dispatcher, HttpOptions options)
    : loop_(std::make_shared<Loop>(dispatcher, std::move(options))) {}
HttpServer::~HttpServer() { loop_->close_all(); }
std::uint16_t HttpServer::port() const { return loop_->port(); }
void HttpServer::run(Secret token, std::string token_file) {
  loop_->gate.emplace(loop_->address(), loop_->port(), std::move(token), std::move(token_file));
  loop_->run();
}
void HttpServer::stop() { loop_->stop(); }

}  // namespace dhis2mcp
