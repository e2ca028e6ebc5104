// SPDX-License-Identifier: BSD-3-Clause
// Base URLs and redirect targets, a row for each way to write one.
#include "dhis2/url.h"

#include <gtest/gtest.h>

#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

struct Good {
  const char* text;
  const char* normal;
};

constexpr Good kGood[] = {
    {"https://play.dhis2.org/40", "https://play.dhis2.org/40"},
    {"https://play.dhis2.org/40/", "https://play.dhis2.org/40"},
    {"  https://play.dhis2.org  ", "https://play.dhis2.org"},
    {"HTTPS://Play.DHIS2.org/Dev", "https://play.dhis2.org/Dev"},
    {"https://h:443/x", "https://h/x"},
    {"http://h:80", "http://h"},
    {"http://h:8080/dhis///", "http://h:8080/dhis"},
    {"https://h/dhis/api", "https://h/dhis"},
    {"https://h/dhis/api/", "https://h/dhis"},
    {"https://h/api/42/me", "https://h"},
    {"https://h/dhis/dhis-web-dashboard/", "https://h/dhis"},
    {"https://h/dhis-web-commons/security/login.action", "https://h"},
    {"https://h/a/b.c/d~e_f-g", "https://h/a/b.c/d~e_f-g"},
    {"https://h/apis", "https://h/apis"},
    {"http://[::1]:8080/x", "http://[::1]:8080/x"},
    {"http://[0:0:0:0:0:0:0:1]", "http://[::1]"},
    {"http://127.0.0.1:9", "http://127.0.0.1:9"},
    {"https://my_host", "https://my_host"},
    {"https://xn--bcher-kva.example", "https://xn--bcher-kva.example"},
};

TEST(BaseUrl, IsNormalised) {
  for (const Good& row : kGood) {
    const BaseUrl url = BaseUrl::parse(row.text);
    EXPECT_EQ(url.text(), row.normal);
    EXPECT_EQ(BaseUrl::parse(url.text()), url) << row.text;
  }
}

TEST(BaseUrl, KnowsItsParts) {
  const BaseUrl url = BaseUrl::parse("https://Example.org:8443/dhis/hmis/");
  EXPECT_EQ(url.scheme(), "https");
  EXPECT_EQ(url.host(), "example.org");
  EXPECT_EQ(url.port(), 8443);
  EXPECT_EQ(url.context(), "/dhis/hmis");
  EXPECT_EQ(url.origin(), "https://example.org:8443");
  EXPECT_TRUE(url.https());
  EXPECT_EQ(BaseUrl::parse("http://[::1]").host(), "::1");
}

TEST(BaseUrl, RefusesWhatIsNone) {
  const std::string rows[] = {"",
                              "   ",
                              "play.dhis2.org",
                              "localhost:8080",
                              "ftp://h",
                              "file:///etc/passwd",
                              "javascript:alert(1)",
                              "https://",
                              "https:///x",
                              "https://user@h",
                              "https://user:secret@h",
                              "https://h?x=1",
                              "https://h/#/x",
                              "https://h/api?x=1",
                              "https://h/a b",
                              "https://h\n/x",
                              std::string("https://h\0/x", 12),
                              "https://h:0",
                              "https://h:65536",
                              "https://h:-1",
                              "https://h:",
                              "https://h:80x",
                              "https://h/a/../b",
                              "https://h/./a",
                              "https://h/a//b",
                              "https://h/%2e%2e",
                              "https://h/a;b",
                              "https://h\\@evil",
                              "https://h/a\\b",
                              "https://.h",
                              "https://h.",
                              "https://h..org",
                              "https://-h",
                              "https://b\xc3\xbc"
                              "cher.example",
                              "https://127.1",
                              "https://2130706433",
                              "https://0x7f.1",
                              "https://127.0.0.256",
                              "https://1.2.3.04x.0",
                              "https://[::1",
                              "https://[::1]x",
                              "https://[fe80::1%25eth0]",
                              "https://[::g]",
                              "http://169.254.169.254/latest",
                              "http://[fe80::1]",
                              "https://" + std::string(64, 'a') + ".org"};
  for (const std::string& text : rows) {
    try {
      ADD_FAILURE() << text << " became " << BaseUrl::parse(text).text();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind, ErrorKind::bad_input) << text;
      EXPECT_FALSE(error.hint.empty()) << text;
      EXPECT_EQ(std::string(error.what()).find("secret"), std::string::npos) << text;
    }
  }
}

TEST(BaseUrl, OffersAScheme) {
  try {
    BaseUrl::parse("play.dhis2.org/40");
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(error.hint.find("https://play.dhis2.org/40"), std::string::npos);
  }
}

TEST(BaseUrl, KnowsTheLoopback) {
  for (const char* text : {"http://localhost", "http://LOCALHOST:1", "http://127.0.0.1",
                           "http://127.9.9.9", "http://[::1]"}) {
    EXPECT_TRUE(BaseUrl::parse(text).loopback()) << text;
  }
  for (const char* text : {"http://localhost.evil.org", "http://127.evil.org", "http://128.0.0.1",
                           "http://[::2]", "http://10.0.0.1"}) {
    EXPECT_FALSE(BaseUrl::parse(text).loopback()) << text;
  }
}

struct Step {
  const char* location;
  const char* target;  // nullptr: it leads out
};

constexpr Step kSteps[] = {
    {"/dhis/api/me?x=y", "/dhis/api/me?x=y"},
    {"https://h/dhis/api/me", "/dhis/api/me"},
    {"https://h:443/dhis/api/me#top", "/dhis/api/me"},
    {"HTTPS://H/dhis", "/dhis"},
    {"//h/dhis/", "/dhis/"},
    {"b", "/dhis/api/b"},
    {"./b", "/dhis/api/b"},
    {"../b", "/dhis/b"},
    {"?q", "/dhis/api/a?q"},
    {"/dhis/a/./b/../c", "/dhis/a/c"},
    {"/dhis/a?u=https://evil/", "/dhis/a?u=https://evil/"},
    {"", nullptr},
    {"http://h/dhis/api", nullptr},
    {"https://h:444/dhis", nullptr},
    {"https://evil/dhis", nullptr},
    {"//evil/dhis", nullptr},
    {"https://h@evil/dhis", nullptr},
    {"https://evil@h/dhis", nullptr},
    {"https://h.evil/dhis", nullptr},
    {"https:/h/dhis", nullptr},
    {"https://h", nullptr},
    {"/", nullptr},
    {"/dhisx/api", nullptr},
    {"../../b", nullptr},
    {"/dhis/../x", nullptr},
    {"/dhis/%2E%2E/x", nullptr},
    {"/dhis/..%2fx", nullptr},
    {"/dhis/..;/x", nullptr},
    {"/dhis/..\\x", nullptr},
    {"\\\\evil\\x", nullptr},
    {"/dhis/a b", nullptr},
    {"/dhis/a\r\nX: y", nullptr},
    {"javascript:alert(1)", nullptr},
    {"mailto:x@h", nullptr},
};

TEST(SameOriginTarget, StaysBelowTheBaseUrl) {
  const BaseUrl base = BaseUrl::parse("https://h/dhis");
  for (const Step& row : kSteps) {
    const auto target = same_origin_target(base, "/dhis/api/a?p=/x/y", row.location);
    EXPECT_EQ(target.value_or("out"), row.target == nullptr ? "out" : row.target) << row.location;
  }
}

}  // namespace
}  // namespace dhis2mcp
