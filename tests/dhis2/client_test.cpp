// SPDX-License-Identifier: BSD-3-Clause
// The client against servers that behave: what it sends, keeps, follows and repeats.
#include "dhis2/client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

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

}  // namespace
}  // namespace dhis2mcp
