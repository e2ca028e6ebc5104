// SPDX-License-Identifier: BSD-3-Clause
// The client against servers that behave: what it sends, keeps, follows and repeats.
#include "dhis2/client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <list>
#include <stdexcept>
#include <thread>
#include <vector>

#include "dhis2/error.h"
#include "dhis2/gate.h"
#include "tests/support/raw_server.h"

namespace dhis2mcp {
namespace {

using std::chrono::milliseconds;
using support::http_answer;
using support::json_answer;
using support::RawConnection;
using support::RawServer;
using support::target_of;

Request get(std::string path) {
  Request request;
  request.path = std::move(path);
  return request;
}

Patience within(milliseconds budget) { return {{}, budget}; }

constexpr milliseconds kPlenty{5'000};

// A client that spends no time between two tries, and remembers how long it would have been.
struct Hurried {
  explicit Hurried(const std::string& url)
      : client(BaseUrl::parse(url),
               {.ca_file = {}, .pause = [this](milliseconds pause) { pauses.push_back(pause); }}) {}
  std::vector<milliseconds> pauses;
  Client client;
};

TEST(Client, SendsItsOwnHeadersAndTheCallersAndNoOrigin) {
  std::string seen;
  RawServer server(RawServer::answering([&](const std::string& request) {
    seen = request;
    return json_answer(200, R"({"id":"x"})");
  }));
  Client client(BaseUrl::parse(server.url("/dhis")));
  Request request = get("/api/dataElements");
  request.query.add("filter", "name:in:[a,b]").add("fields", "id");
  request.headers = {{"Authorization", "ApiToken t"}};

  const Response response = client.send(request, within(kPlenty));

  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, R"({"id":"x"})");
  EXPECT_EQ(response.media_type(), "application/json");
  EXPECT_EQ(response.target, "/dhis/api/dataElements?filter=name%3Ain%3A%5Ba%2Cb%5D&fields=id");
  EXPECT_TRUE(seen.starts_with("GET /dhis/api/dataElements?filter=name")) << seen;
  EXPECT_EQ(seen.find('['), std::string::npos);
  for (const char* line :
       {"\r\nAuthorization: ApiToken t\r\n", "\r\nX-Requested-With: XMLHttpRequest\r\n",
        "\r\nAccept: application/json\r\n", "\r\nAccept-Encoding: gzip\r\n",
        "\r\nUser-Agent: dhis2-mcp/"}) {
    EXPECT_NE(seen.find(line), std::string::npos) << line << seen;
  }
  EXPECT_EQ(seen.find("Origin"), std::string::npos);
}

TEST(Client, KeepsItsConnectionForTheNextCall) {
  RawServer server(RawServer::answering([](const auto&) { return json_answer(200, "{}"); }));
  Client client(BaseUrl::parse(server.url()));
  for (int i = 0; i < 10; ++i) client.send(get("/api/me"), within(kPlenty));
  EXPECT_EQ(server.connections(), 1);
}

TEST(Client, OpensANewConnectionWhereTheOldOneWasClosed) {
  RawServer server([](RawConnection& connection) {
    if (!connection.read_request().empty()) connection.send(json_answer(200, "{}"));
  });
  Client client(BaseUrl::parse(server.url()));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(client.send(get("/api/me"), within(kPlenty)).status, 200);
  }
  EXPECT_GE(server.connections(), 3);
}

TEST(Client, SendsABodyOnceAndWithItsType) {
  std::string seen;
  RawServer server(RawServer::answering([&](const std::string& request) {
    seen = request;
    return json_answer(409, R"({"httpStatusCode":409})");
  }));
  Client client(BaseUrl::parse(server.url()));
  Request request = get("/api/dataStore/a/b");
  request.method = Method::post;
  request.body = std::string(100'000, 'x');
  request.content_type = "application/json";

  EXPECT_EQ(client.send(request, within(kPlenty)).status, 409);

  EXPECT_NE(seen.find("\r\nContent-Type: application/json\r\n"), std::string::npos);
  EXPECT_EQ(seen.find("Expect"), std::string::npos);
  EXPECT_TRUE(seen.ends_with(request.body));
}

TEST(Client, KeepsEachSetCookieOfAnAnswer) {
  RawServer server(RawServer::answering([](const auto&) {
    return http_answer(200, "{}", "Set-Cookie: JSESSIONID=A; Path=/\r\nSet-Cookie: B=2\r\n");
  }));
  Client client(BaseUrl::parse(server.url()));
  const Response response = client.send(get("/api/me"), within(kPlenty));
  int cookies = 0;
  for (const auto& [name, value] : response.headers) cookies += name == "Set-Cookie" ? 1 : 0;
  EXPECT_EQ(cookies, 2);
}

TEST(Client, AnswersOfHeadAndNoContentHaveNoBody) {
  RawServer server(RawServer::answering([](const std::string& request) {
    return request.starts_with("HEAD")
               ? std::string("HTTP/1.1 200 OK\r\nContent-Length: 500\r\nX-A: b\r\n\r\n")
               : std::string("HTTP/1.1 204 None\r\nX-A: b\r\n\r\n");
  }));
  Client client(BaseUrl::parse(server.url()));
  for (const Method method : {Method::head, Method::get}) {
    Request request = get("/api/me");
    request.method = method;
    const Response response = client.send(request, within(kPlenty));
    EXPECT_EQ(response.body, "");
    ASSERT_NE(find_header(response.headers, "x-a"), nullptr);
  }
}

TEST(Client, StreamsOnlyGoodAnswersIntoTheSink) {
  RawServer server(RawServer::answering([](const std::string& request) {
    return target_of(request) == "/api/good" ? json_answer(200, "[1,2,3]") : json_answer(404, "no");
  }));
  Client client(BaseUrl::parse(server.url()));
  std::string taken;
  const BodySink sink = [&](std::string_view piece) {
    taken += piece;
    return true;
  };
  EXPECT_EQ(client.send(get("/api/good"), within(kPlenty), sink).body, "");
  EXPECT_EQ(taken, "[1,2,3]");
  EXPECT_EQ(client.send(get("/api/bad"), within(kPlenty), sink).body, "no");
  EXPECT_EQ(taken, "[1,2,3]");
}

TEST(Client, EndsTheTransferWhenTheSinkHasEnough) {
  RawServer server([](RawConnection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n");
    while (connection.send(std::string(64 * 1024, 'x'))) {
    }
  });
  Client client(BaseUrl::parse(server.url()));
  std::size_t taken = 0;
  const Response response = client.send(get("/api/rows"), within(kPlenty), [&](auto piece) {
    taken += piece.size();
    return taken < 1'000'000;
  });
  EXPECT_EQ(response.status, 200);
  EXPECT_LT(taken, 1'200'000U);
}

TEST(Client, PassesOnWhatTheSinkThrows) {
  RawServer server(RawServer::answering([](const auto&) { return json_answer(200, "[1]"); }));
  Client client(BaseUrl::parse(server.url()));
  EXPECT_THROW(client.send(get("/api/x"), within(kPlenty),
                           [](auto) -> bool { throw std::logic_error("full"); }),
               std::logic_error);
  EXPECT_EQ(client.send(get("/api/x"), within(kPlenty)).body, "[1]");
}

struct RedirectCase {
  const char* name;
  const char* location;  // {other} is another server's origin, {this} this one's
  bool followed;
};

// Every one asks /dhis/api/start of a server whose context path is /dhis.
constexpr RedirectCase kRedirects[] = {
    {"absolute path", "/dhis/api/there", true},
    {"relative path", "there", true},
    {"this origin", "{this}/dhis/api/there", true},
    {"scheme-relative", "//{this-host}/dhis/api/there", true},
    {"query alone", "?again=1", true},
    {"other port", "{other}/dhis/api/there", false},
    {"other host", "http://localhost:{this-port}/dhis/api/there", false},
    {"user info", "http://me@{this-host}/dhis/api/there", false},
    {"https", "https://{this-host}/dhis/api/there", false},
    {"out of the context path", "/other/api/there", false},
    {"dot segments out of it", "/dhis/../other/there", false},
    {"encoded dot segments", "/dhis/%2e%2e/other", false},
    {"login page", "/dhis/dhis-web-commons/security/login.action", false},
    {"no path", "", false},
    {"other scheme", "file:///etc/passwd", false},
    {"backslash", "/dhis\\..\\there", false},
};

std::string filled(std::string text, const RawServer& self, const RawServer& other) {
  const std::string port = std::to_string(self.port());
  for (const auto& [mark, value] : {std::pair<std::string, std::string>{"{this}", self.url()},
                                    {"{other}", other.url()},
                                    {"{this-host}", "127.0.0.1:" + port},
                                    {"{this-port}", port}}) {
    const auto at = text.find(mark);
    if (at != std::string::npos) text.replace(at, mark.size(), value);
  }
  return text;
}

TEST(Client, FollowsRedirectsInsideTheInstanceOnly) {
  for (const RedirectCase& row : kRedirects) {
    RawServer other(RawServer::answering([](const auto&) { return json_answer(200, "other"); }));
    std::string location;
    RawServer server(RawServer::answering([&](const std::string& request) {
      return target_of(request) == "/dhis/api/start"
                 ? http_answer(302, "moved", "Location: " + location + "\r\n")
                 : json_answer(200, "there");
    }));
    location = filled(row.location, server, other);
    Client client(BaseUrl::parse(server.url("/dhis")));

    const Response response = client.send(get("/api/start"), within(kPlenty));

    EXPECT_EQ(response.status, row.followed ? 200 : 302) << row.name;
    EXPECT_EQ(response.body, row.followed ? "there" : "moved") << row.name;
    EXPECT_EQ(other.connections(), 0) << row.name;
  }
}

TEST(Client, GivesUpOnACircleOfRedirects) {
  std::atomic<int> requests = 0;
  RawServer server(RawServer::answering([&](const auto&) {
    ++requests;
    return http_answer(302, "", "Location: /api/again\r\n");
  }));
  Client client(BaseUrl::parse(server.url()));
  try {
    client.send(get("/api/again"), within(kPlenty));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::unavailable);
    EXPECT_NE(std::string(error.what()).find("circle"), std::string::npos);
  }
  EXPECT_EQ(requests, 4);
}

TEST(Client, DoesNotFollowTheRedirectOfAWrite) {
  std::atomic<int> requests = 0;
  RawServer server(RawServer::answering([&](const auto&) {
    ++requests;
    return http_answer(307, "", "Location: /api/there\r\n");
  }));
  Client client(BaseUrl::parse(server.url()));
  Request request = get("/api/here");
  request.method = Method::post;
  EXPECT_EQ(client.send(request, within(kPlenty)).status, 307);
  EXPECT_EQ(requests, 1);
}

struct RetryCase {
  const char* name;
  Method method;
  std::string answer;  // empty: the connection is closed without one
  int requests;        // how many arrive when it never gets better
};

TEST(Client, SendsAgainOnlyWhatMayBeSentAgain) {
  const RetryCase rows[] = {
      {"503", Method::get, http_answer(503, ""), 3},
      {"502", Method::get, http_answer(502, ""), 3},
      {"504", Method::head, "HTTP/1.1 504 Late\r\n\r\n", 3},
      {"429", Method::get, http_answer(429, ""), 3},
      {"429 for an hour", Method::get, http_answer(429, "", "Retry-After: 3600\r\n"), 1},
      {"429 for 2 s", Method::get, http_answer(429, "", "Retry-After: 2\r\n"), 3},
      {"500", Method::get, http_answer(500, ""), 1},
      {"404", Method::get, http_answer(404, ""), 1},
      {"closed", Method::get, "", 3},
      {"503 to a POST", Method::post, http_answer(503, ""), 1},
      {"429 to a PUT", Method::put, http_answer(429, ""), 1},
      {"closed on a POST", Method::post, "", 1},
      {"closed on a DELETE", Method::del, "", 1},
      {"closed on a PATCH", Method::patch, "", 1},
      {"cut", Method::get, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", 1},
  };
  for (const RetryCase& row : rows) {
    std::atomic<int> requests = 0;
    RawServer server([&](RawConnection& connection) {
      if (connection.read_request().empty()) return;
      ++requests;
      connection.send(row.answer);
    });
    Hurried hurried(server.url());
    Request request = get("/api/x");
    request.method = row.method;
    try {
      hurried.client.send(request, within(milliseconds(100'000)));
    } catch (const Error& error) {
      EXPECT_EQ(error.kind, ErrorKind::unavailable) << row.name;
    }
    EXPECT_EQ(requests, row.requests) << row.name;
    EXPECT_EQ(static_cast<int>(hurried.pauses.size()), row.requests - 1) << row.name;
  }
}

TEST(Client, HonoursRetryAfterToTheSecond) {
  std::atomic<int> requests = 0;
  RawServer server(RawServer::answering([&](const auto&) {
    return ++requests == 1 ? http_answer(503, "", "Retry-After: 7\r\n") : json_answer(200, "{}");
  }));
  Hurried hurried(server.url());
  EXPECT_EQ(hurried.client.send(get("/api/x"), within(milliseconds(60'000))).status, 200);
  EXPECT_EQ(hurried.pauses, std::vector{milliseconds(7'000)});
}

TEST(Client, ReturnsTheAnswerWhenTheWaitWouldOutlastTheBudget) {
  RawServer server(RawServer::answering(
      [&](const auto&) { return http_answer(429, "", "Retry-After: 30\r\n"); }));
  Hurried hurried(server.url());
  EXPECT_EQ(hurried.client.send(get("/api/x"), within(milliseconds(10'000))).status, 429);
  EXPECT_TRUE(hurried.pauses.empty());
}

TEST(Client, TriesARefusedConnectionAgain) {
  int free_port = 0;
  {
    const RawServer gone(RawServer::answering([](const auto&) { return std::string(); }));
    free_port = gone.port();
  }
  Hurried hurried("http://127.0.0.1:" + std::to_string(free_port));
  try {
    hurried.client.send(get("/api/x"), within(kPlenty));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::unavailable);
    EXPECT_TRUE(error.retry);
    EXPECT_NE(std::string(error.what()).find("refused"), std::string::npos);
  }
  EXPECT_EQ(hurried.pauses.size(), 2U);
}

TEST(Client, SaysThatANameDoesNotResolve) {
  Client client(BaseUrl::parse("http://no-such-host.invalid"));
  try {
    client.send(get("/api/x"), within(kPlenty));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::unavailable);
    EXPECT_NE(std::string(error.what()).find("does not resolve"), std::string::npos);
  }
}

TEST(Client, HasFourRequestsInFlightAtMost) {
  std::atomic<int> now = 0;
  std::atomic<int> most = 0;
  std::promise<void> full;
  std::shared_future<void> release = full.get_future().share();
  std::atomic<bool> released = false;
  RawServer server(RawServer::answering([&](const auto&) {
    const int here = ++now;
    int seen = most;
    while (here > seen && !most.compare_exchange_weak(seen, here)) {
    }
    if (here == kInFlightPerHost && !released.exchange(true)) full.set_value();
    release.wait();
    --now;
    return json_answer(200, "{}");
  }));
  Client one(BaseUrl::parse(server.url()));
  Client two(BaseUrl::parse(server.url("/other")));
  std::vector<std::future<int>> calls;
  for (int i = 0; i < 12; ++i) {
    calls.push_back(std::async(std::launch::async, [&, i] {
      return (i % 2 == 0 ? one : two).send(get("/api/x"), within(kPlenty)).status;
    }));
  }
  for (auto& call : calls) EXPECT_EQ(call.get(), 200);
  EXPECT_EQ(most, kInFlightPerHost);
}

TEST(Client, WaitsForAPlaceNoLongerThanItsBudget) {
  RawServer server([](RawConnection& connection) { connection.hold(); });
  const std::string where = "127.0.0.1:" + std::to_string(server.port());
  std::list<Place> held;
  const Deadline later = std::chrono::steady_clock::now() + kPlenty;
  for (int i = 0; i < kInFlightPerHost; ++i) held.emplace_back(where, later, std::stop_token());
  Client client(BaseUrl::parse(server.url()));
  EXPECT_THROW(client.send(get("/api/x"), within(milliseconds(30))), Error);
  EXPECT_EQ(server.connections(), 0);
}

TEST(Client, RefusesARequestThatCouldBeReadInTwoWays) {
  RawServer server(RawServer::answering([](const auto&) { return json_answer(200, "{}"); }));
  Client client(BaseUrl::parse(server.url()));
  std::vector<Request> bad;
  for (const char* path :
       {"", "api", "/api/a b", "/api/a\r\nX: y", "/api/a?b=c", "/api/a#b", "/api//a", "/api/../a",
        "/api/./a", "/api/..", "/api/%2e%2e/a", "/api/a%2fb", "/api/a%0d%0aX", "/api/a%00",
        "/api/a;b=c", "/api\\a", "/api/%252e", "/api/\xc3\xa9"}) {
    bad.push_back(get(path));
  }
  bad.push_back(get(std::string("/api/a\0b", 8)));
  const std::pair<std::string, std::string> headers[] = {{"X-A", "b\r\nEvil: 1"},
                                                         {"X-A", "b\n"},
                                                         {"X-A", std::string("b\0", 2)},
                                                         {"X A", "b"},
                                                         {"X-A:", "b"},
                                                         {"", "b"},
                                                         {"Origin", "https://h"},
                                                         {"Host", "evil"},
                                                         {"Content-Length", "0"},
                                                         {"transfer-encoding", "chunked"}};
  for (const auto& header : headers) {
    bad.push_back(get("/api/a"));
    bad.back().headers.push_back(header);
  }
  bad.push_back(get("/api/a"));
  bad.back().accept = "a/b\r\nEvil: 1";
  for (const Request& request : bad) {
    try {
      client.send(request, within(kPlenty));
      ADD_FAILURE() << request.path;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind, ErrorKind::bad_input) << request.path;
    }
  }
  EXPECT_EQ(server.connections(), 0);
}

TEST(Client, IsUsedFromManyThreads) {
  RawServer server(RawServer::answering(
      [](const std::string& request) { return json_answer(200, target_of(request)); }));
  Client client(BaseUrl::parse(server.url()));
  std::vector<std::jthread> threads;
  std::atomic<int> wrong = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      for (int n = 0; n < 50; ++n) {
        const std::string path = "/api/" + std::to_string(i) + "x" + std::to_string(n);
        if (client.send(get(path), within(kPlenty)).body != path) ++wrong;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(wrong, 0);
  EXPECT_LE(server.connections(), 4);
}

}  // namespace
}  // namespace dhis2mcp
