// SPDX-License-Identifier: BSD-3-Clause
// What the load drivers share: messages of both eras, a clock, percentiles.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace bench {

[[noreturn]] inline void give_up(const std::string& why) {
  std::fprintf(stderr, "load: %s\n", why.c_str());
  std::exit(1);
}

inline double microseconds() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double, std::micro>(since).count();
}

inline double percentile(std::vector<double> values, double part) {
  if (values.empty()) give_up("nothing was measured");
  std::sort(values.begin(), values.end());
  const auto at = static_cast<std::size_t>(part * static_cast<double>(values.size()));
  return values[std::min(at, values.size() - 1)];
}

// A request of 2026-07-28, or of a session of 2025-11-25; `params` are members with a comma each
// behind them.
inline std::string request(bool modern, const std::string& id, const std::string& method,
                           const std::string& params) {
  const std::string meta = R"("_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
                           R"("io.modelcontextprotocol/clientCapabilities":{},)"
                           R"("io.modelcontextprotocol/clientInfo":{"name":"load","version":"1"}})";
  std::string members = params;
  if (modern) {
    members += meta;
  } else if (!members.empty()) {
    members.pop_back();
  }
  return R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":")" + method + R"(","params":{)" +
         members + "}}";
}

inline std::string call(bool modern, const std::string& id, const std::string& tool) {
  return request(modern, id, "tools/call", R"("name":")" + tool + R"(","arguments":{},)");
}

inline std::string initialize() {
  return request(false, "0", "initialize",
                 R"("protocolVersion":"2025-11-25","capabilities":{},)"
                 R"("clientInfo":{"name":"load","version":"1"},)");
}

inline const char* const kInitialized = R"({"jsonrpc":"2.0","method":"notifications/initialized"})";

}  // namespace bench
