// SPDX-License-Identifier: BSD-3-Clause
// bench-catalogue stdio COUNT: our server over stdio, its catalogue filled up to COUNT tools that
// have the words and the argument of the peers' echo.
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "server/app.h"
#include "server/stdio_transport.h"
#include "tests/tools/own_catalogue.h"

int main(int argc, char** argv) {
  using namespace dhis2mcp;
  if (argc != 3 || std::string_view(argv[1]) != "stdio") {
    std::cerr << "usage: bench-catalogue stdio COUNT\n";
    return 2;
  }
  test::OwnCatalogue own;
  const int missing = std::atoi(argv[2]) - static_cast<int>(Catalogue::embedded().tools().size());
  for (int number = 1; number <= missing; ++number) {
    const std::string name = "echo_" + std::to_string(number);
    own.add("tools/" + name + ".json",
            {{"name", name},
             {"toolset", "admin"},
             {"effect", "read"},
             {"title", "Echo " + std::to_string(number)},
             {"description", "Echo"},
             {"input", {{"text", {{"type", "string"}, {"description", "Text"}}}}},
             {"handler", "profile_list"}});
  }
  const auto files = own.files();
  const Catalogue catalogue(files);
  Options options;
  options.toolsets = "all";
  App app(options, catalogue);
  serve_stdio(app.dispatcher, app.pool, {.output = STDOUT_FILENO});
  return 0;
}
