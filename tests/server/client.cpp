// SPDX-License-Identifier: BSD-3-Clause
// A small reader of lines, of HTTP answers and of event streams.
#include "tests/server/client.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace dhis2mcp::test {
namespace {

constexpr const char* kToken = "0123456789abcdef0123456789abcdef";

}  // namespace

struct Client::Wire {
  int fd = -1;
  std::string got;
  bool head = false, chunked = false, ended = false;
  std::string events;  // of a stream, without its chunks
  Came answer;
};

Client::Client(Way which, std::chrono::milliseconds patience) : way(which), server(patience) {
  if (way == Way::http) {
    http_ = std::make_unique<HttpServer>(server.dispatcher,
                                         HttpOptions{.bind = "127.0.0.1", .port = 0, .limits = {}});
    thread_ = std::thread([this] { http_->run(Secret(std::string(kToken)), "token"); });
    return;
  }
  std::array<int, 2> output{};
  if (pipe2(input_.data(), O_CLOEXEC) != 0 || pipe2(output.data(), O_CLOEXEC) != 0) {
    throw std::runtime_error("no pipe");
  }
  thread_ = std::thread([this, out = output[1]] {
    serve_stdio(server.dispatcher, server.pool,
                {.input = input_[0], .output = out, .on_ending = {}});
    close(out);
  });
  wires_.emplace_back().fd = output[0];
}

Client::~Client() {
  server.toolbox.release();
  // Peers that stay would be waited for.
  for (const Wire& wire : wires_) {
    if (way == Way::http) close(wire.fd);
  }
  end();
  thread_.join();
  if (way == Way::http) return;
  close(input_[0]);
  close(wires_.front().fd);
}

std::string Client::session_header() const {
  return session.empty() ? "" : "Mcp-Session-Id: " + session + "\r\n";
}

std::string Client::own_headers(const std::string& text) const {
  const Json json = Json::parse(text, nullptr, false);
  const auto claim = Json::json_pointer("/params/_meta/io.modelcontextprotocol~1protocolVersion");
  std::string headers = "Accept: " + accept + "\r\n";
  if (!json.is_object() || !json.contains(claim)) {
    const bool says = !session.empty() && revision >= Revision::r2025_06_18;
    return headers + session_header() +
           (says ? "MCP-Protocol-Version: " + std::string(to_string(revision)) + "\r\n" : "");
  }
  headers += "MCP-Protocol-Version: " + json.at(claim).get<std::string>() +
             "\r\nMcp-Method: " + json.value("method", "") + "\r\n";
  const Json& params = json["params"];
  const std::string name = params.value("name", params.value("uri", ""));
  return name.empty() ? headers : headers + "Mcp-Name: " + name + "\r\n";
}

void Client::send(const std::string& text, const std::optional<std::string>& headers) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_object() && json.contains("id") && json.contains("method")) {
    methods_[to_text(json["id"])] = json.value("method", "");
  }
  if (way == Way::stdio) {
    const std::string line = text + "\n";
    if (write(input_[1], line.data(), line.size()) < 0) throw std::runtime_error("cannot write");
    return;
  }
  verb("POST", (headers ? *headers : own_headers(text)) +
                   "Content-Type: application/json\r\nContent-Length: " +
                   std::to_string(text.size()) + "\r\n\r\n" + text);
}

void Client::verb(const std::string& verb, const std::string& headers) {
  Wire& wire = wires_.emplace_back();
  wire.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(http_->port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(wire.fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("cannot connect");
  }
  std::string text = verb + " /mcp HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(http_->port()) +
                     "\r\nAuthorization: Bearer " + kToken + "\r\n" + headers;
  if (verb != "POST") text += "\r\n";
  if (::send(wire.fd, text.data(), text.size(), MSG_NOSIGNAL) < 0) {
    throw std::runtime_error("cannot send");
  }
}

void Client::end() {
  if (http_) http_->stop();
  if (input_[1] >= 0) close(input_[1]);
  input_[1] = -1;
}

void Client::cut() {
  close(wires_.back().fd);
  wires_.pop_back();
}

void Client::speak(Revision wanted, const std::string& capabilities) {
  revision = wanted;
  if (is_modern(wanted)) {
    meta = R"("io.modelcontextprotocol/clientCapabilities":)" + capabilities;
    return;
  }
  send(R"({"jsonrpc":"2.0","id":"init","method":"initialize","params":{"protocolVersion":")" +
           std::string(to_string(wanted)) + R"(","capabilities":)" + capabilities +
           R"(,"clientInfo":{"name":"t","version":"1"}}})",
       "Accept: " + accept + "\r\n");
  Came came = next();
  if (way == Way::stdio) return;
  while (came.status < 400 && came.headers.count("mcp-session-id") == 0) came = next();
  session = came.headers.at("mcp-session-id");
}

std::string Client::request(const std::string& method, const std::string& params) {
  const std::string id = std::to_string(++last_id_);
  std::string inside = params;
  if (is_modern(revision)) {
    inside += (inside.empty() ? "" : ",") +
              std::string(R"("_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",)") +
              meta + "}";
  }
  send(R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":")" + method + R"(","params":{)" + inside +
       "}}");
  return id;
}

std::string Client::call(const std::string& tool, const std::string& further) {
  return request("tools/call",
                 R"("name":")" + tool + "\"" + (further.empty() ? "" : "," + further));
}

