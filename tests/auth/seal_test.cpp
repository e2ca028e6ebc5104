// SPDX-License-Identifier: BSD-3-Clause
// What comes back of a seal, and what does not.
#include "auth/seal.h"

#include <gtest/gtest.h>

namespace dhis2mcp {
namespace {

using std::chrono::minutes;

constexpr Seal::Time kNow{};

TEST(Seal, GivesBackWhatItTookOnce) {
  Seal seal;
  for (const std::string& text : {std::string(), std::string("a\nb"), std::string(5000, 'x')}) {
    const std::string sealed = seal.close(text, "here", kNow + minutes(10));
    EXPECT_EQ(sealed.find("a\nb"), std::string::npos);
    EXPECT_EQ(seal.open(sealed, "here", kNow), text);
    EXPECT_EQ(seal.open(sealed, "here", kNow), std::nullopt);
  }
}

TEST(Seal, ExpiresWithTime) {
  Seal seal;
  const std::string sealed = seal.close("text", "here", kNow + minutes(10));
  EXPECT_EQ(seal.open(sealed, "here", kNow + minutes(10)), std::nullopt);
  EXPECT_EQ(seal.open(sealed, "here", kNow + minutes(9)), "text");
}

TEST(Seal, RefusesWhatIsNotItsOwn) {
  Seal seal, other;
  const std::string sealed = seal.close("text", "here", kNow + minutes(10));
  EXPECT_EQ(other.open(sealed, "here", kNow), std::nullopt);
  EXPECT_EQ(seal.open(sealed, "there", kNow), std::nullopt);
  EXPECT_EQ(seal.open(sealed + "-TAMPERED", "here", kNow), std::nullopt);
  EXPECT_EQ(seal.open("", "here", kNow), std::nullopt);
  EXPECT_EQ(seal.open("zz", "here", kNow), std::nullopt);
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    std::string changed = sealed;
    changed[at] = changed[at] == '0' ? '1' : '0';
    EXPECT_EQ(seal.open(changed, "here", kNow), std::nullopt) << at;
    EXPECT_EQ(seal.open(sealed.substr(0, at), "here", kNow), std::nullopt) << at;
  }
  EXPECT_EQ(seal.open(sealed, "here", kNow), "text");
}

}  // namespace
}  // namespace dhis2mcp
