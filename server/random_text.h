// SPDX-License-Identifier: BSD-3-Clause
// Names and tokens that cannot be guessed.
#pragma once

#include <cstddef>
#include <string>

namespace dhis2mcp {

// That many bytes of the kernel's generator in hexadecimal.
std::string random_hex(std::size_t bytes);

}  // namespace dhis2mcp
