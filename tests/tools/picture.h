// SPDX-License-Identifier: BSD-3-Clause
// A PNG as its pixels: 8 bit RGB without interlacing, as cairo writes them.
#pragma once

#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace dhis2mcp::test {

struct Pixel {
  int red = 0, green = 0, blue = 0;
  bool operator==(const Pixel&) const = default;
};

class Picture {
 public:
  explicit Picture(std::string_view png) {
    if (png.substr(0, 8) != "\x89PNG\r\n\x1a\n") throw std::runtime_error("no PNG");
    std::string packed;
    for (std::size_t at = 8; at + 12 <= png.size();) {
      const std::size_t length = number(png, at);
      const std::string_view kind = png.substr(at + 4, 4), body = png.substr(at + 8, length);
      if (kind == "IHDR") {
        width_ = number(body, 0);
        height_ = number(body, 4);
        if (body.substr(8, 5) != std::string_view("\x08\x02\0\0\0", 5)) {
          throw std::runtime_error("another kind of PNG");
        }
      }
      if (kind == "IDAT") packed += body;
      at += length + 12;
    }
    unpack(packed);
  }

  std::size_t width() const { return width_; }
  std::size_t height() const { return height_; }

  Pixel at(std::size_t x, std::size_t y) const {
    const std::uint8_t* const p = &bytes_[(y * width_ + x) * 3];
    return {p[0], p[1], p[2]};
  }

  // How many pixels of a box have this colour.
  std::size_t count(Pixel color, std::size_t left = 0, std::size_t right = 100'000) const {
    std::size_t found = 0;
    for (std::size_t y = 0; y < height_; ++y) {
      for (std::size_t x = left; x < std::min(right, width_); ++x) found += at(x, y) == color;
    }
    return found;
  }

  // The share of pixels that differ by more than a shade that no eye sees.
  double difference(const Picture& other) const {
    if (width_ != other.width_ || height_ != other.height_) return 1;
    std::size_t differ = 0;
    for (std::size_t i = 0; i < bytes_.size(); i += 3) {
      int most = 0;
      for (std::size_t c = i; c < i + 3; ++c) {
        most = std::max(most, std::abs(int{bytes_[c]} - int{other.bytes_[c]}));
      }
      differ += most > 24 ? 1 : 0;
    }
    return static_cast<double>(differ) / static_cast<double>(width_ * height_);
  }

 private:
  static std::size_t number(std::string_view text, std::size_t at) {
    std::size_t value = 0;
    for (std::size_t i = at; i < at + 4; ++i) {
      value = value << 8 | static_cast<unsigned char>(text.at(i));
    }
    return value;
  }

  static int paeth(int a, int b, int c) {
    const int p = a + b - c, pa = std::abs(p - a), pb = std::abs(p - b), pc = std::abs(p - c);
    return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
  }

  void unpack(const std::string& packed) {
    const std::size_t row = width_ * 3;
    std::vector<std::uint8_t> raw((row + 1) * height_);
    uLongf size = raw.size();
    const auto* const from = reinterpret_cast<const Bytef*>(packed.data());
    if (uncompress(raw.data(), &size, from, packed.size()) != Z_OK || size != raw.size()) {
      throw std::runtime_error("broken PNG");
    }
    bytes_.resize(row * height_);
    for (std::size_t y = 0; y < height_; ++y) {
      const int filter = raw[y * (row + 1)];
      for (std::size_t x = 0; x < row; ++x) {
        const int left = x >= 3 ? bytes_[y * row + x - 3] : 0;
        const int up = y > 0 ? bytes_[(y - 1) * row + x] : 0;
        const int corner = x >= 3 && y > 0 ? bytes_[(y - 1) * row + x - 3] : 0;
        const int guess[] = {0, left, up, (left + up) / 2, paeth(left, up, corner)};
        bytes_[y * row + x] = static_cast<std::uint8_t>(raw[y * (row + 1) + 1 + x] + guess[filter]);
      }
    }
  }

  std::size_t width_ = 0, height_ = 0;
  std::vector<std::uint8_t> bytes_;
};

}  // namespace dhis2mcp::test
