// SPDX-License-Identifier: BSD-3-Clause
// The object graph of a run, from the folders to the protocol.
#pragma once

#include "auth/connections.h"
#include "server/dispatcher.h"
#include "server/mcp.h"
#include "server/options.h"
#include "server/pool.h"
#include "server/toolbox.h"
#include "tools/catalogue_prompts.h"
#include "tools/instance_resources.h"
#include "tools/known_completions.h"
#include "tools/name_indexes.h"
#include "tools/registry.h"
#include "tools/results.h"

namespace dhis2mcp {

// What every command that knows profiles stands on. Making it touches no disk and no network; the
// profiles are read when they are first needed.
struct Ground {
  explicit Ground(const Options& options);

  Places places;
  Connections connections;
};

// A server, or a single call, with the tools of a catalogue that the options show. The catalogue
// must live longer.
struct App : Ground {
  explicit App(const Options& options, const Catalogue& catalogue = Catalogue::embedded());

  Results results;
  NameIndexes indexes;
  Registry registry;
  InstanceResources resources;
  CataloguePrompts prompts;
  KnownCompletions completions;
  RegistryToolbox toolbox;
  Mcp mcp;
  Pool pool;  // ends before what its work uses
  Dispatcher dispatcher;
};

}  // namespace dhis2mcp
