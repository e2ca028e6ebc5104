// SPDX-License-Identifier: BSD-3-Clause
// Plays the faults, down to the socket where it must.
#include "tests/sandbox/faults.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <thread>

#include <httplib.h>

#include "tests/sandbox/gzip.h"
#include "tests/sandbox/oauth_faults.h"

namespace sandbox {
namespace {

struct Kind {
  std::string_view name;
  long long number;  // when none is given
};

constexpr Kind kKinds[] = {{"status", 503}, {"delay", 1000},     {"drip", 50},    {"truncate", 0},
                           {"gzip-cut", 0}, {"html", 200},       {"redirect", 0}, {"reset", 0},
                           {"huge", 300},   {"wrong-length", 10}};

constexpr std::string_view kProxyPage =
    "<!doctype html><html><head><title>Sign in to the guest network</title></head>"
    "<body><h1>Sign in to the guest network</h1></body></html>";

// The server hands no socket to its handlers, so it is found by the port of the peer.
int socket_of(const httplib::Request& request) {
  for (int fd = 3; fd < 4096; ++fd) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    if (getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) continue;
    if (peer.sin_family == AF_INET && ntohs(peer.sin_port) == request.remote_port) return fd;
  }
  return -1;
}

// Breaks the connection off with RST instead of FIN.
void reset_connection(const httplib::Request& request) {
  const int fd = socket_of(request);
  if (fd < 0) return;
  const linger now{1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  sockaddr nobody{};
  nobody.sa_family = AF_UNSPEC;
  connect(fd, &nobody, sizeof nobody);
}

// A document that would be hundreds of megabytes, in the shape of what was asked for.
struct Huge {
  std::string head, row, tail;
};

// "dataElements" of "/dhis/api/43/dataElements.json".
std::string collection_of(const std::string& path) {
  const std::string last = path.substr(path.find_last_of('/') + 1);
  return last.substr(0, last.find('.'));
}

Huge huge_for(const std::string& path) {
  if (path.find("/analytics") != std::string::npos) {
    return {R"({"headers":[{"name":"dx","column":"Data","valueType":"TEXT","type":)"
            R"("java.lang.String","hidden":false,"meta":true},{"name":"ou","column":)"
            R"("Organisation unit","valueType":"TEXT","type":"java.lang.String","hidden":false,)"
            R"("meta":true},{"name":"value","column":"Value","valueType":"NUMBER","type":)"
            R"("java.lang.Double","hidden":false,"meta":false}],"metaData":{"items":{},)"
            R"("dimensions":{}},"rows":[)",
            R"(["y7qh476Nmd3","S3DWx9jT5VC","12.0"])", R"(],"width":3,"height":0})"};
  }
  if (path.find("/dataValueSets") != std::string::npos) {
    return {R"({"dataValues":[)",
            R"({"dataElement":"y7qh476Nmd3","period":"202610","orgUnit":"S3DWx9jT5VC",)"
            R"("categoryOptionCombo":"HllvX50cXC0","attributeOptionCombo":"HllvX50cXC0",)"
            R"("value":"12","storedBy":"admin"})",
            "]}"};
  }
  return {R"({")" + collection_of(path) + R"(":[)",
          R"({"id":"y7qh476Nmd3","displayName":"CPN 1re visite"})", "]}"};
}

void send_huge(const Fault& fault, const httplib::Request& request, httplib::Response& response) {
  const auto huge = std::make_shared<Huge>(huge_for(request.path));
  const auto left = std::make_shared<long long>(fault.number * 1000000);
  response.set_chunked_content_provider(
      "application/json;charset=UTF-8", [huge, left](size_t offset, httplib::DataSink& sink) {
        std::string piece = offset == 0 ? huge->head + huge->row : "";
        while (piece.size() < 65536) piece += "," + huge->row;
        *left -= static_cast<long long>(piece.size());
        if (*left <= 0) piece += huge->tail;
        if (!sink.write(piece.data(), piece.size())) return false;
        if (*left <= 0) sink.done();
        return true;
      });
}

void send_stream(const Reply& reply, httplib::Response& response) {
  response.set_chunked_content_provider(reply.content_type,
                                        [stream = reply.stream](size_t, httplib::DataSink& sink) {
                                          bool open = true;
                                          stream([&](std::string_view piece) {
                                            open = open && sink.write(piece.data(), piece.size());
                                            return open;
                                          });
                                          if (open) sink.done();
                                          return open;
                                        });
}

// Sends `sent` bytes of the body under a Content-Length of `told`.
void send_counted(const Reply& reply, size_t told, size_t sent, httplib::Response& response) {
  const auto body = std::make_shared<std::string>(reply.body.substr(0, sent));
  response.set_content_provider(told, reply.content_type,
                                [body, told](size_t offset, size_t, httplib::DataSink& sink) {
                                  if (offset > 0) return false;
                                  sink.write(body->data(), body->size());
                                  return body->size() >= told;
                                });
}

void send_dripping(const Reply& reply, long long pause, httplib::Response& response) {
  const auto body = std::make_shared<std::string>(reply.body);
  response.set_content_provider(body->size(), reply.content_type,
                                [body, pause](size_t offset, size_t, httplib::DataSink& sink) {
                                  std::this_thread::sleep_for(std::chrono::milliseconds(pause));
                                  return sink.write(body->data() + offset, 1);
                                });
}

bool bends_the_body(std::string_view kind) {
  return kind == "drip" || kind == "truncate" || kind == "wrong-length" || kind == "gzip-cut";
}

// The answer with its body in one piece: a fault of the body counts its bytes.
Reply whole(const Reply& reply) {
  Reply out = reply;
  if (!reply.stream) return out;
  out.stream = nullptr;
  reply.stream([&](std::string_view piece) {
    out.body += piece;
    return true;
  });
  return out;
}

long long number_behind(std::string_view text, size_t colon, long long otherwise) {
  if (colon == std::string_view::npos) return otherwise;
  const std::string_view digits = text.substr(colon + 1);
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) {
    throw std::invalid_argument("a fault takes a number after the colon, not " +
                                std::string(digits));
  }
  return std::stoll(std::string(digits));
}

Fault oauth_fault(std::string_view text) {
  const size_t colon = text.find(':');
  std::string known;
  for (const OauthFault& kind : oauth_faults()) {
    known += (known.empty() ? "" : ", ") + std::string(kind.name);
    if (kind.name != text.substr(0, colon)) continue;
    Fault fault;
    fault.kind = "oauth";
    fault.detail = kind.name;
    fault.number = number_behind(text, colon, kind.number);
    return fault;
  }
  throw std::invalid_argument("unknown fault oauth:" + std::string(text) + "; there are " + known);
}

}  // namespace

