// SPDX-License-Identifier: BSD-3-Clause
// Names of methods and kinds, headers, media types, and JSON as bytes.
#include "dhis2/exchange.h"

#include <gtest/gtest.h>

#include "dhis2/error.h"
#include "dhis2/json.h"

namespace dhis2mcp {
namespace {

TEST(Headers, AreFoundWithoutCase) {
  const Headers headers = {{"Content-Type", "a"}, {"X-B", "1"}, {"x-b", "2"}};
  EXPECT_EQ(*find_header(headers, "content-type"), "a");
  EXPECT_EQ(*find_header(headers, "X-b"), "1");
  EXPECT_EQ(find_header(headers, "X"), nullptr);
  EXPECT_EQ(find_header({}, "X"), nullptr);
}

TEST(Response, NamesItsMediaType) {
  const std::pair<const char*, const char*> rows[] = {
      {"application/json", "application/json"},
      {"Application/JSON;charset=UTF-8", "application/json"},
      {" text/html ; x", "text/html"},
      {"", ""},
      {";", ""}};
  for (const auto& [header, type] : rows) {
    Response response;
    response.headers = {{"content-type", header}};
    EXPECT_EQ(response.media_type(), type);
  }
  EXPECT_EQ(Response().media_type(), "");
}

TEST(Method, HasItsNameOnTheWire) {
  EXPECT_EQ(to_string(Method::get), "GET");
  EXPECT_EQ(to_string(Method::head), "HEAD");
  EXPECT_EQ(to_string(Method::post), "POST");
  EXPECT_EQ(to_string(Method::put), "PUT");
  EXPECT_EQ(to_string(Method::patch), "PATCH");
  EXPECT_EQ(to_string(Method::del), "DELETE");
}

TEST(ErrorKind, HasItsNameOnTheWire) {
  const std::pair<ErrorKind, const char*> rows[] = {
      {ErrorKind::bad_input, "bad_input"},
      {ErrorKind::ambiguous, "ambiguous"},
      {ErrorKind::not_found, "not_found"},
      {ErrorKind::sign_in_required, "sign_in_required"},
      {ErrorKind::forbidden, "forbidden"},
      {ErrorKind::conflict, "conflict"},
      {ErrorKind::unsupported_version, "unsupported_version"},
      {ErrorKind::rate_limited, "rate_limited"},
      {ErrorKind::unavailable, "unavailable"},
      {ErrorKind::refused, "refused"},
      {ErrorKind::cancelled, "cancelled"},
      {ErrorKind::internal, "internal"}};
  for (const auto& [kind, name] : rows) EXPECT_EQ(to_string(kind), name);
}

TEST(Json, IsWrittenInItsOrderAndWithBrokenBytesReplaced) {
  Json value = {{"b", 1},
                {"a",
                 "x\xff"
                 "y"}};
  EXPECT_EQ(to_text(value), "{\"b\":1,\"a\":\"x\xEF\xBF\xBDy\"}");
}

}  // namespace
}  // namespace dhis2mcp
