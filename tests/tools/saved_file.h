// SPDX-License-Identifier: BSD-3-Clause
// What stands in a saved file.
#pragma once

#include <gtest/gtest.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

namespace dhis2mcp::test {

inline std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// What stands in a zip, by name (APPNOTE.TXT 4.3: the directory at the end leads to each entry).
inline std::map<std::string, std::string> parts_of_zip(const std::string& zip) {
  const auto number = [&zip](std::size_t at, int bytes) {
    std::size_t value = 0;
    for (int i = bytes; i-- > 0;) {
      value = value << 8 | static_cast<unsigned char>(zip.at(at + static_cast<std::size_t>(i)));
    }
    return value;
  };
  std::map<std::string, std::string> parts;
  const std::size_t end = zip.rfind("PK\x05\x06");
  std::size_t at = number(end + 16, 4);
  for (std::size_t left = number(end + 10, 2); left > 0; --left) {
    const std::size_t local = number(at + 42, 4), name = number(at + 28, 2);
    std::string packed =
        zip.substr(local + 30 + number(local + 26, 2) + number(local + 28, 2), number(at + 20, 4));
    std::string text(number(at + 24, 4), '\0');
    z_stream stream = {};
    stream.next_in = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(text.data());
    stream.avail_out = static_cast<uInt>(text.size());
    EXPECT_EQ(inflateInit2(&stream, -MAX_WBITS), Z_OK);
    EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
    inflateEnd(&stream);
    parts[zip.substr(at + 46, name)] = std::move(text);
    at += 46 + name + number(at + 30, 2) + number(at + 32, 2);
  }
  return parts;
}

}  // namespace dhis2mcp::test
