// SPDX-License-Identifier: BSD-3-Clause
// Splits and decodes request targets.
#include "tests/sandbox/target.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>

namespace sandbox {
namespace {

// Tomcat refuses these unencoded (RFC 7230), DHIS2 never sees them.
constexpr std::string_view kRefused = "[]|{}\"<>\\^`";

constexpr std::string_view kExtensions[] = {
    "json",  "js",  "xml", "csv", "xls",  "xlsx",    "html",     "html+css", "pdf",   "geojson",
    "jrxml", "adx", "gz",  "zip", "yaml", "json.gz", "json.zip", "xml.gz",   "csv.gz"};

bool all_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); });
}

// The version numbers that a path may begin with: 28 to the last one the server serves.
bool served(const std::string& version, int major) {
  const int newest = major == 37 ? 38 : major <= 39 ? 39 : major <= 42 ? 42 : 43;
  const int asked = std::atoi(version.c_str());
  return asked >= 28 && asked <= newest;
}

void take_version(Target& target, int major) {
  const size_t slash = target.path.find('/', 1);
  if (slash == std::string::npos) return;
  const std::string first = target.path.substr(1, slash - 1);
  if (!all_digits(first)) return;
  target.version = first;
  target.known_version = served(first, major);
  target.path.erase(0, slash);
}

void take_extension(Target& target) {
  const size_t slash = target.path.rfind('/');
  const size_t dot = target.path.find('.', slash);
  if (dot == std::string::npos) return;
  const std::string extension = target.path.substr(dot + 1);
  if (std::find(std::begin(kExtensions), std::end(kExtensions), extension) ==
      std::end(kExtensions)) {
    return;
  }
  target.extension = extension;
  target.path.erase(dot);
}

void take_params(Target& target) {
  std::string_view rest = target.query;
  while (!rest.empty()) {
    const size_t end = rest.find('&');
    const std::string_view pair = rest.substr(0, end);
    if (!pair.empty()) {
      const size_t equals = pair.find('=');
      target.params.emplace_back(
          percent_decoded(pair.substr(0, equals), true),
          equals == std::string_view::npos ? "" : percent_decoded(pair.substr(equals + 1), true));
    }
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
}

}  // namespace

std::string percent_decoded(std::string_view text, bool plus_is_space) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && std::isxdigit(text[i + 1] & 0xff) &&
        std::isxdigit(text[i + 2] & 0xff)) {
      plain +=
          static_cast<char>(std::strtol(std::string(text.substr(i + 1, 2)).c_str(), nullptr, 16));
      i += 2;
    } else {
      plain += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  return plain;
}

std::string form_encoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) || std::string_view("-._*").find(c) != std::string_view::npos) {
      encoded += c;
    } else if (c == ' ') {
      encoded += '+';
    } else {
      char hex[4];
      std::snprintf(hex, sizeof hex, "%%%02X", byte);
      encoded += hex;
    }
  }
  return encoded;
}

Target Target::parse(std::string_view text, const Settings& settings) {
  Target target;
  const size_t mark = text.find('?');
  const std::string_view raw_path = text.substr(0, mark);
  if (mark != std::string_view::npos) target.query = text.substr(mark + 1);
  target.malformed = text.find_first_of(kRefused) != std::string_view::npos ||
                     raw_path.find("//") != std::string_view::npos ||
                     raw_path.find("%00") != std::string_view::npos ||
                     raw_path.find(';') != std::string_view::npos ||
                     raw_path.find("%2F") != std::string_view::npos;
  std::string path = percent_decoded(raw_path, false);
  const std::string& context = settings.context;
  target.below_context =
      path.starts_with(context) && (path.size() == context.size() || path[context.size()] == '/');
  if (!target.below_context) return target;
  target.whole = path.substr(context.size());
  target.api = target.whole == "/api" || target.whole.starts_with("/api/");
  target.path = target.api ? target.whole.substr(4) : target.whole;
  if (target.api) {
    take_version(target, settings.major);
    if (target.path.size() > 1 && target.path.ends_with('/')) target.path.pop_back();
    take_extension(target);
  }
  take_params(target);
  return target;
}

}  // namespace sandbox
