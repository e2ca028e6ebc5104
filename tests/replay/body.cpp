// SPDX-License-Identifier: BSD-3-Clause
// How the bytes of a recorded body are won back from the line that holds them.
#include "tests/replay/body.h"

#include <zlib.h>

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>

namespace replay {
namespace {

using Json = nlohmann::json;

// Writes the events of one subtree back as text. Outside of it only the path is followed.
class Subtree {
 public:
  explicit Subtree(const std::vector<std::string>& path) : path_(path) {}
  std::string take() { return std::move(out_); }

  bool null() { return scalar("null"); }
  bool boolean(bool value) { return scalar(value ? "true" : "false"); }
  bool number_integer(Json::number_integer_t value) { return scalar(std::to_string(value)); }
  bool number_unsigned(Json::number_unsigned_t value) { return scalar(std::to_string(value)); }
  bool number_float(Json::number_float_t, const std::string& digits) { return scalar(digits); }
  bool string(std::string& value) { return scalar(quote(value)); }
  bool binary(Json::binary_t&) { return false; }
  bool start_object(std::size_t) { return open('{'); }
  bool end_object() { return close('}'); }
  bool start_array(std::size_t) { return open('['); }
  bool end_array() { return close(']'); }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) { return false; }

  bool key(std::string& name) {
    if (depth_ > 0) {
      comma();
      out_ += quote(name) + ":";
      fresh_ = true;
    } else {
      hit_ = outer_ == matched_ + 1 && matched_ < path_.size() && name == path_[matched_];
    }
    return true;
  }

 private:
  static std::string quote(const std::string& text) {
    return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
  }

  void comma() {
    if (!fresh_) out_ += ',';
    fresh_ = false;
  }

  bool scalar(const std::string& text) {
    const bool is_it = hit_ && matched_ + 1 == path_.size() && depth_ == 0;
    if (depth_ > 0 || is_it) {
      comma();
      out_ += text;
    }
    hit_ = hit_ && depth_ > 0;
    return true;
  }

  bool open(char bracket) {
    if (depth_ > 0 || (hit_ && matched_ + 1 == path_.size())) {
      comma();
      out_ += bracket;
      fresh_ = true;
      ++depth_;
    } else {
      if (hit_) ++matched_;
      ++outer_;
    }
    hit_ = false;
    return true;
  }

  bool close(char bracket) {
    if (depth_ > 0) {
      out_ += bracket;
      fresh_ = false;
      --depth_;
    } else {
      --outer_;
      if (outer_ <= matched_) matched_ = outer_ > 0 ? outer_ - 1 : 0;
    }
    return true;
  }

  const std::vector<std::string>& path_;
  std::string out_;
  std::size_t matched_ = 0;  // how many members of the path we are inside of
  std::size_t outer_ = 0;    // open brackets outside of the subtree
  std::size_t depth_ = 0;    // open brackets inside of it
  bool hit_ = false;         // the next value is the next step of the path
  bool fresh_ = true;        // no comma is due
};

}  // namespace

std::string json_text_at(const std::string& text, const std::vector<std::string>& path) {
  Subtree subtree(path);
  Json::sax_parse(text, &subtree);
  return subtree.take();
}

std::optional<std::string> decode_base64(const std::string& text) {
  std::string bytes;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    int digit = -1;
    if (c >= 'A' && c <= 'Z') digit = c - 'A';
    if (c >= 'a' && c <= 'z') digit = c - 'a' + 26;
    if (c >= '0' && c <= '9') digit = c - '0' + 52;
    if (c == '+') digit = 62;
    if (c == '/') digit = 63;
    if (c == '=') break;
    if (digit < 0) return std::nullopt;
    bits = (bits << 6) | static_cast<std::uint32_t>(digit);
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes += static_cast<char>((bits >> held) & 0xFF);
    }
  }
  return bytes;
}

std::optional<std::string> gunzip(const std::string& bytes) {
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) return std::nullopt;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string text;
  std::array<char, 1 << 16> block{};
  int state = Z_OK;
  while (state == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(block.data());
    stream.avail_out = block.size();
    state = inflate(&stream, Z_NO_FLUSH);
    text.append(block.data(), block.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (state != Z_STREAM_END) return std::nullopt;
  return text;
}

}  // namespace replay
