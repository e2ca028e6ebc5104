// SPDX-License-Identifier: BSD-3-Clause
// Reads the pages that Tomcat, proxies, login forms and other products answer in place of JSON.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "dhis2/exchange.h"

namespace dhis2mcp {

// One line of readable text: control, invisible and direction-changing characters become spaces or
// vanish, broken UTF-8 becomes '?', and what is longer than `bytes` ends in "...".
std::string one_line(std::string_view text, std::size_t bytes);

struct Page {
  std::string title;
  std::string detail;       // Tomcat's message, or the first words of the page
  bool login_form = false;  // it asks for a user name and a password

  std::string text() const;  // title and detail, without saying a thing twice
};

// True for HTML by its media type or by its first bytes, for some proxies call it anything.
bool is_page(const Response& response);

Page read_page(std::string_view html);

// DHIS2's login places: /dhis-web-commons/security/login.action (to 2.40), /dhis-web-login (2.41,
// 2.42), /login/ (2.43). Looks at the path of the Location alone.
bool is_login_location(std::string_view location);

// <webMessage><message> of DHIS2, <error> and <error_description> of its OAuth2 server up to 2.41.
struct XmlMessage {
  std::string message;
  std::string error;
};

std::optional<XmlMessage> read_xml_message(std::string_view xml);

}  // namespace dhis2mcp
