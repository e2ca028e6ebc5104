// SPDX-License-Identifier: BSD-3-Clause
// Query strings in both directions.
#include "dhis2/query.h"

#include <gtest/gtest.h>

#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

TEST(Query, EncodesAllButUnreservedCharacters) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  const std::string text = percent_encode(all);
  for (const char c : text) {
    EXPECT_TRUE(std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                std::string_view("-._~%").find(c) != std::string_view::npos)
        << c;
  }
  EXPECT_EQ(percent_decode(text), all);
  EXPECT_EQ(percent_encode("a[b]:c|d;e f+g&h=i%/\xc3\xa9"),
            "a%5Bb%5D%3Ac%7Cd%3Be%20f%2Bg%26h%3Di%25%2F%C3%A9");
}

TEST(Query, CannotBeInjectedInto) {
  Query query;
  query.add("filter", "name:eq:x&fields=*#\r\nHost: evil").add("a=b", "");
  EXPECT_EQ(query.text(), "filter=name%3Aeq%3Ax%26fields%3D%2A%23%0D%0AHost%3A%20evil&a%3Db=");
}

TEST(Query, KeepsOrderAndRepeatedNames) {
  Query query;
  query.add("b", "1").add("a", "2").add("b", "3");
  EXPECT_EQ(query.text(), "b=1&a=2&b=3");
  EXPECT_EQ(*query.find("b"), "1");
  EXPECT_EQ(query.find("c"), nullptr);

  query.set("b", "4");
  EXPECT_EQ(query.text(), "a=2&b=4");
  query.remove("a");
  query.remove("none");
  EXPECT_EQ(query.text(), "b=4");
  EXPECT_FALSE(query.empty());
}

struct Case {
  const char* text;
  const char* again;
};

TEST(Query, ReadsWhatPeopleWrite) {
  const Case rows[] = {
      {"", ""},
      {"?", ""},
      {"?a=b", "a=b"},
      {"a=b&c=%20d", "a=b&c=%20d"},
      {"a=b+c", "a=b%20c"},
      {"a=%2B", "a=%2B"},
      {"a", "a="},
      {"a=", "a="},
      {"a=b=c", "a=b%3Dc"},
      {"&&a=b&", "a=b"},
      {"fields=id,name[x]", "fields=id%2Cname%5Bx%5D"},
      {"a=%c3%A9", "a=%C3%A9"},
      {"filter=a&filter=b", "filter=a&filter=b"},
      {"fields=a,%0A%09b", "fields=a%2C%0A%09b"},
  };
  for (const Case& row : rows) EXPECT_EQ(Query::parse(row.text).text(), row.again) << row.text;
}

TEST(Query, RefusesBrokenSequencesAndControlCharacters) {
  for (const std::string& text :
       {std::string("a=%"), std::string("a=%2"), std::string("a=%zz"), std::string("%=b"),
        std::string("a=%00"), std::string("a=%0d%0aX"), std::string("fields=a%0d%0aX"),
        std::string("a=\tb"), std::string("a\t=b"), std::string("a\0b", 3), std::string("a=%7f")}) {
    try {
      Query::parse(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind, ErrorKind::bad_input) << text;
    }
  }
  EXPECT_THROW(percent_decode("100%"), Error);
  EXPECT_EQ(percent_decode("a+b%20c"), "a+b c");
}

}  // namespace
}  // namespace dhis2mcp
