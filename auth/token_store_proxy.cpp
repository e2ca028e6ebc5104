// SPDX-License-Identifier: BSD-3-Clause
// The tokens of the proxy: only their hashes are kept, so nothing here needs the vault or its key.
#include <SQLiteCpp/SQLiteCpp.h>

#include "auth/text_codes.h"
#include "auth/token_store.h"
#include "auth/token_store_file.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kTokenBytes = 32;

}  // namespace

Secret TokenStore::new_proxy_token(std::string_view origin) {
  Secret token(to_base64url(random_bytes(kTokenBytes)));
  const std::string hash = sha256(token.reveal());
  file_->with(true, [&](SQLite::Database& database) {
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement put(database,
                          "INSERT INTO proxy_tokens (origin, hash) VALUES (?, ?)"
                          " ON CONFLICT (origin) DO UPDATE SET hash = excluded.hash");
    put.bind(1, std::string(origin));
    put.bind(2, hash.data(), static_cast<int>(hash.size()));
    put.exec();
    transaction.commit();
    File::checkpoint(database);
    return true;
  });
  return token;
}

std::vector<ProxyToken> TokenStore::proxy_tokens() const {
  const auto read = [](SQLite::Database& database) {
    std::vector<ProxyToken> tokens;
    SQLite::Statement row(database, "SELECT origin, hash FROM proxy_tokens ORDER BY origin");
    while (row.executeStep()) {
      tokens.push_back({row.getColumn(0).getString(), std::string(blob_of(row.getColumn(1)))});
    }
    return tokens;
  };
  return file_->with(false, read).value_or(std::vector<ProxyToken>());
}

}  // namespace dhis2mcp
