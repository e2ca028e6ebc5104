// SPDX-License-Identifier: BSD-3-Clause
// Which profile wins, and what is said when none does.
#include <gtest/gtest.h>

#include <fstream>

#include "auth/profile.h"
#include "dhis2/error.h"
#include "tests/support/temp_home.h"

namespace dhis2mcp {
namespace {

Profiles named(const std::vector<std::string>& names, const std::string& usual = {}) {
  Profiles profiles;
  for (const std::string& name : names) {
    Profile profile;
    profile.name = name;
    profile.url = "https://h/" + name;
    profiles.put(profile);
  }
  if (!usual.empty()) {
    profiles.set_default(usual);
  }
  return profiles;
}

struct Failure {
  ErrorKind kind = ErrorKind::internal;
  std::string text;
};

Failure failure_of(const Profiles& profiles, const ProfileChoice& choice) {
  try {
    return {ErrorKind::internal, "chose " + choose_profile(profiles, choice)};
  } catch (const Error& error) {
    return {error.kind, std::string(error.what()) + " " + error.hint};
  }
}

struct ProfileChoiceTest : testing::Test {
  test::TempHome home;
  std::filesystem::path folder = home.path() / "project/deep/er";

  ProfileChoiceTest() { std::filesystem::create_directories(folder); }
  void write(const std::filesystem::path& where, const std::string& text) const {
    std::ofstream(where / ".dhis2-mcp.json") << text;
  }
};

TEST_F(ProfileChoiceTest, FollowsTheOrderOfPrecedence) {
  const Profiles all = named({"a", "b", "c", "d", "e"}, "e");
  const Profiles one = named({"only"});
  write(home.path() / "project", R"({"profile":"d","url":"https://evil.example"})");
  struct Case {
    const Profiles& profiles;
    ProfileChoice choice;
    std::string wins;
  };
  const Case cases[] = {
      {all, {"a", "b", "c", true, folder}, "a"}, {all, {"", "b", "c", true, folder}, "b"},
      {all, {"", "", "c", true, folder}, "c"},   {all, {"", "", "", true, folder}, "env"},
      {all, {"", "", "", false, folder}, "d"},   {all, {"", "", "", false, home.path()}, "e"},
      {all, {"", "", "", false, {}}, "e"},       {one, {"", "", "", false, {}}, "only"},
      {one, {"", "", "", true, {}}, "env"},      {one, {"env", "", "", true, {}}, "env"},
      {one, {"only", "", "", true, {}}, "only"},
  };
  for (const Case& one_case : cases) {
    EXPECT_EQ(choose_profile(one_case.profiles, one_case.choice), one_case.wins);
  }
}

TEST_F(ProfileChoiceTest, NamesTheNearestAndAllForAnUnknownName) {
  const Failure failure = failure_of(named({"demo", "prod"}), {"dmeo", "", "", false, {}});

  EXPECT_EQ(failure.kind, ErrorKind::not_found);
  EXPECT_EQ(failure.text,
            "There is no profile named 'dmeo', which was chosen in the argument 'profile'. "
            "Did you mean demo? Profiles: demo, prod.");
}

TEST_F(ProfileChoiceTest, SaysWhoNamedTheUnknownProfile) {
  write(folder, R"({"profile":"gone"})");
  const Profiles profiles = named({"demo", "prod"});

  EXPECT_NE(failure_of(profiles, {"", "x", "", false, {}}).text.find("--profile"),
            std::string::npos);
  EXPECT_NE(failure_of(profiles, {"", "", "x", false, {}}).text.find("DHIS2_PROFILE"),
            std::string::npos);
  EXPECT_NE(failure_of(profiles, {"", "", "", false, folder}).text.find(".dhis2-mcp.json"),
            std::string::npos);
  EXPECT_EQ(failure_of(profiles, {"env", "", "", false, {}}).kind, ErrorKind::not_found);
}

TEST_F(ProfileChoiceTest, NamesAllWhenNoneWasChosen) {
  const Failure several = failure_of(named({"demo", "prod"}), {});
  EXPECT_EQ(several.kind, ErrorKind::bad_input);
  EXPECT_NE(several.text.find("Profiles: demo, prod."), std::string::npos) << several.text;

  const Failure none = failure_of(Profiles(), {});
  EXPECT_EQ(none.kind, ErrorKind::bad_input);
  EXPECT_NE(none.text.find("dhis2-mcp profile add NAME --url URL"), std::string::npos) << none.text;
}

TEST_F(ProfileChoiceTest, SaysWhatIsWrongInTheFoldersFile) {
  for (const char* text : {"", "{", "[]", "{}", R"({"profile":1})", R"({"profile":null})"}) {
    write(folder, text);
    EXPECT_THROW(choose_profile(named({"a", "b"}, "b"), {"", "", "", false, folder}),
                 ConfigurationError)
        << text;
  }
  write(folder, std::string(70'000, ' ') + R"({"profile":"a"})");
  EXPECT_THROW(choose_profile(named({"a", "b"}, "b"), {"", "", "", false, folder}),
               ConfigurationError);
}

TEST_F(ProfileChoiceTest, PassesByAFileThatIsALinkOrAnothersOwn) {
  const Profiles profiles = named({"a", "b"}, "b");
  write(home.path(), R"({"profile":"a"})");
  std::filesystem::create_symlink(home.path() / ".dhis2-mcp.json", folder / ".dhis2-mcp.json");
  EXPECT_EQ(choose_profile(profiles, {"", "", "", false, folder}), "a") << "the one further up";

  std::filesystem::remove(home.path() / ".dhis2-mcp.json");
  EXPECT_EQ(choose_profile(profiles, {"", "", "", false, folder}), "b");

  std::filesystem::remove(folder / ".dhis2-mcp.json");
  if (geteuid() == 0) {
    write(folder, R"({"profile":"a"})");
    ASSERT_EQ(chown((folder / ".dhis2-mcp.json").c_str(), 65534, 65534), 0);
    EXPECT_EQ(choose_profile(profiles, {"", "", "", false, folder}), "b");
  }
}

}  // namespace
}  // namespace dhis2mcp
