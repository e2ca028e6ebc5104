// SPDX-License-Identifier: BSD-3-Clause
// The vault's format with the time of expiry before the text; the nonce tells what was used.
#include "auth/seal.h"

#include <unistd.h>

#include <array>
#include <charconv>

#include "auth/vault.h"
#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

// Format byte and nonce (auth/vault.h).
constexpr std::size_t kNonceAt = 1, kNonceBytes = 12;

std::string hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char byte : bytes) {
    text += kDigits[static_cast<unsigned char>(byte) >> 4];
    text += kDigits[static_cast<unsigned char>(byte) & 0xf];
  }
  return text;
}

int digit(char c) {
  return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::optional<std::string> unhex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = digit(text[i]), low = digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

}  // namespace

Seal::Seal() = default;
Seal::~Seal() = default;

const Vault& Seal::vault() {
  const std::lock_guard lock(mutex_);
  if (!vault_) {
    std::array<char, 32> key{};
    if (getentropy(key.data(), key.size()) != 0) {
      throw Error(ErrorKind::internal, "The kernel gave no random bytes.");
    }
    vault_ = std::make_unique<Vault>(Secret(std::string(key.data(), key.size())));
  }
  return *vault_;
}

std::string Seal::close(std::string_view text, std::string_view bound_to, Time expires) {
  std::string plain = std::to_string(expires.time_since_epoch().count()) + "\n";
  return hex(vault().seal(plain.append(text), bound_to));
}

std::optional<std::string> Seal::open(std::string_view sealed, std::string_view bound_to,
                                      Time now) {
  const std::optional<std::string> bytes = unhex(sealed);
  if (!bytes) return std::nullopt;
  const std::optional<Secret> opened = vault().open(*bytes, bound_to);
  if (!opened) return std::nullopt;
  const std::string_view plain = opened->reveal();
  const std::size_t line = plain.find('\n');
  Time::rep ticks = 0;
  std::from_chars(plain.data(), plain.data() + line, ticks);
  const Time expires{Time::duration(ticks)};
  if (expires <= now) return std::nullopt;
  const std::lock_guard lock(mutex_);
  std::erase_if(used_, [&](const auto& nonce) { return nonce.second <= now; });
  if (!used_.emplace(bytes->substr(kNonceAt, kNonceBytes), expires).second) return std::nullopt;
  return std::string(plain.substr(line + 1));
}

}  // namespace dhis2mcp
