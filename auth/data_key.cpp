// SPDX-License-Identifier: BSD-3-Clause
// The key file: made once, never rewritten.
#include "auth/data_key.h"

#include <openssl/crypto.h>

#include "auth/places.h"
#include "auth/text_codes.h"
#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kKeyBytes = 32;

}  // namespace

std::optional<Secret> load_data_key(const std::filesystem::path& key_file) {
  if (is_absent(key_file)) return std::nullopt;
  Secret key(read_private_file(key_file));
  if (key.reveal().size() != kKeyBytes) {
    throw ConfigurationError(ErrorKind::refused,
                             key_file.string() + " does not hold a key of 32 bytes.",
                             "Put the right file back from a backup. Without it, move this one "
                             "away and add the profiles again with dhis2-mcp profile add.");
  }
  return key;
}

Secret load_or_create_data_key(const std::filesystem::path& key_file) {
  if (auto found = load_data_key(key_file)) {
    return std::move(*found);
  }
  std::string fresh = random_bytes(kKeyBytes);
  create_private_file(key_file, fresh);
  OPENSSL_cleanse(fresh.data(), fresh.size());
  // What stands there now is the winner's key, ours or another process's.
  auto made = load_data_key(key_file);
  if (!made) {
    throw ConfigurationError(ErrorKind::refused, key_file.string() + " went away again.",
                             "Check what removes files there and try again.");
  }
  return std::move(*made);
}

}  // namespace dhis2mcp
