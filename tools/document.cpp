// SPDX-License-Identifier: BSD-3-Clause
// Tells lists from single objects, which DHIS2 does not mark in any way.
#include "tools/document.h"

#include <algorithm>
#include <array>

#include "dhis2/ascii.h"

namespace dhis2mcp {
namespace {

// Members that hold the rows whatever the path is called.
constexpr std::array<std::string_view, 6> kRowMembers = {
    "dataValues",  "instances", "completeDataSetRegistrations", "trackedEntityInstances",
    "enrollments", "events"};

bool is_grid(const Json& document) {
  const auto headers = document.find("headers");
  const auto rows = document.find("rows");
  return headers != document.end() && headers->is_array() && rows != document.end() &&
         rows->is_array() && std::ranges::all_of(*headers, [](const Json& header) {
           return header.is_object() && header.contains("name");
         });
}

// "/api/dataElements/fbfJHSPpUQD": one object, whatever arrays it has.
bool names_one_object(std::string_view path) { return is_uid(last_segment(path)); }

// What the list below a path is called: "organisationUnits" for "/api/organisationUnits/gist" and,
// with includeDescendants, for "/api/organisationUnits/<uid>" too.
std::string list_name(std::string_view path) {
  std::string name = last_segment(path);
  if (name != "gist" && !is_uid(name)) return name;
  const auto cut = path.rfind('/');
  return cut == std::string_view::npos ? name : last_segment(path.substr(0, cut));
}

const Json* member(const Json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

std::optional<std::uint64_t> count(const Json& object, const char* name) {
  const Json* value = member(object, name);
  if (value == nullptr || !value->is_number_integer() || value->get<std::int64_t>() < 0) {
    return std::nullopt;
  }
  return value->get<std::uint64_t>();
}

int as_page(std::optional<std::uint64_t> number) {
  return number && *number < 100'000'000 ? static_cast<int>(*number) : 0;
}

}  // namespace

bool is_uid(std::string_view text) {
  return text.size() == 11 && is_letter(text.front()) &&
         std::ranges::all_of(text, is_letter_or_digit);
}

std::string last_segment(std::string_view path) {
  while (!path.empty() && path.back() == '/') path.remove_suffix(1);
  if (const auto cut = path.rfind('/'); cut != std::string_view::npos) path.remove_prefix(cut + 1);
  return std::string(path.substr(0, path.find('.')));
}

Recognised recognise(const Json& document, std::string_view path) {
  if (document.is_array()) return {Shape::list, ""};
  if (!document.is_object()) return {};
  if (is_grid(document)) return {Shape::grid, "rows"};
  if (const Json* grid = member(document, "listGrid"); grid != nullptr && is_grid(*grid)) {
    return {Shape::grid, "listGrid"};
  }
  const std::string name = list_name(path);
  const bool paged = document.contains("pager");
  std::vector<std::string> arrays;
  std::size_t others = 0;
  for (const auto& [key, value] : document.items()) {
    if (value.is_array()) {
      arrays.push_back(key);
    } else if (!tells_paging(key, document)) {
      ++others;
    }
  }
  const bool one = names_one_object(path) && !paged;
  if (arrays.size() == 1 && others == 0 && (!one || arrays.front() == name)) {
    return {Shape::list, arrays.front()};
  }
  if (one) return {};
  for (const std::string& key : arrays) {
    const bool known = std::ranges::find(kRowMembers, key) != kRowMembers.end();
    if (known || key == name || (paged && arrays.size() == 1)) return {Shape::list, key};
  }
  return {};
}

bool tells_paging(std::string_view name, const Json& envelope) {
  if (name == "pager") return true;
  if (!envelope.is_object() || !envelope.contains("page")) return false;
  return name == "page" || name == "pageSize" || name == "pageCount" || name == "total";
}

Paging read_paging(const Json& envelope, std::size_t rows, std::string_view path) {
  const Json* pager = member(envelope, "pager");
  const Json* meta = member(envelope, "metaData");
  if (pager == nullptr && meta != nullptr) pager = member(*meta, "pager");
  const bool beside_rows = count(envelope, "page").has_value();
  if (beside_rows) pager = &envelope;
  if (pager == nullptr || !pager->is_object()) return {};

  Paging out;
  out.total = count(*pager, "total");
  out.page = as_page(count(*pager, "page"));
  out.pages = as_page(count(*pager, "pageCount"));
  const Json* last = member(*pager, "isLastPage");
  const std::uint64_t size = count(*pager, "pageSize").value_or(0);
  if (out.page > 1) out.before = static_cast<std::uint64_t>(out.page - 1) * size;
  bool more = false;
  if (out.pages > 0) {
    more = out.page < out.pages;
  } else if (last != nullptr && last->is_boolean()) {
    more = !last->get<bool>();
  } else if (out.total) {
    more = static_cast<std::uint64_t>(out.page) * size < *out.total && rows > 0;
  } else if (beside_rows && path.find("/gist") == std::string_view::npos) {
    // Tracker lists up to 2.41 tell neither a total nor a next page unless asked: a full page may
    // have a successor.
    more = size > 0 && rows >= size;
  } else {
    more = member(*pager, "nextPage") != nullptr;
  }
  // From a page without rows (pageSize=0) there is no going on.
  if (more && out.page > 0 && rows > 0) out.next = out.page + 1;
  return out;
}

}  // namespace dhis2mcp
