// SPDX-License-Identifier: BSD-3-Clause
// The vault's format with the time of expiry before the text; the nonce tells what was used.
#include "auth/seal.h"

#include <charconv>

#include "auth/text_codes.h"
#include "auth/vault.h"

namespace dhis2mcp {
namespace {

// Format byte and nonce (auth/vault.h).
constexpr std::size_t kNonceAt = 1, kNonceBytes = 12;

}  // namespace

Seal::Seal() = default;
Seal::~Seal() = default;

const Vault& Seal::vault() {
  const std::lock_guard lock(mutex_);
  if (!vault_) {
    vault_ = std::make_unique<Vault>(Secret(random_bytes(32)));
  }
  return *vault_;
}

std::string Seal::close(std::string_view text, std::string_view bound_to, Time expires) {
  std::string plain = std::to_string(expires.time_since_epoch().count()) + "\n";
  return to_hex(vault().seal(plain.append(text), bound_to));
}

std::optional<std::string> Seal::open(std::string_view sealed, std::string_view bound_to,
                                      Time now) {
  const std::string bytes = from_hex(sealed);
  const std::optional<Secret> opened = vault().open(bytes, bound_to);
  if (!opened) return std::nullopt;
  const std::string_view plain = opened->reveal();
  const std::size_t line = plain.find('\n');
  Time::rep ticks = 0;
  std::from_chars(plain.data(), plain.data() + line, ticks);
  const Time expires{Time::duration(ticks)};
  if (expires <= now) return std::nullopt;
  const std::lock_guard lock(mutex_);
  std::erase_if(used_, [&](const auto& nonce) { return nonce.second <= now; });
  if (!used_.emplace(bytes.substr(kNonceAt, kNonceBytes), expires).second) return std::nullopt;
  return std::string(plain.substr(line + 1));
}

}  // namespace dhis2mcp
