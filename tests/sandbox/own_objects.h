// SPDX-License-Identifier: BSD-3-Clause
// Objects that the server keeps for sign-in (tokens, clients, authorizations) in the envelopes that
// DHIS2 gives its metadata.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/sandbox/pages.h"

namespace sandbox {

// What every object has, whatever its type.
struct OwnObject {
  std::string uid, code, name;
  std::string owner;             // a user name
  std::string created, updated;  // "2026-11-21T10:00:00.000"
};

// Now by the server's clock, in the form of OwnObject::created.
std::string server_time(const Settings& settings);

// The whole object: `own` holds the properties of its type alone. `type_path` is "/apiToken".
Json whole(const Country& country, const Request& request, std::string_view type_path,
           const OwnObject& object, const Json& own);

// The one object that was asked for, with the fields that were asked for.
Reply one(const Request& request, const Json& object);

// A list with its pager; `plain` are the fields that it shows when none are asked for.
Reply list(const Request& request, std::string_view plural, std::vector<Json> objects,
           const std::string& plain);

// The answer to a write that went well. Up to 2.41 a new token's has a type of its own.
Reply object_report(int status, std::string_view klass, const std::string& uid,
                    const std::string& key = "", const char* type = "ObjectReport");

// One complaint of an import report; `args` are shown from 2.41 on.
Json complaint(int major, std::string_view klass, const char* code, const std::string& message,
               const char* property_class, const Json& args);
// A required property that is not there (E4000), a unique one that is taken (E5003).
Json missing_property(int major, std::string_view klass, const std::string& name,
                      const char* property_class = "java.lang.String");
Json taken_property(int major, std::string_view klass, const std::string& name,
                    const std::string& value, const std::string& label, const std::string& by);
Reply conflict_report(std::string_view klass, const std::string& uid, const Json& complaints);

// Where a Jackson message says it was reading, e.g. "\n at [Source: ...; line: 1, column: 10]".
std::string reading_place(int major, int line, int column);

// Why a body that should be a JSON object is refused before anything is read from it.
std::optional<Reply> unusable_body(const Request& request, int major);

// Applies [{"op": "replace", "path": "/expire", "value": 1}, ...] of add, replace and remove.
// Answers the name of the first property that `known` does not have; empty when all went well.
std::string patch(Json& object, const Json& operations, const std::vector<std::string>& known);

}  // namespace sandbox
