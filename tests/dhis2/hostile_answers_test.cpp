// SPDX-License-Identifier: BSD-3-Clause
// The client against servers that lie, drip, flood and break off.
#include <gtest/gtest.h>
#include <zlib.h>

#include <chrono>
#include <future>

#include "dhis2/client.h"
#include "dhis2/error.h"
#include "tests/dhis2/get_it.h"
#include "tests/support/raw_server.h"

namespace dhis2mcp {
namespace {

using std::chrono::milliseconds;
using support::http_answer;
using support::RawConnection;
using support::RawServer;

std::string deflated(std::string_view text, int bits) {
  z_stream zlib{};
  deflateInit2(&zlib, 9, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&zlib, text.size()) + 64, '\0');
  zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  zlib.avail_in = static_cast<uInt>(text.size());
  zlib.next_out = reinterpret_cast<Bytef*>(out.data());
  zlib.avail_out = static_cast<uInt>(out.size());
  deflate(&zlib, Z_FINISH);
  out.resize(zlib.total_out);
  deflateEnd(&zlib);
  return out;
}

std::string gzip(std::string_view text) { return deflated(text, 15 + 16); }

std::string repeated(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

WireOptions hurried() {
  return {.ca_file = {}, .pause = [](milliseconds) {}};
}

// Beyond the time that a test has.
constexpr milliseconds kFar = std::chrono::hours(1);

struct Hostile {
  const char* name;
  std::string bytes;
};

const std::string kOk = "HTTP/1.1 200 OK\r\n";
const std::string kGzip = "Content-Encoding: gzip\r\n";

std::vector<Hostile> hostile_answers() {
  const std::string body = gzip(repeated("{\"id\":\"abc\"},", 5'000));
  return {
      {"nothing", ""},
      {"garbage", "\x16\x03\x01 no http at all"},
      {"half a status line", "HTTP/1."},
      {"a status line of 9 KB", "HTTP/1.1 200 " + std::string(9'000, 'a') + "\r\n"},
      {"a status line of 200 KB", "HTTP/1.1 200 " + std::string(200'000, 'a') + "\r\n\r\n"},
      {"a status that is no number", "HTTP/1.1 2x0 OK\r\n\r\n"},
      {"a status of ten digits", "HTTP/1.1 2000000000 OK\r\n\r\n"},
      {"HTTP/2 in clear", "HTTP/2 200\r\n\r\n"},
      {"half a header", kOk + "Content-Le"},
      {"100,000 headers", kOk + repeated("X-A: b\r\n", 100'000) + "\r\n"},
      {"a header of 100 KB", kOk + "X-A: " + std::string(100'000, 'a') + "\r\n\r\n"},
      {"99 headers of 8 KB", kOk + repeated("X-A: " + std::string(8'000, 'a') + "\r\n", 99) +
                                 "Content-Length: 0\r\n\r\n"},
      {"a header without a colon", kOk + "Content-Length\r\n\r\n"},
      {"a header name with a space", kOk + "Content Length: 3\r\n\r\n"},
      {"two different lengths", kOk + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"},
      {"a length that is no number", kOk + "Content-Length: many\r\n\r\nab"},
      {"a negative length", kOk + "Content-Length: -1\r\n\r\nab"},
      {"a length beyond 64 bits", kOk + "Content-Length: 99999999999999999999999\r\n\r\nab"},
      {"a length too long", kOk + "Content-Length: 100\r\n\r\nab"},
      {"a length of terabytes", kOk + "Content-Length: 9999999999999\r\n\r\nab"},
      {"a chunk of size -2", kOk + "Transfer-Encoding: chunked\r\n\r\n-2\r\nab\r\n0\r\n\r\n"},
      {"a chunk size that is none", kOk + "Transfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n"},
      {"a chunk size of 2^70",
       kOk + "Transfer-Encoding: chunked\r\n\r\n400000000000000000\r\nab\r\n0\r\n\r\n"},
      {"a chunk cut short", kOk + "Transfer-Encoding: chunked\r\n\r\n10\r\nab"},
      {"chunks without an end", kOk + "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n"},
      {"chunk and length", kOk + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n"
                                 "2\r\nab\r\n0\r\n\r\n"},
      {"a transfer encoding of gzip", kOk + "Transfer-Encoding: gzip, chunked\r\n\r\n"
                                            "2\r\nab\r\n0\r\n\r\n"},
      {"a transfer encoding of xchunked", kOk + "Transfer-Encoding: xchunked\r\n\r\nab"},
      {"half a gzip", http_answer(200, body.substr(0, body.size() / 2), kGzip)},
      {"a gzip without its last byte", http_answer(200, body.substr(0, body.size() - 1), kGzip)},
      {"a gzip and more", http_answer(200, body + "more", kGzip)},
      {"a gzip and another", http_answer(200, body + body, kGzip)},
      {"a gzip with a wrong sum",
       [&] {
         std::string bad = body;
         bad[bad.size() - 6] = static_cast<char>(bad[bad.size() - 6] ^ 1);
         return http_answer(200, bad, kGzip);
       }()},
      {"no gzip at all", http_answer(200, "{\"id\":1}", kGzip)},
      {"a brotli", http_answer(200, "xx", "Content-Encoding: br\r\n")},
      {"two codings", http_answer(200, body, "Content-Encoding: gzip, gzip\r\n")},
      {"a bomb", http_answer(200, gzip(std::string(15'000'000, ' ')), kGzip)},
      {"a deflate cut short", http_answer(200, deflated(std::string(1'000, 'a'), 15).substr(0, 10),
                                          "Content-Encoding: deflate\r\n")},
      {"a document over 16 MB", http_answer(200, std::string(17'000'000, ' '))},
      {"a gzip over 16 MB",
       http_answer(200, gzip(repeated("0123456789abcdef;", 1'100'000)), kGzip)},
      {"early hints and no end", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"},
  };
}

TEST(HostileAnswers, AreAnOrdinaryError) {
  for (const Hostile& row : hostile_answers()) {
    RawServer server(RawServer::saying(row.bytes));
    Client client(BaseUrl::parse(server.url()), hurried());
    try {
      const Response response = client.send(get_it(), {{}, kFar});
      ADD_FAILURE() << row.name << ": " << response.status << " " << response.body.size();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind, ErrorKind::unavailable) << row.name << ": " << error.what();
      EXPECT_FALSE(error.hint.empty()) << row.name;
    }
  }
}

TEST(HostileAnswers, AreToldWithMethodPathAndHostAndNoQuery) {
  const Hostile rows[] = {
      {"larger than 16 MB", http_answer(200, std::string(17'000'000, ' '))},
      {"cut short", http_answer(200, gzip("{\"id\":1}").substr(0, 15), kGzip)},
      {"cut short", kOk + "Content-Length: 100\r\n\r\n{"},
      {"damaged", http_answer(200, "{\"id\":1}", kGzip)},
      {"nobody asked for", http_answer(200, "xx", "Content-Encoding: br\r\n")},
      {"no sound HTTP", kOk + "Transfer-Encoding: xchunked\r\n\r\nab"},
      {"closed before", ""},
  };
  Request request = get_it();
  request.query.add("filter", "attribute:eq:Fatima");
  for (const Hostile& row : rows) {
    RawServer server(RawServer::saying(row.bytes));
    Client client(BaseUrl::parse(server.url("/dhis")), hurried());
    try {
      client.send(request, {{}, milliseconds(3'000)});
      ADD_FAILURE() << row.name;
    } catch (const Error& error) {
      const std::string message = error.what();
      EXPECT_TRUE(message.starts_with("GET /api/x failed at " + server.url() + ": ")) << message;
      EXPECT_NE(message.find(row.name), std::string::npos) << message;
      EXPECT_EQ(message.find("Fatima"), std::string::npos) << message;
    }
  }
}

TEST(HostileAnswers, DoNotSpoilTheNextCall) {
  std::atomic<int> answers = 0;
  const auto rows = hostile_answers();
  RawServer server([&](RawConnection& connection) {
    if (connection.read_request().empty()) return;
    const auto turn = static_cast<std::size_t>(answers++);
    connection.send(turn % 2 == 0 ? rows[turn / 2 % rows.size()].bytes
                                  : http_answer(200, "{\"good\":true}"));
  });
  Client client(BaseUrl::parse(server.url()), hurried());
  Request write = get_it();
  write.method = Method::post;  // never sent twice, so that the turns stay in step
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_THROW(client.send(write, {{}, milliseconds(3'000)}), Error) << rows[i].name;
    EXPECT_EQ(client.send(write, {{}, milliseconds(3'000)}).body, "{\"good\":true}")
        << rows[i].name;
  }
}

TEST(HostileAnswers, GoodOnesInAllCodingsAreRead) {
  const std::string text = repeated("{\"id\":\"abc\"},", 5'000);
  const Hostile rows[] = {
      {"plain", http_answer(200, text)},
      {"identity", http_answer(200, text, "Content-Encoding: identity\r\n")},
      {"gzip", http_answer(200, gzip(text), kGzip)},
      {"x-gzip", http_answer(200, gzip(text), "content-encoding: X-GZip\r\n")},
      {"zlib", http_answer(200, deflated(text, 15), "Content-Encoding: deflate\r\n")},
      {"raw deflate", http_answer(200, deflated(text, -15), "Content-Encoding: deflate\r\n")},
      {"until closed", kOk + "\r\n" + text},
      {"chunked", kOk + "Transfer-Encoding: chunked\r\n\r\nFDE8\r\n" + text.substr(0, 65'000) +
                      "\r\n0\r\n\r\n"},
  };
  for (const Hostile& row : rows) {
    RawServer server(RawServer::saying(row.bytes));
    Client client(BaseUrl::parse(server.url()));
    EXPECT_EQ(client.send(get_it(), {{}, milliseconds(3'000)}).body, text) << row.name;
  }
}

TEST(HostileAnswers, AnAnswerOfAnySizeFitsThroughASink) {
  RawServer server([](RawConnection& connection) {
    connection.read_request();
    const std::string piece(1'000'000, 'x');
    connection.send(kOk + "Content-Length: 100000000\r\n\r\n");
    for (int i = 0; i < 100; ++i) connection.send(piece);
  });
  Client client(BaseUrl::parse(server.url()));
  std::size_t taken = 0;
  client.send(get_it(), {{}, milliseconds(10'000)}, [&](std::string_view piece) {
    taken += piece.size();
    return true;
  });
  EXPECT_EQ(taken, 100'000'000U);
}

TEST(HostileAnswers, LinesWithoutEndAreNotReadForEver) {
  RawServer server([](RawConnection& connection) {
    connection.read_request();
    connection.send(kOk);
    while (connection.send("no carriage return\n")) {
    }
  });
  Client client(BaseUrl::parse(server.url()), hurried());
  try {
    client.send(get_it(), {{}, kFar});
    ADD_FAILURE() << "they were taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::unavailable) << error.what();
  }
}

struct Staller {
  const char* name;
  RawServer::Script script;
};

// Each ends the caller's patience in its own way.
std::vector<Staller> stallers() {
  const auto drip = [](std::string before) {
    return [before = std::move(before)](RawConnection& connection) {
      connection.read_request();
      connection.send(before);
      while (!connection.stopping() && !connection.closes_within(milliseconds(5)) &&
             connection.send("x")) {
      }
    };
  };
  return {
      {"says nothing", [](RawConnection& connection) { connection.hold(); }},
      {"stops in its head",
       [](RawConnection& connection) {
         connection.read_request();
         connection.send("HTTP/1.1 200 OK\r\nX-A");
         connection.hold();
       }},
      {"drips its head", drip("HTTP/1.1 200 OK\r\nX-A: ")},
      {"drips its body", drip(kOk + "Content-Length: 100000\r\n\r\n")},
      {"drips until closed", drip(kOk + "\r\n")},
      {"goes on with 100 Continue",
       [](RawConnection& connection) {
         connection.read_request();
         while (connection.send("HTTP/1.1 100 Continue\r\n\r\n")) {
         }
       }},
  };
}

TEST(StallingServers, EndAtTheDeadline) {
  for (const Staller& row : stallers()) {
    RawServer server(row.script);
    Client client(BaseUrl::parse(server.url()));
    try {
      client.send(get_it(), {{}, milliseconds(150)});
      ADD_FAILURE() << row.name;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind, ErrorKind::unavailable) << row.name << ": " << error.what();
      const std::string message = error.what();
      EXPECT_NE(message.find("in time"), std::string::npos) << row.name << ": " << message;
    }
  }
}

TEST(StallingServers, AreLeftOnAStop) {
  for (const Staller& row : stallers()) {
    std::promise<void> connected;
    RawServer server([&](RawConnection& connection) {
      connected.set_value();
      row.script(connection);
    });
    Client client(BaseUrl::parse(server.url()));
    std::stop_source stop;
    auto call = std::async(std::launch::async, [&] {
      try {
        client.send(get_it(), {stop.get_token(), kFar});
        return ErrorKind::internal;
      } catch (const Error& error) {
        return error.kind;
      }
    });
    connected.get_future().wait();
    stop.request_stop();
    EXPECT_EQ(call.get(), ErrorKind::cancelled) << row.name;
  }
}

TEST(StallingServers, AStopBeforeTheCallSendsNothing) {
  RawServer server([](RawConnection& connection) { connection.hold(); });
  Client client(BaseUrl::parse(server.url()));
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THROW(client.send(get_it(), {stop.get_token(), milliseconds(1'000)}), Error);
  EXPECT_EQ(server.connections(), 0);
}

// A server whose queue is full: a further connection is neither taken nor refused.
class FullQueue {
 public:
  FullQueue() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (bind(listener_, any, size) != 0 || listen(listener_, 0) != 0 ||
        getsockname(listener_, any, &size) != 0 || connect(first_, any, size) != 0) {
      throw std::runtime_error("no queue to fill");
    }
    port_ = ntohs(address.sin_port);
  }
  ~FullQueue() {
    close(first_);
    close(listener_);
  }
  FullQueue(const FullQueue&) = delete;
  FullQueue& operator=(const FullQueue&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  const int listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int first_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int port_ = 0;
};

TEST(StallingServers, AConnectionThatNobodyTakesEndsAtTheDeadline) {
  const FullQueue server;
  Client client(BaseUrl::parse(server.url()), hurried());
  try {
    client.send(get_it(), {{}, milliseconds(150)});
    ADD_FAILURE() << "somebody answered";
  } catch (const Error& error) {
    const std::string message = error.what();
    EXPECT_EQ(error.kind, ErrorKind::unavailable);
    EXPECT_TRUE(message.find("in time") != std::string::npos ||
                message.find("nobody answers") != std::string::npos)
        << message;
  }
}

}  // namespace
}  // namespace dhis2mcp
