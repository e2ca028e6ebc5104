// SPDX-License-Identifier: BSD-3-Clause
// The rungs of the ladder with real files, real scrypt and a library in the place of libsecret.
#include "auth/key_ladder.h"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>

#include "auth/places.h"
#include "auth/token_store.h"
#include "dhis2/error.h"
#include "tests/support/temp_home.h"

namespace dhis2mcp {
namespace {

struct KeyLadderTest : testing::Test {
  test::TempHome home;
  Places places = Places::from_environment();
  std::filesystem::path keyring = home.path() / "keyring";
  std::filesystem::path passphrase = home.path() / "phrase/file";

  KeyLadderTest() {
    std::filesystem::create_directory(keyring);
    setenv("KEYRING_FOLDER", keyring.c_str(), 1);
    setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/practice", 1);
    write_private_file(passphrase, "correct horse\n");
  }
  ~KeyLadderTest() override { setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:", 1); }

  static std::shared_ptr<Keyring> session() {
    return session_keyring(FAKE_LIBSECRET, std::chrono::milliseconds(200));
  }
  KeyRungs with_keyring() const { return {places.key(), {}, session}; }
  KeyRungs with_passphrase() const {
    KeyRungs rungs(places.key(), passphrase, nullptr);
    rungs.passphrase_cost = 10;
    return rungs;
  }
  KeyRungs with_file() const { return {places.key()}; }
  TokenStore store(const KeyRungs& rungs) const { return {places.store(), rungs}; }
};

TEST_F(KeyLadderTest, StandsOnTheBestRungThatThereIs) {
  EXPECT_EQ(KeyLadder({places.key(), passphrase, session}).best(), "keyring");
  EXPECT_EQ(KeyLadder(with_passphrase()).best(), "passphrase");
  EXPECT_EQ(KeyLadder(with_file()).best(), "key file");
}

TEST_F(KeyLadderTest, KeepsSecretsUnderEachRung) {
  for (const KeyRungs& rungs : {with_keyring(), with_passphrase(), with_file()}) {
    const std::string place(KeyLadder(rungs).best());
    SCOPED_TRACE(place);
    std::filesystem::remove_all(places.data);
    store(rungs).put_secret("demo", "password", Secret("district"));

    EXPECT_EQ(store(rungs).secret("demo", "password"), Secret("district"));
    EXPECT_EQ(store(rungs).key_place(), place);
  }
}

TEST_F(KeyLadderTest, MakesAGuessAtThePassphraseCostWhatItShould) {
  const KeyRungs usual(places.key(), passphrase, nullptr);
  KeyRungs other = usual;
  other.passphrase_cost = 16;
  store(usual).put_secret("demo", "password", Secret("district"));

  EXPECT_EQ(store(usual).secret("demo", "password"), Secret("district"));
  EXPECT_EQ(usual.passphrase_cost, 17U);
  EXPECT_THROW(store(other).secret("demo", "password"), ConfigurationError);
}

TEST_F(KeyLadderTest, PutsNoKeyFileBesideABetterRung) {
  store(with_keyring()).put_secret("demo", "password", Secret("a"));
  store(with_passphrase()).stamp();

  EXPECT_FALSE(std::filesystem::exists(places.key()));
}

TEST_F(KeyLadderTest, PassesByAKeyringThatDoesNotAnswer) {
  for (const char* trouble : {"locked", "refuses"}) {
    std::ofstream(keyring / trouble) << "";

    EXPECT_EQ(KeyLadder({places.key(), passphrase, session}).best(), "passphrase") << trouble;
    std::filesystem::remove(keyring / trouble);
  }
}

TEST_F(KeyLadderTest, HasNoKeyringWithoutASessionOrALibrary) {
  EXPECT_EQ(session_keyring("libnone-of-that-name.so"), nullptr);
  setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:", 1);
  EXPECT_EQ(session(), nullptr);
}

TEST_F(KeyLadderTest, TellsAWrongPassphraseFromAnAlteredValue) {
  store(with_passphrase()).put_secret("demo", "password", Secret("a"));
  write_private_file(passphrase, "another");
  try {
    store(with_passphrase()).secret("demo", "password");
    FAIL() << "a wrong passphrase opened a value";
  } catch (const ConfigurationError& error) {
    EXPECT_NE(std::string(error.what()).find("another passphrase"), std::string::npos);
  }

  write_private_file(passphrase, "correct horse");
  EXPECT_EQ(store(with_passphrase()).secret("demo", "password"), Secret("a"));
}

TEST_F(KeyLadderTest, SaysWhichRungIsMissing) {
  store(with_passphrase()).put_secret("demo", "password", Secret("a"));
  try {
    store(with_file()).secret("demo", "password");
    FAIL() << "a key came from nowhere";
  } catch (const ConfigurationError& error) {
    EXPECT_NE(error.hint.find("DHIS2_MCP_PASSPHRASE_FILE"), std::string::npos) << error.hint;
  }
}

TEST_F(KeyLadderTest, MovesEveryValueToABetterRung) {
  const TokenKey key{"https://h", "agent", "analyste"};
  {
    TokenStore before = store(with_file());
    before.put_secret("demo", "password", Secret("a"));
    Tokens tokens;
    tokens.access = Secret("access");
    tokens.refresh = Secret("refresh");
    before.put_tokens(key, tokens);
    EXPECT_EQ(before.rekey(), "key file") << "there is no better one";
  }

  TokenStore after = store(with_keyring());
  EXPECT_EQ(after.rekey(), "keyring");

  EXPECT_EQ(after.key_place(), "keyring");
  EXPECT_EQ(after.secret("demo", "password"), Secret("a"));
  EXPECT_EQ(after.tokens(key)->refresh, Secret("refresh"));
  EXPECT_FALSE(std::filesystem::exists(places.key())) << "the old key was left behind";
}

TEST_F(KeyLadderTest, NoticesThatAnotherProcessMovedTheKey) {
  TokenStore mine = store({places.key(), {}, session});
  std::filesystem::remove_all(places.data);
  TokenStore theirs = store(with_file());
  theirs.put_secret("demo", "password", Secret("a"));
  EXPECT_EQ(mine.secret("demo", "password"), Secret("a"));

  EXPECT_EQ(mine.rekey(), "keyring");

  TokenStore third = store(with_keyring());
  EXPECT_EQ(third.secret("demo", "password"), Secret("a"));
  EXPECT_THROW(theirs.secret("demo", "password"), ConfigurationError);
}

}  // namespace
}  // namespace dhis2mcp
