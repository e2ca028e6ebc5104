// SPDX-License-Identifier: BSD-3-Clause
// The key file: one key whoever comes first, and no guess where it is gone or wrong.
#include "auth/data_key.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "auth/places.h"
#include "dhis2/error.h"
#include "tests/auth/processes.h"
#include "tests/support/temp_home.h"

namespace dhis2mcp {
namespace {

TEST(DataKey, IsMadeOnceAndKept) {
  const test::TempHome home;
  const auto file = home.path() / "config/key";

  EXPECT_FALSE(load_data_key(file));
  const Secret made = load_or_create_data_key(file);
  const Secret again = load_or_create_data_key(file);

  EXPECT_EQ(made.reveal().size(), 32U);
  EXPECT_EQ(made, again);
  struct stat found {};
  ASSERT_EQ(lstat(file.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600U);
}

TEST(DataKey, DiffersFromHomeToHome) {
  const test::TempHome home;

  EXPECT_NE(load_or_create_data_key(home.path() / "a/key"),
            load_or_create_data_key(home.path() / "b/key"));
}

TEST(DataKey, IsTheSameForProcessesThatRace) {
  const test::TempHome home;
  const auto file = home.path() / "config/key";
  std::vector<pid_t> children;

  for (int child = 0; child < 6; ++child) {
    children.push_back(test::in_process([&, child] {
      const Secret key = load_or_create_data_key(file);
      write_private_file(home.path() / "seen" / std::to_string(child), key.reveal());
    }));
  }

  ASSERT_TRUE(test::all_ended_well(children));
  for (int child = 0; child < 6; ++child) {
    EXPECT_EQ(read_private_file(home.path() / "seen" / std::to_string(child)),
              load_data_key(file)->reveal());
  }
}

TEST(DataKey, IsRefusedWhenItIsNotOne) {
  const test::TempHome home;
  const auto file = home.path() / "config/key";
  write_private_file(file, "too short");

  EXPECT_THROW(load_or_create_data_key(file), ConfigurationError);
  EXPECT_EQ(read_private_file(file), "too short") << "it was overwritten";

  write_private_file(file, std::string(32, 'k'));
  chmod(file.c_str(), 0644);
  EXPECT_THROW(load_or_create_data_key(file), ConfigurationError);
}

}  // namespace
}  // namespace dhis2mcp
