// SPDX-License-Identifier: BSD-3-Clause
// From the parameters of a recorded request to the arguments of analytics_query.
#include <algorithm>
#include <set>
#include <vector>

#include "tests/recorded/analytics_asked.h"

namespace recorded {
namespace {

std::vector<std::string> split(const std::string& text, char mark) {
  std::vector<std::string> out;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t end = std::min(text.find(mark, from), text.size());
    out.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return out;
}

Parameters parameters(const std::string& target) {
  return parameters_of(target.substr(std::min(target.find('?'), target.size())));
}

// "ou:b;a" is the same as "ou:a;b".
std::string sorted_items(const std::string& dimension) {
  const auto colon = dimension.find(':');
  if (colon == std::string::npos) return dimension;
  std::vector<std::string> items = split(dimension.substr(colon + 1), ';');
  // 2026-09 is read as 202609 on both sides.
  if (dimension.starts_with("pe:")) {
    for (std::string& item : items) {
      if (item.size() == 7 && item[4] == '-') item.erase(4, 1);
    }
  }
  std::ranges::sort(items);
  items.erase(std::unique(items.begin(), items.end()), items.end());
  std::string out = dimension.substr(0, colon + 1);
  for (const std::string& item : items) out += item + ";";
  return out;
}

// One dimension or filter of a recorded request.
struct Part {
  std::string name;
  std::vector<std::string> items;
  bool filter = false;
};

std::vector<Part> parts_of(const Parameters& all) {
  std::vector<Part> out;
  for (const auto& [name, value] : all) {
    if (name != "dimension" && name != "filter") continue;
    for (const std::string& one : split(value, ',')) {
      const auto colon = one.find(':');
      Part part{one.substr(0, colon), {}, name == "filter"};
      if (colon != std::string::npos) part.items = split(one.substr(colon + 1), ';');
      out.push_back(std::move(part));
    }
  }
  return out;
}

bool is_relative(const std::string& period) {
  return period.find('_') != std::string::npos || period == "TODAY" || period == "YESTERDAY";
}

// Options that change figures or their form, and have no argument.
std::string without_words(const Parameters& all) {
  static const std::set<std::string> kMeansNothing = {"dimension",
                                                      "filter",
                                                      "displayProperty",
                                                      "includeNumDen",
                                                      "skipMeta",
                                                      "skipRounding",
                                                      "nope",
                                                      "includeMetadataDetails",
                                                      "hierarchyMeta",
                                                      "measureCriteria",
                                                      "relativePeriodDate",
                                                      "ignoreLimit",
                                                      "hideEmptyRows",
                                                      "completedOnly",
                                                      "skipData",
                                                      "order"};
  for (const auto& [name, value] : all) {
    if (!kMeansNothing.contains(name)) return "the option " + name;
    if (name == "skipData" && value == "true") return "the option skipData (no figures)";
    if (name == "skipRounding" && value == "true") return "unrounded figures (skipRounding)";
    if (name == "completedOnly" && value == "true") return "the option completedOnly";
    if (name == "order") return "the option order (rows come in the order of the items)";
    if (name == "displayProperty" && value != "NAME") return "short names (displayProperty)";
  }
  return {};
}

bool read_criteria(const std::string& text, Json& arguments) {
  for (const std::string& one : split(text, ';')) {
    const auto colon = one.find(':');
    const std::string op = one.substr(0, colon);
    const double number = std::strtod(one.c_str() + colon + 1, nullptr);
    if (op != "GE" && op != "LE" && op != "EQ") return false;
    if (op != "LE") arguments["min"] = number;
    if (op != "GE") arguments["max"] = number;
  }
  return true;
}

// Where a relative period counts from another day than today, its ids are asked.
std::vector<std::string> periods_of(const Part& part, const Exchange& exchange, bool other_day) {
  const bool any = std::ranges::any_of(part.items, is_relative);
  if (!any || !other_day) return part.items;
  std::vector<std::string> ids;
  for (const Json& id : member(member(member(exchange.body, "metaData"), "dimensions"), "pe")) {
    ids.push_back(id.get<std::string>());
  }
  return ids;
}

// Why a dimension cannot be asked as it was; empty where it can.
std::string objection(const Part& part) {
  const bool main = part.name == "dx" || part.name == "pe" || part.name == "ou";
  const std::vector<std::string>& items = part.items;
  const auto any = [&items](const auto& fits) { return std::ranges::any_of(items, fits); };
  const bool nothing = items.empty() || items == std::vector<std::string>{""};
  if (main && nothing) return "a dimension without items";
  if (part.filter && nothing) return "a filter without items";
  if (part.name == "pe" && items[0] == "LAST_2_YEARS") {
    return "words that DHIS2 refuses and the tool reads as two years";
  }
  const bool days = any([](const std::string& item) {
    return item.size() > 16 && item[0] == '2' && item.find('_') != std::string::npos;
  });
  if (part.name == "pe" && days) return "a span of days, which only event analytics knows";
  if (part.name == "ou" && any([](const std::string& item) {
        return item.starts_with("LEVEL-") && item.find('-', 6) != std::string::npos;
      })) {
    return "LEVEL-n-uid is asked as the level and its bound";
  }
  if (!main || !part.filter) return {};
  const bool many = items.size() > 1 || items[0].find("_GROUP-") != std::string::npos ||
                    items[0].starts_with("LEVEL-") || (part.name == "pe" && is_relative(items[0]));
  return many ? "several " + part.name + " put together (filter)" : "";
}

std::string with_items(const std::string& name, const std::vector<std::string>& items) {
  std::string text = name;
  for (std::size_t i = 0; i < items.size(); ++i) text += (i == 0 ? ":" : ";") + items[i];
  return text;
}

std::string read_part(const Part& part, const Exchange& exchange, bool other_day,
                      Question& question) {
  if (std::string why = objection(part); !why.empty()) return why;
  std::vector<std::string> items = part.items;
  if (part.name == "pe") items = periods_of(part, exchange, other_day);
  if (part.name == "pe" && items.empty())
    return "relative periods of another day, without their ids";
  const std::string text = with_items(part.name, items);
  for (const auto& [name, argument] :
       {std::pair("dx", "data"), std::pair("pe", "periods"), std::pair("ou", "org_units")}) {
    if (part.name != name) continue;
    if (question.arguments.contains(argument)) return "a dimension twice";
    question.arguments[argument] = items;
    // What is one item is asked as a dimension: the figures are the same.
    question.wanted.insert("dimension=" + sorted_items(text));
    return {};
  }
  question.arguments[part.filter ? "filter" : "by"].push_back(text);
  question.wanted.insert((part.filter ? "filter=" : "dimension=") + sorted_items(text));
  return {};
}

}  // namespace

const Json& member(const Json& object, const char* name) {
  static const Json kNothing = Json::object();
  const auto found = object.is_object() ? object.find(name) : object.end();
  return object.is_object() && found != object.end() ? *found : kNothing;
}

std::set<std::string> meaning_of(const std::string& target) {
  std::set<std::string> out;
  for (const auto& [name, value] : parameters(target)) {
    if (name != "dimension" && name != "filter") continue;
    for (const std::string& one : split(value, ',')) out.insert(name + "=" + sorted_items(one));
  }
  return out;
}

std::optional<Question> question_of(const Exchange& exchange, std::string& why) {
  const Parameters all = parameters(exchange.path);
  why = without_words(all);
  const bool other_day =
      std::ranges::any_of(all, [](const auto& one) { return one.first == "relativePeriodDate"; });
  Question out;
  out.arguments = Json::object();
  for (const Part& part : parts_of(all)) {
    if (why.empty()) why = read_part(part, exchange, other_day, out);
  }
  for (const char* needed : {"data", "periods", "org_units"}) {
    if (why.empty() && !out.arguments.contains(needed)) why = std::string("no ") + needed;
  }
  for (const auto& [name, value] : all) {
    if (name == "measureCriteria" && !read_criteria(value, out.arguments)) {
      why = "a criterion other than at least, at most and equal";
    }
  }
  return why.empty() ? std::optional(out) : std::nullopt;
}

}  // namespace recorded
