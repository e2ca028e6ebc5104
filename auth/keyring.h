// SPDX-License-Identifier: BSD-3-Clause
// The keyring of the desktop session, where there is one: it keeps the store's key.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "auth/secret.h"

namespace dhis2mcp {

// Entries by name, each a secret without NUL or line ends. Each call ends within seconds: a keyring
// that is locked may wait for a person who is not there. Throws ConfigurationError when the keyring
// cannot be reached, is locked or refuses.
class Keyring {
 public:
  virtual ~Keyring() = default;

  virtual std::optional<Secret> find(const std::string& entry) = 0;
  virtual void put(const std::string& entry, const Secret& value) = 0;
  virtual void remove(const std::string& entry) = 0;
};

// The Secret Service through libsecret, which is loaded when this is called and never linked.
// Nothing where the library is not installed, or no session bus is announced
// (DBUS_SESSION_BUS_ADDRESS, or XDG_RUNTIME_DIR/bus): then there is nobody to ask. An address that
// begins with "disabled:" counts as none.
std::shared_ptr<Keyring> session_keyring(
    const std::string& library = "libsecret-1.so.0",
    std::chrono::milliseconds patience = std::chrono::seconds(3));

}  // namespace dhis2mcp
