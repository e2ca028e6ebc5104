// SPDX-License-Identifier: BSD-3-Clause
// How the bytes of a recorded body are won back from the line that holds them.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace replay {

// The value at a path of member names, as compact JSON with every number's own digits (a parsed
// double would turn 91.50 into 91.5). `text` must be valid JSON that has the path.
std::string json_text_at(const std::string& text, const std::vector<std::string>& path);

// Empty when the text is not base64.
std::optional<std::string> decode_base64(const std::string& text);

// Empty when the bytes are not a whole gzip stream.
std::optional<std::string> gunzip(const std::string& bytes);

}  // namespace replay
