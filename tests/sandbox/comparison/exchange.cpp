// SPDX-License-Identifier: BSD-3-Clause
// Reads recordings, line by line.
#include "tests/sandbox/comparison/exchange.h"

#include <algorithm>
#include <cctype>
#include <sstream>
#include <stdexcept>

#include <zlib.h>

namespace comparison {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

Headers headers_of(const Json& from) {
  Headers headers;
  for (const auto& [name, value] : from.items()) {
    if (!value.is_array()) {
      headers.emplace_back(name, value.get<std::string>());
      continue;
    }
    for (const Json& one : value) headers.emplace_back(name, one.get<std::string>());
  }
  return headers;
}

// A parsed body is sent in the recording's own order and without blanks.
std::string body_of(const Json& side) {
  if (side.contains("bodyBase64")) {
    return base64_decoded(side.at("bodyBase64").get<std::string>());
  }
  const auto body = side.find("body");
  if (body == side.end()) return "";
  return body->is_string() ? body->get<std::string>() : body->dump();
}

// As the recorder wrote it: servers tell columns of a body that they cannot read.
std::string spaced(const Json& value) {
  if (!value.is_structured()) return value.dump();
  std::string text;
  for (const auto& [name, item] : value.items()) {
    if (!text.empty()) text += ", ";
    text += (value.is_object() ? Json(name).dump() + ": " : "") + spaced(item);
  }
  return value.is_object() ? "{" + text + "}" : "[" + text + "]";
}

Exchange exchange_of(const Json& line) {
  Exchange exchange;
  exchange.id = line.at("id").get<std::string>();
  exchange.title = line.value("title", "");
  const Json& request = line.at("request");
  exchange.request.method = request.at("method").get<std::string>();
  exchange.request.target = request.at("path").get<std::string>();
  exchange.request.headers = headers_of(request.value("headers", Json::object()));
  exchange.request.body = body_of(request);
  if (request.contains("body") && request["body"].is_structured()) {
    exchange.request.body = spaced(request["body"]);
  }
  const Json& response = line.at("response");
  exchange.answer.status = response.at("status").get<int>();
  exchange.answer.headers = headers_of(response.value("headers", Json::object()));
  exchange.answer.body = body_of(response);
  exchange.binary = response.contains("bodyBase64");
  const auto body = response.find("body");
  exchange.parsed = body != response.end() && !body->is_string();
  if (exchange.parsed) exchange.body = *body;
  const Json note = line.value("note", Json());
  exchange.cut = note.is_string() && note.get<std::string>().find("body cut") != std::string::npos;
  return exchange;
}

}  // namespace

std::string Message::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (same_name(key, name)) return value;
  }
  return "";
}

std::string Message::media_type() const {
  std::string type = header("Content-Type");
  type.resize(std::min(type.size(), type.find(';')));
  std::transform(type.begin(), type.end(), type.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return type;
}

std::string read_text(const std::filesystem::path& file) {
  std::string text;
  const gzFile in = gzopen(file.c_str(), "rb");  // reads plain files as well
  if (in == nullptr) return text;
  char piece[65536];
  for (int count = gzread(in, piece, sizeof piece); count > 0;
       count = gzread(in, piece, sizeof piece)) {
    text.append(piece, static_cast<size_t>(count));
  }
  gzclose(in);
  return text;
}

std::vector<Exchange> read_area(const std::filesystem::path& folder, const std::string& area) {
  std::filesystem::path file = folder / (area + ".jsonl");
  if (!std::filesystem::exists(file)) file += ".gz";
  std::vector<Exchange> exchanges;
  std::istringstream lines(read_text(file));
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    try {
      exchanges.push_back(exchange_of(Json::parse(line)));
    } catch (const Json::exception& error) {
      throw std::runtime_error(file.string() + ": a line is no exchange: " + error.what());
    }
  }
  return exchanges;
}

std::string base64_decoded(std::string_view text) {
  std::string bytes;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    const size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) break;
    bits = bits << 6 | static_cast<unsigned>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 0xff);
  }
  return bytes;
}

std::string base64_encoded(std::string_view bytes) {
  std::string text;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    unsigned bits = 0;
    for (size_t k = 0; k < 3; ++k) {
      bits = bits << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    }
    for (size_t k = 0; k < 4; ++k) {
      text += i + k <= bytes.size() ? kAlphabet[bits >> (18 - 6 * k) & 63] : '=';
    }
  }
  return text;
}

}  // namespace comparison
