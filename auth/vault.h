// SPDX-License-Identifier: BSD-3-Clause
// Values that only the holder of the data key can read, each bound to the place it stands in.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "auth/secret.h"

namespace dhis2mcp {

// AES-256-GCM (NIST SP 800-38D) with a fresh 96-bit random nonce for each value. Sealed form:
// format byte 0x01, nonce (12 bytes), ciphertext, tag (16 bytes). Random nonces are sound for 2^32
// values under one key; a store holds dozens.
class Vault {
 public:
  // `key` has 32 bytes; throws internal otherwise.
  explicit Vault(Secret key);

  // `place` is data that is authenticated and not stored: a value that was copied to another place
  // does not open there.
  std::string seal(std::string_view plain, std::string_view place) const;

  // Nothing when the key or the place is another one, when a bit was flipped, and for a format byte
  // that this program does not know.
  std::optional<Secret> open(std::string_view sealed, std::string_view place) const;

 private:
  Secret key_;
};

// The words of a place as one text from which they can be told apart again, whatever they hold.
std::string place_of(std::initializer_list<std::string_view> words);

}  // namespace dhis2mcp
