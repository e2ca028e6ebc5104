// SPDX-License-Identifier: BSD-3-Clause
// Text out of HTML and XML without a parser: what is read here is shown to people, never acted on.
#include "dhis2/page.h"

#include <algorithm>

#include "dhis2/ascii.h"
#include "dhis2/utf8.h"

namespace dhis2mcp {
namespace {

// How much of a page is looked at.
constexpr std::size_t kLookedAt = 64UL * 1024;

// C1 controls, zero-width characters, line separators, direction marks, tags, the byte order mark.
bool is_invisible(char32_t c) {
  return (c >= 0x80 && c < 0xA0) || c == 0xAD || c == 0x61C || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF ||
         (c >= 0xE0000 && c <= 0xE007F);
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

std::string without_entities(std::string text) {
  for (const auto& [entity, plain] : {std::pair<std::string_view, std::string_view>{"&lt;", "<"},
                                      {"&gt;", ">"},
                                      {"&quot;", "\""},
                                      {"&#39;", "'"},
                                      {"&apos;", "'"},
                                      {"&#47;", "/"},
                                      {"&nbsp;", " "},
                                      {"&ndash;", "-"},
                                      {"&amp;", "&"}}) {
    replace_all(text, entity, plain);
  }
  return text;
}

// The text between <name ...> and </name>, tags inside dropped; `folded` is `text` in lower case.
std::string element(std::string_view text, std::string_view folded, const std::string& name) {
  for (auto at = folded.find("<" + name); at != std::string_view::npos;
       at = folded.find("<" + name, at + 1)) {
    const auto after = at + 1 + name.size();
    if (after >= folded.size() || (folded[after] != '>' && folded[after] != ' ')) continue;
    const auto begin = folded.find('>', after);
    if (begin == std::string_view::npos) return {};
    const auto end = folded.find("</" + name, begin);
    return std::string(
        text.substr(begin + 1, end == std::string_view::npos ? end : end - begin - 1));
  }
  return {};
}

// Words of a page: tags, scripts and styles dropped.
std::string words(std::string_view text, std::string_view folded) {
  std::string out;
  for (std::size_t at = 0; at < text.size() && out.size() < 1000;) {
    if (text[at] != '<') {
      out += text[at++];
      continue;
    }
    out += ' ';
    std::string_view close = ">";
    for (const auto& [open, end] :
         {std::pair<std::string_view, std::string_view>{"<script", "</script>"},
          {"<style", "</style>"},
          {"<head", "</head>"},
          {"<!--", "-->"}}) {
      if (folded.substr(at).starts_with(open)) close = end;
    }
    const auto end = folded.find(close, at);
    if (end == std::string_view::npos) break;
    at = end + close.size();
  }
  return without_entities(std::move(out));
}

// Tomcat: <p><b>Message</b> text</p>; where it has none, the description is a stock phrase.
std::string tomcat_detail(std::string_view text, std::string_view folded) {
  const auto at = folded.find("<b>message</b>");
  if (at == std::string_view::npos) return {};
  const auto begin = at + std::string_view("<b>message</b>").size();
  const auto end = folded.find("</p>", begin);
  return without_entities(
      std::string(text.substr(begin, end == std::string_view::npos ? 300 : end - begin)));
}

bool has_login_form(std::string_view folded) {
  const auto has = [&](std::string_view mark) {
    return folded.find(mark) != std::string_view::npos;
  };
  return has("j_username") || has("j_password") || has("type=\"password\"") ||
         has("type='password'") || has("type=password") || has("login.action") ||
         has("dhis-web-login") || has("dhis2 login") || has("login-app");
}

}  // namespace

std::string one_line(std::string_view text, std::size_t bytes) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = letter_length(text);
    const std::string_view sequence = text.substr(0, std::max<std::size_t>(length, 1));
    text.remove_prefix(sequence.size());
    const auto first = static_cast<unsigned char>(sequence[0]);
    if (length > 1 && is_invisible(code_point(sequence))) continue;
    const bool space = length == 1 && (first <= 0x20 || first == 0x7f);
    if (space && (out.empty() || out.back() == ' ')) continue;
    if (out.size() + sequence.size() > bytes) return out + "...";
    if (space) {
      out += ' ';
    } else {
      out += length == 0 ? std::string_view("?") : sequence;
    }
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

std::string Page::text() const {
  if (title.empty()) return detail;
  if (detail.empty() || detail.find(title) != std::string::npos) {
    return "\"" + title + "\"";
  }
  return "\"" + title + "\", " + detail;
}

bool is_page(const Response& response) {
  const std::string type = response.media_type();
  if (type == "text/html" || type == "application/xhtml+xml") return true;
  const auto first = response.body.find_first_not_of(" \t\r\n");
  if (first == std::string::npos || response.body[first] != '<') return false;
  const std::string head = lower_ascii(std::string_view(response.body).substr(first, 14));
  return head.starts_with("<!doctype html") || head.starts_with("<html");
}

Page read_page(std::string_view html) {
  html = html.substr(0, kLookedAt);
  const std::string folded = lower_ascii(html);
  Page page;
  page.title = one_line(without_entities(element(html, folded, "title")), 120);
  page.detail = one_line(tomcat_detail(html, folded), 300);
  if (page.detail.empty() && !page.title.starts_with("HTTP Status")) {
    page.detail = one_line(words(html, folded), 160);
  }
  page.login_form = has_login_form(folded);
  return page;
}

bool is_login_location(std::string_view location) {
  const std::string path = lower_ascii(location.substr(0, location.find_first_of("?#;")));
  return path.find("/dhis-web-commons/security/login") != std::string::npos ||
         path.find("/dhis-web-login") != std::string::npos || path.ends_with("/login") ||
         path.ends_with("/login/") || path.ends_with("/login.action") ||
         path.ends_with("/login.html");
}

std::optional<XmlMessage> read_xml_message(std::string_view xml) {
  const auto first = xml.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || xml[first] != '<') return std::nullopt;
  xml = xml.substr(0, kLookedAt);
  const std::string folded = lower_ascii(xml);
  XmlMessage out;
  out.error = one_line(without_entities(element(xml, folded, "error")), 100);
  out.message = one_line(without_entities(element(xml, folded, "error_description")), 600);
  if (out.message.empty()) {
    out.message = one_line(without_entities(element(xml, folded, "message")), 600);
  }
  if (out.error.empty() && out.message.empty()) return std::nullopt;
  return out;
}

}  // namespace dhis2mcp
