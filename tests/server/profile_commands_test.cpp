// SPDX-License-Identifier: BSD-3-Clause
// What becomes of a profile and its secret when one of the two cannot be written or read.
#include "server/profile_commands.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "tests/support/temp_home.h"

namespace dhis2mcp {
namespace {

class ProfileCommandsTest : public ::testing::Test {
 protected:
  static Profile at(const std::string& url) {
    Profile profile;
    profile.name = "demo";
    profile.url = url;
    profile.user = "amy";
    return profile;
  }

  static void save(Ground& ground, const std::string& url, const std::string& password) {
    ProfileSecrets secrets;
    secrets.main = Secret(password);
    save_profile(ground, at(url), secrets, false);
  }

  test::TempHome home_;
};

TEST_F(ProfileCommandsTest, GiveNoAddressTheSecretOfAnother) {
  Ground ground{Options()};
  save(ground, "https://old.example.org", "old");
  const std::filesystem::path config = ground.places.config;

  ground.places.config = "/dev/null/config";
  EXPECT_THROW(save(ground, "https://new.example.org", "new"), ConfigurationError);
  const auto [kept, secret] = ground.connections.credential("demo");
  EXPECT_EQ(kept.url, "https://old.example.org");
  EXPECT_EQ(secret, Secret("old"));

  ground.places.config = config;
  save(ground, "https://new.example.org", "new");
  const auto [moved, fresh] = Ground(Options()).connections.credential("demo");
  EXPECT_EQ(moved.url, "https://new.example.org");
  EXPECT_EQ(fresh, Secret("new"));
}

TEST_F(ProfileCommandsTest, RemoveAProfileWhoseSecretCannotBeRead) {
  Ground ground{Options()};
  save(ground, "https://old.example.org", "old");
  std::filesystem::remove(ground.places.key());
  ASSERT_THROW(ground.connections.credential("demo"), ConfigurationError);

  EXPECT_EQ(remove_profile(Console(STDERR_FILENO), ground, "demo"), kDone);

  EXPECT_TRUE(Ground(Options()).connections.profiles().empty());
  EXPECT_THROW(remove_profile(Console(STDERR_FILENO), ground, "demo"), ConfigurationError);
}

}  // namespace
}  // namespace dhis2mcp
