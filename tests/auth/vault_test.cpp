// SPDX-License-Identifier: BSD-3-Clause
// Sealed values open with their key in their place, and nowhere else.
#include "auth/vault.h"

#include <gtest/gtest.h>

#include <set>

#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

Secret key(char letter) { return Secret(std::string(32, letter)); }

TEST(Vault, OpensWhatItSealed) {
  const Vault vault(key('k'));
  for (const std::string& plain : {std::string(), std::string("district"),
                                   std::string(100'000, 'x'), std::string("\0\xff", 2)}) {
    const auto opened = vault.open(vault.seal(plain, "here"), "here");

    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->reveal(), plain);
  }
}

TEST(Vault, OpensAValueOfTheDocumentedForm) {
  // Made by another implementation: key 'k' * 32, nonce 'n' * 12, place "here", plain "district".
  const std::string sealed = std::string("\x01") + "nnnnnnnnnnnn" +
                             "\xfc\x52\x94\xc4\x63\xdd\xe6\xad\xa8\x0d\xf8\xd8\x04\x7d\x2b\xa9\xf0"
                             "\x43\x4a\x04\x75\xea\xe9\xf4";

  const auto opened = Vault(key('k')).open(sealed, "here");

  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->reveal(), "district");
}

TEST(Vault, NoticesEachFlippedBit) {
  const Vault vault(key('k'));
  const std::string sealed = vault.seal("district", "here");

  for (std::size_t at = 0; at < sealed.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bent = sealed;
      bent[at] = static_cast<char>(bent[at] ^ (1 << bit));
      EXPECT_FALSE(vault.open(bent, "here")) << at << "." << bit;
    }
  }
}

TEST(Vault, NoticesEachCut) {
  const Vault vault(key('k'));
  const std::string sealed = vault.seal("district", "here");

  for (std::size_t length = 0; length < sealed.size(); ++length) {
    EXPECT_FALSE(vault.open(sealed.substr(0, length), "here")) << length;
  }
  EXPECT_FALSE(vault.open(sealed + "x", "here"));
}

TEST(Vault, KeepsAValueInItsPlace) {
  const Vault vault(key('k'));
  const std::string sealed = vault.seal("district", "here");

  EXPECT_FALSE(vault.open(sealed, "there"));
  EXPECT_FALSE(Vault(key('l')).open(sealed, "here"));
}

TEST(Vault, SealsTheSameTextAnewEachTime) {
  const Vault vault(key('k'));
  std::set<std::string> nonces;

  for (int time = 0; time < 1'000; ++time) {
    nonces.insert(vault.seal("district", "here").substr(1, 12));
  }

  EXPECT_EQ(nonces.size(), 1'000U);
}

TEST(Vault, WantsAKeyOf32Bytes) {
  EXPECT_THROW(Vault{Secret("short")}, Error);
  EXPECT_THROW(Vault{Secret()}, Error);
}

TEST(PlaceOf, TellsWordsApartWhateverTheyHold) {
  EXPECT_NE(place_of({"ab", "c"}), place_of({"a", "bc"}));
  EXPECT_NE(place_of({"a", ""}), place_of({"", "a"}));
  EXPECT_NE(place_of({"1:a"}), place_of({"1", "a"}));
}

}  // namespace
}  // namespace dhis2mcp
