// SPDX-License-Identifier: BSD-3-Clause
// Reads the `fields` parameter.
#include <cctype>

#include "tests/sandbox/fields.h"

namespace sandbox {
namespace {

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  // False when a bracket closes that never opened.
  bool parse(Field& root) {
    list(root, true);
    return at_ == text_.size();
  }

 private:
  void list(Field& parent, bool outermost) {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == ']' || c == ')') {
        if (outermost) return;
        ++at_;
        return;
      }
      if (c == ',' || std::isspace(static_cast<unsigned char>(c))) {
        ++at_;
      } else {
        item(parent);
      }
    }
  }

  void item(Field& parent) {
    const std::string name = word();
    if (name.starts_with("!")) {
      parent.excluded.insert(name.substr(1));
      Field ignored;
      if (opens()) list(ignored, false);
      return;
    }
    if (name == "*" || name.starts_with(":")) {
      parent.presets.push_back(name == "*" ? ":all" : name);
      return;
    }
    Field field;
    field.name = name;
    while (transformer_follows()) field.transformers.push_back(transformer());
    if (opens()) {
      field.bracketed = true;
      list(field, false);
    }
    // Brackets that follow no name select nothing.
    if (!name.empty()) parent.children.push_back(std::move(field));
  }

  bool opens() {
    if (at_ >= text_.size() || (text_[at_] != '[' && text_[at_] != '(')) return false;
    ++at_;
    return true;
  }

  std::string word() {
    const size_t start = at_;
    if (text_.substr(at_).starts_with(':')) ++at_;
    while (at_ < text_.size() &&
           std::string_view(",[]()~|").find(text_[at_]) == std::string_view::npos &&
           !text_.substr(at_).starts_with("::")) {
      ++at_;
    }
    std::string name(text_.substr(start, at_ - start));
    while (!name.empty() && name.back() == ' ') name.pop_back();
    return name;
  }

  bool transformer_follows() {
    if (text_.substr(at_).starts_with("::")) {
      at_ += 2;
      return true;
    }
    if (at_ < text_.size() && (text_[at_] == '~' || text_[at_] == '|')) {
      ++at_;
      return true;
    }
    return false;
  }

  Transformer transformer() {
    Transformer found;
    found.name = word();
    if (at_ >= text_.size() || text_[at_] != '(') return found;
    const size_t end = text_.find(')', at_);
    std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
    while (true) {
      const size_t cut = inside.find(';');
      found.arguments.emplace_back(inside.substr(0, cut));
      if (cut == std::string_view::npos) break;
      inside.remove_prefix(cut + 1);
    }
    at_ = end == std::string_view::npos ? text_.size() : end + 1;
    return found;
  }

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

std::optional<Field> parse_fields(std::string_view text) {
  Field root;
  if (!Parser(text).parse(root)) return std::nullopt;
  return root;
}

}  // namespace sandbox
