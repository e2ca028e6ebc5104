// SPDX-License-Identifier: BSD-3-Clause
// Sorts lists and cuts them into pages.
#include "tests/sandbox/paging.h"

#include <algorithm>
#include <cstdlib>

#include "tests/sandbox/target.h"
#include "tests/sandbox/traits.h"

namespace sandbox {
namespace {

constexpr long kDefaultPageSize = 50;

struct OrderKey {
  std::string property;
  bool descending = false;
  bool any_case = false;
};

// Where Java's HashMap keeps a short key: the links list parameters in that order.
size_t bucket_of(std::string_view key) {
  uint32_t hash = 0;
  for (const char c : key) hash = 31 * hash + static_cast<unsigned char>(c);
  return (hash ^ hash >> 16) & 15;
}

// The request with another page, as the pager's links have it.
std::string link_to(const Request& request, const std::string& endpoint, long page) {
  std::string query;
  const auto add = [&](const std::string& name, const std::string& value) {
    query += (query.empty() ? "?" : "&") + name + "=" + form_encoded(value);
  };
  if (page > 1) add("page", std::to_string(page));
  const std::string size = request.param("pageSize").value_or("");
  if (!size.empty() && size != "50") add("pageSize", size == "0" ? "1" : size);
  auto others = request.params;
  std::stable_sort(others.begin(), others.end(), [](const auto& a, const auto& b) {
    return bucket_of(a.first) < bucket_of(b.first);
  });
  for (const auto& [name, value] : others) {
    if (name != "page" && name != "pageSize") add(name, value);
  }
  const std::string extension = request.extension.empty() ? "" : "." + request.extension;
  return request.base_url + "/api" + endpoint + extension + query;
}

std::vector<OrderKey> keys_of(const Schema& schema, const std::vector<std::string>& orders,
                              int major) {
  std::vector<OrderKey> keys;
  for (const std::string& text : orders) {
    std::string_view rest = text;
    while (!rest.empty()) {
      const size_t comma = rest.find(',');
      const std::string_view part = rest.substr(0, comma);
      const size_t colon = part.find(':');
      OrderKey key;
      key.property = part.substr(0, colon);
      const std::string way =
          lowered(colon == std::string_view::npos ? "" : part.substr(colon + 1));
      key.descending = way == "desc" || way == "idesc";
      key.any_case = traits_of(major).any_case_order && way.starts_with('i');
      if (schema.property(key.property)) {
        keys.push_back(key);
      } else if (traits_of(major).unknown_order_fails) {
        throw BadFilter(400, "No such property: " + key.property, "");
      }
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  return keys;
}

std::string sort_text(const Json& object, const OrderKey& key) {
  std::string name = key.property;
  if (name == "displayName") name = "name";
  const auto it = object.find(name);
  if (it == object.end() || it->is_null()) return "";
  const std::string text = it->is_string() ? it->get<std::string>() : it->dump();
  return key.any_case ? lowered(text) : text;
}

bool comes_before(const Json& a, const Json& b, const OrderKey& key, bool& equal) {
  const auto number_a = a.find(key.property);
  const auto number_b = b.find(key.property);
  int order = 0;
  if (number_a != a.end() && number_b != b.end() && number_a->is_number() &&
      number_b->is_number()) {
    const double difference = number_a->get<double>() - number_b->get<double>();
    order = difference < 0 ? -1 : difference > 0 ? 1 : 0;
  } else {
    order = sort_text(a, key).compare(sort_text(b, key));
  }
  equal = order == 0;
  return key.descending ? order > 0 : order < 0;
}

// Jackson quotes every text with a character below "-".
std::string csv_cell(const Json& value) {
  const std::string text = value.is_string() ? value.get<std::string>()
                           : value.is_null() ? ""
                                             : value.dump();
  const bool quoted =
      std::any_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c < '-') || c == '"'; });
  if (!quoted) return text;
  std::string cell = "\"";
  for (const char c : text) cell += c == '"' ? "\"\"" : std::string(1, c);
  return cell + "\"";
}

}  // namespace

Page page_of(const Request& request, size_t total, const std::string& endpoint) {
  Page page;
  page.last = total;
  if (lowered(request.param("paging").value_or("true")) == "false") return page;
  const std::string asked = request.param("pageSize").value_or("");
  const long size = asked.empty() ? kDefaultPageSize : std::atol(asked.c_str());
  if (size < 0) throw BadFilter(400, "max-results cannot be negative", "");
  const long told_size = std::max(1L, size);
  const long count = static_cast<long>(total);
  const long pages = (count + told_size - 1) / told_size;
  const long wanted = std::max(1L, std::atol(request.param("page").value_or("1").c_str()));
  page.first = static_cast<size_t>(std::min(count, (wanted - 1) * size));
  page.last = static_cast<size_t>(std::min(count, (wanted - 1) * size + size));
  // The pager names the last page when one behind it was asked for.
  const long told = std::max(1L, std::min(wanted, pages));
  page.pager = {{"page", told}, {"total", total}, {"pageSize", told_size}};
  if (told < pages) page.pager["nextPage"] = link_to(request, endpoint, told + 1);
  if (told > 1) page.pager["prevPage"] = link_to(request, endpoint, told - 1);
  page.pager["pageCount"] = pages;
  return page;
}

void sort_objects(std::vector<const Json*>& objects, const Schema& schema, const Request& request,
                  std::string_view order_without, int major) {
  std::vector<OrderKey> keys = keys_of(schema, request.all("order"), major);
  if (keys.empty()) keys = keys_of(schema, {std::string(order_without)}, std::min(major, 42));
  std::stable_sort(objects.begin(), objects.end(), [&](const Json* a, const Json* b) {
    for (const OrderKey& key : keys) {
      bool equal = true;
      const bool before = comes_before(*a, *b, key, equal);
      if (!equal) return before;
    }
    return a->value("id", "") < b->value("id", "");
  });
}

Reply csv_reply(const Json& list, const Field& wanted) {
  std::vector<std::string> columns;
  for (const Field& field : wanted.children) columns.push_back(field.name);
  std::string text;
  for (const std::string& column : columns) text += (text.empty() ? "" : ",") + column;
  text += "\n";
  for (const Json& object : list) {
    for (size_t i = 0; i < columns.size(); ++i) {
      text += (i ? "," : "") + csv_cell(object.value(columns[i], Json()));
    }
    text += "\n";
  }
  Reply reply;
  reply.content_type = "text/csv;charset=UTF-8";
  reply.body = text;
  return reply;
}

}  // namespace sandbox
