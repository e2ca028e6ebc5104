// SPDX-License-Identifier: BSD-3-Clause
// Bytes as letters, and what is not taken for them.
#include "dhis2/base64.h"

#include <gtest/gtest.h>

namespace dhis2mcp {
namespace {

TEST(Base64, GoesThereAndBack) {
  for (const char* text : {"", "a", "ab", "abc", "\xff\xfe", "any carnal pleas"}) {
    std::string coded;
    append_base64(coded, text);
    EXPECT_EQ(from_base64(coded), text);
  }
  for (const char* bad : {"YQ=", "YQ", "Y===", "YR==", "Y Q=", "-_=="}) {
    EXPECT_EQ(from_base64(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace dhis2mcp
