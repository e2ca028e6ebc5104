// SPDX-License-Identifier: BSD-3-Clause
// Order, pages and pagers of metadata lists, and their CSV form.
#pragma once

#include <string>
#include <vector>

#include "tests/sandbox/fields.h"
#include "tests/sandbox/filter.h"

namespace sandbox {

struct Page {
  size_t first = 0, last = 0;  // of the objects that passed
  Json pager;                  // null with paging=false
};

// Throws BadFilter for a negative page size. `endpoint` is "/dataElements".
Page page_of(const Request& request, size_t total, const std::string& endpoint);

// Sorts by the `order` parameters, else by `order_without`. An unknown property is refused by
// 2.43 and ignored before: throws BadFilter.
void sort_objects(std::vector<const Json*>& objects, const Schema& schema, const Request& request,
                  std::string_view order_without, int major);

Reply csv_reply(const Json& list, const Field& wanted);

}  // namespace sandbox
