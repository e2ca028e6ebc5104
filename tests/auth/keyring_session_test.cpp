// SPDX-License-Identifier: BSD-3-Clause
// The real libsecret before a real keyring, in a session of its own that ends with the test.
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "auth/key_ladder.h"
#include "auth/places.h"
#include "auth/token_store.h"
#include "tests/support/temp_home.h"

namespace dhis2mcp {
namespace {

bool has(const char* program) {
  return std::system(("command -v " + std::string(program) + " >/dev/null 2>&1").c_str()) == 0;
}

TEST(KeyringSession, KeepsTheKeyOfAStore) {
  if (!has("dbus-run-session") || !has("gnome-keyring-daemon") ||
      dlopen("libsecret-1.so.0", RTLD_LAZY) == nullptr) {
    GTEST_SKIP() << "there is no real keyring here: install dbus, gnome-keyring and libsecret-1-0";
  }
  const test::TempHome home;
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  const std::string inside =
      "printf practice | gnome-keyring-daemon --unlock --components=secrets > /dev/null && '" +
      self + "' --gtest_also_run_disabled_tests --gtest_filter=KeyringSession.DISABLED_InASession";
  const std::string command = "HOME='" + home.path().string() + "' XDG_DATA_HOME='" +
                              home.path().string() +
                              "/data' timeout 60 dbus-run-session -- sh -c \"" + inside + "\" > '" +
                              home.path().string() + "/said' 2>&1";

  const int status = std::system(command.c_str());

  std::ostringstream said;
  said << std::ifstream(home.path() / "said").rdbuf();
  EXPECT_EQ(status, 0) << said.str();
  EXPECT_NE(said.str().find("[  PASSED  ] 1 test"), std::string::npos) << said.str();
}

TEST(KeyringSession, DISABLED_InASession) {
  const char* const bus = std::getenv("DBUS_SESSION_BUS_ADDRESS");
  ASSERT_NE(bus, nullptr) << "KeepsTheKeyOfAStore runs this";
  const std::string address = bus;
  const test::TempHome home;
  setenv("DBUS_SESSION_BUS_ADDRESS", address.c_str(), 1);
  const Places places = Places::from_environment();
  const KeyRungs rungs(places.key(), {}, [] { return session_keyring(); });
  {
    TokenStore store(places.store(), rungs);
    store.put_secret("demo", "password", Secret("district"));
    EXPECT_EQ(store.key_place(), "keyring");
  }
  EXPECT_FALSE(std::filesystem::exists(places.key()));

  TokenStore again(places.store(), rungs);
  EXPECT_EQ(again.secret("demo", "password"), Secret("district"));

  const auto keyring = session_keyring();
  ASSERT_NE(keyring, nullptr);
  keyring->put("practice", Secret("one"));
  keyring->put("practice", Secret("two"));
  EXPECT_EQ(keyring->find("practice"), Secret("two"));
  keyring->remove("practice");
  EXPECT_FALSE(keyring->find("practice"));
}

}  // namespace
}  // namespace dhis2mcp
