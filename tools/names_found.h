// SPDX-License-Identifier: BSD-3-Clause
// An object that a text may mean. For the sources of Names only.
#pragma once

#include <string>

#include "tools/name_forms.h"
#include "tools/names.h"

namespace dhis2mcp {

struct Names::Found {
  std::string uid, code, name, display, short_name, parent;
  const MetadataType* type = nullptr;
  std::string also = {};  // further names, one a line

  static constexpr int kNoFit = 9;

  // The lower, the better it fits.
  int rank(const std::string& text) const {
    if (uid == text) return 0;
    if (!code.empty() && code == text) return 1;
    if (name == text || display == text) return 2;
    if (short_name == text) return 3;
    const auto folded = [](const std::string& one) { return lower_ascii(straight(one)); };
    const std::string lower = folded(text);
    if (lower == folded(name) || lower == folded(display)) return 4;
    if (lower == folded(code) || lower == folded(short_name)) return 5;
    const bool further =
        ("\n" + folded(also) + "\n").find("\n" + lower + "\n") != std::string::npos;
    return !lower.empty() && further ? 6 : kNoFit;
  }
};

}  // namespace dhis2mcp
