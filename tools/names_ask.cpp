// SPDX-License-Identifier: BSD-3-Clause
// One request for each type, whatever the number of names; the answer is compared afterwards, for a
// comma cuts a filter's value from 2.42 on and case is the database's affair.
#include <algorithm>

#include "dhis2/error.h"
#include "dhis2/json_members.h"
#include "tools/document.h"
#include "tools/names_found.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kPage = 30;

bool has_short_name(const MetadataType& type) {
  return ("," + type.fields + ",").find(",shortName,") != std::string::npos;
}

std::string longest_piece(std::string_view text) {
  std::string_view longest;
  while (!text.empty()) {
    const auto cut = text.find(',');
    const std::string_view piece = text.substr(0, cut);
    if (piece.size() > longest.size()) longest = piece;
    if (cut == std::string_view::npos) break;
    text.remove_prefix(cut + 1);
  }
  return trimmed(longest);
}

std::string asked_fields(const MetadataType& type) {
  const std::string above = parent_member(type.name);
  return "id,code,name,displayName" + (above.empty() ? "" : "," + above + "[name]");
}

Query exact_query(const MetadataType& type, const std::vector<std::string>& texts,
                  bool short_names) {
  Query query;
  query.add("fields", asked_fields(type) + (short_names ? ",shortName" : ""));
  for (const std::string& text : texts) {
    if (text.find(',') != std::string::npos) {
      query.add("filter", "name:ilike:" + longest_piece(text));
      continue;
    }
    if (is_uid(text)) query.add("filter", "id:eq:" + text);
    query.add("filter", "code:eq:" + text);
    query.add("filter", "name:eq:" + text);
    if (short_names) query.add("filter", "shortName:eq:" + text);
  }
  query.add("rootJunction", "OR");
  query.add("pageSize", std::to_string(kPage * texts.size()));
  return query;
}

}  // namespace

std::vector<Names::Found> Names::ask(const MetadataType& type,
                                     const std::vector<std::string>& texts) {
  const auto get = [&](const Query& query) {
    return client_.get("/api/" + type.collection, query, patience_);
  };
  Json answer;
  try {
    answer = get(exact_query(type, texts, has_short_name(type)));
  } catch (const Error& error) {
    // Some types got their short name in a later version.
    if (!has_short_name(type) || (error.http != 400 && error.http != 409)) throw;
    answer = get(exact_query(type, texts, false));
  }
  return found_in(answer, type);
}

// A member that was not asked for is empty.
std::vector<Names::Found> Names::found_in(const Json& answer, const MetadataType& type) {
  std::vector<Found> out;
  for (const Json& object : answer.value(type.collection, Json::array())) {
    Found found{text_of(object, "id"),
                text_of(object, "code"),
                text_of(object, "name"),
                text_of(object, "displayName"),
                text_of(object, "shortName"),
                "",
                &type};
    const std::string above = parent_member(type.name);
    if (const auto parent = object.find(above); !above.empty() && parent != object.end()) {
      found.parent = text_of(*parent, "name");
    }
    out.push_back(std::move(found));
  }
  return out;
}

// What is found by its stored names; else by its name in the account's language, which the server
// compares object by object.
std::vector<Names::Found> Names::near(const MetadataType& type, const std::string& text) {
  const std::string words = search_words(text);
  if (words.empty()) return {};
  for (const std::string& filter : {"identifiable:token:" + words, "displayName:ilike:" + words}) {
    Query query;
    query.add("fields", asked_fields(type)).add("filter", filter).add("pageSize", "5");
    try {
      auto found = found_in(client_.get("/api/" + type.collection, query, patience_), type);
      if (!found.empty()) return found;
    } catch (const Error& error) {
      // A type without that property.
      if (filter.starts_with("identifiable") || error.http < 400 || error.http >= 500) throw;
    }
  }
  return {};
}

}  // namespace dhis2mcp
