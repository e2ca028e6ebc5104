// SPDX-License-Identifier: BSD-3-Clause
// Recorded exchanges with a real server, as a recordings folder keeps them.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace comparison {

using Json = nlohmann::ordered_json;
using Headers = std::vector<std::pair<std::string, std::string>>;

// What goes over the wire, either way.
struct Message {
  std::string method, target;  // of a request; the target is as sent, raw brackets included
  int status = 0;              // of an answer
  Headers headers;             // one pair for each line
  std::string body;

  std::string header(std::string_view name) const;  // whatever the case; empty: not there
  std::string media_type() const;                   // Content-Type up to the ";", lower case
};

struct Exchange {
  std::string id, title;
  Message request;
  Message answer;  // bodies that were recorded parsed are written out again
  Json body;       // of the answer when it was recorded parsed, else null
  bool parsed = false;
  bool cut = false;     // only the beginning of the answer's body was kept
  bool binary = false;  // the body was no text
};

// The lines of one area ("me") in a version's folder ("own_243"), in order. Reads `<area>.jsonl`
// or `<area>.jsonl.gz`; empty when there is neither. Throws std::runtime_error for a line that
// is no exchange.
std::vector<Exchange> read_area(const std::filesystem::path& folder, const std::string& area);

// The whole text of a file, decompressed when it is gzip; empty when it cannot be read.
std::string read_text(const std::filesystem::path& file);

std::string base64_decoded(std::string_view text);
std::string base64_encoded(std::string_view bytes);

}  // namespace comparison
