// SPDX-License-Identifier: BSD-3-Clause
// Profiles that come, change and go while a server runs, and the clients made from them.
#include "auth/connections.h"

#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "dhis2/error.h"
#include "tests/support/fake_http.h"
#include "tests/support/temp_home.h"

namespace dhis2mcp {
namespace {

using test::FakeHttp;
using test::Reply;

struct ConnectionsTest : testing::Test {
  test::TempHome home;
  Places places = Places::from_environment();
  FakeHttp dhis2;
  Patience patience;
  // Every look at a file is a second after the last.
  std::chrono::steady_clock::time_point now;
  const Connections::Clock each_second = [this] { return now += std::chrono::seconds(1); };

  ConnectionsTest() { dhis2.get("/api/me", R"({"username":"admin"})"); }

  Profile profile(const std::string& name, AuthMethod method = AuthMethod::basic) const {
    Profile made;
    made.name = name;
    made.url = dhis2.url();
    made.method = method;
    made.user = method == AuthMethod::basic ? "admin" : "";
    return made;
  }
  void save(const Profile& made) const {
    Profiles::edit(places.profiles(), [&](Profiles& profiles) { profiles.put(made); });
  }
  void store(const std::string& name, const std::string& kind, const std::string& secret) const {
    TokenStore(places.store(), places.key()).put_secret(name, kind, Secret(secret));
  }
  void ask(SignedClient& client) const {
    Request request;
    request.path = "/api/me";
    client.send(request, patience);
  }
  std::string last_authorization() const { return dhis2.seen().back().header("Authorization"); }
};

TEST_F(ConnectionsTest, ReadNothingUntilTheyAreAsked) {
  Connections connections(places, {}, {}, each_second);

  EXPECT_TRUE(std::filesystem::is_empty(home.path()));
  EXPECT_TRUE(connections.profiles().empty());
  EXPECT_EQ(connections.default_name(), "");
  EXPECT_THROW(connections.choose(""), Error);
  EXPECT_TRUE(std::filesystem::is_empty(home.path()));
}

TEST_F(ConnectionsTest, SignWithTheStoredSecret) {
  save(profile("demo"));
  save(profile("token", AuthMethod::pat));
  store("demo", "password", "district");
  store("token", "pat", "d2p_practice");
  Connections connections(places, {}, {}, each_second);

  ask(*connections.client("demo"));
  EXPECT_EQ(last_authorization(), "Basic YWRtaW46ZGlzdHJpY3Q=");
  ask(*connections.client("token"));
  EXPECT_EQ(last_authorization(), "ApiToken d2p_practice");
  EXPECT_EQ(connections.credential("token").second, Secret("d2p_practice"));
}

TEST_F(ConnectionsTest, KeepTheClientOfAnUnchangedProfile) {
  save(profile("demo"));
  store("demo", "password", "district");
  Connections connections(places, {}, {}, each_second);

  const auto first = connections.client("demo");
  store("other", "password", "x");
  Profiles::edit(places.profiles(), [](Profiles& profiles) { profiles.set_default("demo"); });

  EXPECT_EQ(connections.client("demo"), first);
  EXPECT_EQ(connections.client(""), first);
}

TEST_F(ConnectionsTest, SeeWhatTheCommandLineDoesMeanwhile) {
  Connections connections(places, {}, {}, each_second);
  EXPECT_THROW(connections.client("demo"), Error);

  save(profile("demo"));
  const auto unsigned_client = connections.client("demo");
  EXPECT_THROW(ask(*unsigned_client), Error);

  store("demo", "password", "wrong");
  ask(*connections.client("demo"));
  EXPECT_EQ(last_authorization(), "Basic YWRtaW46d3Jvbmc=");

  store("demo", "password", "district");
  ask(*connections.client("demo"));
  EXPECT_EQ(last_authorization(), "Basic YWRtaW46ZGlzdHJpY3Q=");

  Profile changed = profile("demo");
  changed.user = "analyste";
  save(changed);
  ask(*connections.client("demo"));
  EXPECT_EQ(last_authorization(), "Basic YW5hbHlzdGU6ZGlzdHJpY3Q=");

  Profiles::edit(places.profiles(), [](Profiles& profiles) { profiles.remove("demo"); });
  EXPECT_THROW(connections.client("demo"), Error);
  EXPECT_TRUE(connections.profiles().empty());
}

TEST_F(ConnectionsTest, SeeTheFileOfAFolderWithinASecond) {
  save(profile("demo"));
  save(profile("other"));
  ProfileChoice choice;
  choice.folder = home.path() / "project" / "src";
  std::filesystem::create_directories(choice.folder);
  Connections connections(places, choice, {}, [this] { return now; });
  EXPECT_THROW(connections.choose(""), Error);

  std::ofstream(home.path() / "project" / ".dhis2-mcp.json") << R"({"profile": "other"})";
  EXPECT_THROW(connections.choose(""), Error);
  now += std::chrono::seconds(1);
  EXPECT_EQ(connections.choose(""), "other");

  std::filesystem::remove(home.path() / "project" / ".dhis2-mcp.json");
  EXPECT_THROW(connections.choose(""), Error);
}

TEST_F(ConnectionsTest, TryARefusedPasswordAgainWhenItIsStoredAgain) {
  save(profile("demo"));
  store("demo", "password", "district");
  dhis2.on("GET", "/api/me", Reply{401, R"({"status":"ERROR","message":"Account locked"})"});
  Connections connections(places, {}, {}, each_second);

  EXPECT_THROW(ask(*connections.client("demo")), Error);
  EXPECT_THROW(ask(*connections.client("demo")), Error);
  EXPECT_EQ(dhis2.seen().size(), 1U);

  dhis2.get("/api/me", "{}");
  store("demo", "password", "district");

  EXPECT_NO_THROW(ask(*connections.client("demo")));
}

TEST_F(ConnectionsTest, ReportAFileOrStoreThatCannotBeReadAndRecover) {
  save(profile("demo"));
  store("demo", "password", "district");
  Connections connections(places, {}, {}, each_second);
  connections.client("demo");

  const std::string good = read_private_file(places.profiles());
  write_private_file(places.profiles(), "{");
  EXPECT_THROW(connections.client("demo"), ConfigurationError);
  EXPECT_THROW(connections.client("demo"), ConfigurationError);
  write_private_file(places.profiles(), good);
  EXPECT_NO_THROW(connections.client("demo"));

  Connections later(places, {}, {});
  std::filesystem::rename(places.key(), places.key().string() + ".away");
  EXPECT_THROW(later.client("demo"), ConfigurationError);
  std::filesystem::rename(places.key().string() + ".away", places.key());
  EXPECT_NO_THROW(later.client("demo"));
}

TEST_F(ConnectionsTest, UseTheEnvironmentWithoutAnyFile) {
  Connections connections(places, {}, EnvironmentProfile{profile("env"), Secret("district")});
  write_private_file(places.profiles(), "{");

  EXPECT_EQ(connections.choose(""), "env");
  ask(*connections.client(""));
  ask(*connections.client("env"));

  EXPECT_EQ(last_authorization(), "Basic YWRtaW46ZGlzdHJpY3Q=");
  EXPECT_EQ(connections.client("env"), connections.client(""));
  EXPECT_FALSE(std::filesystem::exists(places.store()));
}

TEST_F(ConnectionsTest, ListTheEnvironmentAmongTheProfiles) {
  save(profile("zeta"));
  save(profile("demo"));
  Connections connections(places, {}, EnvironmentProfile{profile("env"), Secret("district")});

  std::vector<std::string> names;
  for (const Profile& one : connections.profiles()) {
    names.push_back(one.name);
  }

  EXPECT_EQ(names, (std::vector<std::string>{"demo", "env", "zeta"}));
  EXPECT_EQ(connections.choose("zeta"), "zeta");
}

TEST_F(ConnectionsTest, AskForALoginWhereNobodyHasSignedIn) {
  save(profile("new", AuthMethod::oauth2));
  Connections connections(places, {}, {}, each_second);

  try {
    connections.client("new")->get("/api/me", {}, {});
    FAIL() << "nobody has logged in";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::sign_in_required);
    EXPECT_NE(error.hint.find("profile_login"), std::string::npos) << error.hint;
  }
}

TEST_F(ConnectionsTest, ServeManyThreads) {
  save(profile("demo"));
  store("demo", "password", "district");
  Connections connections(places, {}, {}, each_second);
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;

  for (int caller = 0; caller < 4; ++caller) {
    threads.emplace_back([&] {
      for (int round = 0; round < 10; ++round) {
        ask(*connections.client("demo"));
        good += connections.profiles().size() == 1 ? 1 : 0;
      }
    });
  }
  threads.emplace_back([&] { save(profile("demo")); });
  for (auto& thread : threads) {
    thread.join();
  }

  EXPECT_EQ(good, 40);
}

struct EnvironmentProfileTest : testing::Test {
  void set(const std::vector<std::pair<const char*, const char*>>& variables) const {
    for (const char* name : {"DHIS2_URL", "DHIS2_PAT", "DHIS2_USERNAME", "DHIS2_PASSWORD"}) {
      unsetenv(name);
    }
    for (const auto& [name, value] : variables) {
      setenv(name, value, 1);
    }
  }
};

TEST_F(EnvironmentProfileTest, TakesAPasswordOrAToken) {
  set({{"DHIS2_URL", "https://H.example.org/40/"},
       {"DHIS2_USERNAME", "admin"},
       {"DHIS2_PASSWORD", "district"}});
  const auto password = EnvironmentProfile::take();
  ASSERT_TRUE(password);
  EXPECT_EQ(password->profile.name, "env");
  EXPECT_EQ(password->profile.url, "https://h.example.org/40");
  EXPECT_EQ(password->profile.method, AuthMethod::basic);
  EXPECT_EQ(password->profile.user, "admin");
  EXPECT_EQ(password->secret, Secret("district"));

  set({{"DHIS2_URL", "https://h"}, {"DHIS2_PAT", "d2p_x"}});
  const auto token = EnvironmentProfile::take();
  ASSERT_TRUE(token);
  EXPECT_EQ(token->profile.method, AuthMethod::pat);
  EXPECT_EQ(token->secret, Secret("d2p_x"));
}

TEST_F(EnvironmentProfileTest, IsNoneWithoutAUrlAndWrongWithoutAWholeCredential) {
  set({});
  EXPECT_FALSE(EnvironmentProfile::take());
  set({{"DHIS2_PAT", "d2p_x"}});
  EXPECT_FALSE(EnvironmentProfile::take());

  const std::vector<std::pair<const char*, const char*>> wrong[] = {
      {{"DHIS2_URL", "https://h"}},
      {{"DHIS2_URL", "https://h"}, {"DHIS2_USERNAME", "admin"}},
      {{"DHIS2_URL", "https://h"}, {"DHIS2_PASSWORD", "district"}},
      {{"DHIS2_URL", "https://h"}, {"DHIS2_PAT", ""}},
      {{"DHIS2_URL", "nowhere"}, {"DHIS2_PAT", "d2p_x"}},
      {{"DHIS2_URL", "https://h"},
       {"DHIS2_PAT", "d2p_x"},
       {"DHIS2_USERNAME", "admin"},
       {"DHIS2_PASSWORD", "district"}},
  };
  for (const auto& variables : wrong) {
    set(variables);
    EXPECT_THROW(EnvironmentProfile::take(), ConfigurationError);
    EXPECT_EQ(std::getenv("DHIS2_PAT"), nullptr) << "left behind after a failure";
  }
}

TEST_F(EnvironmentProfileTest, LeavesNothingInTheEnvironmentOrItsMemory) {
  // In a program of its own, for the kernel shows the environment that a program was started with.
  set({{"DHIS2_URL", "https://h"},
       {"DHIS2_USERNAME", "canary-user"},
       {"DHIS2_PASSWORD", "canary-password"}});
  const std::string self = std::filesystem::read_symlink("/proc/self/exe");
  const std::string command =
      "'" + self + "' --gtest_also_run_disabled_tests --gtest_filter='*DISABLED_ShowsAfterTaking'";

  EXPECT_EQ(std::system((command + " >/dev/null").c_str()), 0);
  set({});
}

TEST_F(EnvironmentProfileTest, DISABLED_ShowsAfterTaking) {
  const auto shown = [] {
    std::ifstream file("/proc/self/environ", std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  ASSERT_NE(shown().find("canary-password"), std::string::npos) << "the test would prove nothing";

  ASSERT_TRUE(EnvironmentProfile::take());

  EXPECT_EQ(shown().find("canary"), std::string::npos);
  EXPECT_EQ(std::getenv("DHIS2_PASSWORD"), nullptr);
  EXPECT_EQ(std::getenv("DHIS2_URL"), nullptr);
}

}  // namespace
}  // namespace dhis2mcp
