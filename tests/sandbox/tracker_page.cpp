// SPDX-License-Identifier: BSD-3-Clause
// Writes pages of tracker lists.
#include "tests/sandbox/tracker_page.h"

#include <algorithm>
#include <cstdio>

namespace sandbox {
namespace {

// As DHIS2 writes a query into a link: what is no ASCII is encoded, brackets stay.
std::string in_link(const std::string& text) {
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && c != ' ' && c != '%' && c != '&') {
      encoded += c;
      continue;
    }
    char hex[4];
    std::snprintf(hex, sizeof hex, "%%%02X", byte);
    encoded += hex;
  }
  return encoded;
}

// The address of this request for another page.
std::string link_to(const Request& request, size_t page) {
  std::string link;
  for (const auto& [name, value] : request.params) {
    if (name != "page") link += (link.empty() ? "?" : "&") + name + "=" + in_link(value);
  }
  link += (link.empty() ? "?" : "&") + std::string("page=") + std::to_string(page);
  return request.base_url + "/api" + request.path + link;
}

}  // namespace

std::pair<size_t, size_t> rows_of(const TrackedPage& page, size_t found) {
  if (page.all) return {0, found};
  const size_t first = std::min(found, (page.number - 1) * page.size);
  return {first, std::min(found, first + page.size)};
}

Json paged(const Request& request, int major, const char* plural, const Json& rows,
           const TrackedPage& page, size_t found) {
  Json body = Json::object(), pager = Json::object();
  pager["page"] = page.number;
  pager["pageSize"] = page.size;
  if (page.total) {
    pager["total"] = found;
    pager["pageCount"] = page.size == 0 ? 0 : (found + page.size - 1) / page.size;
  }
  if (!page.all && major <= 41) body = pager;
  if (!page.all && major >= 41) {
    if (major >= 42 && page.number > 1) pager["prevPage"] = link_to(request, page.number - 1);
    if (major >= 42 && rows_of(page, found).second < found) {
      pager["nextPage"] = link_to(request, page.number + 1);
    }
    body["pager"] = pager;
  }
  body[major <= 40 ? "instances" : plural] = rows;
  return body;
}

}  // namespace sandbox
