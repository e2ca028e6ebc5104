// SPDX-License-Identifier: BSD-3-Clause
// The policies around a call: when again, how long, through which proxy.
#include "dhis2/retry.h"

#include <gtest/gtest.h>

#include <future>
#include <map>
#include <thread>

#include "dhis2/error.h"
#include "dhis2/proxy_choice.h"

namespace dhis2mcp {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::system_clock;

TEST(Retry, IsForReadsAndForServersThatAskForPatience) {
  for (const Method method : {Method::get, Method::head}) EXPECT_TRUE(may_be_sent_again(method));
  for (const Method method : {Method::post, Method::put, Method::patch, Method::del}) {
    EXPECT_FALSE(may_be_sent_again(method));
  }
  for (int status = 100; status < 600; ++status) {
    EXPECT_EQ(asks_for_patience(status),
              status == 429 || status == 502 || status == 503 || status == 504);
  }
}

TEST(Retry, WaitsWithFullJitterUpToEightSeconds) {
  EXPECT_EQ(backoff(1, 0.0), milliseconds(0));
  EXPECT_EQ(backoff(1, 0.5), milliseconds(250));
  EXPECT_EQ(backoff(2, 0.5), milliseconds(500));
  EXPECT_EQ(backoff(5, 1.0), milliseconds(8'000));
  EXPECT_EQ(backoff(50, 1.0), milliseconds(8'000));
}

TEST(Retry, ReadsRetryAfterInBothForms) {
  // Wed, 21 Oct 2015 07:28:00 GMT
  const auto now = system_clock::from_time_t(1'445'412'480);
  const std::pair<const char*, std::optional<milliseconds>> rows[] = {
      {"0", seconds(0)},
      {"120", seconds(120)},
      {"Wed, 21 Oct 2015 07:28:30 GMT", seconds(30)},
      {"Wed, 21 Oct 2015 07:27:00 GMT", seconds(0)},
      {"99999999999", seconds(1'000'000)},
      {"Fri, 31 Dec 9999 23:59:59 GMT", seconds(1'000'000)},
      {"Sat, 01 Jan 1600 00:00:00 GMT", seconds(0)},
      {"-5", std::nullopt},
      {"soon", std::nullopt},
      {"", std::nullopt},
      {"12x", std::nullopt},
      {"99999999999999999999999", std::nullopt},
  };
  for (const auto& [text, wait] : rows) EXPECT_EQ(read_retry_after(text, now), wait) << text;
}

TEST(Retry, WakesFromItsPauseOnAStop) {
  std::promise<void> begun;
  std::jthread pausing([&](const std::stop_token& stop) {
    begun.set_value();
    pause_for(std::chrono::hours(1), stop);
  });
  begun.get_future().wait();
  pausing.request_stop();
  pausing.join();
}

struct Choice {
  const char* url;
  std::map<std::string, std::string> environment;
  const char* proxy;  // "host:port", or "" for none
};

std::string chosen(const Choice& row) {
  const auto proxy = choose_proxy(BaseUrl::parse(row.url), [&](const char* name) -> const char* {
    const auto found = row.environment.find(name);
    return found == row.environment.end() ? nullptr : found->second.c_str();
  });
  return proxy ? proxy->host + ":" + std::to_string(proxy->port) : "";
}

TEST(ProxyChoice, FollowsTheEnvironment) {
  const Choice rows[] = {
      {"https://h.org", {}, ""},
      {"https://h.org", {{"HTTPS_PROXY", "http://p:8080"}}, "p:8080"},
      {"https://h.org", {{"https_proxy", "p:8080/"}}, "p:8080"},
      {"https://h.org", {{"HTTPS_PROXY", "http://p"}}, "p:80"},
      {"https://h.org", {{"HTTPS_PROXY", ""}}, ""},
      {"https://h.org", {{"http_proxy", "http://p:1"}}, ""},
      {"http://h.org", {{"HTTPS_PROXY", "http://p:1"}}, ""},
      {"http://h.org", {{"http_proxy", "http://p:1"}}, "p:1"},
      {"http://h.org", {{"HTTP_PROXY", "http://p:1"}}, ""},
      {"https://localhost", {{"HTTPS_PROXY", "http://p:1"}}, ""},
      {"https://127.0.0.1", {{"HTTPS_PROXY", "http://p:1"}}, ""},
      {"https://h.org", {{"HTTPS_PROXY", "p:1"}, {"NO_PROXY", "*"}}, ""},
      {"https://h.org", {{"HTTPS_PROXY", "p:1"}, {"NO_PROXY", "x.org, H.org"}}, ""},
      {"https://a.h.org", {{"HTTPS_PROXY", "p:1"}, {"no_proxy", ".h.org"}}, ""},
      {"https://a.h.org", {{"HTTPS_PROXY", "p:1"}, {"no_proxy", "*.h.org"}}, ""},
      {"https://a.h.org", {{"HTTPS_PROXY", "p:1"}, {"no_proxy", "h.org"}}, ""},
      {"https://ah.org", {{"HTTPS_PROXY", "p:1"}, {"no_proxy", "h.org"}}, "p:1"},
      {"https://h.org", {{"HTTPS_PROXY", "p:1"}, {"no_proxy", "h.org:443"}}, ""},
      {"https://h.org:8443", {{"HTTPS_PROXY", "p:1"}, {"no_proxy", "h.org:443"}}, "p:1"},
      {"https://h.org", {{"HTTPS_PROXY", "p:1"}, {"no_proxy", ",,x"}}, "p:1"},
  };
  for (const Choice& row : rows) EXPECT_EQ(chosen(row), row.proxy) << row.url;
}

TEST(ProxyChoice, ReadsUserAndPassword) {
  const auto proxy = choose_proxy(BaseUrl::parse("https://h.org"), [](const char* name) {
    return std::string_view(name) == "HTTPS_PROXY" ? "http://me:s%40p@p:3128" : nullptr;
  });
  ASSERT_TRUE(proxy);
  EXPECT_EQ(proxy->user, "me");
  EXPECT_EQ(proxy->password, "s@p");
  EXPECT_EQ(proxy->port, 3128);
}

TEST(ProxyChoice, RefusesWhatItCannotUse) {
  for (const char* text :
       {"https://p:1", "socks5://p:1", "http://p:x", "http://a b", "http://me:50%@p:1"}) {
    EXPECT_THROW(choose_proxy(BaseUrl::parse("https://h.org"),
                              [&](const char* name) {
                                return std::string_view(name) == "HTTPS_PROXY" ? text : nullptr;
                              }),
                 ConfigurationError)
        << text;
  }
}

}  // namespace
}  // namespace dhis2mcp
