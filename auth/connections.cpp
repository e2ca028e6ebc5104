// SPDX-License-Identifier: BSD-3-Clause
// Profiles on disk, secrets in the store, and which of them a kept client was made from.
#include "auth/connections.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <utility>

#include "dhis2/client.h"
#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

// What changes when a file does; all zero where there is none.
using Stamp = std::array<std::int64_t, 5>;

Stamp stamp_of(const std::filesystem::path& file) {
  struct stat found {};
  if (lstat(file.c_str(), &found) != 0) {
    return {};
  }
  return {static_cast<std::int64_t>(found.st_dev), static_cast<std::int64_t>(found.st_ino),
          found.st_size, found.st_mtim.tv_sec, found.st_mtim.tv_nsec};
}

// No command ends and lets another begin in less, and a busy server asks thousands of times a
// second.
constexpr std::chrono::milliseconds kFresh{2};

struct Kept {
  Profile profile;
  StoredSecret secret;
  std::string store_stamp;  // of the store when `secret` was read
  std::shared_ptr<SignedClient> client;
};

}  // namespace

std::string_view secret_kind(AuthMethod method) {
  switch (method) {
    case AuthMethod::basic:
      return "password";
    case AuthMethod::pat:
      return "pat";
    default:
      return "client_secret";
  }
}

std::unique_ptr<SignedClient> connect(const Profile& profile, Secret secret, TokenStore* store) {
  std::unique_ptr<AuthProvider> provider;
  if (profile.method == AuthMethod::basic) {
    provider = basic_provider(profile.name, profile.user, std::move(secret));
  } else if (profile.method == AuthMethod::pat) {
    provider = pat_provider(profile.name, std::move(secret), profile.referer);
  } else if (store == nullptr) {
    throw Error(ErrorKind::internal, "OAuth2 needs the store of its tokens.");
  } else if (profile.method == AuthMethod::oauth2) {
    provider = oauth2_provider(profile, std::move(secret), *store);
  } else {
    provider = legacy_oauth2_provider(profile, std::move(secret), *store);
  }
  auto client = std::make_unique<Client>(BaseUrl::parse(profile.url), WireOptions{profile.ca_file});
  return std::make_unique<SignedClient>(profile, std::move(provider), std::move(client));
}

struct Connections::State {
  State(const Places& places, ProfileChoice said, std::optional<EnvironmentProfile> env, Clock now)
      : clock(std::move(now)),
        file(places.profiles()),
        choice(std::move(said)),
        environment(std::move(env)),
        store(places.store(),
              KeyRungs(places.key(), places.passphrase, [] { return session_keyring(); })),
        logins(file, store) {
    choice.has_env_profile = environment.has_value();
  }

  const Clock clock;
  const std::filesystem::path file;
  ProfileChoice choice;
  const std::optional<EnvironmentProfile> environment;
  TokenStore store;
  Logins logins;

  std::mutex mutex;  // guards all below
  Profiles profiles;
  std::optional<Stamp> read_stamp;  // of profiles.json when it was read last
  std::filesystem::path folder;     // where a .dhis2-mcp.json was seen last
  std::chrono::steady_clock::time_point stat_again, look_again;
  std::map<std::string, Kept, std::less<>> kept;

  void reread();
  void load(const Stamp& stamp);
  std::string chosen(std::string_view argument);
  const Profile& profile(const std::string& name) const;
  StoredSecret secret(const Profile& profile) const;
};

void Connections::State::reread() {
  const auto now = clock();
  if (now < stat_again) {
    return;
  }
  const Stamp stamp = stamp_of(file);
  if (stamp != read_stamp) {
    load(stamp);
  }
  stat_again = now + kFresh;
}

void Connections::State::load(const Stamp& stamp) {
  profiles = Profiles::load(file);
  read_stamp = stamp;
  std::erase_if(kept, [this](const auto& entry) {
    return entry.first != "env" && profiles.find(entry.first) == nullptr;
  });
}

std::string Connections::State::chosen(std::string_view argument) {
  // A broken file must not stand in the way of the environment's profile.
  const bool needs_file =
      !environment || !argument.empty() || !choice.option.empty() || !choice.environment.empty();
  if (needs_file && !(environment && argument == "env")) {
    reread();
  }
  ProfileChoice said = choice;
  said.argument = argument;
  // Every folder up to the root costs a system call, and each call of a tool comes by here.
  if (const auto now = clock(); now >= look_again) {
    folder = folder_of_choice(choice.folder);
    look_again = now + std::chrono::seconds(1);
  }
  said.folder = folder;
  return choose_profile(profiles, said);
}

const Profile& Connections::State::profile(const std::string& name) const {
  return environment && name == "env" ? environment->profile : *profiles.find(name);
}

StoredSecret Connections::State::secret(const Profile& of) const {
  if (environment && of.name == "env") {
    return {environment->secret, 0};
  }
  return store.stored(of.name, secret_kind(of.method)).value_or(StoredSecret{});
}

Connections::Connections(Places places, ProfileChoice choice,
                         std::optional<EnvironmentProfile> environment, Clock clock)
    : places_(std::move(places)),
      state_(std::make_unique<State>(places_, std::move(choice), std::move(environment),
                                     std::move(clock))) {}

Connections::~Connections() = default;

std::string Connections::choose(std::string_view argument) {
  const std::lock_guard lock(state_->mutex);
  return state_->chosen(argument);
}

std::shared_ptr<SignedClient> Connections::client(std::string_view argument) {
  State& state = *state_;
  const std::lock_guard lock(state.mutex);
  const std::string name = state.chosen(argument);
  const Profile& profile = state.profile(name);
  const std::string stamp = state.store.stamp();
  const auto found = state.kept.find(name);
  const bool same = found != state.kept.end() && found->second.profile == profile;
  if (same && found->second.store_stamp == stamp) {
    return found->second.client;
  }
  StoredSecret secret = state.secret(profile);
  if (same && found->second.secret.revision == secret.revision &&
      found->second.secret.value == secret.value) {
    found->second.store_stamp = stamp;
    return found->second.client;
  }
  std::shared_ptr<SignedClient> client = connect(profile, secret.value, &state.store);
  state.kept.insert_or_assign(name, Kept{profile, std::move(secret), stamp, client});
  return client;
}

std::vector<Profile> Connections::profiles() {
  const std::lock_guard lock(state_->mutex);
  state_->reread();
  std::vector<Profile> all;
  for (const std::string& name : state_->profiles.names()) {
    all.push_back(*state_->profiles.find(name));
  }
  if (state_->environment) {
    all.push_back(state_->environment->profile);
  }
  std::sort(all.begin(), all.end(),
            [](const Profile& a, const Profile& b) { return a.name < b.name; });
  return all;
}

std::string Connections::default_name() {
  const std::lock_guard lock(state_->mutex);
  state_->reread();
  return state_->profiles.default_name();
}

std::pair<Profile, Secret> Connections::credential(std::string_view argument) {
  const std::lock_guard lock(state_->mutex);
  const Profile& profile = state_->profile(state_->chosen(argument));
  return {profile, state_->secret(profile).value};
}

TokenStore& Connections::store() { return state_->store; }

Logins& Connections::logins() { return state_->logins; }

}  // namespace dhis2mcp
