// SPDX-License-Identifier: BSD-3-Clause
// The rows of OAuth2 tokens, their stay in memory while no disk takes them, and the move of the
// key.
#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>

#include "auth/token_store.h"
#include "auth/token_store_rows.h"

namespace dhis2mcp {
namespace {

constexpr std::chrono::seconds kBetweenTries{30};

using Wall = std::chrono::system_clock::time_point;

std::int64_t milliseconds(Wall time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

Wall wall(std::int64_t count) { return Wall(std::chrono::milliseconds(count)); }

void bind_key(SQLite::Statement& statement, int first, const TokenKey& key) {
  statement.bind(first, key.base_url);
  statement.bind(first + 1, key.client_id);
  statement.bind(first + 2, key.account);
}

struct RowState {
  std::uint64_t generation = 0;  // 0 where there is no row
  bool ended = false;
};

RowState row_state(SQLite::Database& database, const TokenKey& key) {
  SQLite::Statement row(database,
                        "SELECT generation, ended FROM oauth2_tokens "
                        "WHERE base_url = ? AND client_id = ? AND account = ?");
  bind_key(row, 1, key);
  if (!row.executeStep()) return {};
  return {static_cast<std::uint64_t>(row.getColumn(0).getInt64()),
          !row.getColumn(1).getString().empty()};
}

// What the tokens in memory would take the place of; nothing where the file cannot be read either.
template <typename File>
std::optional<RowState> row_state_in(File& file, const TokenKey& key) {
  try {
    return file.with(false, [&](SQLite::Database& database) { return row_state(database, key); })
        .value_or(RowState{});
  } catch (const Error&) {
    return std::nullopt;
  }
}

// A login or a logout of another process since then is the person's last word. That the row has
// ended is not: its tokens are older than those in memory.
bool overtaken(const std::optional<RowState>& now, const std::optional<std::uint64_t>& replaces) {
  return now && replaces && now->generation != *replaces && !now->ended;
}

// Above every earlier one of this key, that of a row which was forgotten included: an earlier token
// in somebody's memory must not pass for this one.
std::uint64_t next_generation(std::uint64_t last, const Tokens& tokens) {
  return std::max(
      last + 1, static_cast<std::uint64_t>(std::max<std::int64_t>(milliseconds(tokens.issued), 1)));
}

void write_row(SQLite::Database& database, const Vault& vault, const TokenKey& key,
               const Tokens& tokens) {
  const std::string access = vault.seal(tokens.access.reveal(), token_place(key, "access"));
  const std::string refresh = vault.seal(tokens.refresh.reveal(), token_place(key, "refresh"));
  SQLite::Statement put(database,
                        "INSERT OR REPLACE INTO oauth2_tokens (base_url, client_id, account, "
                        "issuer, scope, access, refresh, issued_ms, expires_ms, generation, "
                        "rotates, ended) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  bind_key(put, 1, key);
  put.bind(4, tokens.issuer);
  put.bind(5, tokens.scope);
  put.bind(6, access.data(), static_cast<int>(access.size()));
  put.bind(7, refresh.data(), static_cast<int>(refresh.size()));
  put.bind(8, milliseconds(tokens.issued));
  put.bind(9, milliseconds(tokens.expires));
  put.bind(10, static_cast<std::int64_t>(tokens.generation));
  put.bind(11, tokens.rotates ? 1 : 0);
  put.bind(12, tokens.ended);
  put.exec();
}

// Opens each sealed value with one vault and seals it with the other; what does not open stays.
struct Moved {
  const Vault& from;
  const Vault& to;

  std::optional<std::string> operator()(const SQLite::Column& column,
                                        const std::string& place) const {
    const auto plain = from.open(blob_of(column), place);
    return plain ? std::optional<std::string>(to.seal(plain->reveal(), place)) : std::nullopt;
  }
};

void move_secrets(SQLite::Database& database, const Moved& moved) {
  SQLite::Statement rows(database, "SELECT profile, kind, value FROM secrets");
  SQLite::Statement put(database, "UPDATE secrets SET value = ? WHERE profile = ? AND kind = ?");
  while (rows.executeStep()) {
    const std::string profile = rows.getColumn(0), kind = rows.getColumn(1);
    const auto sealed = moved(rows.getColumn(2), secret_place(profile, kind));
    if (!sealed) continue;
    put.reset();
    put.bind(1, sealed->data(), static_cast<int>(sealed->size()));
    put.bind(2, profile);
    put.bind(3, kind);
    put.exec();
  }
}

void move_tokens(SQLite::Database& database, const Moved& moved) {
  SQLite::Statement rows(database,
                         "SELECT base_url, client_id, account, access, refresh FROM oauth2_tokens");
  SQLite::Statement put(database,
                        "UPDATE oauth2_tokens SET access = ?, refresh = ? "
                        "WHERE base_url = ? AND client_id = ? AND account = ?");
  while (rows.executeStep()) {
    const TokenKey key{rows.getColumn(0), rows.getColumn(1), rows.getColumn(2)};
    const auto access = moved(rows.getColumn(3), token_place(key, "access"));
    const auto refresh = moved(rows.getColumn(4), token_place(key, "refresh"));
    if (!access || !refresh) continue;
    put.reset();
    put.bind(1, access->data(), static_cast<int>(access->size()));
    put.bind(2, refresh->data(), static_cast<int>(refresh->size()));
    bind_key(put, 3, key);
    put.exec();
  }
}

}  // namespace

bool TokenStore::put_tokens(const TokenKey& key, Tokens& tokens) {
  const auto write = [&](SQLite::Database& database) {
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    tokens.generation =
        next_generation(std::max(row_state(database, key).generation, tokens.generation), tokens);
    write_row(database, file_->vault(database), key, tokens);
    transaction.commit();
    File::checkpoint(database);
    return true;
  };
  try {
    file_->with(true, write);
    const std::lock_guard lock(unsaved_->mutex);
    unsaved_->held.erase(key);
    return true;
  } catch (const StoreUnwritable& error) {
    tokens.generation = next_generation(tokens.generation, tokens);
    const std::optional<RowState> row = row_state_in(*file_, key);
    const std::lock_guard lock(unsaved_->mutex);
    unsaved_->held[key] = {tokens, std::chrono::steady_clock::now() + kBetweenTries,
                           row ? std::optional(row->generation) : std::nullopt};
    unsaved_->reason = error.what();
    return false;
  }
}

std::optional<Tokens> TokenStore::held_tokens(const TokenKey& key) {
  std::unique_lock lock(unsaved_->mutex);
  const auto found = unsaved_->held.find(key);
  if (found == unsaved_->held.end()) return std::nullopt;
  Unsaved::Held held = found->second;
  lock.unlock();
  if (overtaken(row_state_in(*file_, key), held.replaces)) {
    lock.lock();
    unsaved_->held.erase(key);
    return std::nullopt;
  }
  if (std::chrono::steady_clock::now() >= held.next_try) put_tokens(key, held.tokens);
  return held.tokens;
}

std::optional<Tokens> TokenStore::tokens(const TokenKey& key) {
  if (auto held = held_tokens(key)) return held;
  const auto read = [&](SQLite::Database& database) -> std::optional<Tokens> {
    SQLite::Statement row(database,
                          "SELECT access, refresh, issuer, scope, issued_ms, expires_ms, "
                          "generation, rotates, ended FROM oauth2_tokens "
                          "WHERE base_url = ? AND client_id = ? AND account = ?");
    bind_key(row, 1, key);
    if (!row.executeStep()) return std::nullopt;
    const auto vault = file_->existing_vault(database);
    auto access =
        vault ? vault->open(blob_of(row.getColumn(0)), token_place(key, "access")) : std::nullopt;
    auto refresh =
        vault ? vault->open(blob_of(row.getColumn(1)), token_place(key, "refresh")) : std::nullopt;
    if (!access || !refresh) {
      // Only a login mends it, and tools that see this kind say so.
      ConfigurationError error = unreadable(
          "The stored sign-in of " + key.account + " at " + key.display(), File::record(database),
          file_->ladder().key_file(), vault.has_value(), "profile login");
      error.kind = ErrorKind::sign_in_required;
      throw ConfigurationError(error);
    }
    Tokens found;
    found.access = std::move(*access);
    found.refresh = std::move(*refresh);
    found.issuer = row.getColumn(2).getString();
    found.scope = row.getColumn(3).getString();
    found.issued = wall(row.getColumn(4).getInt64());
    found.expires = wall(row.getColumn(5).getInt64());
    found.generation = static_cast<std::uint64_t>(row.getColumn(6).getInt64());
    found.rotates = row.getColumn(7).getInt() != 0;
    found.ended = row.getColumn(8).getString();
    return found;
  };
  auto found = file_->with(false, read);
  return found ? std::move(*found) : std::nullopt;
}

void TokenStore::forget_tokens(const TokenKey& key) {
  {
    const std::lock_guard lock(unsaved_->mutex);
    unsaved_->held.erase(key);
  }
  file_->with(false, [&](SQLite::Database& database) {
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement remove(database,
                             "DELETE FROM oauth2_tokens "
                             "WHERE base_url = ? AND client_id = ? AND account = ?");
    bind_key(remove, 1, key);
    remove.exec();
    transaction.commit();
    File::checkpoint(database);
    return true;
  });
}

std::vector<TokenKey> TokenStore::token_keys() const {
  const auto read = [](SQLite::Database& database) {
    std::vector<TokenKey> keys;
    SQLite::Statement rows(
        database, "SELECT base_url, client_id, account FROM oauth2_tokens ORDER BY 1, 2, 3");
    while (rows.executeStep()) {
      keys.push_back({rows.getColumn(0), rows.getColumn(1), rows.getColumn(2)});
    }
    return keys;
  };
  return file_->with(false, read).value_or(std::vector<TokenKey>());
}

std::string TokenStore::warning() const {
  const std::lock_guard lock(unsaved_->mutex);
  if (unsaved_->held.empty()) return {};
  std::string names;
  for (const auto& [key, held] : unsaved_->held) {
    names.append(names.empty() ? "" : ", ")
        .append(key.account)
        .append(" at ")
        .append(key.display());
  }
  return "The sign-in of " + names + " is kept in memory only and ends with this program. " +
         unsaved_->reason;
}

std::string TokenStore::rekey() {
  const auto move = [&](SQLite::Database& database) -> std::string {
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    const KeyRecord old = File::record(database);
    KeyLadder& ladder = file_->ladder();
    if (old.place.empty() || old.place == ladder.best()) return std::string(ladder.best());
    const auto old_key = ladder.find(old);
    if (!old_key) {
      throw ConfigurationError(
          ErrorKind::refused,
          "The store's key is gone from the " + old.place + ", so that nothing in it can be moved.",
          "Put it back from a backup, or sign in again for each profile.");
    }
    const KeyRecord fresh = ladder.make();
    const Vault from(*old_key), to(ladder.find_or_make(fresh));
    move_secrets(database, {from, to});
    move_tokens(database, {from, to});
    File::keep_record(database, fresh);
    transaction.commit();
    File::checkpoint(database);
    // Only now: whatever happens before this line, one key opens every value.
    ladder.forget(old);
    return fresh.place;
  };
  const auto place = file_->with(false, move);
  return place ? *place : best_key_place();
}

}  // namespace dhis2mcp
