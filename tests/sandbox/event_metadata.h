// SPDX-License-Identifier: BSD-3-Clause
// Headers and metaData of event, enrollment and tracked entity analytics.
#pragma once

#include <string>
#include <vector>

#include "tests/sandbox/event_facts.h"

namespace sandbox {

// A header with the Java type that DHIS2 gives its value type.
Json event_header(const std::string& name, const std::string& column,
                  const std::string& value_type);

// The header of an item; lists also say the option set or the stage that it comes from.
Json item_header(const EventQuery& query, const EventItem& item, int major);

// The name of the item's object, or its short name when the query wants those.
std::string item_title(const EventQuery& query, const EventItem& item);

// {"items": {...}, "dimensions": {...}} of a list whose rows show these facts, without pager.
Json list_metadata(const Country& country, const EventQuery& query,
                   const std::vector<EventFact>& shown);

// The same of an aggregate, which names every option or legend of its items.
Json aggregate_metadata(const Country& country, const EventQuery& query);

// Options of an option set, legends of a legend set: whole objects in their order.
std::vector<const Json*> options_of(const Country& country, const std::string& option_set);
Json legends_of(const Country& country, const std::string& legend_set);

}  // namespace sandbox
