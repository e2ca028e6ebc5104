// SPDX-License-Identifier: BSD-3-Clause
// Calls leave wishes, one thread grants them, a type at a time. Another process that fills the same
// file is left to it.
#include "tools/name_indexes.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

// After a failure, and while another process fills: so long until it is tried again.
constexpr std::chrono::seconds kPause{30};

// Persons' names are not copied to this machine; the others have no names of their own.
bool is_kept(const std::string& type) {
  return type != "user" && type != "interpretation" && type != "dataElementOperand";
}

}  // namespace

struct NameIndexes::State {
  // One server and account. The connection is looked up anew each time: its secret may have changed
  // since.
  struct Account {
    std::string profile, url, user;
    auto operator<=>(const Account&) const = default;
  };
  struct Wish {
    Account account;
    std::string type;
    auto operator<=>(const Wish&) const = default;
  };
  // What is known of an index without looking into its file.
  struct Known {
    std::shared_ptr<NameIndex> index;
    std::map<std::string, IndexedType> types;
    NameFill::Time not_before{};
  };

  State(Connections& all, const Catalogue& types, Clock now)
      : connections(all), catalogue(types), clock(std::move(now)) {}

  Known& known(const Account& account) {
    Known& found = indexes[account];
    if (!found.index) {
      found.index = std::make_shared<NameIndex>(connections.places().cache / "index", account.url,
                                                account.user);
      found.types = types_in(*found.index);
    }
    return found;
  }

  // Nothing where its file fails (a full disk, one that others may write): the server is asked
  // then.
  static std::map<std::string, IndexedType> types_in(NameIndex& index) {
    try {
      return index.types();
    } catch (const std::exception&) {
      return {};
    }
  }

  // `soon`: somebody looks at it while typing.
  void wish(const Account& account, const std::string& type, bool soon = false) {
    const Wish one{account, type};
    const bool fresh = wished.insert(one).second;
    if (soon && !fresh && std::erase(wishes, one) == 0) return;  // it is being granted
    if (!soon && !fresh) return;
    wishes.insert(soon ? wishes.begin() : wishes.end(), one);
    if (!worker.joinable())
      worker = std::jthread([this](const std::stop_token& stop) { work(stop); });
    changed.notify_all();
  }

  // Which account a profile signs in as, where that needs no server; `user` is empty where not.
  Account account_of(const Profile& profile) {
    Account account{profile.name, profile.url, profile.user};
    if (!account.user.empty()) return account;
    for (const auto& [met, known_account] : indexes) {
      if (met.profile == profile.name && met.url == profile.url) return met;
    }
    return account;
  }

  // What of these types is in the index and fresh; wishes for the rest.
  struct Held {
    bool all = true, any = false;
  };
  Held look_at(const Account& account, Known& known_account, const std::vector<std::string>& types,
               bool soon = false) {
    Held held;
    const auto now = clock();
    for (const std::string& type : types) {
      if (!is_kept(type)) {
        held.all = false;
        continue;
      }
      const IndexedType& state = known_account.types[type];
      const auto checked = NameFill::Time(std::chrono::seconds(state.checked));
      const bool here = state.complete || state.absent;
      held.all = held.all && here;
      held.any = held.any || state.complete || state.next_page > 1;
      const bool fresh = here && now - checked < NameFill::kFresh;
      if (!fresh && now >= known_account.not_before) wish(account, type, soon);
    }
    return held;
  }

  void work(const std::stop_token& stop) {
    std::unique_lock lock(mutex);
    while (changed.wait(lock, stop, [this] { return !wishes.empty(); })) {
      const Wish one = wishes.front();
      wishes.pop_front();
      busy = true;
      if (one.account.user.empty()) {
        lock.unlock();
        const std::string user = user_of(one.account, stop);
        lock.lock();
        busy = false;
        wished.erase(one);
        if (user.empty()) {
          silent[one.account] = clock() + kPause;
        } else {
          wish({one.account.profile, one.account.url, user}, one.type, true);
        }
        changed.notify_all();
        continue;
      }
      const std::shared_ptr<NameIndex> index = known(one.account).index;
      lock.unlock();
      const bool granted = grant(one, *index, stop);
      std::map<std::string, IndexedType> types = types_in(*index);
      lock.lock();
      busy = false;
      Known& account = known(one.account);
      account.types = std::move(types);
      if (!granted) pause(one.account, account);
      wished.erase(one);
      changed.notify_all();
    }
  }

