// SPDX-License-Identifier: BSD-3-Clause
// Bodies as a server with gzip sends them.
#pragma once

#include <string>

namespace sandbox {

// RFC 1952, one member.
std::string gzipped(const std::string& text);

}  // namespace sandbox
