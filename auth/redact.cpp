// SPDX-License-Identifier: BSD-3-Clause
// The forms in which a server may echo a secret, and their removal.
#include "auth/redact.h"

#include <algorithm>

#include "dhis2/ascii.h"
#include "dhis2/base64.h"
#include "dhis2/json.h"
#include "dhis2/query.h"

namespace dhis2mcp {
namespace {

constexpr std::string_view kMark = "[redacted]";
constexpr std::size_t kShortest = 4;

// Without its padding it is found with and without.
std::string base64(std::string_view text) {
  std::string encoded = to_base64(text);
  while (encoded.ends_with('=')) encoded.pop_back();
  return encoded;
}

std::string json_escaped(std::string_view text, bool ascii) {
  const std::string quoted =
      Json(std::string(text)).dump(-1, ' ', ascii, Json::error_handler_t::replace);
  return quoted.substr(1, quoted.size() - 2);
}

std::string html_escaped(std::string_view text) {
  std::string escaped;
  for (const char letter : text) {
    switch (letter) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += letter;
    }
  }
  return escaped;
}

// "%2F" as "%2f".
std::string lower_hex(std::string text) {
  for (std::size_t at = text.find('%'); at != std::string::npos; at = text.find('%', at + 1)) {
    for (std::size_t digit = at + 1; digit < std::min(at + 3, text.size()); ++digit) {
      text[digit] = lower_letter(text[digit]);
    }
  }
  return text;
}

void replace_all(std::string& text, std::string_view form) {
  for (std::size_t at = text.find(form); at != std::string::npos;
       at = text.find(form, at + kMark.size())) {
    text.replace(at, form.size(), kMark);
  }
}

// Tokens that are not ours may stand in an answer as well.
void replace_tokens(std::string& text) {
  for (const std::string_view prefix : {"d2pat_", "d2p_"}) {
    for (std::size_t at = text.find(prefix); at != std::string::npos;
         at = text.find(prefix, at + kMark.size())) {
      std::size_t end = at + prefix.size();
      while (end < text.size() && is_letter_or_digit(text[end])) {
        ++end;
      }
      if (end - at >= prefix.size() + 8) {
        text.replace(at, end - at, kMark);
      }
    }
  }
}

}  // namespace

void Redactor::learn(std::string_view secret) {
  if (secret.size() < kShortest) {
    return;
  }
  ++learned_;
  std::erase_if(forms_, [this](const Form& form) { return form.number + kept_ <= learned_; });
  const std::string percent = percent_encode(secret);
  for (std::string form :
       {std::string(secret), base64(secret), percent, lower_hex(percent),
        json_escaped(secret, false), json_escaped(secret, true), html_escaped(secret)}) {
    forms_.push_back({Secret(std::move(form)), learned_});
  }
  // A form that holds another one must go first, or its ends would stay.
  std::stable_sort(forms_.begin(), forms_.end(), [](const Form& a, const Form& b) {
    return a.text.reveal().size() > b.text.reveal().size();
  });
}

void Redactor::learn_signature(const Headers& headers) {
  const std::string* value = find_header(headers, "Authorization");
  const std::size_t space = value == nullptr ? std::string::npos : value->find(' ');
  if (space == std::string::npos) {
    return;
  }
  const std::string_view credential = std::string_view(*value).substr(space + 1);
  learn(credential);
  if (value->starts_with("Basic ")) {
    learn(credential.substr(0, credential.find_last_not_of('=') + 1));
    const Secret pair(from_base64(credential).value_or(""));
    learn(pair.reveal().substr(std::min(pair.reveal().find(':') + 1, pair.reveal().size())));
  }
}

std::string Redactor::clean(std::string text) const {
  for (const Form& form : forms_) {
    replace_all(text, form.text.reveal());
  }
  replace_tokens(text);
  return text;
}

Response Redactor::clean(Response response) const {
  response.body = clean(std::move(response.body));
  for (auto& [name, value] : response.headers) {
    value = clean(std::move(value));
  }
  return response;
}

Error Redactor::clean(const Error& error) const {
  Error cleaned(error.kind, clean(std::string(error.what())), clean(error.hint));
  cleaned.code = clean(error.code);
  cleaned.http = error.http;
  cleaned.retry = error.retry;
  cleaned.candidates = error.candidates;
  return cleaned;
}

}  // namespace dhis2mcp
