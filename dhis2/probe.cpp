// SPDX-License-Identifier: BSD-3-Clause
// Two anonymous questions, and what their answers say about who is there.
#include "dhis2/probe.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "dhis2/error.h"
#include "dhis2/http.h"
#include "dhis2/json_guard.h"
#include "dhis2/json_members.h"
#include "dhis2/page.h"
#include "dhis2/web_message.h"

namespace dhis2mcp {
namespace {

constexpr int kMoves = 3;

Error wrong_url(const std::string& why, std::string hint) {
  return {ErrorKind::bad_input, why, std::move(hint)};
}

class Search {
 public:
  Search(WireOptions options, const Patience& patience)
      : options_(std::move(options)),
        stop_(patience.stop),
        deadline_(std::chrono::steady_clock::now() + patience.budget) {}

  Response ask(const BaseUrl& base, std::string path) const {
    Client client(base, options_);
    Request request;
    request.path = std::move(path);
    try {
      return client.send(request, patience());
    } catch (Error& error) {
      // There is no less to ask for than this.
      if (error.kind == ErrorKind::unavailable && std::chrono::steady_clock::now() >= deadline_) {
        error.hint =
            "Check the port of the URL and that the service behind it works; a firewall or a "
            "proxy (HTTPS_PROXY) that swallows answers looks like this, too.";
      }
      throw;
    }
  }

  // True when TLS is spoken there, whatever its certificate is worth.
  bool speaks_tls(const BaseUrl& base) const {
    const BaseUrl secure = BaseUrl::parse("https://" + base.origin().substr(7) +
                                          (base.port() == 80 ? ":80" : "") + base.context());
    Http http(secure, options_.ca_file, choose_proxy(secure, std::getenv));
    WireRequest head;
    head.method = "HEAD";
    head.target = secure.context() + "/";
    head.headers = {{"X-Requested-With", "XMLHttpRequest"}};
    head.on_head = [](int, const Headers&) {};
    head.on_piece = [](std::string_view) { return true; };
    const Trouble trouble = http.send(head, deadline_, stop_).trouble;
    return trouble == Trouble::none || trouble == Trouble::certificate;
  }

 private:
  Patience patience() const {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline_ - std::chrono::steady_clock::now());
    return {stop_, std::max(left, std::chrono::milliseconds(1))};
  }

