// SPDX-License-Identifier: BSD-3-Clause
// api_find and api_describe: one request for the document the first time an instance and version is
// met, none afterwards: the index is kept in the process and in the cache folder.
#include <algorithm>
#include <memory>

#include "auth/nearest.h"
#include "auth/places.h"
#include "dhis2/error.h"
#include "dhis2/version.h"
#include "tools/api_index.h"
#include "tools/handlers.h"
#include "tools/remembered.h"
#include "tools/untrusted.h"
#include "tools/word_search.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kDocumentBytes = 16UL * 1024 * 1024;
constexpr std::int64_t kDefaultLimit = 10;

using Index = std::shared_ptr<const std::vector<ApiPath>>;

// By the address and version that they tell of.
Remembered<Index>& remembered() {
  static Remembered<Index> indexes(4);  // about 1 MB each
  return indexes;
}

// FNV-1a: the same in every process, which std::hash does not promise.
std::string file_name(const std::string& key) {
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const char c : key) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  }
  std::string name;
  for (; hash != 0; hash >>= 4) name += "0123456789abcdef"[hash & 15];
  return name + ".json";
}

Index read_kept(const std::filesystem::path& file, const std::string& key) {
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) return nullptr;
  try {
    const Json json = Json::parse(read_private_file(file));
    if (json.at("of") != key) return nullptr;
    return std::make_shared<const std::vector<ApiPath>>(api_paths(json.at("paths")));
  } catch (const std::exception&) {
    return nullptr;  // a file that cannot be used is written anew
  }
}

void keep(const std::filesystem::path& file, const std::string& key,
          const std::vector<ApiPath>& paths) {
  try {
    write_private_file(file, to_text(Json{{"of", key}, {"paths", to_json(paths)}}));
  } catch (const Error&) {
    // The answer is worth giving; the next process asks again.
  }
}

// The document as text: as a tree it would be ten times as large.
std::string document_of(Call& call) {
  Request request;
  request.path = "/api/openapi/openapi.json";
  std::string text;
  bool too_large = false;
  call.client().send(request, call.patience(), [&](std::string_view piece) {
    too_large = text.size() + piece.size() > kDocumentBytes;
    if (!too_large) text += piece;
    return !too_large;
  });
  if (too_large) {
    throw Error(ErrorKind::unavailable,
                "The OpenAPI document of this instance is larger than 16 MB.",
                "dhis2_query reads any path without it.");
  }
  return text;
}

std::vector<ApiPath> ask(Call& call) {
  if (holds(Fact::openapi, call.client().whoami(call.patience()).version)) {
    try {
      return read_openapi(document_of(call));
    } catch (const Error& error) {
      const bool absent = error.kind == ErrorKind::not_found || error.kind == ErrorKind::forbidden;
      if (!absent) throw;
    }
  }
  return read_schemas(call.client().get(
      "/api/schemas", Query().add("fields", "displayName,relativeApiEndpoint"), call.patience()));
}

Index index_of(Call& call) {
  const std::string key =
      call.client().profile().url + " " + call.client().whoami(call.patience()).version_text;
  if (const auto known = remembered().find(key)) return *known;
  const std::filesystem::path file = call.connections.places().cache / "api" / file_name(key);
  Index index = read_kept(file, key);
  if (!index) {
    index = std::make_shared<const std::vector<ApiPath>>(ask(call));
    keep(file, key, *index);
  }
  remembered().put(key, index);
  return index;
}

// "dimension* aggregationType ...": a star marks what is required; what stands in the path is seen
// there.
std::string parameter_names(const ApiPath& path) {
  std::string names;
  for (const ApiParameter& one : path.parameters) {
    if (one.where != "query") continue;
    names += (names.empty() ? "" : " ") + one.name + (one.required ? "*" : "");
  }
  return names;
}

std::vector<std::size_t> search(const std::vector<ApiPath>& paths, const std::string& query) {
  std::vector<WordWeights> weights(paths.size());
  for (std::size_t i = 0; i < paths.size(); ++i) {
    // A short path is more likely meant than one deep below it.
    const auto depth = static_cast<double>(std::ranges::count(paths[i].path, '/'));
    weights[i].add(paths[i].path, 4 + 4 / depth).add(paths[i].about, 2);
    for (const ApiParameter& one : paths[i].parameters) weights[i].add(one.name, 0.5);
  }
  return ranked_by_words(weights, query);
}

Cell optional_text(const std::string& text) { return text.empty() ? Cell() : Cell::text(text); }

}  // namespace

Answer api_find(Call& call) {
  const std::string query = call.arguments.text("query");
  const auto limit = static_cast<std::size_t>(call.arguments.integer("limit", kDefaultLimit));
  Answer answer = call.answer();
  const Index index = index_of(call);
  const std::vector<std::size_t> found = search(*index, query);

  RowCollector collector(call.results, call.owner(), {"Path", "About", "Parameters"});
  for (std::size_t i = 0; i < found.size() && i < limit; ++i) {
    const ApiPath& path = (*index)[found[i]];
    collector.add(
        {Cell::text(path.path), optional_text(path.about), optional_text(parameter_names(path))});
  }
  answer.total = found.size();
  collector.finish(answer);
  if (found.empty()) {
    answer.notes.emplace_back(
        "No readable path has these words. Try the word that DHIS2 uses, "
        "such as dataSets or analytics.");
  } else {
    answer.notes.emplace_back(
        "* is required. api_describe tells more of one; dhis2_query reads it.");
  }
  if (found.size() > limit) {
    answer.truncated = true;
    answer.notes.emplace_back("For the rest give a larger `limit`.");
  }
  return answer;
}

Answer api_describe(Call& call) {
  const std::string asked = call.arguments.text("path");
  Answer answer = call.answer();
  const Index index = index_of(call);
  const ApiPath* path = matching(*index, asked);
  if (path == nullptr) {
    std::vector<std::string> near;
    for (const std::size_t place : search(*index, asked)) {
      if (near.size() < 3) near.push_back((*index)[place].path);
    }
    throw Error(
        ErrorKind::not_found,
        "This instance names no readable path \"" + clean_line(asked.substr(0, 200)) + "\".",
        near.empty() ? "Search with api_find." : did_you_mean(near));
  }
  RowCollector collector(call.results, call.owner(), {"Parameter", "In", "Takes", "About"});
  for (const ApiParameter& one : path->parameters) {
    collector.add({Cell::text(one.name + (one.required ? "*" : "")), Cell::text(one.where),
                   Cell::text(one.type), optional_text(one.about)});
  }
  answer.read_as.push_back("GET " + path->path +
                           (path->about.empty() ? std::string() : ": " + path->about));
  answer.notes.emplace_back("* is required. Call it with dhis2_query.");
  collector.finish(answer);
  return answer;
}

}  // namespace dhis2mcp
