// SPDX-License-Identifier: BSD-3-Clause
// The head of an HTTP request: what passes the gate has our Host, no foreign Origin and the token,
// and nothing that two readers could read in two ways.
#include <cstdint>
#include <string>
#include <string_view>

#include "dhis2/utf8.h"
#include "server/http_gate.h"
#include "server/http_head.h"
#include "server/json_text.h"
#include "tests/fuzz/demand.h"

namespace {

using dhis2mcp::HttpHead;
using dhis2mcp::HttpRefusal;

constexpr std::string_view kToken = "secret";

std::string_view take_until(std::string_view& text, std::string_view separator) {
  const std::size_t end = text.find(separator);
  const std::string_view part = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + separator.size());
  return part;
}

// Cuts lines as the parser in front does, without its checks.
dhis2mcp::HeaderViews headers_of(std::string_view text) {
  dhis2mcp::HeaderViews headers;
  while (!text.empty()) {
    std::string_view line = take_until(text, "\r\n");
    if (line.empty()) break;
    const std::string_view name = take_until(line, ":");
    headers.emplace_back(name, line);
  }
  return headers;
}

bool clean(const std::optional<std::string_view>& value) {
  if (!value) return true;
  for (const char c : *value) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  }
  return true;
}

bool one_of(std::string_view text, std::initializer_list<std::string_view> list) {
  for (const std::string_view each : list) {
    if (text == each) return true;
  }
  return false;
}

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  return out;
}

void look(const HttpHead& head) {
  DEMAND(clean(head.host) && clean(head.origin) && clean(head.authorization));
  DEMAND(!head.transfer_encoding || *head.transfer_encoding == "chunked");
  // Those of MCP are judged by who compares them with the message.
  for (const auto& value : {head.mcp_method, head.mcp_name, head.protocol_version}) {
    if (!value) continue;
    const auto text = dhis2mcp::header_text(*value);
    DEMAND(!text || dhis2mcp::is_utf8(*text));
    DEMAND(!text || value->starts_with("=?base64?") || *text == *value);
  }
  dhis2mcp::HttpGate gate("127.0.0.1", 80, dhis2mcp::Secret(std::string(kToken)), "/token");
  const dhis2mcp::Route route = gate.pass(head, dhis2mcp::HttpGate::Time());
  const std::string host = lowered(head.host.value_or(""));
  DEMAND(one_of(host, {"127.0.0.1", "127.0.0.1:80", "localhost", "localhost:80"}));
  const std::string origin = lowered(head.origin.value_or("http://localhost"));
  DEMAND(one_of(origin, {"http://127.0.0.1", "http://127.0.0.1:80", "http://localhost",
                         "http://localhost:80"}));
  DEMAND(route == dhis2mcp::Route::health ||
         head.authorization.value_or("").ends_with(std::string(" ") + std::string(kToken)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view raw(reinterpret_cast<const char*>(bytes), size);
  std::string_view text = raw;
  std::string_view first = take_until(text, "\r\n");
  const std::string_view method = take_until(first, " "), target = take_until(first, " ");
  try {
    dhis2mcp::check_raw_head(raw);
    look(dhis2mcp::read_head(method, target, headers_of(text)));
  } catch (const HttpRefusal& refusal) {
    DEMAND(refusal.status >= 400 && refusal.status < 500 && !refusal.message.empty());
    DEMAND(refusal.message.find(kToken) == std::string::npos);
  }
  return 0;
}