  const WireOptions options_;
  const std::stop_token stop_;
  const Deadline deadline_;
};

// 2.41 and newer, to everybody.
std::optional<Probe> read_login_config(const BaseUrl& base, const Response& response) {
  if (response.status != 200 || is_page(response)) return std::nullopt;
  try {
    const Json body = parse_json(response.body, {.refuse_duplicate_names = false});
    if (!body.is_object()) return std::nullopt;
    const auto version = Version::parse(text_of(body, "apiVersion"));
    if (!version && body.find("applicationTitle") == body.end()) return std::nullopt;
    return Probe{base, version, one_line(text_of(body, "applicationTitle"), 200)};
  } catch (const Error&) {
    return std::nullopt;
  }
}

// 2.40 and older refuse /api/loginConfig to strangers in words that only DHIS2 uses.
bool refuses_like_dhis2(const Response& response) {
  const std::string* location = find_header(response.headers, "Location");
  if (response.status >= 300 && response.status < 400 && location != nullptr) {
    return location->find("/dhis-web-") != std::string::npos;
  }
  if (response.status != 401 && response.status != 403 && response.status != 404) return false;
  return response.body.find("\"httpStatusCode\"") != std::string::npos;
}

// The base URL that an absolute or relative Location lies below; nothing when it is none.
std::optional<BaseUrl> base_of(const BaseUrl& from, std::string_view location) {
  location = location.substr(0, location.find_first_of("?#;"));
  std::string text(location);
  if (text.starts_with("//")) {
    text = from.scheme() + ":" + text;
  } else if (text.starts_with('/')) {
    text = from.origin() + text;
  } else if (text.find("://") == std::string::npos) {
    return std::nullopt;
  }
  while (text.ends_with('/')) text.pop_back();
  for (const std::string_view page : {"/login", "/index.html", "/index.action"}) {
    if (text.ends_with(page)) text.resize(text.size() - page.size());
  }
  try {
    return BaseUrl::parse(text);
  } catch (const Error&) {
    return std::nullopt;
  }
}

// Where the server says DHIS2 is: by a Location, or by the path that answered in the end.
std::optional<BaseUrl> place_named_by(const BaseUrl& asked, const Response& response) {
  if (response.status >= 300 && response.status < 400) {
    const std::string* location = find_header(response.headers, "Location");
    return location == nullptr ? std::nullopt : base_of(asked, *location);
  }
  return base_of(asked, response.target);
}

// Nothing when the server stays where it was asked. Throws when it must not be followed.
std::optional<BaseUrl> moved_to(const BaseUrl& asked, const Response& response) {
  auto place = place_named_by(asked, response);
  if (!place || *place == asked) return std::nullopt;
  if (asked.https() && !place->https()) {
    throw wrong_url(asked.text() + " redirects to " + place->text() + ", from TLS to no TLS",
                    "Ask the administrator to mend the server's base URL; it is not followed.");
  }
  const bool upgrade = !asked.https() && place->https() && place->host() == asked.host();
  if (!upgrade && place->origin() != asked.origin()) {
    throw wrong_url(asked.text() + " redirects to another site: " + place->text(),
                    "If that is your DHIS2, use its URL.");
  }
  return place;
}

[[noreturn]] void throw_tls_expected(const BaseUrl& base) {
  throw wrong_url("the server at " + base.origin() + " speaks TLS, and the URL says http",
                  "Use https://" + base.text().substr(7) + ".");
}

// DHIS2 is not below this path: says what is, and where the server's front door leads.
[[noreturn]] void throw_not_here(const Search& search, const BaseUrl& base,
                                 const Response& response) {
  const BaseUrl root = BaseUrl::parse(base.origin());
  std::optional<BaseUrl> door;
  try {
    const Response answer = search.ask(root, "/");
    door = moved_to(root, answer);
  } catch (const Error& error) {
    if (error.kind == ErrorKind::cancelled) throw;
  }
  if (door && *door != base) {
    throw wrong_url("no DHIS2 at " + base.text() + ", but the server leads to " + door->text(),
                    "Use " + door->text() + ": the URL needs the right context path.");
  }
  const std::string page = is_page(response) ? read_page(response.body).text() : std::string();
  std::string why =
      "what answers at " + base.text() + " is not DHIS2 (HTTP " + std::to_string(response.status);
  if (!page.empty()) why += ", a page: " + page;
  throw wrong_url(why + ")",
                  "Check the URL; DHIS2 often lives below a context path such as /dhis, which is "
                  "part of it.");
}

bool answers_ping(const Search& search, const BaseUrl& base) {
  const Response pong = search.ask(base, "/api/ping");
  return pong.status == 200 && (pong.body.empty() || pong.body == "pong");
}

Response first_answer(const Search& search, const BaseUrl& base) {
  try {
    Response response = search.ask(base, "/api/loginConfig");
    if (!base.https() && response.status == 400 && search.speaks_tls(base)) {
      throw_tls_expected(base);
    }
    return response;
  } catch (const Error& error) {
    const bool unheard = error.kind == ErrorKind::unavailable && !base.https();
    if (unheard && search.speaks_tls(base)) throw_tls_expected(base);
    throw;
  }
}

}  // namespace

Probe probe(const BaseUrl& url, const WireOptions& options, const Patience& patience) {
  const Search search(options, patience);
  BaseUrl base = url;
  for (int moves = 0; moves <= kMoves; ++moves) {
    const Response response = first_answer(search, base);
    if (const auto moved = moved_to(base, response)) {
      base = *moved;
      continue;
    }
    if (auto found = read_login_config(base, response)) return *found;
    if (refuses_like_dhis2(response)) return {base, std::nullopt, {}};
    if (response.status == 429 || response.status >= 500) {
      Request request;
      request.path = "/api/loginConfig";
      throw *failure({base.text(), "GET /api/loginConfig", {}}, request, response);
    }
    if (response.status != 200 && answers_ping(search, base)) return {base, std::nullopt, {}};
    throw_not_here(search, base, response);
  }
  throw wrong_url(url.text() + " redirects in a circle", "Check the URL and the server's own.");
}

}  // namespace dhis2mcp
