// SPDX-License-Identifier: BSD-3-Clause
// The answers that sign-in gives in every version: container pages, redirects, refusals.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/sandbox/wire.h"

namespace sandbox {

using Form = std::vector<std::pair<std::string, std::string>>;

// Tomcat's page. `exception` is the class that an internal error names; empty for a plain report.
Reply tomcat_page(int status, std::string_view message, std::string_view exception = "");

// A refusal of a controller: from 2.42 on its type carries no charset.
Reply told(int major, int status, std::string_view message, std::string_view code = "");

Reply redirect(std::string location, int status = 302);

// A status, no body and no type.
Reply bare(int status);

Reply oauth_error(int status, std::string_view error, std::string_view description = "",
                  std::string_view uri = "");

// The fields of an application/x-www-form-urlencoded body; nothing for other types.
Form form_of(const Request& request);

// Fields of the query, then those of the body, as a servlet joins them.
Form parameters_of(const Request& request);

// The first value of a field; empty when there is none.
std::string field(const Form& form, std::string_view name);
bool has_field(const Form& form, std::string_view name);

// The value of a cookie; empty when it was not sent.
std::string cookie_of(const Request& request, std::string_view name);

// "Basic <base64 of name:secret>" taken apart. False when the header is no Basic at all.
bool basic_of(const Request& request, std::string& name, std::string& secret);

// Letters, digits and "-._~" stay; all else as %XX, a blank too. As in the redirects of OAuth.
std::string uri_encoded(std::string_view text);

// & < > " and ' as references.
std::string html_text(std::string_view text);

bool same_letters(std::string_view a, std::string_view b);  // whatever their case

// "a,b, c" or "a b c" in pieces, without empty ones.
std::vector<std::string> pieces(std::string_view text, char between);

// Every part, the empty ones too.
std::vector<std::string> split(std::string_view text, char between);

}  // namespace sandbox
