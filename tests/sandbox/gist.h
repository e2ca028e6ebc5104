// SPDX-License-Identifier: BSD-3-Clause
// /gist: the flat, fast way to read metadata, with a grammar of its own.
#pragma once

#include <string>

#include "tests/sandbox/schema.h"
#include "tests/sandbox/wire.h"

namespace sandbox {

// `uid` and `property` are empty for /dataElements/gist; with a uid alone one object is shown,
// with both the value or the members of that property (`inverse=true`: all but the members).
// Lists come in the order in which objects were made. Unless the total was asked for they promise
// a next page after every full one; 2.43 after every page that shows anything.
Reply gist(const Country& country, const Request& request, const Schema& schema,
           const std::string& uid, const std::string& property);

}  // namespace sandbox
