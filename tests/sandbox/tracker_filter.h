// SPDX-License-Identifier: BSD-3-Clause
// Filters of tracker on attributes and data elements: `uid:op:value[:op:value],uid:...`.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/sandbox/tracker_records.h"
#include "tests/sandbox/wire.h"

namespace sandbox {

// What tracker refuses. `code` and `dev` (the devMessage) may be empty; an html refusal is the
// container's page.
struct TrackerRefusal : std::runtime_error {
  TrackerRefusal(int the_status, const std::string& message, std::string the_code = "",
                 std::string the_dev = "")
      : std::runtime_error(message),
        status(the_status),
        code(std::move(the_code)),
        dev(std::move(the_dev)) {}
  int status;
  std::string code, dev;
  bool html = false;
};

// One restricted attribute or data element; all its conditions hold together.
struct ValueFilter {
  struct Condition {
    std::string op, value;  // op in lower case; value of null and !null is empty
  };
  std::string id;
  std::string value_type;
  bool options = false;  // a data element whose values come from an option set
  std::vector<Condition> conditions;
};

// What a filter of a parameter restricts.
enum class FilterOn { kAttributes, kElements };

// Reads every value of the parameter `name`. In values "/" takes the meaning from ":", "," and "/".
// Throws TrackerRefusal in the words of the release.
std::vector<ValueFilter> read_value_filters(const Country& country, const Request& request,
                                            const char* name, FilterOn on);

// Texts are compared whatever their case. Null: there is no value.
bool passes(const ValueFilter& filter, const std::string* value, int major);

// "UID must be an alphanumeric string of 11 characters starting with a letter, but was: x".
std::string malformed_uid(const std::string& uid);
bool well_formed_uid(const std::string& uid);

}  // namespace sandbox
