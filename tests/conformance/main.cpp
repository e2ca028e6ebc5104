// SPDX-License-Identifier: BSD-3-Clause
// dhis2-mcp-conformance [--port N]: the fixture over HTTP on loopback, without a token. The first
// line on stdout is its address.
#include <charconv>
#include <iostream>
#include <string_view>

#include "server/http_transport.h"
#include "server/mcp.h"
#include "server/shutdown.h"
#include "tests/conformance/fixture.h"

namespace {

using namespace dhis2mcp;

// 0, any free one, where none is given; nothing when the words are wrong.
std::optional<std::uint16_t> port_of(int argc, char** argv) {
  std::uint16_t port = 0;
  if (argc == 1) return port;
  if (argc != 3 || std::string_view(argv[1]) != "--port") return std::nullopt;
  const std::string_view text = argv[2];
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(port) : std::nullopt;
}

void serve(std::uint16_t port) {
  const int stop = catch_stop_signals(std::chrono::milliseconds(4500));
  const conformance::Fixture fixture;
  Mcp mcp(fixture);
  Pool pool;
  Dispatcher dispatcher(mcp, pool);
  HttpServer server(dispatcher, {.port = port, .stop = stop, .limits = {}});
  // The suite's scenario of rebound names wants the name, not the number.
  std::cout << "http://localhost:" << server.port() << "/mcp" << std::endl;
  server.run(Secret(), {});
}

}  // namespace

int main(int argc, char** argv) {
  const std::optional<std::uint16_t> port = port_of(argc, argv);
  if (!port) {
    std::cerr << "usage: dhis2-mcp-conformance [--port N]\n";
    return 2;
  }
  try {
    serve(*port);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "dhis2-mcp-conformance: " << error.what() << "\n";
    return 1;
  }
}
