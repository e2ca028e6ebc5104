// SPDX-License-Identifier: BSD-3-Clause
// zlib behind the three encodings that DHIS2 and the proxies before it use.
#include "dhis2/inflate.h"

#include <zlib.h>

#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include "dhis2/ascii.h"
#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

constexpr std::uint64_t kRatio = 200;
constexpr std::uint64_t kRatioFrom = 1024UL * 1024;
constexpr int kGzipOnly = 15 + 16;
constexpr int kZlibOnly = 15;
constexpr int kRawDeflate = -15;

[[noreturn]] void fail(const std::string& failed, const std::string& why) {
  Error error(ErrorKind::unavailable, failed + ": " + why,
              "Ask again; if it stays so, a proxy between here and DHIS2 damages its answers.");
  error.retry = true;
  throw error;
}

enum class Coding { identity, gzip, deflate };

Coding read_coding(std::string_view encoding, const std::string& failed) {
  const std::string name = lower_ascii(encoding);
  if (name.empty() || name == "identity") return Coding::identity;
  if (name == "gzip" || name == "x-gzip") return Coding::gzip;
  if (name == "deflate") return Coding::deflate;
  fail(failed, "the answer has a content encoding that nobody asked for");
}

}  // namespace

struct Inflater::Stream {
  std::string failed;
  Coding coding = Coding::identity;
  z_stream zlib{};
  bool started = false;
  bool ended = false;
  std::uint64_t in = 0;
  std::uint64_t out = 0;

  ~Stream() {
    if (started) inflateEnd(&zlib);
  }

  // "deflate" means zlib by RFC 9110 and raw deflate by custom: the first byte tells.
  void start(unsigned char first) {
    const int bits = coding == Coding::gzip ? kGzipOnly
                     : (first & 0x0F) == 8  ? kZlibOnly
                                            : kRawDeflate;
    if (inflateInit2(&zlib, bits) != Z_OK) {
      throw Error(ErrorKind::internal, "zlib does not start");
    }
    started = true;
  }
};

Inflater::Inflater(std::string_view encoding, std::string failed)
    : stream_(std::make_unique<Stream>()) {
  stream_->coding = read_coding(encoding, failed);
  stream_->failed = std::move(failed);
}

Inflater::~Inflater() = default;

bool Inflater::feed(std::string_view piece, const Out& out) {
  Stream& stream = *stream_;
  if (piece.empty()) return true;
  stream.in += piece.size();
  if (stream.coding == Coding::identity) {
    stream.out += piece.size();
    return out(piece);
  }
  if (stream.ended) fail(stream.failed, "the compressed answer goes on behind its end");
  if (!stream.started) stream.start(static_cast<unsigned char>(piece.front()));

  std::array<char, 32 * 1024> buffer;
  stream.zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
  stream.zlib.avail_in = static_cast<uInt>(piece.size());
  do {
    stream.zlib.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.zlib.avail_out = static_cast<uInt>(buffer.size());
    const int code = inflate(&stream.zlib, Z_NO_FLUSH);
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
      fail(stream.failed, "the compressed answer is damaged");
    }
    const std::size_t made = buffer.size() - stream.zlib.avail_out;
    stream.out += made;
    if (stream.out > kRatioFrom && stream.out / kRatio > stream.in) {
      fail(stream.failed, "the compressed answer grows to over 200 times its size");
    }
    if (made != 0 && !out({buffer.data(), made})) return false;
    if (code == Z_STREAM_END) {
      stream.ended = true;
      if (stream.zlib.avail_in != 0) {
        fail(stream.failed, "the compressed answer goes on behind its end");
      }
      return true;
    }
  } while (stream.zlib.avail_in != 0 || stream.zlib.avail_out == 0);
  return true;
}

void Inflater::finish() const {
  const bool compressed = stream_->coding != Coding::identity;
  if (compressed && stream_->started && !stream_->ended) {
    fail(stream_->failed, "the compressed answer is cut short");
  }
}

}  // namespace dhis2mcp
