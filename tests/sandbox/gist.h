// SPDX-License-Identifier: BSD-3-Clause
// /gist: the flat, fast way to read metadata, with a grammar of its own.
#pragma once

#include <string>

#include "tests/sandbox/schema.h"
#include "tests/sandbox/wire.h"

namespace sandbox {

// `uid` and `property` are empty for /dataElements/gist; with a uid alone one object is shown,
// with both the value or the members of that property (`inverse=true`: all but the members).
// Lists come in the order in which objects were made, and always promise a next page unless the
// total was asked for (2.40-2.43).
Reply gist(const Country& country, const Request& request, const Schema& schema,
           const std::string& uid, const std::string& property);

}  // namespace sandbox