Fault Fault::parse(std::string_view text) {
  constexpr std::string_view kOauth = "oauth:";
  if (text.starts_with(kOauth)) return oauth_fault(text.substr(kOauth.size()));
  const size_t colon = text.find(':');
  std::string known;
  for (const Kind& kind : kKinds) {
    known += (known.empty() ? "" : ", ") + std::string(kind.name);
    if (kind.name != text.substr(0, colon)) continue;
    Fault fault;
    fault.kind = kind.name;
    fault.number = number_behind(text, colon, kind.number);
    return fault;
  }
  throw std::invalid_argument("unknown fault " + std::string(text) + "; there are " + known);
}

bool Fault::strikes(std::string_view path_below_context) const {
  return !kind.empty() && kind != "oauth" && path_below_context.starts_with(path);
}

bool replace(const Fault& fault, const httplib::Request& request, httplib::Response& response) {
  if (fault.kind == "status") {
    const Reply reply = web_message(static_cast<int>(fault.number), "A fault that was asked for");
    response.status = reply.status;
    if (reply.status == 429 || reply.status == 503) response.set_header("Retry-After", "1");
    response.set_content(reply.body, reply.content_type);
  } else if (fault.kind == "html") {
    response.status = static_cast<int>(fault.number);
    response.set_content(std::string(kProxyPage), "text/html;charset=utf-8");
  } else if (fault.kind == "redirect") {
    // 0: to another origin that would answer; anything else: to itself, for ever.
    const std::string port = std::to_string(request.local_port);
    response.status = 302;
    response.set_header("Location",
                        (fault.number == 0 ? "http://localhost:" + port : "") + request.target);
  } else if (fault.kind == "reset") {
    reset_connection(request);
  } else if (fault.kind == "huge") {
    response.status = 200;
    send_huge(fault, request, response);
  } else {
    return false;
  }
  return true;
}

void send(const Fault* fault, const Reply& made, httplib::Response& response) {
  const std::string_view kind = fault ? std::string_view(fault->kind) : "";
  const Reply reply = bends_the_body(kind) ? whole(made) : made;
  response.status = reply.status;
  for (const auto& [name, value] : reply.headers) response.headers.emplace(name, value);
  const size_t size = reply.body.size();
  if (kind == "delay") std::this_thread::sleep_for(std::chrono::milliseconds(fault->number));
  if (reply.stream) {
    send_stream(reply, response);
  } else if (kind == "drip" && size > 0) {
    send_dripping(reply, fault->number, response);
  } else if (kind == "truncate") {
    const size_t sent = fault->number > 0 ? static_cast<size_t>(fault->number) : size / 2;
    send_counted(reply, size, std::min(sent, size), response);
  } else if (kind == "wrong-length") {
    // More bytes than told: the rest would be read as the next answer of the connection.
    const auto less = static_cast<size_t>(std::max(0LL, fault->number));
    send_counted(reply, size > less ? size - less : 0, size, response);
  } else if (kind == "gzip-cut") {
    const std::string packed = gzipped(reply.body);
    response.set_header("Content-Encoding", "gzip");
    response.set_content(packed.substr(0, packed.size() / 2), reply.content_type);
  } else if (!reply.content_type.empty()) {
    response.set_content(reply.body, reply.content_type);
  }
}

}  // namespace sandbox
