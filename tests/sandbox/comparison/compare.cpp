// SPDX-License-Identifier: BSD-3-Clause
// Compares two answers part by part.
#include "tests/sandbox/comparison/compare.h"

#include <algorithm>
#include <cmath>
#include <regex>
#include <set>
#include <vector>

namespace comparison {
namespace {

// Lists below these names come in no promised order wherever they stand.
const std::set<std::string>& unordered_names() {
  static const std::set<std::string> kNames = {
      "rows",         "dataValues", "completeDataSetRegistrations", "conflicts", "rejectedIndexes",
      "errorReports", "changeLogs"};
  return kNames;
}

// Facts about the machine or the moment, not about DHIS2.
const std::set<std::string>& made_up_names() {
  static const std::set<std::string> kNames = {"intervalSinceLastAnalyticsTableSuccess",
                                               "intervalSinceLastAnalyticsTablePartitionSuccess",
                                               "lastAnalyticsTableRuntime",
                                               "lastAnalyticsTablePartitionRuntime",
                                               "memoryInfo",
                                               "cpuCores",
                                               "osVersion",
                                               "osName",
                                               "javaVersion",
                                               "javaVendor",
                                               "nodeId",
                                               "systemId",
                                               "revision",
                                               "buildTime",
                                               "clusterHostname",
                                               "jasperReportsVersion",
                                               "environmentVariable",
                                               "lastLogin",
                                               "uptime",
                                               "recaptchaSite",
                                               "access_token",
                                               "refresh_token",
                                               "id_token",
                                               "registration_access_token",
                                               "client_id",
                                               "client_id_issued_at",
                                               "registration_client_uri",
                                               "expires_in",
                                               "kid",
                                               "n",
                                               "key",
                                               "base32Secret",
                                               "base64QRImage",
                                               "timeInMillis"};
  return kNames;
}

struct Comparison {
  Twins& twins;
  bool listed = true;  // lists at the top are in an order
  bool open = false;   // the recorded document was cut
  std::optional<Difference> found;

  bool fail(const std::string& path, const std::string& detail) {
    if (!found) {
      static const std::regex kNumbers(R"(\[\d+\])");
      found = {std::regex_replace(path, kNumbers, "[]"), path + ": " + detail};
    }
    return false;
  }

