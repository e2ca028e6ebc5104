// SPDX-License-Identifier: BSD-3-Clause
// A client of the full server, over stdio and over HTTP alike: sends messages, and hands out those
// that come, whatever way they take.
#pragma once

#include <array>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <thread>
#include <vector>

#include "server/http_transport.h"
#include "server/stdio_transport.h"
#include "tests/server/full_toolbox.h"

namespace dhis2mcp::test {

enum class Way { stdio, http };
inline constexpr Way kWays[] = {Way::stdio, Way::http};

// As test names have it.
inline std::ostream& operator<<(std::ostream& out, Way way) {
  return out << (way == Way::stdio ? "Stdio" : "Http");
}

// Of its error; 0 when it is none.
inline int code(const Json& response) {
  return response.contains("error") ? response["error"]["code"].get<int>() : 0;
}

// One message that came, or over HTTP an answer without one.
struct Came {
  std::string text;
  int status = 0;                              // over HTTP
  bool streamed = false;                       // as an event
  std::string event_id;                        // of the event
  std::map<std::string, std::string> headers;  // over HTTP; names in lower case

  Json json() const { return Json::parse(text, nullptr, false); }
};

class Client {
 public:
  explicit Client(Way way, std::chrono::milliseconds patience = std::chrono::minutes(1));
  virtual ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // As a client of this revision. An older one shakes hands; over HTTP it keeps its session.
  void speak(Revision revision, const std::string& capabilities = "{}");

  // Sends a message as it is; over HTTP as a POST of its own with these headers instead of those
  // that follow from the message.
  void send(const std::string& text, const std::optional<std::string>& headers = {});

  // A request of the revision: `params` are its members, without braces. Answers its id.
  std::string request(const std::string& method, const std::string& params = "");
  std::string call(const std::string& tool, const std::string& further = "");

  // The next message that comes, within ten seconds; over HTTP also the end of what has no message.
  Came next();
  // The next that is the response to this id; what comes before is kept in `before`.
  Json response(const std::string& id);
  std::vector<Json> before;

  // What request() followed by response() gives.
  Json ask(const std::string& method, const std::string& params = "") {
    return response(request(method, params));
  }

  // Over HTTP: another verb, the newest connection cut, whether nothing is open any more.
  void verb(const std::string& verb, const std::string& headers);
  void cut();
  // Tells the server to end; over stdio by the end of its input.
  void end();
  std::string session_header() const;

  std::uint16_t port() const { return http_->port(); }
  const Way way;
  FullServer server;
  std::string session;
  std::string meta = R"("io.modelcontextprotocol/clientCapabilities":{})";  // of modern requests
  std::string accept = "application/json, text/event-stream";
  Revision revision = kNewestLegacy;

 private:
  struct Wire;
  std::string own_headers(const std::string& text) const;
  void read_from(Wire& wire);
  void take_lines(Wire& wire);
  void take_answers(Wire& wire);
  bool take_events(Wire& wire);
  void keep(Came came);
  void record(const std::string& text) const;

  std::unique_ptr<HttpServer> http_;
  std::thread thread_;
  std::array<int, 2> input_{-1, -1};
  std::list<Wire> wires_;  // each POST or GET, or the one line
  std::deque<Came> came_;
  std::map<std::string, std::string> methods_;  // of requests, by raw id
  int last_id_ = 0;
};

}  // namespace dhis2mcp::test
