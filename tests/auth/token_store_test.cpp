// SPDX-License-Identifier: BSD-3-Clause
// The store on a real file: what survives, what is refused, and what a thief of the file reads.
#include "auth/token_store.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>
#include <thread>

#include "auth/places.h"
#include "dhis2/error.h"
#include "tests/auth/processes.h"
#include "tests/support/temp_home.h"

namespace dhis2mcp {
namespace {

struct TokenStoreTest : testing::Test {
  test::TempHome home;
  Places places = Places::from_environment();

  TokenStore opened() const { return TokenStore(places.store(), places.key()); }
  SQLite::Database raw() const {
    return SQLite::Database(places.store().string(), SQLite::OPEN_READWRITE, 5'000);
  }
  std::string bytes_of_all_files() const {
    std::ostringstream all;
    for (const auto& entry : std::filesystem::directory_iterator(places.data)) {
      all << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    }
    return all.str();
  }
};

TEST_F(TokenStoreTest, KeepsSecretsByProfileAndKind) {
  opened().put_secret("demo", "password", Secret("district"));
  opened().put_secret("demo", "client_secret", Secret("other"));
  opened().put_secret("prod", "password", Secret(""));

  const TokenStore store = opened();
  EXPECT_EQ(store.secret("demo", "password"), Secret("district"));
  EXPECT_EQ(store.secret("demo", "client_secret"), Secret("other"));
  EXPECT_EQ(store.secret("prod", "password"), Secret(""));
  EXPECT_FALSE(store.secret("prod", "client_secret"));
  EXPECT_FALSE(store.secret("uat", "password"));
  EXPECT_EQ(store.key_place(), "key file");
}

TEST_F(TokenStoreTest, CountsEachWriteAsARevision) {
  TokenStore store = opened();

  store.put_secret("demo", "pat", Secret("one"));
  EXPECT_EQ(store.stored("demo", "pat")->revision, 1);
  store.put_secret("demo", "pat", Secret("one"));
  EXPECT_EQ(store.stored("demo", "pat")->revision, 2);
  store.put_secret("demo", "pat", Secret("two"));
  EXPECT_EQ(store.stored("demo", "pat")->revision, 3);
  EXPECT_EQ(store.secret("demo", "pat"), Secret("two"));
}

TEST_F(TokenStoreTest, ForgetsOneProfileAlone) {
  TokenStore store = opened();
  store.put_secret("demo", "password", Secret("a"));
  store.put_secret("demo", "client_secret", Secret("b"));
  store.put_secret("prod", "password", Secret("c"));

  store.forget_secrets("demo");

  EXPECT_FALSE(store.secret("demo", "password"));
  EXPECT_FALSE(store.secret("demo", "client_secret"));
  EXPECT_EQ(store.secret("prod", "password"), Secret("c"));
}

TEST_F(TokenStoreTest, TouchesNothingUntilTheFirstWrite) {
  TokenStore store = opened();

  EXPECT_FALSE(store.secret("demo", "password"));
  store.forget_secrets("demo");
  EXPECT_EQ(store.key_place(), "key file");
  EXPECT_TRUE(std::filesystem::is_empty(home.path()));
}

TEST_F(TokenStoreTest, MakesFilesForItsOwnerAloneUnderAnyUmask) {
  const mode_t before = umask(022);
  TokenStore store = opened();
  store.put_secret("demo", "password", Secret("district"));
  umask(before);

  for (const auto& entry : std::filesystem::directory_iterator(places.data)) {
    struct stat found {};
    ASSERT_EQ(lstat(entry.path().c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777, 0600U) << entry.path();
  }
  struct stat folder {};
  ASSERT_EQ(lstat(places.data.c_str(), &folder), 0);
  EXPECT_EQ(folder.st_mode & 0777, 0700U);
}

TEST_F(TokenStoreTest, LeavesNoReadableSecretInAnyFile) {
  TokenStore store = opened();
  store.put_secret("demo", "password", Secret("canary-one-7391"));
  store.put_secret("demo", "password", Secret("canary-two-7391"));
  const std::string while_open = bytes_of_all_files();

  EXPECT_EQ(while_open.find("canary"), std::string::npos);
  EXPECT_NE(while_open.find("demo"), std::string::npos) << "the files were not read";
  const auto wal = places.store().string() + "-wal";
  EXPECT_TRUE(!std::filesystem::exists(wal) || std::filesystem::file_size(wal) == 0)
      << "the log still holds an older value";
}

TEST_F(TokenStoreTest, RefusesRowsThatWereSwapped) {
  TokenStore store = opened();
  store.put_secret("demo", "password", Secret("a"));
  store.put_secret("prod", "password", Secret("b"));
  raw().exec("UPDATE secrets SET profile = CASE profile WHEN 'demo' THEN 'x' ELSE 'demo' END");
  raw().exec("UPDATE secrets SET profile = 'prod' WHERE profile = 'x'");

  EXPECT_THROW(store.secret("demo", "password"), ConfigurationError);
  EXPECT_THROW(store.secret("prod", "password"), ConfigurationError);
}

TEST_F(TokenStoreTest, RefusesAValueThatWasMovedToAnotherKind) {
  TokenStore store = opened();
  store.put_secret("demo", "password", Secret("a"));
  raw().exec("UPDATE secrets SET kind = 'pat'");

  EXPECT_THROW(store.secret("demo", "pat"), ConfigurationError);
}

TEST_F(TokenStoreTest, NamesTheProfileWhoseValueWasAltered) {
  TokenStore store = opened();
  store.put_secret("demo", "password", Secret("a"));
  store.put_secret("prod", "password", Secret("b"));
  raw().exec("UPDATE secrets SET value = zeroblob(length(value)) WHERE profile = 'demo'");

  try {
    store.secret("demo", "password");
    FAIL() << "an altered value was read";
  } catch (const ConfigurationError& error) {
    EXPECT_NE(std::string(error.what()).find("'demo'"), std::string::npos) << error.what();
    EXPECT_NE(error.hint.find("dhis2-mcp profile add demo"), std::string::npos) << error.hint;
  }
  EXPECT_EQ(store.secret("prod", "password"), Secret("b"));
  EXPECT_EQ(raw().execAndGet("SELECT count(*) FROM secrets").getInt(), 2) << "a row was deleted";
}

TEST_F(TokenStoreTest, AsksForANewSignInWhenTheKeyIsLost) {
  opened().put_secret("demo", "password", Secret("a"));
  std::filesystem::remove(places.key());

  EXPECT_THROW(opened().secret("demo", "password"), ConfigurationError);
  EXPECT_FALSE(std::filesystem::exists(places.key())) << "reading made another key";

  opened().put_secret("prod", "password", Secret("b"));
  EXPECT_THROW(opened().secret("demo", "password"), ConfigurationError);
  EXPECT_EQ(opened().secret("prod", "password"), Secret("b"));
  EXPECT_EQ(raw().execAndGet("SELECT count(*) FROM secrets").getInt(), 2);

  opened().put_secret("demo", "password", Secret("c"));
  EXPECT_EQ(opened().secret("demo", "password"), Secret("c"));
}

TEST_F(TokenStoreTest, RefusesAKeyPlaceThatItDoesNotKnow) {
  opened().put_secret("demo", "password", Secret("a"));
  raw().exec("UPDATE settings SET value = 'moon' WHERE name = 'key_place'");

  EXPECT_EQ(opened().key_place(), "moon");
  EXPECT_THROW(opened().secret("demo", "password"), ConfigurationError);
  EXPECT_THROW(opened().put_secret("demo", "password", Secret("b")), ConfigurationError);
}

TEST_F(TokenStoreTest, RefusesLinksAndFilesThatOthersMayUse) {
  make_private_folder(places.data);
  write_private_file(home.path() / "elsewhere/store.db", "");
  std::filesystem::create_symlink(home.path() / "elsewhere/store.db", places.store());
  EXPECT_THROW(opened().put_secret("demo", "password", Secret("a")), ConfigurationError);
  EXPECT_EQ(std::filesystem::file_size(home.path() / "elsewhere/store.db"), 0U);
  std::filesystem::remove(places.store());

  std::filesystem::create_symlink(home.path() / "elsewhere/wal", places.store().string() + "-wal");
  EXPECT_THROW(opened().put_secret("demo", "password", Secret("a")), ConfigurationError);
  std::filesystem::remove(places.store().string() + "-wal");

  opened().put_secret("demo", "password", Secret("a"));
  chmod(places.store().c_str(), 0640);
  EXPECT_THROW(opened().secret("demo", "password"), ConfigurationError);
}

TEST_F(TokenStoreTest, WorksBelowAHomeThatIsReachedThroughALink) {
  std::filesystem::create_directory(home.path() / "real");
  std::filesystem::create_directory_symlink(home.path() / "real", home.path() / "link");

  TokenStore store(home.path() / "link/data/store.db", home.path() / "link/config/key");
  store.put_secret("demo", "password", Secret("a"));

  EXPECT_EQ(store.secret("demo", "password"), Secret("a"));
}

TEST_F(TokenStoreTest, SaysWhatToDoAboutADamagedFileAndANewerOne) {
  opened().put_secret("demo", "password", Secret("a"));
  raw().exec("PRAGMA user_version = 99");
  EXPECT_THROW(opened().secret("demo", "password"), ConfigurationError);

  for (const char* name : {"", "-wal", "-shm"}) {
    std::filesystem::remove(places.store().string() + name);
  }
  write_private_file(places.store(), std::string(10'000, 'x'));
  try {
    opened().put_secret("demo", "password", Secret("a"));
    FAIL() << "a damaged file was used";
  } catch (const ConfigurationError& error) {
    EXPECT_NE(error.hint.find("Move the file away"), std::string::npos) << error.hint;
  }
}

TEST_F(TokenStoreTest, NoticesAFileThatWasMadeAnew) {
  TokenStore store = opened();
  store.put_secret("demo", "password", Secret("a"));
  for (const char* name : {"", "-wal", "-shm"}) {
    std::filesystem::remove(places.store().string() + name);
  }
  EXPECT_FALSE(store.secret("demo", "password"));

  opened().put_secret("demo", "password", Secret("b"));

  EXPECT_EQ(store.secret("demo", "password"), Secret("b"));
}

TEST_F(TokenStoreTest, ChangesItsStampWithEachWriteOfAnyone) {
  TokenStore store = opened();
  const std::string absent = store.stamp();
  store.put_secret("demo", "password", Secret("a"));
  const std::string first = store.stamp();
  EXPECT_NE(first, absent);
  EXPECT_EQ(store.stamp(), first);
  store.secret("demo", "password");
  EXPECT_EQ(store.stamp(), first) << "reading changed it";

  ASSERT_TRUE(test::all_ended_well({test::in_process(
      [&] { opened().put_secret("prod", "password", Secret(std::string(8'000, 'x'))); })}));

  EXPECT_NE(store.stamp(), first);
}

TEST_F(TokenStoreTest, SurvivesManyWritersInManyProcesses) {
  std::vector<pid_t> children;
  for (int child = 0; child < 4; ++child) {
    children.push_back(test::in_process([&, child] {
      TokenStore store = opened();
      for (int round = 0; round < 5; ++round) {
        store.put_secret("p" + std::to_string(child), "pat", Secret(std::to_string(round)));
      }
    }));
  }

  ASSERT_TRUE(test::all_ended_well(children));
  for (int child = 0; child < 4; ++child) {
    const auto found = opened().stored("p" + std::to_string(child), "pat");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->value, Secret("4"));
    EXPECT_EQ(found->revision, 5);
  }
}

TEST_F(TokenStoreTest, LosesNothingThatWasAcknowledgedWhenItsWriterIsKilled) {
  opened().put_secret("demo", "pat", Secret("0"));
  for (int round = 0; round < 6; ++round) {
    int acknowledged[2] = {};
    ASSERT_EQ(pipe(acknowledged), 0);
    const pid_t writer = test::in_process([&] {
      TokenStore store = opened();
      for (char count = 1;; ++count) {
        store.put_secret("demo", "pat", Secret(std::string(1, count)));
        if (write(acknowledged[1], &count, 1) != 1) {
          return;
        }
      }
    });
    close(acknowledged[1]);
    char last = 0;
    for (int wanted = 0; wanted <= round; ++wanted) {
      ASSERT_EQ(read(acknowledged[0], &last, 1), 1);
    }
    kill(writer, SIGKILL);
    char later = 0;
    while (read(acknowledged[0], &later, 1) == 1) {
      last = later;
    }
    close(acknowledged[0]);
    waitpid(writer, nullptr, 0);

    const auto kept = opened().secret("demo", "pat");
    ASSERT_TRUE(kept);
    // The write after the last acknowledged one may have been finished too.
    EXPECT_TRUE(kept->reveal() == std::string(1, last) ||
                kept->reveal() == std::string(1, static_cast<char>(last + 1)));
    EXPECT_EQ(raw().execAndGet("PRAGMA integrity_check").getString(), "ok");
  }
}

TEST_F(TokenStoreTest, ServesManyThreads) {
  TokenStore store = opened();
  store.put_secret("demo", "pat", Secret("token"));
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;

  for (int reader = 0; reader < 4; ++reader) {
    threads.emplace_back([&] {
      for (int round = 0; round < 20; ++round) {
        good += store.secret("demo", "pat") == Secret("token") ? 1 : 0;
      }
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }

  EXPECT_EQ(good, 80);
}

}  // namespace
}  // namespace dhis2mcp
