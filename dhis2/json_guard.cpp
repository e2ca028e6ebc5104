// SPDX-License-Identifier: BSD-3-Clause
// A SAX handler that builds the value while it watches the limits, in linear time.
#include "dhis2/json_guard.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <limits>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "dhis2/ascii.h"
#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

using Object = Json::object_t;

// Objects with more names than this are searched by hash: the ordered map of the package compares
// one by one, which a stranger could make quadratic.
constexpr std::size_t kLinearNames = 16;

[[noreturn]] void refuse(std::size_t position, const std::string& why) {
  throw Error(ErrorKind::bad_input, "invalid JSON at byte " + std::to_string(position) + ": " + why,
              "Send one well-formed JSON document in UTF-8.");
}

// The package's reason without its prefix and without bytes that are not printable.
std::string reason(std::string_view what) {
  if (const auto end = what.find("] "); end != std::string_view::npos) what.remove_prefix(end + 2);
  if (const auto end = what.find("syntax error"); end != std::string_view::npos) {
    what.remove_prefix(end);
  }
  std::string out(what.substr(0, 200));
  std::ranges::replace_if(
      out, [](char c) { return !is_printable(c); }, '?');
  return out;
}

// "1.20e5" and "120000" are both "12".
std::string significant_digits(std::string_view number) {
  std::string digits;
  for (const char c : number.substr(0, number.find_first_of("eE"))) {
    if (is_digit(c) && (c != '0' || !digits.empty())) digits += c;
  }
  digits.resize(digits.find_last_not_of('0') + 1);
  return digits;
}

// Whether a double has each digit that was written.
bool holds(double value, std::string_view written) {
  const std::string digits = significant_digits(written);
  if (digits.size() <= std::numeric_limits<double>::digits10) return true;
  std::array<char, 64> again{};
  const int places = static_cast<int>(std::min<std::size_t>(digits.size(), 40)) - 1;
  std::snprintf(again.data(), again.size(), "%.*e", places, value);
  return significant_digits(again.data()) == digits;
}

// What a SAX handler must be is written down by the package: nlohmann::json_sax.
class Builder {
 public:
  using number_integer_t = Json::number_integer_t;
  using number_unsigned_t = Json::number_unsigned_t;
  using number_float_t = Json::number_float_t;
  using string_t = Json::string_t;
  using binary_t = Json::binary_t;

  explicit Builder(const JsonLimits& limits) : limits_(limits) {}

  bool null() { return put(Json()); }
  bool boolean(bool value) { return put(Json(value)); }
  bool number_integer(number_integer_t value) { return put(Json(value)); }
  bool number_unsigned(number_unsigned_t value) { return put(Json(value)); }
  bool number_float(number_float_t value, const string_t& written) {
    return put(limits_.keep_digits && !holds(value, written) ? Json(written) : Json(value));
  }
  bool binary(binary_t&) { return stop("binary value"); }
  bool string(string_t& value) {
    if (value.size() > limits_.string_length) return stop("a string is too long");
    return put(Json(std::move(value)));
  }

  bool start_object(std::size_t) { return open(Json::object()); }
  bool start_array(std::size_t) { return open(Json::array()); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }

  bool key(string_t& name) {
    if (name.size() > limits_.name_length) return stop("a member name is too long");
    Frame& frame = frames_.back();
    Object& object = frame.value->get_ref<Object&>();
    if (Json* const known = find(frame, object, name)) {
      if (limits_.refuse_duplicate_names) return stop("the member \"" + name + "\" comes twice");
      slot_ = known;
      return true;
    }
    if (object.size() >= kLinearNames) frame.index.emplace(name, object.size());
    object.std::vector<Object::value_type, Object::allocator_type>::emplace_back(std::move(name),
                                                                                 Json());
    slot_ = &object.back().second;
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const Json::exception& error) {
    position_ = position;
    why_ = reason(error.what());
    return false;
  }

  Json take() { return std::move(root_); }
  const std::string& why() const { return why_; }
  std::optional<std::size_t> position() const { return position_; }

 private:
  struct Frame {
    Json* value;
    std::unordered_map<std::string, std::size_t> index;  // names beyond the first kLinearNames
  };

  static Json* find(Frame& frame, Object& object, const std::string& name) {
    const auto end =
        object.begin() + static_cast<std::ptrdiff_t>(std::min(object.size(), kLinearNames));
    const auto found =
        std::find_if(object.begin(), end, [&](const auto& member) { return member.first == name; });
    if (found != end) return &found->second;
    const auto far = frame.index.find(name);
    return far == frame.index.end()
               ? nullptr
               : &(object.begin() + static_cast<std::ptrdiff_t>(far->second))->second;
  }

  bool stop(std::string why) {
    why_ = std::move(why);
    return false;
  }

  Json* place(Json&& value) {
    if (frames_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    Json& parent = *frames_.back().value;
    if (parent.is_array()) {
      auto& items = parent.get_ref<Json::array_t&>();
      return &items.emplace_back(std::move(value));
    }
    *slot_ = std::move(value);
    return slot_;
  }

  bool put(Json&& value) {
    if (++nodes_ > limits_.nodes) return stop("too many values");
    place(std::move(value));
    return true;
  }

  bool open(Json&& value) {
    if (++nodes_ > limits_.nodes) return stop("too many values");
    if (frames_.size() >= limits_.depth) {
      return stop("nested deeper than " + std::to_string(limits_.depth) + " levels");
    }
    frames_.push_back({place(std::move(value)), {}});
    return true;
  }

  bool close() {
    frames_.pop_back();
    return true;
  }

  const JsonLimits& limits_;
  Json root_;
  std::vector<Frame> frames_;
  Json* slot_ = nullptr;
  std::size_t nodes_ = 0;
  std::string why_;
  std::optional<std::size_t> position_;
};

// An input iterator that knows how far the parser has read, for the refusals that are ours.
class Cursor {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  Cursor(const char* at, const char** seen) : at_(at), seen_(seen) {}
  reference operator*() const { return *at_; }
  Cursor& operator++() {
    *seen_ = ++at_;
    return *this;
  }
  bool operator==(const Cursor& other) const { return at_ == other.at_; }
  bool operator!=(const Cursor& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  const char** seen_;
};

}  // namespace

Json parse_json(std::string_view text, const JsonLimits& limits) {
  // The package takes a NUL for the end of the text and would skip a byte order mark.
  if (const auto nul = text.find('\0'); nul != std::string_view::npos) refuse(nul, "a NUL byte");
  if (text.starts_with("\xEF\xBB\xBF")) refuse(0, "a byte order mark");
  Builder builder(limits);
  const char* seen = text.data();
  const char* const end = text.data() + text.size();
  if (!Json::sax_parse(Cursor(text.data(), &seen), Cursor(end, &seen), &builder)) {
    refuse(builder.position().value_or(static_cast<std::size_t>(seen - text.data())),
           builder.why());
  }
  return builder.take();
}

}  // namespace dhis2mcp
