// SPDX-License-Identifier: BSD-3-Clause
// Answers that pass through the signed client on their way to somebody else.
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "auth/connections.h"
#include "dhis2/error.h"
#include "tests/auth/profile_at.h"
#include "tests/support/fake_http.h"
#include "tests/support/raw_server.h"

namespace dhis2mcp {
namespace {

using support::RawConnection;
using support::RawServer;
using test::FakeHttp;
using test::profile_at;
using test::Reply;

std::unique_ptr<SignedClient> pat_at(const std::string& url) {
  return connect(profile_at(url, AuthMethod::pat), Secret("d2p_practice-token"), nullptr);
}

Request asking(const std::string& path) {
  Request request;
  request.path = path;
  return request;
}

// What came through.
struct Through {
  int status = 0;
  Headers headers;
  std::string body;

  PassThrough taker(bool gzip = false) {
    return {gzip,
            [this](int seen, const Headers& with) {
              status = seen;
              headers = with;
            },
            [this](std::string_view piece) {
              body += piece;
              return true;
            }};
  }
};

TEST(SignedPass, HandsASuccessOnAsItWasSent) {
  FakeHttp dhis2;
  dhis2.on("GET", "/api/x",
           Reply{200,
                 "\x1f\x8b no gzip at all",
                 "application/json",
                 {{"Content-Encoding", "gzip"}, {"ETag", "\"7\""}}});
  Through through;

  const Response response = pat_at(dhis2.url())->pass(asking("/api/x"), {}, through.taker(true));

  EXPECT_EQ(through.status, 200);
  EXPECT_EQ(through.body, "\x1f\x8b no gzip at all");
  EXPECT_EQ(*find_header(through.headers, "ETag"), "\"7\"");
  EXPECT_EQ(response.body, "");
  const auto seen = dhis2.seen();
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].header("Authorization"), "ApiToken d2p_practice-token");
  EXPECT_EQ(seen[0].header("Accept-Encoding"), "gzip");
}

TEST(SignedPass, TellsThatNothingChanged) {
  const RawServer dhis2(RawServer::answering([](const std::string& request) {
    return request.find("If-None-Match: \"7\"") == std::string::npos
               ? support::json_answer(200, "{}")
               : std::string("HTTP/1.1 304 Not Modified\r\nETag: \"7\"\r\n\r\n");
  }));
  const auto client = pat_at(dhis2.url());
  Request request = asking("/api/x");
  request.headers.emplace_back("If-None-Match", "\"7\"");
  for (int round = 0; round < 2; ++round) {
    Through through;
    EXPECT_EQ(client->pass(request, {}, through.taker()).status, 304);
    EXPECT_EQ(through.status, 304);
    EXPECT_EQ(through.body, "");
  }
  EXPECT_EQ(dhis2.connections(), 1);
}

TEST(SignedPass, GivesFailuresBackWithoutOurSecrets) {
  FakeHttp dhis2;
  dhis2.on("GET", "/api/x", Reply{409, "no: ApiToken d2p_practice-token", "text/plain"});
  dhis2.on("GET", "/api/busy", Reply{503, "later", "text/plain"});
  dhis2.on("GET", "/api/moved", Reply{302, "", "", {{"Location", "/api/x"}}});
  const auto client = pat_at(dhis2.url());
  Through through;

  const Response refused = client->pass(asking("/api/x"), {}, through.taker());
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.body.find("practice-token"), std::string::npos) << refused.body;
  EXPECT_EQ(client->pass(asking("/api/busy"), {}, through.taker()).status, 503);
  const Response moved = client->pass(asking("/api/moved"), {}, through.taker());
  EXPECT_EQ(moved.status, 302);
  EXPECT_EQ(*find_header(moved.headers, "Location"), "/api/x");
  EXPECT_EQ(through.status, 0);
  EXPECT_EQ(dhis2.seen().size(), 3U) << "something was sent twice, or a redirect was followed";
}

TEST(SignedPass, ReadsNoMoreThanAMegabyteOfAFailure) {
  FakeHttp dhis2;
  dhis2.on("GET", "/api/x", Reply{500, std::string(2'000'000, 'x'), "text/plain"});
  Through through;
  EXPECT_THROW(pat_at(dhis2.url())->pass(asking("/api/x"), {}, through.taker()), Error);
}

TEST(SignedPass, SendsARefusedCredentialOnce) {
  FakeHttp dhis2;
  dhis2.on("GET", "/api/x",
           Reply{401, R"({"httpStatusCode":401,"status":"ERROR","message":"Unauthorized"})"});
  const auto client = connect(profile_at(dhis2.url(), AuthMethod::basic), Secret("wrong"), nullptr);
  Through through;
  for (int round = 0; round < 3; ++round) {
    try {
      client->pass(asking("/api/x"), {}, through.taker());
      ADD_FAILURE() << "a wrong password was taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind, ErrorKind::sign_in_required);
    }
  }
  EXPECT_EQ(dhis2.seen().size(), 1U);
}

TEST(SignedPass, ToldOfACutAnswerAfterItsHead) {
  const RawServer dhis2([](RawConnection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
  });
  Through through;
  try {
    pat_at(dhis2.url())->pass(asking("/api/x"), {}, through.taker());
    ADD_FAILURE() << "half an answer was taken for a whole one";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::unavailable);
  }
  EXPECT_EQ(through.body, "half");
}

// Eight answers whose readers wait: neither the four places of a host nor the first request of a
// client keeps another one back.
TEST(SignedPass, KeepsNobodyWaitingForASlowReader) {
  const RawServer dhis2([](RawConnection& connection) {
    connection.read_request();
    connection.send(support::json_answer(200, "{}"));
    connection.hold();
  });
  const auto client = pat_at(dhis2.url());
  std::mutex mutex;
  std::condition_variable changed;
  int reading = 0;
  bool go_on = false;
  std::vector<std::thread> slow;
  for (int i = 0; i < 8; ++i) {
    slow.emplace_back([&] {
      client->pass(asking("/api/x"), {},
                   {false, [](int, const Headers&) {},
                    [&](std::string_view) {
                      std::unique_lock lock(mutex);
                      ++reading;
                      changed.notify_all();
                      changed.wait(lock, [&] { return go_on; });
                      return true;
                    }});
    });
  }
  {
    std::unique_lock lock(mutex);
    EXPECT_TRUE(changed.wait_for(lock, std::chrono::seconds(20), [&] { return reading == 8; }));
    go_on = true;
  }
  changed.notify_all();
  for (std::thread& each : slow) each.join();
}

TEST(SignedPass, EndsWhenItsReaderHasLeft) {
  std::atomic<bool> gone = false;
  const RawServer dhis2([&](RawConnection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
    const std::string piece(64 * 1024, 'x');
    while (connection.send(piece)) {
    }
    gone = !connection.stopping();
  });
  {
    const auto client = pat_at(dhis2.url());
    try {
      client->pass(asking("/api/x"), {},
                   {false, [](int, const Headers&) {}, [](std::string_view) { return false; }});
      ADD_FAILURE() << "nobody read, and it went well";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind, ErrorKind::cancelled);
    }
  }
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!gone && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  EXPECT_TRUE(gone);
}

}  // namespace
}  // namespace dhis2mcp
