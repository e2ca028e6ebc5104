// SPDX-License-Identifier: BSD-3-Clause
// One recorded exchange with a real DHIS2 server, and how a file of them is read.
#include "tests/replay/recording.h"

#include <strings.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "tests/replay/body.h"

namespace replay {
namespace {

using Json = nlohmann::ordered_json;

bool same_name(const std::string& one, const char* other) {
  return strcasecmp(one.c_str(), other) == 0;
}

std::string text_at(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string header_of(const Json& headers, const char* name) {
  for (const auto& [key, value] : headers.items()) {
    if (same_name(key, name) && value.is_string()) return value.get<std::string>();
  }
  return {};
}

bool is_plain(const Json& asked) {
  constexpr std::array usual = {"Authorization", "Accept", "Content-Type", "X-Requested-With"};
  for (const auto& [name, value] : asked.items()) {
    const auto same = [&name = name](const char* one) { return same_name(name, one); };
    if (std::none_of(usual.begin(), usual.end(), same)) return false;
  }
  return true;
}

void read_headers(const Json& headers, Recording* recording) {
  for (const auto& [name, value] : headers.items()) {
    if (value.is_string()) {
      recording->headers.emplace_back(name, value.get<std::string>());
    } else if (value.is_array()) {
      for (const Json& one : value) recording->headers.emplace_back(name, one.get<std::string>());
    }
  }
}

// Recorders keep a JSON body parsed and any other as text, so a JSON *string* looks like text. The
// recorded length tells which it was; without one, only a document is not quoted.
std::string text_body(const std::string& text, const Json& headers) {
  const std::string type = header_of(headers, "Content-Type");
  if (type.find("application/json") == std::string::npos) return text;
  const std::string quoted = Json(text).dump();
  const std::string length = header_of(headers, "Content-Length");
  if (!length.empty()) return length == std::to_string(quoted.size()) ? quoted : text;
  const bool document = !text.empty() && (text.front() == '{' || text.front() == '[');
  return document ? text : quoted;
}

void read_body(const Json& answer, const Json& headers, const std::string& line,
               const std::vector<std::string>& way, Recording* recording) {
  if (answer.contains("bodyBase64")) {
    const auto bytes = decode_base64(text_at(answer, "bodyBase64"));
    if (!bytes) throw BadRecording("bodyBase64 is not base64");
    recording->body = *bytes;
    return;
  }
  if (!answer.contains("body")) return;
  const Json& body = answer.at("body");
  recording->body =
      body.is_string() ? text_body(body.get<std::string>(), headers) : json_text_at(line, way);
}

Recording read_full(const Json& json, const std::string& line) {
  const Json& request = json.at("request");
  const Json& response = json.at("response");
  const Json asked = request.value("headers", Json::object());
  const Json answered = response.value("headers", Json::object());
  Recording recording;
  recording.method = request.at("method").get<std::string>();
  recording.sent = request.at("path").get<std::string>();
  recording.caller = header_of(asked, "Authorization");
  recording.knows_caller = true;
  recording.accept = header_of(asked, "Accept");
  recording.plain = is_plain(asked);
  recording.status = response.at("status").get<int>();
  read_headers(answered, &recording);
  read_body(response, answered, line, {"response", "body"}, &recording);
  recording.cut = text_at(json, "note").find("body cut") != std::string::npos;
  return recording;
}

Recording read_flat(const Json& json, const std::string& line) {
  Recording recording;
  recording.method = json.at("method").get<std::string>();
  recording.sent = json.at("path").get<std::string>();
  // The recorder of 2.36 kept no status.
  if (json.at("status").is_number_integer()) recording.status = json.at("status").get<int>();
  Json headers = Json::object();
  std::string type = text_at(json, "content_type");
  const bool parsed = json.contains("body") && json.at("body").is_structured();
  if (type.empty() && parsed) type = "application/json;charset=UTF-8";
  if (!type.empty()) {
    headers["Content-Type"] = type;
    recording.headers.emplace_back("Content-Type", type);
  }
  const bool empty = !json.contains("body") || json.at("body").is_null();
  if (!empty) read_body(json, headers, line, {"body"}, &recording);
  return recording;
}

// Gives back a file's bytes line by line; zlib reads plain files through the same calls.
std::vector<std::string> read_lines(const std::string& file) {
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> input(gzopen(file.c_str(), "rb"), gzclose);
  if (!input) throw BadRecording(file + ": cannot be opened");
  std::string text;
  std::array<char, 1 << 16> block{};
  int got = 0;
  while ((got = gzread(input.get(), block.data(), block.size())) > 0) {
    text.append(block.data(), static_cast<std::size_t>(got));
  }
  int error = Z_OK;
  const char* message = gzerror(input.get(), &error);
  if (got < 0 || error != Z_OK) throw BadRecording(file + ": " + message);
  std::vector<std::string> lines;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    lines.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return lines;
}

}  // namespace

Recording read_recording(const std::string& line) {
  try {
    const Json json = Json::parse(line);
    Recording recording = json.contains("request") ? read_full(json, line) : read_flat(json, line);
    recording.version = text_at(json, "version");
    recording.target = read_target(recording.sent);
    std::string encoding;
    for (const auto& [name, value] : recording.headers) {
      if (same_name(name, "Content-Encoding")) encoding = value;
    }
    // Served inflated: the recorded length and encoding were the recorder's own.
    if (encoding == "gzip") {
      if (auto inflated = gunzip(recording.body)) recording.body = std::move(*inflated);
    }
    return recording;
  } catch (const nlohmann::json::exception& error) {
    throw BadRecording(std::string("not a recorded exchange: ") + error.what());
  }
}

std::vector<Recording> read_recordings(const std::string& file) {
  std::vector<Recording> recordings;
  const std::vector<std::string> lines = read_lines(file);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].empty()) continue;
    try {
      recordings.push_back(read_recording(lines[i]));
    } catch (const BadRecording& error) {
      throw BadRecording(file + ":" + std::to_string(i + 1) + ": " + error.what());
    }
  }
  return recordings;
}

}  // namespace replay
