// SPDX-License-Identifier: BSD-3-Clause
// Wires the rooms together, bottom up.
#include "server/app.h"

#include <filesystem>

namespace dhis2mcp {
namespace {

ProfileChoice choice_of(const Options& options) {
  ProfileChoice choice;
  choice.option = options.profile;
  choice.environment = environment_variable("DHIS2_PROFILE").value_or("");
  std::error_code gone;
  choice.folder = std::filesystem::current_path(gone);
  return choice;
}

}  // namespace

Ground::Ground(const Options& options)
    : places(Places::from_environment()),
      connections(places, choice_of(options), EnvironmentProfile::take()) {}

App::App(const Options& options, const Catalogue& catalogue)
    : Ground(options),
      results(places.results()),
      indexes(connections, catalogue),
      registry(catalogue, exposure(options), connections, results, &indexes),
      resources(registry, connections),
      prompts(catalogue),
      completions(catalogue, prompts, connections, &indexes),
      toolbox(registry, {&resources, &prompts, &completions}),
      mcp(toolbox),
      dispatcher(mcp, pool) {}

}  // namespace dhis2mcp
