// SPDX-License-Identifier: BSD-3-Clause
// Sends recorded lines and notes each outcome.
#include "tests/sandbox/comparison/play.h"

#include <algorithm>
#include <ctime>
#include <stdexcept>

#include "tests/sandbox/comparison/credentials.h"
#include "tests/sandbox/comparison/practice.h"
#include "tests/sandbox/comparison/sign_in.h"

namespace comparison {
namespace {

constexpr int kNotImplemented = 501;

bool is_read(const std::string& method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

// A recording has brackets plain whether or not they were sent encoded. The container refuses
// plain ones with a page of its own, so any other answer means encoded.
std::string target_of(const Exchange& exchange) {
  const std::string& target = exchange.request.target;
  if (exchange.answer.status == 400 && exchange.answer.media_type() == "text/html") return target;
  std::string encoded;
  for (const char c : target) {
    if (std::string_view("[]{}|").find(c) == std::string_view::npos) {
      encoded += c;
      continue;
    }
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    encoded += {'%', kDigits[static_cast<unsigned char>(c) >> 4], kDigits[c & 15]};
  }
  return encoded;
}

Message as_sent(const Exchange& exchange, const Credentials& credentials, const Twins& twins) {
  Message request = exchange.request;
  request.target = twins.translated(target_of(exchange));
  if (!exchange.request.header("Content-Encoding").empty()) return request;
  request.body = twins.translated(request.body);
  for (auto& [name, value] : request.headers) value = credentials.put_back(name, value);
  return request;
}

Message asked(const Practice& practice, const Message& request) {
  try {
    return practice.ask(request);
  } catch (const std::runtime_error& error) {
    Message none;
    none.body = error.what();
    return none;
  }
}

bool about_sign_in(const std::string& area) {
  return area.starts_with("auth_") || area == "config_variants";
}

}  // namespace

size_t Played::count(Outcome outcome) const {
  return static_cast<size_t>(std::count_if(
      lines.begin(), lines.end(), [&](const Line& line) { return line.outcome == outcome; }));
}

size_t Played::reads() const {
  return static_cast<size_t>(
      std::count_if(lines.begin(), lines.end(), [](const Line& line) { return line.read; }));
}

size_t Played::agreed_reads() const {
  return static_cast<size_t>(std::count_if(lines.begin(), lines.end(), [](const Line& line) {
    return line.read && line.outcome == Outcome::kAgreed;
  }));
}

std::string clock_of(const std::string& http_date) {
  std::tm time{};
  if (strptime(http_date.c_str(), "%a, %d %b %Y %H:%M:%S", &time) == nullptr) return "";
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &time);
  return text;
}

Played play(const std::filesystem::path& program, const std::filesystem::path& folder, int major,
            const std::string& area, Twins twins) {
  const std::vector<Exchange> exchanges = read_area(folder, area);
  Played played{major, area, {}};
  if (exchanges.empty()) return played;
  std::vector<std::string> arguments = {"--version", "2." + std::to_string(major)};
  const std::string clock = clock_of(exchanges.front().answer.header("Date"));
  if (!clock.empty()) arguments.insert(arguments.end(), {"--clock", clock});
  for (const std::string& more : SignIn::arguments(area)) arguments.push_back(more);
  const Practice practice(program, arguments);
  SignIn sign_in(practice, major, area);
  sign_in.prepare();
  Credentials credentials(major);
  bool lost_a_write = false;
  for (const Exchange& exchange : exchanges) {
    Message request = as_sent(exchange, credentials, twins);
    if (about_sign_in(area)) sign_in.put_back(exchange, request);
    const Message answer = asked(practice, request);
    credentials.learn(exchange, answer);
    sign_in.learn(exchange, answer);
    Line line{exchange.id, is_read(exchange.request.method), Outcome::kAgreed, {}};
    if (const auto found = difference(exchange, answer, twins)) {
      const bool unplayed = answer.status == kNotImplemented || lost_a_write;
      line.outcome = unplayed ? Outcome::kNotPlayed : Outcome::kDiffers;
      line.difference = *found;
      if (!line.read && exchange.answer.status < 300 && answer.status >= 300) lost_a_write = true;
    }
    played.lines.push_back(std::move(line));
  }
  return played;
}

}  // namespace comparison
