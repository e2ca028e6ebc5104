// SPDX-License-Identifier: BSD-3-Clause
// Finds an embedded file and inflates it.
#include "tests/sandbox/embedded.h"

#include <array>
#include <stdexcept>

#include <zlib.h>

namespace sandbox {
namespace {

std::string inflate_gzip(std::string_view bytes) {
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) throw std::runtime_error("inflateInit2 failed");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string text;
  std::array<char, 65536> chunk;
  int state = Z_OK;
  while (state == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
    stream.avail_out = static_cast<uInt>(chunk.size());
    state = inflate(&stream, Z_NO_FLUSH);
    text.append(chunk.data(), chunk.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (state != Z_STREAM_END) throw std::runtime_error("an embedded file is cut");
  return text;
}

}  // namespace

std::string embedded_text(std::string_view name) {
  for (const EmbeddedFile& file : embedded_files()) {
    if (file.name != name) continue;
    return name.ends_with(".gz") ? inflate_gzip(file.bytes) : std::string(file.bytes);
  }
  throw std::runtime_error("no embedded file " + std::string(name));
}

}  // namespace sandbox