  bool values(const Json& theirs, const Json& ours, const std::string& path, bool last);
  bool objects(const Json& theirs, const Json& ours, const std::string& path, bool last);
  bool lists(const Json& theirs, const Json& ours, const std::string& path, bool last);
  bool mixed_lists(const Json& theirs, const Json& ours, const std::string& path);
};

std::string shown(const Json& value) {
  std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (text.size() > 160) text = text.substr(0, 160) + "...";
  return text;
}

std::string instead(const Json& theirs, const Json& ours) {
  return shown(ours) + " instead of " + shown(theirs);
}

bool Comparison::values(const Json& theirs, const Json& ours, const std::string& path, bool last) {
  if (theirs.is_number() && ours.is_number()) {
    const double a = theirs.get<double>(), b = ours.get<double>();
    // Moments in milliseconds of the same day.
    constexpr double kMoment = 1.7e12, kDay = 8.64e7;
    if (a > kMoment && b > kMoment && std::abs(a - b) < kDay) return true;
    return std::abs(a - b) <= 1e-9 * std::max(1.0, std::abs(a)) ||
           fail(path, instead(theirs, ours));
  }
  if (theirs.type() != ours.type()) return fail(path, instead(theirs, ours));
  if (theirs.is_object()) return objects(theirs, ours, path, last);
  if (theirs.is_array()) return lists(theirs, ours, path, last);
  if (theirs.is_string()) {
    return twins.agree(masked(theirs.get<std::string>()), masked(ours.get<std::string>())) ||
           (open && last) || fail(path, instead(theirs, ours));
  }
  return theirs == ours || fail(path, instead(theirs, ours));
}

bool Comparison::objects(const Json& theirs, const Json& ours, const std::string& path, bool last) {
  size_t at = 0;
  std::set<std::string> met;
  for (const auto& [name, value] : theirs.items()) {
    const bool is_last = last && ++at == theirs.size();
    // Uids are names of members in analytics answers.
    const std::string own = ours.contains(name) ? name : twins.translated(name);
    if (!ours.contains(own)) return fail(path + "." + name, "is missing: " + shown(value));
    met.insert(own);
    if (made_up_names().count(name) > 0) continue;
    if (!values(value, ours[own], path + "." + name, is_last)) return false;
  }
  if (open && last) return true;
  for (const auto& [name, value] : ours.items()) {
    if (met.count(name) == 0) return fail(path + "." + name, "is too much: " + shown(value));
  }
  return true;
}

bool Comparison::lists(const Json& theirs, const Json& ours, const std::string& path, bool last) {
  const bool cut = open && last;
  if (cut ? theirs.size() > ours.size() : theirs.size() != ours.size()) {
    return fail(path + ".size", std::to_string(ours.size()) + " instead of " +
                                    std::to_string(theirs.size()) + ": " + instead(theirs, ours));
  }
  const size_t dot = path.rfind('.');
  const std::string name = dot == std::string::npos ? "" : path.substr(dot + 1);
  const bool at_top =
      std::count(path.begin(), path.end(), '.') <= 1 && path.find('[') == std::string::npos;
  const bool ordered = name == "headers" || (at_top && listed && !unordered_names().count(name));
  if (!ordered && !cut) return mixed_lists(theirs, ours, path);
  for (size_t i = 0; i < theirs.size(); ++i) {
    const bool is_last = cut && i + 1 == theirs.size();
    if (!values(theirs[i], ours[i], path + "[" + std::to_string(i) + "]", is_last)) return false;
  }
  return true;
}

// Each of theirs has to find one of ours. What looks the same goes first, so that uids are not
// paired by accident.
bool Comparison::mixed_lists(const Json& theirs, const Json& ours, const std::string& path) {
  std::vector<const Json*> left, right;
  std::multiset<std::string> texts;
  for (const Json& one : theirs) texts.insert(masked(twins.translated(one.dump())));
  for (const Json& one : ours) {
    const auto same = texts.find(masked(one.dump()));
    if (same == texts.end()) {
      right.push_back(&one);
    } else {
      texts.erase(same);
    }
  }
  for (const Json& one : theirs) {
    const auto same = texts.find(masked(twins.translated(one.dump())));
    if (same == texts.end()) continue;
    texts.erase(same);
    left.push_back(&one);
  }
  for (size_t i = 0; i < left.size(); ++i) {
    bool met = false;
    std::optional<Difference> first;
    for (size_t k = 0; k < right.size() && !met; ++k) {
      Comparison pair{twins, listed, false, std::nullopt};
      met = pair.values(*left[i], *right[k], path + "[" + std::to_string(i) + "]", false);
      if (met) right.erase(right.begin() + static_cast<std::ptrdiff_t>(k));
      if (!met && !first) first = pair.found;
    }
    if (met) continue;
    if (!found) found = first;
    return fail(path + "[]", "is missing: " + shown(*left[i]));
  }
  return true;
}

std::string between(const std::string& text, std::string_view from, std::string_view to) {
  const size_t start = text.find(from);
  if (start == std::string::npos) return "";
  const size_t end = text.find(to, start);
  return text.substr(start, end == std::string::npos ? end : end - start);
}

// What a program sees of a page: an error page by its title, else its forms and their fields.
std::string shape_of_page(const std::string& page) {
  std::string shape = between(page, "<title>", "</title>");
  if (shape.find("HTTP Status") != std::string::npos) return shape;
  static const std::regex kField(R"re(<(form|input)[^>]*?\bname="([^"]+)")re");
  for (std::sregex_iterator it(page.begin(), page.end(), kField), end; it != end; ++it) {
    shape += " " + (*it)[2].str();
  }
  return shape;
}

// Lines of CSV after the first come in no promised order; the same for the elements of XML.
std::vector<std::string> pieces_of(const std::string& text, bool markup) {
  std::vector<std::string> pieces;
  size_t at = 0;
  while (at < text.size()) {
    size_t end = markup ? text.find("><", at) : text.find('\n', at);
    end = end == std::string::npos ? text.size() : end + 1;
    pieces.push_back(text.substr(at, end - at));
    at = end;
  }
  if (pieces.size() > 1) std::sort(pieces.begin() + 1, pieces.end());
  return pieces;
}

std::optional<Difference> text_difference(const Exchange& recorded, const Message& played,
                                          Twins& twins) {
  const std::string type = recorded.answer.media_type();
  std::string theirs = masked(twins.translated(recorded.answer.body)), ours = masked(played.body);
  if (type == "text/html") {
    theirs = shape_of_page(theirs);
    ours = shape_of_page(ours);
  }
  if (recorded.cut) ours.resize(std::min(ours.size(), theirs.size()));
  if (theirs == ours || twins.agree(theirs, ours)) return std::nullopt;
  const bool markup = type.find("xml") != std::string::npos;
  const bool mixed = markup || type.find("csv") != std::string::npos;
  if (mixed && pieces_of(theirs, markup) == pieces_of(ours, markup)) return std::nullopt;
  const auto place = std::mismatch(theirs.begin(), theirs.end(), ours.begin(), ours.end());
  const auto at = static_cast<size_t>(place.first - theirs.begin());
  const size_t from = at < 20 ? 0 : at - 20;
  return Difference{type + " text", "\"" + ours.substr(std::min(from, ours.size()), 120) +
                                        "\" instead of \"" + theirs.substr(from, 120) + "\""};
}

bool is_json(const Message& answer) { return answer.media_type().ends_with("json"); }

// A JSON text that was recorded as text: a word, or an object with a member twice.
std::optional<Difference> body_difference(const Exchange& recorded, const Message& played,
                                          Twins& twins) {
  const Json ours = Json::parse(played.body, nullptr, false);
  Json theirs = recorded.body;
  if (!recorded.parsed) {
    theirs = Json::parse(recorded.answer.body, nullptr, false);
    // A lone word: with its quotes or without, the recording has it without.
    if (theirs.is_discarded() && ours.is_string() &&
        twins.agree(recorded.answer.body, ours.get<std::string>())) {
      return std::nullopt;
    }
    if (theirs.is_discarded() && recorded.cut) theirs = closed(recorded.answer.body);
    if (theirs.is_discarded() || theirs.is_null()) return text_difference(recorded, played, twins);
  }
  if (ours.is_discarded()) return Difference{"no JSON", played.body.substr(0, 160)};
  const std::string& target = recorded.request.target;
  // Authorities and a user's own lists are sets.
  bool listed = true;
  for (const char* of_sets : {"/analytics", "/api/me", "/authorit", "/api/resources",
                              "/geoFeatures", "/items", ".geojson"}) {
    if (target.find(of_sets) != std::string::npos) listed = false;
  }
  // Inside one object of tracker nothing is in an order.
  static const std::regex kOneTracked(R"(/api/tracker/\w+/[A-Za-z]\w{10}(\?|$))");
  if (std::regex_search(target, kOneTracked)) listed = false;
  // Data items have an order only when one was asked for.
  if (target.find("/dataItems") != std::string::npos &&
      target.find("order=") == std::string::npos) {
    listed = false;
  }
  Comparison comparison{twins, listed, recorded.cut, std::nullopt};
  comparison.values(theirs, ours, "$", true);
  return comparison.found;
}

}  // namespace

std::string masked(std::string_view text) {
  static const std::regex kAddress(R"(https?://(127\.0\.0\.1|localhost):\d+)");
  static const std::regex kTime(R"((2026-11-2[0-9][T ])\d\d:\d\d:\d\d(\.\d{1,6})?)");
  static const std::regex kJobNumber(R"(\((17|18)\d{11}\))");
  static const std::regex kUuid(R"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})");
  // Codes and tokens in an address, tokens anywhere.
  static const std::regex kCode(R"(([?&#](code|iat|nonce|access_token)=)[\w.-]+)");
  static const std::regex kState(R"(([?&]state=)[\w-]{40,}(%3D)?)");
  static const std::regex kToken(R"([\w-]{80,}(\.[\w-]+)*|eyJ[\w-]+\.[\w-]+\.[\w-]*)");
  std::string plain(text);
  if (plain.find('=') != std::string::npos) {
    plain = std::regex_replace(plain, kCode, "$1<made>");
    plain = std::regex_replace(plain, kState, "$1<made>");
  }
  if (plain.size() >= 80) plain = std::regex_replace(plain, kToken, "<token>");
  if (plain.find("://") != std::string::npos) plain = std::regex_replace(plain, kAddress, "@");
  if (plain.find("2026-11-2") != std::string::npos) {
    plain = std::regex_replace(plain, kTime, "$1<time>");
  }
  if (plain.ends_with(')')) plain = std::regex_replace(plain, kJobNumber, "(<number>)");
  if (plain.size() >= 36 && plain.find('-') != std::string::npos) {
    plain = std::regex_replace(plain, kUuid, "<uuid>");
  }
  return plain;
}

Json closed(std::string_view beginning) {
  // Back to the last comma or opening bracket after which everything open can be closed.
  for (size_t end = beginning.size(); end > 1; --end) {
    const char c = beginning[end - 1];
    if (c != ',' && c != '{' && c != '[') continue;
    std::string text(beginning.substr(0, c == ',' ? end - 1 : end));
    std::string closing;
    bool quoted = false;
    for (size_t i = 0; i < text.size(); ++i) {
      const char at = text[i];
      if (at == '\\' && quoted) ++i;
      if (at == '"') quoted = !quoted;
      if (quoted) continue;
      if (at == '{' || at == '[') closing += at == '{' ? '}' : ']';
      if ((at == '}' || at == ']') && !closing.empty()) closing.pop_back();
    }
    if (quoted) continue;
    std::reverse(closing.begin(), closing.end());
    Json parsed = Json::parse(text + closing, nullptr, false);
    if (!parsed.is_discarded()) return parsed;
  }
  return {};
}

std::optional<Difference> difference(const Exchange& recorded, const Message& played,
                                     Twins& twins) {
  const Message& theirs = recorded.answer;
  if (theirs.status != played.status) {
    const std::string kind =
        "status " + std::to_string(played.status) + " instead of " + std::to_string(theirs.status);
    return Difference{
        kind, "recorded " + theirs.body.substr(0, 160) + " / played " + played.body.substr(0, 160)};
  }
  if (theirs.media_type() != played.media_type() && !theirs.body.empty()) {
    return Difference{"media type",
                      "'" + played.media_type() + "' instead of '" + theirs.media_type() + "'"};
  }
  const std::string location = theirs.header("Location");
  if (!location.empty() && !twins.agree(masked(location), masked(played.header("Location")))) {
    return Difference{"Location", played.header("Location") + " instead of " + location};
  }
  if (recorded.binary) {
    if (theirs.body.empty() == played.body.empty()) return std::nullopt;
    return Difference{"binary", "no body"};
  }
  if (is_json(theirs)) return body_difference(recorded, played, twins);
  return text_difference(recorded, played, twins);
}

}  // namespace comparison
