// SPDX-License-Identifier: BSD-3-Clause
// The recorded answers of real DHIS2 servers, as the tests of this folder read them.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace recorded {

using Json = nlohmann::ordered_json;

// One exchange, whichever of the two shapes it was recorded in.
struct Exchange {
  std::string file, id;
  std::string method, path;  // with the query as it was sent
  std::string accept;        // empty where the caller set none
  bool anonymous = false;    // sent without credentials
  bool own_session = false;  // sent with a cookie, which the product would not send
  int status = 0;            // 0 where the recorder did not keep it
  std::string media_type, location;
  Json body;  // parsed JSON, a text, or null for an empty answer
  bool binary = false;
  bool cut = false;      // the recorder kept only a part of the body
  bool complete = true;  // reconstructed answers: every header and row is known
  std::string line;      // as it stands in the file
};

// The folder that DHIS2_RECORDINGS names; empty when it is not set or has no recordings.
std::filesystem::path folder();

// What each test of recordings begins with.
#define NEED_RECORDINGS()         \
  if (recorded::folder().empty()) \
  GTEST_SKIP() << "DHIS2_RECORDINGS names no folder of recordings: nothing was compared"

using Parameters = std::vector<std::pair<std::string, std::string>>;

// Of a query string, decoded; read here and not by the product's own code.
Parameters parameters_of(const std::string& query);

// The text of a file, gzip or not.
std::string inflated(const std::filesystem::path& file);

// Reads a .jsonl or .jsonl.gz file, one exchange a line.
std::vector<Exchange> read_exchanges(const std::filesystem::path& file);

// Every .jsonl and .jsonl.gz of a folder below folder(), by name.
std::vector<std::filesystem::path> exchange_files(const std::string& below);

}  // namespace recorded