  // The other wishes for that account would fail as this one did.
  void pause(const Account& account, Known& known_account) {
    known_account.not_before = clock() + kPause;
    std::erase_if(wishes, [&](const Wish& wish) { return wish.account == account; });
    std::erase_if(wished, [&](const Wish& wish) { return wish.account == account; });
  }

  std::string user_of(const Account& account, const std::stop_token& stop) {
    try {
      const auto client = connections.client(account.profile);
      if (client->profile().url != account.url) return {};
      return client->whoami({stop, std::chrono::seconds(30)}).username;
    } catch (const std::exception&) {
      return {};  // the profile's next call tells why
    }
  }

  bool grant(const Wish& wish, NameIndex& index, const std::stop_token& stop) {
    const MetadataType* type = catalogue.type(wish.type);
    if (type == nullptr) return true;
    try {
      const auto lock = index.try_fill_lock();
      if (!lock) return false;
      const auto client = connections.client(wish.account.profile);
      const Patience patience{stop, std::chrono::minutes(10)};
      // The profile may be another account's by now.
      if (client->profile().url != wish.account.url ||
          client->whoami(patience).username != wish.account.user) {
        return false;
      }
      NameFill(index, *client, patience).bring_up(*type, clock());
      return true;
    } catch (const std::exception&) {
      return false;  // the call that wished went to the server itself
    }
  }

  Connections& connections;
  const Catalogue& catalogue;
  Clock clock;
  std::mutex mutex;
  std::condition_variable_any changed;
  std::map<Account, Known> indexes;
  std::map<Account, NameFill::Time> silent;  // accounts that could not be asked who they are
  std::deque<Wish> wishes;
  std::set<Wish> wished;
  bool busy = false;
  std::jthread worker;  // the last member: it ends before the others
};

NameIndexes::NameIndexes(Connections& connections, const Catalogue& catalogue, Clock clock)
    : state_(std::make_unique<State>(connections, catalogue, std::move(clock))) {}

NameIndexes::~NameIndexes() = default;

std::shared_ptr<NameIndex> NameIndexes::ready(SignedClient& client,
                                              const std::vector<std::string>& types) {
  try {
    const State::Account account{client.profile().name, client.profile().url,
                                 client.whoami({}).username};
    const std::lock_guard lock(state_->mutex);
    State::Known& known = state_->known(account);
    return state_->look_at(account, known, types).all ? known.index : nullptr;
  } catch (const std::exception&) {
    return nullptr;
  }
}

std::shared_ptr<NameIndex> NameIndexes::at_hand(const std::string& profile,
                                                const std::vector<std::string>& types) {
  try {
    const std::vector<Profile> profiles = state_->connections.profiles();
    const auto found = std::ranges::find(profiles, profile, &Profile::name);
    if (found == profiles.end()) return nullptr;
    const std::lock_guard lock(state_->mutex);
    const State::Account account = state_->account_of(*found);
    if (account.user.empty()) {
      const auto silent = state_->silent.find(account);
      if (silent != state_->silent.end() && state_->clock() < silent->second) return nullptr;
      for (const std::string& type : types) {
        if (is_kept(type)) state_->wish(account, type, true);
      }
      return nullptr;
    }
    State::Known& known = state_->known(account);
    return state_->look_at(account, known, types, true).any ? known.index : nullptr;
  } catch (const std::exception&) {
    return nullptr;
  }
}

void NameIndexes::settle() {
  std::unique_lock lock(state_->mutex);
  state_->changed.wait(lock, [this] { return state_->wishes.empty() && !state_->busy; });
}

}  // namespace dhis2mcp
