// SPDX-License-Identifier: BSD-3-Clause
// What Beast 1.81 lets through and we do not; header names are compared without case.
#include "server/http_head.h"

#include <algorithm>
#include <array>

#include "dhis2/ascii.h"
#include "dhis2/base64.h"
#include "dhis2/utf8.h"
#include "server/http_door.h"
#include "server/json_text.h"

namespace dhis2mcp {
namespace {

constexpr std::string_view kParam = "mcp-param-";

struct Wanted {
  std::string_view name;
  std::optional<std::string_view> HttpHead::*member;
};

constexpr std::array<Wanted, 19> kWanted = {{
    {"host", &HttpHead::host},
    {"origin", &HttpHead::origin},
    {"authorization", &HttpHead::authorization},
    {"content-type", &HttpHead::content_type},
    {"content-length", &HttpHead::content_length},
    {"transfer-encoding", &HttpHead::transfer_encoding},
    {"accept", &HttpHead::accept},
    {"expect", &HttpHead::expect},
    {"mcp-session-id", &HttpHead::session},
    {"mcp-protocol-version", &HttpHead::protocol_version},
    {"mcp-method", &HttpHead::mcp_method},
    {"mcp-name", &HttpHead::mcp_name},
    {"last-event-id", &HttpHead::last_event_id},
    {"accept-encoding", &HttpHead::accept_encoding},
    {"accept-language", &HttpHead::accept_language},
    {"if-none-match", &HttpHead::if_none_match},
    {"if-modified-since", &HttpHead::if_modified_since},
    {"access-control-request-method", &HttpHead::wanted_method},
    {"access-control-request-private-network", &HttpHead::private_network},
}};

// Only Accept may come in several lines; one line that takes JSON is enough for us.
void keep(HttpHead& head, const Wanted& wanted, std::string_view value) {
  std::optional<std::string_view>& place = head.*wanted.member;
  if (place && wanted.member != &HttpHead::accept) {
    throw HttpRefusal{400, "The header " + std::string(wanted.name) + " comes twice.", {}};
  }
  if (!place || value.find("json") != std::string_view::npos) place = trimmed(value);
}

}  // namespace

HttpHead read_head(std::string_view method, std::string_view target, const HeaderViews& headers) {
  HttpHead head{.method = method, .target = target};
  for (const auto& [name, value] : headers) {
    const bool mcp = name.size() > 4 && same_word(name.substr(0, 4), "mcp-");
    if (!mcp && has_control(value)) {
      throw HttpRefusal{400, "A header has a control character in its value.", {}};
    }
    for (const Wanted& wanted : kWanted) {
      if (same_word(name, wanted.name)) keep(head, wanted, value);
    }
    if (mcp && name.size() > kParam.size() && same_word(name.substr(0, kParam.size()), kParam)) {
      head.mcp_params.emplace_back(name.substr(kParam.size()), trimmed(value));
    }
  }
  if (head.transfer_encoding && *head.transfer_encoding != "chunked") {
    throw HttpRefusal{400, "Transfer-Encoding is absent or exactly chunked.", {}};
  }
  return head;
}

void check_raw_head(std::string_view raw) {
  for (std::size_t at = raw.find('\n'); at != std::string_view::npos; at = raw.find('\n', at + 1)) {
    if (at == 0 || raw[at - 1] != '\r') throw HttpRefusal{400, "A header line ends in CRLF.", {}};
    if (at + 1 < raw.size() && (raw[at + 1] == ' ' || raw[at + 1] == '\t')) {
      throw HttpRefusal{400, "Folded header lines are not accepted.", {}};
    }
  }
}

std::optional<std::string> header_text(std::string_view value) {
  constexpr std::string_view kStart = "=?base64?", kEnd = "?=";
  const auto strange = [](char c) { return !is_printable(c) && c != '\t'; };
  if (std::any_of(value.begin(), value.end(), strange)) return std::nullopt;
  if (!value.starts_with(kStart) || !value.ends_with(kEnd) ||
      value.size() < kStart.size() + kEnd.size()) {
    return std::string(value);
  }
  value.remove_prefix(kStart.size());
  value.remove_suffix(kEnd.size());
  std::optional<std::string> text = from_base64(value);
  if (text && !is_utf8(*text)) return std::nullopt;
  return text;
}

}  // namespace dhis2mcp