// What the server says is kept for tests/conformance, which holds it against the protocol's schema.
void Client::record(const std::string& text) const {
  const char* const file = std::getenv("DHIS2_MCP_MESSAGES");
  const Json json = Json::parse(text, nullptr, false);
  if (file == nullptr || !json.is_object()) return;
  const bool responds = json.contains("id") && !json.contains("method");
  const auto asked = methods_.find(responds ? to_text(json["id"]) : "");
  const bool modern = json.contains(Json::json_pointer("/result/resultType"));
  Json line = {{"revision", to_string(modern ? Revision::r2026_07_28 : revision)},
               {"message", json}};
  if (asked != methods_.end()) line["request"] = asked->second;
  const std::string bytes = to_text(line) + "\n";
  const int out = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (write(out, bytes.data(), bytes.size()) < 0) throw std::runtime_error("cannot record");
  close(out);
}

void Client::keep(Came came) { came_.push_back(std::move(came)); }

void Client::take_lines(Wire& wire) {
  for (std::size_t end = wire.got.find('\n'); end != std::string::npos; end = wire.got.find('\n')) {
    record(wire.got.substr(0, end));
    keep({wire.got.substr(0, end)});
    wire.got.erase(0, end + 1);
  }
}

// Whether the stream is at its end.
bool Client::take_events(Wire& wire) {
  bool last = false;
  while (wire.chunked && !last) {
    const std::size_t line = wire.got.find("\r\n");
    if (line == std::string::npos) break;
    const std::size_t size = std::stoul(wire.got.substr(0, line), nullptr, 16);
    if (wire.got.size() < line + 2 + size + 2) break;
    wire.events += wire.got.substr(line + 2, size);
    wire.got.erase(0, line + 2 + size + 2);
    last = size == 0;
  }
  for (std::size_t end = wire.events.find("\n\n"); end != std::string::npos;
       end = wire.events.find("\n\n")) {
    Came came{{}, wire.answer.status, true, {}, wire.answer.headers};
    for (std::size_t at = 0; at < end;) {
      const std::size_t stop = wire.events.find('\n', at);
      const std::string line = wire.events.substr(at, stop - at);
      if (line.starts_with("data: ")) came.text += line.substr(6);
      if (line.starts_with("id: ")) came.event_id = line.substr(4);
      if (line.starts_with("retry: ")) came.headers["retry"] = line.substr(7);
      at = stop + 1;
    }
    wire.events.erase(0, end + 2);
    record(came.text);
    if (!came.text.empty() || !came.event_id.empty()) keep(std::move(came));
  }
  return last;
}

void Client::take_answers(Wire& wire) {
  if (!wire.head) {
    const std::size_t end = wire.got.find("\r\n\r\n");
    if (end == std::string::npos) return;
    wire.answer.status = std::stoi(wire.got.substr(9, 3));
    for (std::size_t at = wire.got.find("\r\n") + 2; at < end;) {
      const std::size_t stop = wire.got.find("\r\n", at), colon = wire.got.find(": ", at);
      std::string name = wire.got.substr(at, colon - at);
      std::transform(name.begin(), name.end(), name.begin(), ::tolower);
      wire.answer.headers[name] = wire.got.substr(colon + 2, stop - colon - 2);
      at = stop + 2;
    }
    wire.got.erase(0, end + 4);
    wire.head = true;
    wire.chunked = wire.answer.headers.count("transfer-encoding") > 0;
  }
  if (wire.answer.headers["content-type"] == "text/event-stream") {
    if (!take_events(wire)) return;
    keep({{}, wire.answer.status, true, "end", wire.answer.headers});
  } else {
    const auto length = wire.answer.headers.find("content-length");
    const std::size_t size = length == wire.answer.headers.end() ? 0 : std::stoul(length->second);
    if (wire.got.size() < size) return;
    wire.answer.text = wire.got.substr(0, size);
    record(wire.answer.text);
    keep(wire.answer);
  }
  wire.ended = true;
}

void Client::read_from(Wire& wire) {
  char piece[64 * 1024];
  const ssize_t count = read(wire.fd, piece, sizeof piece);
  if (count <= 0) {
    wire.ended = true;
    return;
  }
  wire.got.append(piece, static_cast<std::size_t>(count));
  way == Way::stdio ? take_lines(wire) : take_answers(wire);
}

Came Client::next() {
  while (came_.empty()) {
    std::vector<pollfd> waits;
    for (const Wire& wire : wires_) waits.push_back({wire.fd, POLLIN, 0});
    if (waits.empty() || poll(waits.data(), waits.size(), 10'000) <= 0) {
      throw std::runtime_error("nothing came");
    }
    std::size_t at = 0;
    for (Wire& wire : wires_) {
      if (waits[at++].revents != 0) read_from(wire);
    }
    wires_.remove_if([&](const Wire& wire) {
      if (wire.ended) close(wire.fd);
      return wire.ended;
    });
  }
  Came came = std::move(came_.front());
  came_.pop_front();
  return came;
}

Json Client::response(const std::string& id) {
  for (;;) {
    const Came came = next();
    if (came.text.empty()) continue;
    Json json = came.json();
    if (json.contains("id") && !json.contains("method") && to_text(json["id"]) == id) return json;
    before.push_back(std::move(json));
  }
}

}  // namespace dhis2mcp::test
