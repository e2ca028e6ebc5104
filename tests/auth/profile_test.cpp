// SPDX-License-Identifier: BSD-3-Clause
// profiles.json: what is read, kept, refused and written.
#include "auth/profile.h"

#include <gtest/gtest.h>

#include "auth/places.h"
#include "dhis2/error.h"
#include "tests/auth/processes.h"
#include "tests/support/temp_home.h"

namespace dhis2mcp {
namespace {

struct ProfilesTest : testing::Test {
  test::TempHome home;
  std::filesystem::path file = Places::from_environment().profiles();

  Profiles of(const std::string& text) const {
    write_private_file(file, text);
    return Profiles::load(file);
  }
  Json on_disk() const { return Json::parse(read_private_file(file)); }
};

Profile demo() {
  Profile profile;
  profile.name = "demo";
  profile.url = "https://play.example.org/40";
  profile.user = "admin";
  return profile;
}

TEST_F(ProfilesTest, AreNoneWithoutAFile) {
  EXPECT_TRUE(Profiles::load(file).names().empty());
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(ProfilesTest, AreNotNoneWhereTheFileCannotBeSeen) {
  std::filesystem::create_symlink("loop", home.path() / "loop");

  EXPECT_THROW(Profiles::load(home.path() / "loop/profiles.json"), ConfigurationError);
}

TEST_F(ProfilesTest, AreWrittenInOneStableForm) {
  Profiles profiles;
  profiles.put(demo());
  profiles.set_default("demo");
  profiles.save(file);

  EXPECT_EQ(
      to_text(on_disk()),
      R"({"version":1,"default":"demo","profiles":{"demo":{"url":"https://play.example.org/40",)"
      R"("method":"basic","user":"admin","client_id":null,"client_auth":null,)"
      R"("client_key_file":null,"scope":null,"redirect_port":null,"referer":null,)"
      R"("ca_file":null,"insecure_http":false,"write":"off","protected":false,)"
      R"("pii":"mask","password_grant":false}}})");
}

TEST_F(ProfilesTest, ComeBackAsTheyWereSaved) {
  Profile full = demo();
  full.method = AuthMethod::legacy_oauth2;
  full.client_id = "client";
  full.client_auth = "post";
  full.client_key_file = "/k";
  full.scope = "ALL";
  full.redirect_port = 3449;
  full.referer = "https://app.example.org";
  full.ca_file = "/ca.pem";
  full.insecure_http = full.write_confirm = full.is_protected = true;
  full.pii_allowed = full.password_grant = true;
  Profiles profiles;
  profiles.put(full);

  profiles.save(file);

  EXPECT_EQ(*Profiles::load(file).find("demo"), full);
}

TEST_F(ProfilesTest, KeepMembersThatTheyDoNotKnow) {
  const std::string text =
      R"({"version":1,"colour":{"a":[1,2]},"profiles":{"demo":{"url":"https://h/40","method":"pat",)"
      R"("later":{"deep":[null,1.5]},"note":"mine"}},"zone":null})";
  Profiles profiles = of(text);

  profiles.set_default("demo");
  profiles.save(file);

  const Json kept = on_disk();
  EXPECT_EQ(kept["colour"], Json::parse(R"({"a":[1,2]})"));
  EXPECT_TRUE(kept.contains("zone"));
  EXPECT_EQ(kept["profiles"]["demo"]["later"], Json::parse(R"({"deep":[null,1.5]})"));
  EXPECT_EQ(kept["profiles"]["demo"]["note"], "mine");
  EXPECT_EQ(kept["default"], "demo");
}

TEST_F(ProfilesTest, NormaliseTheUrl) {
  const Profiles profiles =
      of(R"({"profiles":{"demo":{"url":"https://H.Example.org:443/40/api/","method":"pat"}}})");

  EXPECT_EQ(profiles.find("demo")->url, "https://h.example.org/40");
}

TEST_F(ProfilesTest, NameTheMemberThatIsWrong) {
  const std::string start = R"({"profiles":{"demo":{"url":"https://h","method":"pat",)";
  const std::pair<std::string, std::string> cases[] = {
      {"[]", "profiles.json must be an object"},
      {R"({"version":"1"})", ".version must be"},
      {R"({"version":2})", "newer dhis2-mcp"},
      {R"({"default":1})", ".default must be a text"},
      {R"({"profiles":[]})", ".profiles must be an object"},
      {R"({"profiles":{"demo":3}})", "profiles.demo must be an object"},
      {R"({"profiles":{"a b":{}}})", "'a b' cannot name a profile"},
      {R"({"profiles":{"env":{}}})", "'env'"},
      {R"({"profiles":{"demo":{"method":"pat"}}})", "profiles.demo.url must be the address"},
      {R"({"profiles":{"demo":{"url":"ftp://h","method":"pat"}}})", "profiles.demo.url"},
      {R"({"profiles":{"demo":{"url":"https://h"}}})", "profiles.demo.method must be"},
      {R"({"profiles":{"demo":{"url":"https://h","method":"magic"}}})", "profiles.demo.method"},
      {start + R"("user":1}}})", "profiles.demo.user must be a text or null"},
      {start + R"("redirect_port":70000}}})", "profiles.demo.redirect_port must be a port"},
      {start + R"("redirect_port":"80"}}})", "profiles.demo.redirect_port"},
      {start + R"("insecure_http":"yes"}}})", "profiles.demo.insecure_http must be true or false"},
      {start + R"("write":"on"}}})", "profiles.demo.write must be \"off\" or \"confirm\""},
      {start + R"("pii":true}}})", "profiles.demo.pii"},
      {"{", "is not JSON"},
      {"", "is not JSON"},
      {R"({"profiles":{"demo":{},"demo":{}}})", "is not JSON"},
  };
  for (const auto& [text, wanted] : cases) {
    try {
      of(text);
      ADD_FAILURE() << text << " was read";
    } catch (const ConfigurationError& error) {
      EXPECT_NE(std::string(error.what()).find(wanted), std::string::npos) << text << "\n"
                                                                           << error.what();
      EXPECT_FALSE(error.hint.empty());
    }
  }
}

TEST_F(ProfilesTest, AreRefusedFromAFileThatOthersMayUse) {
  of("{}");
  std::filesystem::permissions(file, std::filesystem::perms(0644));
  EXPECT_THROW(Profiles::load(file), ConfigurationError);

  std::filesystem::rename(file, file.string() + ".real");
  std::filesystem::create_symlink(file.string() + ".real", file);
  EXPECT_THROW(Profiles::load(file), ConfigurationError);
  EXPECT_THROW(Profiles().save(file), ConfigurationError);
}

TEST_F(ProfilesTest, RefuseNamesThatCannotStandInAPath) {
  for (const char* name : {"", "a b", "../x", "a/b", ".hidden", "-x", "env", "a\n", "\xc3\xa9"}) {
    Profile profile = demo();
    profile.name = name;
    EXPECT_THROW(Profiles().put(profile), Error) << name;
  }
  for (const char* name : {"a", "demo-2.40", "Prod_1", "environment", "4x"}) {
    EXPECT_NO_THROW(demand_profile_name(name)) << name;
  }
}

TEST_F(ProfilesTest, LoseOneAndItsPlaceAsDefault) {
  Profiles profiles;
  profiles.put(demo());
  profiles.set_default("demo");

  try {
    profiles.remove("dmeo");
    FAIL() << "removed what was not there";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::not_found);
    EXPECT_NE(error.hint.find("Did you mean demo?"), std::string::npos) << error.hint;
  }
  profiles.remove("demo");

  EXPECT_EQ(profiles.default_name(), "");
  EXPECT_TRUE(profiles.names().empty());
  EXPECT_THROW(profiles.set_default("demo"), Error);
}

TEST_F(ProfilesTest, KeepWhatTwoCommandsAddAtOnce) {
  std::vector<pid_t> children;
  for (int child = 0; child < 6; ++child) {
    children.push_back(test::in_process([&, child] {
      for (int round = 0; round < 5; ++round) {
        Profiles::edit(file, [&](Profiles& profiles) {
          Profile profile = demo();
          profile.name = "p" + std::to_string(child) + "-" + std::to_string(round);
          profiles.put(profile);
        });
      }
    }));
  }

  ASSERT_TRUE(test::all_ended_well(children));
  EXPECT_EQ(Profiles::load(file).names().size(), 30U);
}

TEST_F(ProfilesTest, StayWholeWhenTheirWriterIsKilled) {
  Profiles::edit(file, [](Profiles& profiles) { profiles.put(demo()); });
  for (int round = 0; round < 6; ++round) {
    int begun[2] = {};
    ASSERT_EQ(pipe(begun), 0);
    const pid_t writer = test::in_process([&] {
      for (int count = 0;; ++count) {
        Profiles::edit(file, [&](Profiles& profiles) {
          Profile profile = demo();
          profile.scope = std::string(20'000, static_cast<char>('a' + count % 26));
          profiles.put(profile);
        });
        if (write(begun[1], "x", 1) != 1) {
          return;
        }
      }
    });
    close(begun[1]);
    char one = 0;
    for (int wanted = 0; wanted <= round; ++wanted) {
      ASSERT_EQ(read(begun[0], &one, 1), 1);
    }
    kill(writer, SIGKILL);
    waitpid(writer, nullptr, 0);
    close(begun[0]);

    const std::string scope = Profiles::load(file).find("demo")->scope;
    EXPECT_EQ(scope, std::string(20'000, scope.front()));
  }
}

TEST_F(ProfilesTest, AreNotSavedWhenTheChangeFails) {
  Profiles::edit(file, [](Profiles& profiles) { profiles.put(demo()); });

  EXPECT_THROW(Profiles::edit(file,
                              [](Profiles& profiles) {
                                profiles.remove("demo");
                                profiles.remove("demo");
                              }),
               Error);

  EXPECT_NE(Profiles::load(file).find("demo"), nullptr);
}

}  // namespace
}  // namespace dhis2mcp
