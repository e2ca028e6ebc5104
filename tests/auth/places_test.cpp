// SPDX-License-Identifier: BSD-3-Clause
// Modes, owners, links and races of our files, on a real file system.
#include "auth/places.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <vector>

#include "dhis2/error.h"
#include "tests/support/temp_home.h"

namespace dhis2mcp {
namespace {

using std::filesystem::path;

unsigned mode_of(const path& file) {
  struct stat found {};
  return lstat(file.c_str(), &found) == 0 ? found.st_mode & 07777 : 0;
}

// The hint of the ConfigurationError that `work` throws.
template <typename Work>
std::string hint_of(Work work) {
  try {
    work();
  } catch (const ConfigurationError& error) {
    return error.hint.empty() ? "no hint" : error.hint;
  }
  return "nothing thrown";
}

class UmaskOf022 {
 public:
  UmaskOf022() : before_(umask(022)) {}
  ~UmaskOf022() { umask(before_); }

 private:
  mode_t before_;
};

TEST(Places, StandBelowTheHomeThatIsSet) {
  const test::TempHome home;

  const Places places = Places::from_environment();

  EXPECT_EQ(places.profiles(), home.path() / "config/profiles.json");
  EXPECT_EQ(places.key(), home.path() / "config/key");
  EXPECT_EQ(places.store(), home.path() / "data/store.db");
  EXPECT_EQ(places.exports(), home.path() / "state/exports");
  EXPECT_EQ(places.run, home.path() / "run");
  EXPECT_TRUE(std::filesystem::is_empty(home.path())) << "the disk was touched";
}

TEST(Places, FollowTheXdgFoldersOtherwise) {
  const test::TempHome home;
  unsetenv("DHIS2_MCP_HOME");
  setenv("XDG_CONFIG_HOME", "/x/config", 1);
  setenv("XDG_DATA_HOME", "not/absolute", 1);
  unsetenv("XDG_RUNTIME_DIR");
  const char* own = std::getenv("HOME");
  const std::string before = own == nullptr ? "" : own;
  setenv("HOME", "/home/someone", 1);

  const Places places = Places::from_environment();

  setenv("HOME", before.c_str(), 1);
  unsetenv("XDG_CONFIG_HOME");
  unsetenv("XDG_DATA_HOME");
  EXPECT_EQ(places.config, "/x/config/dhis2-mcp");
  EXPECT_EQ(places.data, "/home/someone/.local/share/dhis2-mcp");
  EXPECT_EQ(places.run, "/home/someone/.local/state/dhis2-mcp/run");
}

TEST(PrivateFile, IsOursAloneUnderAnyUmask) {
  const test::TempHome home;
  const UmaskOf022 lax;
  const path file = home.path() / "a/b/file";

  write_private_file(file, "one");
  write_private_file(file, "two");

  EXPECT_EQ(read_private_file(file), "two");
  EXPECT_EQ(mode_of(file), 0600U);
  EXPECT_EQ(mode_of(file.parent_path()), 0700U);
  EXPECT_EQ(mode_of(home.path() / "a"), 0700U);
}

TEST(PrivateFile, LeavesNothingBesideIt) {
  const test::TempHome home;
  const path folder = home.path() / "folder";

  write_private_file(folder / "file", "text");
  create_private_file(folder / "file", "other");

  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    EXPECT_EQ(entry.path().filename(), "file");
    ++files;
  }
  EXPECT_EQ(files, 1U);
}

TEST(PrivateFile, RefusesOneThatOthersMayUse) {
  const test::TempHome home;
  const path file = home.path() / "folder/file";
  write_private_file(file, "text");

  for (const mode_t mode : {0640, 0604, 0620, 0610, 0777}) {
    chmod(file.c_str(), mode);
    const std::string wanted = "Run: chmod 600 '" + file.string() + "'";
    EXPECT_EQ(hint_of([&] { read_private_file(file); }), wanted) << mode;
    EXPECT_EQ(hint_of([&] { demand_private_file(file); }), wanted) << mode;
    EXPECT_EQ(hint_of([&] { write_private_file(file, "x"); }), wanted) << mode;
  }
}

TEST(PrivateFile, RefusesLinksFoldersAndOtherKinds) {
  const test::TempHome home;
  const path folder = home.path() / "folder";
  write_private_file(folder / "real", "text");
  std::filesystem::create_symlink(folder / "real", folder / "link");
  std::filesystem::create_symlink(folder / "nowhere", folder / "dangling");
  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);

