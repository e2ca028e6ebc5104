// SPDX-License-Identifier: BSD-3-Clause
// Reads the recordings' files.
#include "tests/recorded/recordings.h"

#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

namespace recorded {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string header(const Json& headers, const std::string& name) {
  if (!headers.is_object()) return {};
  for (const auto& [key, value] : headers.items()) {
    if (lower(key) != name) continue;
    if (value.is_string()) return value.get<std::string>();
    if (value.is_array() && !value.empty()) return value[0].get<std::string>();
  }
  return {};
}

std::string media_type(const std::string& content_type) {
  return lower(content_type.substr(0, content_type.find(';')));
}

std::string text_member(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Exchange from_own(const Json& record) {
  Exchange exchange;
  const Json& request = record.at("request");
  const Json& response = record.at("response");
  exchange.id = text_member(record, "id");
  exchange.method = text_member(request, "method");
  exchange.path = text_member(request, "path");
  const Json sent = request.value("headers", Json::object());
  exchange.accept = header(sent, "accept");
  exchange.anonymous = header(sent, "authorization").empty();
  exchange.own_session = !header(sent, "cookie").empty() || !header(sent, "origin").empty();
  exchange.status = response.value("status", 0);
  const Json got = response.value("headers", Json::object());
  exchange.media_type = media_type(header(got, "content-type"));
  exchange.location = header(got, "location");
  exchange.body = response.value("body", Json());
  exchange.binary = response.contains("bodyBase64");
  exchange.cut = text_member(record, "note").find("cut") != std::string::npos;
  return exchange;
}

Exchange from_captured(const Json& record) {
  Exchange exchange;
  exchange.method = text_member(record, "method");
  exchange.path = text_member(record, "path");
  exchange.status = record.value("status", Json()).is_number() ? record["status"].get<int>() : 0;
  exchange.media_type = media_type(text_member(record, "content_type"));
  exchange.body = record.value("body", Json());
  exchange.complete = record.value("complete", true);
  return exchange;
}

}  // namespace

std::filesystem::path folder() {
  const char* named = std::getenv("DHIS2_RECORDINGS");
  if (named == nullptr || !std::filesystem::exists(std::filesystem::path(named) / "own_243")) {
    return {};
  }
  return named;
}

Parameters parameters_of(const std::string& query) {
  Parameters out;
  std::string name, value;
  std::string* into = &name;
  const auto end = [&] {
    if (!name.empty()) out.emplace_back(std::exchange(name, {}), std::exchange(value, {}));
    into = &name;
  };
  for (std::size_t i = query.starts_with('?') ? 1 : 0; i < query.size(); ++i) {
    if (query[i] == '&') {
      end();
    } else if (query[i] == '=' && into == &name) {
      into = &value;
    } else if (query[i] == '%' && i + 2 < query.size()) {
      *into += static_cast<char>(std::stoi(query.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else {
      *into += query[i] == '+' ? ' ' : query[i];
    }
  }
  end();
  return out;
}

std::string inflated(const std::filesystem::path& file) {
  gzFile in = gzopen(file.c_str(), "rb");
  if (in == nullptr) throw std::runtime_error("cannot open " + file.string());
  std::string text;
  std::vector<char> piece(1 << 20);
  for (int got = 0; (got = gzread(in, piece.data(), static_cast<unsigned>(piece.size()))) > 0;) {
    text.append(piece.data(), static_cast<std::size_t>(got));
  }
  gzclose(in);
  return text;
}

std::vector<Exchange> read_exchanges(const std::filesystem::path& file) {
  const std::string text = inflated(file);
  std::vector<Exchange> exchanges;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    std::string line = text.substr(from, end - from);
    from = end + 1;
    if (line.empty()) continue;
    const Json record = Json::parse(line);
    Exchange exchange = record.contains("request") ? from_own(record) : from_captured(record);
    exchange.file = file.filename().string();
    if (exchange.id.empty()) exchange.id = exchange.file + ":" + std::to_string(exchanges.size());
    exchange.line = std::move(line);
    exchanges.push_back(std::move(exchange));
  }
  return exchanges;
}

std::vector<std::filesystem::path> exchange_files(const std::string& below) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder() / below)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(".jsonl") || name.ends_with(".jsonl.gz")) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace recorded
