// SPDX-License-Identifier: BSD-3-Clause
// Stored JSON and stored requests: the data store and query aliases.
#pragma once

#include "tests/sandbox/wire.h"

namespace sandbox {

// /dataStore, /dataStore/{namespace} and /dataStore/{namespace}/{key}: list, read, create, replace,
// delete. Namespaces of the system itself, sharing, paths within values and queries are not played.
Reply data_store(const Country& country, const Request& request);

// /query/alias: keeps a long request under the SHA-1 of its target and answers it there (2.41 on).
Reply query_alias(const Country& country, const Request& request);

}  // namespace sandbox
