// SPDX-License-Identifier: BSD-3-Clause
// Faults as a client meets them, the context path, and many clients at once.
#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>

#include "tests/sandbox/fixture_test.h"

namespace sandbox {
namespace {

HttpAnswer struck_by(const std::string& fault, const std::string& target = "/api/me") {
  const Server server(Settings{}, 0, Fault::parse(fault));
  return get(server, target);
}

TEST(Faults, AnswerWithAStatus) {
  const HttpAnswer answer = struck_by("status:503");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.header("Retry-After"), "1");
  EXPECT_EQ(struck_by("status:418").status, 418);
}

TEST(Faults, AnswerWithAPageOfSomeoneElse) {
  const HttpAnswer answer = struck_by("html");
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.header("Content-Type").starts_with("text/html"));
}

TEST(Faults, RedirectElsewhereOrInACircle) {
  EXPECT_TRUE(struck_by("redirect").header("Location").starts_with("http://localhost:"));
  EXPECT_EQ(struck_by("redirect:1").header("Location"), "/api/me");
}

TEST(Faults, BreakTheConnection) {
  EXPECT_EQ(struck_by("reset").status, 0);
  EXPECT_EQ(struck_by("truncate:10").status, 0);
}

TEST(Faults, CutTheGzipStreamUnderAWholeAnswer) {
  const HttpAnswer answer = struck_by("gzip-cut");
  EXPECT_EQ(answer.header("Content-Encoding"), "gzip");
  EXPECT_EQ(std::to_string(answer.body.size()), answer.header("Content-Length"));
}

TEST(Faults, TellAShorterLengthThanTheySend) {
  const HttpAnswer whole = get(server_of(43), "/api/system/info");
  const HttpAnswer answer = struck_by("wrong-length:10", "/api/system/info");
  EXPECT_FALSE(whole.json().is_discarded());
  EXPECT_TRUE(answer.json().is_discarded());
}

TEST(Faults, DelayAndDripAWholeAnswer) {
  EXPECT_EQ(struck_by("delay:20").status, 200);
  EXPECT_EQ(struck_by("drip:1", "/api/system/ping").body, "pong");
}

TEST(Faults, StrikeStreamedAnswersToo) {
  for (const char* target :
       {"/api/analytics?dimension=dx:y7qh476Nmd3&dimension=pe:202610&filter=ou:USER_ORGUNIT",
        "/api/dataValueSets?dataElement=y7qh476Nmd3&period=202610&orgUnit=S3DWx9jT5VC"}) {
    const HttpAnswer plain = get(server_of(43), target);
    ASSERT_EQ(plain.header("Transfer-Encoding"), "chunked") << target;
    ASSERT_GT(plain.body.size(), 20u) << target;

    EXPECT_EQ(struck_by("truncate", target).status, 0) << target;
    EXPECT_EQ(struck_by("wrong-length:10", target).body,
              plain.body.substr(0, plain.body.size() - 10));
    const HttpAnswer packed = struck_by("gzip-cut", target);
    EXPECT_EQ(packed.header("Content-Encoding"), "gzip") << target;
    EXPECT_EQ(packed.header("Content-Length"), std::to_string(packed.body.size())) << target;
    const HttpAnswer dripping = struck_by("drip:0", target);
    EXPECT_EQ(dripping.body, plain.body);
    EXPECT_EQ(dripping.header("Transfer-Encoding"), "") << target;
  }
}

TEST(Faults, NameTheListOfAHugeAnswerByItsPath) {
  for (const char* target : {"/api/dataElements", "/api/43/dataElements.json?fields=id"}) {
    const Json list = struck_by("huge:1", target).json();
    ASSERT_TRUE(list.contains("dataElements")) << target;
    EXPECT_TRUE(list["dataElements"][0].contains("displayName"));
  }
}

TEST(Faults, StreamAHugeAnswerThatIsOneDocument) {
  for (const char* target : {"/api/analytics", "/api/dataValueSets", "/api/dataElements"}) {
    const HttpAnswer answer = struck_by("huge:1", target);
    EXPECT_GT(answer.body.size(), 1000000u);
    EXPECT_FALSE(answer.json().is_discarded()) << target;
  }
}

TEST(Faults, StrikeOnlyTheirPath) {
  Fault fault = Fault::parse("status:500");
  fault.path = "/api/analytics";
  const Server server(Settings{}, 0, fault);

  EXPECT_EQ(get(server, "/api/system/ping").status, 200);
  EXPECT_EQ(get(server, "/api/analytics").status, 500);
}

TEST(Faults, AreCheckedWhenTheyAreAskedFor) {
  EXPECT_THROW(Fault::parse("nope"), std::invalid_argument);
  EXPECT_THROW(Fault::parse("delay:soon"), std::invalid_argument);
  EXPECT_EQ(Fault::parse("huge").number, 300);
}

TEST(Contexts, AreTheOnlyPathThatAnswers) {
  Settings settings;
  settings.context = "/dhis";
  const Server server(settings);

  EXPECT_EQ(get(server, "/api/me").status, 404);
  EXPECT_EQ(get(server, "/dhisx/api/me").status, 404);
  EXPECT_EQ(get(server, "/dhis/api/me").status, 200);
  EXPECT_EQ(send(server, "GET", "/dhis/api/me", {}).header("Location"),
            server.base_url() + "/login/");
  EXPECT_NE(get(server, "/dhis/api/me").header("Set-Cookie").find("Path=/dhis;"),
            std::string::npos);
}

TEST(Servers, AnswerManyKeptConnectionsAtOnce) {
  std::atomic<int> good = 0;
  std::vector<std::thread> clients;
  const Server& server = server_of(43);
  for (int i = 0; i < 64; ++i) {
    clients.emplace_back([&] {
      httplib::Client client("127.0.0.1", server.port());
      client.set_keep_alive(true);
      client.set_basic_auth("admin", "district");
      for (int call = 0; call < 3; ++call) {
        const auto result = client.Get("/api/system/ping");
        if (result && result->status == 200) ++good;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(good, 64 * 3);
}

TEST(Servers, RefusePortsThatAreTaken) {
  EXPECT_THROW(Server(Settings{}, server_of(43).port()), std::runtime_error);
}

}  // namespace
}  // namespace sandbox
