// SPDX-License-Identifier: BSD-3-Clause
// Undoes the content encoding of a body as it streams, and insists that it is whole.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace dhis2mcp {

// HTTP libraries take a gzip stream that was cut short for a good one; this one does not.
class Inflater {
 public:
  // Takes the value of Content-Encoding: gzip, x-gzip, deflate, identity or empty. Throws
  // unavailable on any other. `failed` begins the message of each error: "GET /api/me failed at
  // https://h".
  Inflater(std::string_view encoding, std::string failed);
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // Returning false ends the reading.
  using Out = std::function<bool(std::string_view)>;

  // Hands on what came out, piece by piece; false when `out` had enough. Throws unavailable on
  // broken data, on bytes behind the end, and on a bomb: over 200 times its size beyond 1 MB.
  bool feed(std::string_view piece, const Out& out);

  // Call at the end of the body. Throws unavailable when the compressed stream did not end. A body
  // of no bytes at all is an empty body.
  void finish() const;

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
};

}  // namespace dhis2mcp
