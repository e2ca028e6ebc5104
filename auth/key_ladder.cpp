// SPDX-License-Identifier: BSD-3-Clause
// scrypt for passphrases, base64 for the keyring, the file as it is.
#include "auth/key_ladder.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "auth/data_key.h"
#include "auth/places.h"
#include "auth/text_codes.h"
#include "dhis2/base64.h"
#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kSaltBytes = 16;
// RFC 7914: about 128 MB of memory for a moment, which OpenSSL allows only when told so.
constexpr std::uint64_t kScryptR = 8;
constexpr std::uint64_t kScryptMemory = 256UL * 1024 * 1024;

[[noreturn]] void unusable(const std::string& what, const std::string& next_step) {
  throw ConfigurationError(ErrorKind::refused, what, next_step);
}

}  // namespace

std::string_view KeyLadder::best() {
  if (!looked_for_keyring_) {
    looked_for_keyring_ = true;
    keyring_ = rungs_.keyring ? rungs_.keyring() : nullptr;
  }
  if (keyring_ != nullptr) {
    try {
      keyring_->find("probe");
      return kInKeyring;
    } catch (const ConfigurationError&) {
      keyring_ = nullptr;  // it is there and does not answer: the next rung does
    }
  }
  return rungs_.passphrase_file.empty() ? kKeyFile : kFromPassphrase;
}

KeyRecord KeyLadder::make() {
  KeyRecord record{std::string(best()), {}, {}};
  if (record.place == kKeyFile) {
    load_or_create_data_key(rungs_.key_file);
    return record;
  }
  record.id = to_hex(random_bytes(kSaltBytes));
  if (record.place == kFromPassphrase) {
    const Secret key = derived(record);
    record.check = passphrase_check(key);
    kept_ = {record, key};
  } else {
    find_or_make(record);
  }
  return record;
}

Keyring& KeyLadder::keyring() {
  if (keyring_ == nullptr && rungs_.keyring) keyring_ = rungs_.keyring();
  if (keyring_ == nullptr) {
    unusable("The store's key is in the keyring of a desktop session, and there is none here.",
             "Run this from the session in which the profile was added, or set DHIS2_MCP_HOME to "
             "another folder and add the profiles again there.");
  }
  return *keyring_;
}

Secret KeyLadder::derived(const KeyRecord& record) {
  if (rungs_.passphrase_file.empty()) {
    unusable("The store's key comes from a passphrase, and no file with it is named.",
             "Set DHIS2_MCP_PASSPHRASE_FILE to a file of mode 600 that holds the passphrase.");
  }
  std::string passphrase = read_private_file(rungs_.passphrase_file);
  while (passphrase.ends_with('\n') || passphrase.ends_with('\r')) passphrase.pop_back();
  if (passphrase.empty()) {
    unusable(rungs_.passphrase_file.string() + " is empty.", "Write the passphrase into it.");
  }
  const std::string salt = from_hex(record.id);
  std::string key(kKeyBytes, '\0');
  const int done = EVP_PBE_scrypt(
      passphrase.data(), passphrase.size(), reinterpret_cast<const unsigned char*>(salt.data()),
      salt.size(), std::uint64_t{1} << rungs_.passphrase_cost, kScryptR, 1, kScryptMemory,
      reinterpret_cast<unsigned char*>(key.data()), key.size());
  OPENSSL_cleanse(passphrase.data(), passphrase.size());
  if (done != 1) {
    unusable("There is not enough memory to use the passphrase.", "Free 256 MB and try again.");
  }
  return Secret(std::move(key));
}

std::string KeyLadder::passphrase_check(const Secret& key) const {
  std::array<unsigned char, EVP_MAX_MD_SIZE> code{};
  unsigned int size = 0;
  const std::string_view text = "dhis2-mcp: check of a passphrase";
  HMAC(EVP_sha256(), key.reveal().data(), static_cast<int>(key.reveal().size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), code.data(), &size);
  return to_hex({reinterpret_cast<const char*>(code.data()), 16});
}

std::optional<Secret> KeyLadder::find(const KeyRecord& record) {
  if (kept_ && kept_->first == record) return kept_->second;
  if (record.place == kKeyFile || record.place.empty()) {
    return load_data_key(rungs_.key_file);
  }
  std::optional<Secret> key;
  if (record.place == kFromPassphrase) {
    key = derived(record);
    if (!record.check.empty() && record.check != passphrase_check(*key)) {
      unusable(rungs_.passphrase_file.string() + " holds another passphrase than the store's.",
               "Put the right one there. Nothing was deleted.");
    }
  } else if (record.place == kInKeyring) {
    const auto text = keyring().find(record.id);
    if (!text) return std::nullopt;
    key = Secret(from_base64(text->reveal()).value_or(""));
    if (key->reveal().size() != kKeyBytes) return std::nullopt;
  } else {
    unusable(
        "The store's key is kept in the " + record.place + ", which this version cannot reach.",
        "Update this program.");
  }
  kept_ = {record, *key};
  return key;
}

Secret KeyLadder::find_or_make(const KeyRecord& record) {
  if (record.place == kKeyFile || record.place.empty()) {
    return load_or_create_data_key(rungs_.key_file);
  }
  if (auto found = find(record)) return std::move(*found);
  Secret fresh(random_bytes(kKeyBytes));
  keyring().put(record.id, Secret(to_base64(fresh.reveal())));
  kept_ = {record, fresh};
  return fresh;
}

void KeyLadder::forget(const KeyRecord& record) {
  kept_.reset();
  if (record.place == kKeyFile) {
    std::error_code ignored;
    std::filesystem::remove(rungs_.key_file, ignored);
  } else if (record.place == kInKeyring) {
    keyring().remove(record.id);
  }
}

}  // namespace dhis2mcp