  for (const char* name : {"link", "dangling", "pipe"}) {
    EXPECT_THROW(read_private_file(folder / name), ConfigurationError) << name;
    EXPECT_THROW(demand_private_file(folder / name), ConfigurationError) << name;
    EXPECT_THROW(write_private_file(folder / name, "x"), ConfigurationError) << name;
  }
  EXPECT_THROW(read_private_file(folder), ConfigurationError);
  EXPECT_THROW(read_private_file(folder / "absent"), ConfigurationError);
  EXPECT_EQ(read_private_file(folder / "real"), "text");
}

TEST(PrivateFile, RefusesOneOfAnotherUser) {
  if (geteuid() != 0) {
    GTEST_SKIP() << "only root can give files away";
  }
  const test::TempHome home;
  const path file = home.path() / "folder/file";
  write_private_file(file, "text");
  ASSERT_EQ(chown(file.c_str(), 65534, 65534), 0);

  EXPECT_NE(hint_of([&] { read_private_file(file); }).find("owner"), std::string::npos);
}

TEST(PrivateFile, RefusesAFileOfOverSixteenMegabytes) {
  const test::TempHome home;
  const path file = home.path() / "folder/file";
  write_private_file(file, "");
  std::filesystem::resize_file(file, 16 * 1024 * 1024 + 1);

  EXPECT_THROW(read_private_file(file), ConfigurationError);
}

TEST(PrivateFile, IsNotTakenForAbsentWhereItCannotBeSeen) {
  const test::TempHome home;
  write_private_file(home.path() / "config" / "key", "text");
  std::filesystem::create_symlink("loop", home.path() / "loop");

  EXPECT_FALSE(is_absent(home.path() / "config/key"));
  EXPECT_FALSE(is_absent(home.path() / "loop"));
  EXPECT_TRUE(is_absent(home.path() / "none/key"));
  EXPECT_TRUE(is_absent(home.path() / "config/key/none"));
  // As behind a folder of another user, which root could enter.
  EXPECT_EQ(hint_of([&] { is_absent(home.path() / "loop/key"); }),
            "Check that this user may use that path.");
}

TEST(PrivateFolder, RefusesLinksAndOpenDoors) {
  const test::TempHome home;
  const path folder = home.path() / "folder";
  make_private_folder(folder);
  std::filesystem::create_directory_symlink(folder, home.path() / "link");

  EXPECT_THROW(make_private_folder(home.path() / "link"), ConfigurationError);
  chmod(folder.c_str(), 0755);
  EXPECT_EQ(hint_of([&] { make_private_folder(folder); }),
            "Run: chmod 700 '" + folder.string() + "'");
  EXPECT_EQ(hint_of([&] { write_private_file(folder / "file", "x"); }),
            "Run: chmod 700 '" + folder.string() + "'");
}

TEST(PrivateFile, IsMadeByOneOfManyWriters) {
  const test::TempHome home;
  const path file = home.path() / "folder/file";
  std::atomic<int> winners = 0;
  std::vector<std::thread> threads;

  for (int writer = 0; writer < 8; ++writer) {
    threads.emplace_back(
        [&, writer] { winners += create_private_file(file, std::to_string(writer)) ? 1 : 0; });
  }
  for (auto& thread : threads) {
    thread.join();
  }

  EXPECT_EQ(winners, 1);
  EXPECT_EQ(read_private_file(file).size(), 1U);
}

TEST(FolderLock, LetsOneHolderInAtATime) {
  const test::TempHome home;
  const path folder = home.path() / "folder";
  std::atomic<int> inside = 0, most = 0;
  std::vector<std::thread> threads;

  for (int holder = 0; holder < 8; ++holder) {
    threads.emplace_back([&] {
      const FolderLock lock(folder);
      most = std::max(most.load(), ++inside);
      std::this_thread::yield();
      --inside;
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }

  EXPECT_EQ(most, 1);
  EXPECT_TRUE(std::filesystem::is_empty(folder)) << "the lock left a file";
}

}  // namespace
}  // namespace dhis2mcp
