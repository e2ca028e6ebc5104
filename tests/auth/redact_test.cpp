// SPDX-License-Identifier: BSD-3-Clause
// Our own credentials leave in no form that a server may send them back in.
#include "auth/redact.h"

#include <gtest/gtest.h>

namespace dhis2mcp {
namespace {

TEST(Redactor, TakesOutEachFormOfASecret) {
  Redactor redactor(4);
  redactor.learn("pa/ss \"w\xc3\xb6rd\"&<>");
  const char* cases[] = {
      "pa/ss \"w\xc3\xb6rd\"&<>",                    // raw
      "cGEvc3MgInfDtnJkIiY8Pg==",                    // base64
      "cGEvc3MgInfDtnJkIiY8Pg",                      // without padding
      "pa%2Fss%20%22w%C3%B6rd%22%26%3C%3E",          // percent
      "pa%2fss%20%22w%c3%b6rd%22%26%3c%3e",          // in lower case
      "pa/ss \\\"w\xc3\xb6rd\\\"&<>",                // JSON
      "pa/ss \\\"w\\u00f6rd\\\"&<>",                 // JSON in ASCII
      "pa/ss &quot;w\xc3\xb6rd&quot;&amp;&lt;&gt;",  // HTML
  };
  for (const std::string form : cases) {
    EXPECT_EQ(redactor.clean("a " + form + " b"),
              form.ends_with("==") ? "a [redacted]== b" : "a [redacted] b")
        << form;
    EXPECT_EQ(redactor.clean(form + form).find(form), std::string::npos);
  }
}

TEST(Redactor, KnowsThePasswordInABasicHeader) {
  Redactor redactor(4);
  redactor.learn_signature({{"Authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="}});

  EXPECT_EQ(redactor.clean("bad: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), "bad: Basic [redacted]");
  EXPECT_EQ(redactor.clean("bad: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ"), "bad: Basic [redacted]");
  EXPECT_EQ(redactor.clean("user Aladdin, password open sesame"),
            "user Aladdin, password [redacted]");
}

TEST(Redactor, KnowsTheTokenOfOtherSchemes) {
  Redactor redactor(4);
  redactor.learn_signature({{"Authorization", "ApiToken some.token-1"}});

  EXPECT_EQ(redactor.clean("ApiToken some.token-1 is wrong"), "ApiToken [redacted] is wrong");
}

TEST(Redactor, TakesOutTokensThatItNeverSaw) {
  const Redactor redactor(4);

  EXPECT_EQ(redactor.clean("key d2p_abcdefgh0123 and d2pat_abcdefgh0123."),
            "key [redacted] and [redacted].");
  EXPECT_EQ(redactor.clean("the prefix d2p_ is common"), "the prefix d2p_ is common");
}

TEST(Redactor, LeavesVeryShortSecretsAlone) {
  Redactor redactor(4);
  redactor.learn("");
  redactor.learn("abc");

  EXPECT_EQ(redactor.clean("abc is a word"), "abc is a word");
}

TEST(Redactor, TakesTheWholeOfSecretsThatHoldEachOther) {
  Redactor redactor(4);
  redactor.learn("secret");
  redactor.learn("secret-and-more");

  EXPECT_EQ(redactor.clean("secret-and-more secret"), "[redacted] [redacted]");
}

TEST(Redactor, ForgetsTheOldestOfManySecrets) {
  Redactor redactor(2);
  for (const char* secret : {"first-session", "second-session", "third-session"}) {
    redactor.learn(secret);
  }

  EXPECT_EQ(redactor.clean("first-session second-session third-session"),
            "first-session [redacted] [redacted]");
}

TEST(Redactor, CleansEachTextOfAnError) {
  Redactor redactor(4);
  redactor.learn("district");
  Error error(ErrorKind::conflict, "message district", "hint district");
  error.code = "district";
  error.http = 409;
  error.retry = true;

  const Error clean = redactor.clean(error);

  EXPECT_STREQ(clean.what(), "message [redacted]");
  EXPECT_EQ(clean.hint, "hint [redacted]");
  EXPECT_EQ(clean.code, "[redacted]");
  EXPECT_EQ(clean.kind, ErrorKind::conflict);
  EXPECT_EQ(clean.http, 409);
  EXPECT_TRUE(clean.retry);
}

}  // namespace
}  // namespace dhis2mcp
