// SPDX-License-Identifier: BSD-3-Clause
// Methods and headers of one exchange.
#include "dhis2/exchange.h"

#include "dhis2/ascii.h"

namespace dhis2mcp {
std::string_view to_string(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::head:
      return "HEAD";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::patch:
      return "PATCH";
    case Method::del:
      return "DELETE";
  }
  return "GET";
}

const std::string* find_header(const Headers& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (same_word(key, name)) return &value;
  }
  return nullptr;
}

std::string Response::media_type() const {
  const std::string* header = find_header(headers, "Content-Type");
  if (header == nullptr) return {};
  const std::string type = lower_ascii(std::string_view(*header).substr(0, header->find(';')));
  const auto first = type.find_first_not_of(" \t");
  if (first == std::string::npos) return {};
  return type.substr(first, type.find_last_not_of(" \t") - first + 1);
}

}  // namespace dhis2mcp
