// SPDX-License-Identifier: BSD-3-Clause
// Which texts are doubted as tokens. The checksums were computed with zlib's crc32.
#include "auth/token_shape.h"

#include <gtest/gtest.h>

namespace dhis2mcp {
namespace {

const std::string kSecond = "d2p_practiceTokenOfFortyFourLettersAndDigits012312a8sh";

TEST(TokenShape, FitsBothVersionsOfTokens) {
  for (const std::string& token :
       {kSecond, std::string("d2pat_practiceTokenOf32LettersAndDigit3770394891"),  // of 2.40
        std::string("d2pat_practiceTokenOf32LettersAndDigit3496106935"),           // of 2.41
        std::string("d2pat_practiceTokenOf32LettersAndDi0520016345027")}) {        // padded
    EXPECT_EQ(token_doubt(token), "") << token;
  }
}

TEST(TokenShape, DoubtsEachMistypedLetter) {
  for (std::size_t at = 4; at < kSecond.size(); ++at) {
    std::string mistyped = kSecond;
    mistyped[at] = mistyped[at] == 'x' ? 'y' : 'x';
    EXPECT_NE(token_doubt(mistyped), "") << at;
  }
}

TEST(TokenShape, DoubtsACutTokenAndDoesNotRepeatIt) {
  const std::string doubt = token_doubt(kSecond.substr(0, 40));

  EXPECT_NE(doubt.find("54"), std::string::npos);
  EXPECT_EQ(doubt.find("practice"), std::string::npos);
  EXPECT_NE(token_doubt(kSecond + "x"), "");
  EXPECT_NE(token_doubt("d2pat_"), "");
}

TEST(TokenShape, LeavesOtherPrefixesToDhis2) {
  for (const char* token : {"", "d2", "d2px_0123", "whatever-comes-next"}) {
    EXPECT_EQ(token_doubt(token), "") << token;
  }
}

}  // namespace
}  // namespace dhis2mcp
