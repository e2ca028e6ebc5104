// SPDX-License-Identifier: BSD-3-Clause
// Secrets compare, copy and move as values, and cannot be printed.
#include "auth/secret.h"

#include <gtest/gtest.h>

#include <sstream>
#include <type_traits>

#include "dhis2/json.h"

namespace dhis2mcp {
namespace {

template <typename T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};

static_assert(!Printable<Secret>);
static_assert(!std::is_convertible_v<Secret, std::string>);
static_assert(!std::is_convertible_v<Secret, std::string_view>);
static_assert(!std::is_constructible_v<Json, Secret>);

TEST(Secret, KeepsShortAndLongTexts) {
  for (const std::size_t length : {0U, 1U, 15U, 16U, 4096U}) {
    const std::string text(length, 'x');

    const Secret secret{std::string(text)};
    Secret copy = secret;
    const Secret moved = std::move(copy);

    EXPECT_EQ(secret.reveal(), text);
    EXPECT_EQ(moved.reveal(), text);
    EXPECT_EQ(secret, moved);
  }
}

TEST(Secret, IsEmptyAfterItWasMovedFrom) {
  for (const char* text : {"short", "a text that is longer than any string keeps inside itself"}) {
    Secret from{std::string(text)};

    const Secret to = std::move(from);

    EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move): what is tested
    EXPECT_EQ(to.reveal(), text);
  }
}

TEST(Secret, DiffersByOneLetterAndByLength) {
  EXPECT_NE(Secret("district"), Secret("districT"));
  EXPECT_NE(Secret("district"), Secret("district1"));
  EXPECT_NE(Secret("district"), Secret());
}

}  // namespace
}  // namespace dhis2mcp
