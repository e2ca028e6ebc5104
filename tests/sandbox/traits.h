// SPDX-License-Identifier: BSD-3-Clause
// What differs between the majors in reading metadata, as one table. Seen on recorded servers of
// 2.40, 2.41, 2.42 and 2.43; 2.37 to 2.39 are played like 2.40.
#pragma once

#include <algorithm>

namespace sandbox {

struct Traits {
  int major;
  bool externalize;              // access.externalize and sharing.external are shown
  bool junction_any_case;        // rootJunction=or works, anything else is refused
  bool empty_filter_passes;      // "filter=" is no filter; before, it is refused
  bool text_can_be_empty;        // name:empty and :!empty work on texts
  bool query_beside_filter;      // query= and filter= hold together; before, query alone counts
  bool filters_joined;           // all filters are joined and cut again at commas
  bool unknown_order_fails;      // order=nope is 400
  bool checked_uids;             // a path segment that is no uid is no route: 405 or 400, not 404
  bool bad_uid_is_400;           // an 11-letter segment that starts with a digit is 400
  bool empty_body_on_bracket;    // "]" too many: empty 200; before, 500
  bool linked_with_exclusions;   // href is shown beside "!name"
  bool totals_of_page_only;      // unit lists by user or kinship count the page as the total
  bool units_by_user;            // userOnly, /children and their like are lists with pagers
  bool any_case_order;           // iasc and the order by name do not mind the case
  const char* is_not_supported;  // the end of the 405 message
  const char* system_owner;      // sharing.owner of what the server was born with; null: none
};

// clang-format off
inline constexpr Traits kTraits[] = {
  // major ext.   or     filt=  empty  query  joined order  uids   400    body   link   page   units  case
    {40, true,  false, false, false, false, false, false, false, false, false, false, false, false, false, "not supported", nullptr},
    {41, false, false, false, false, false, false, false, false, false, false, false, true,  true,  false, "not supported", "system-process"},
    {42, true,  true,  true,  true,  true,  true,  false, true,  false, true,  true,  false, true,  true, "is not supported", "XXXXXSystem"},
    {43, false, true,  true,  true,  true,  true,  true,  true,  true,  true,  true,  false, true,  true, "is not supported", "XXXXXSystem"},
};
// clang-format on

inline const Traits& traits_of(int major) { return kTraits[std::clamp(major, 40, 43) - 40]; }

}  // namespace sandbox
