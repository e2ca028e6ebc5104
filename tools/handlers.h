// SPDX-License-Identifier: BSD-3-Clause
// The tools with logic: one function each, found by the name that its schema file gives.
#pragma once

#include <string_view>

#include "tools/call.h"

namespace dhis2mcp {

// tool_tools.cpp
Answer tool_find(Call& call);

// profile_tools.cpp, system_tools.cpp
Answer profile_list(Call& call);
Answer profile_status(Call& call);
Answer system_info(Call& call);

// login_tools.cpp
Answer profile_login(Call& call);
Answer doctor_tool(Call& call);
Answer pat_list(Call& call);

// result_tools.cpp
Answer result_page(Call& call);
Answer result_save(Call& call);

// describe_tools.cpp, api_tools.cpp
Answer metadata_describe(Call& call);
Answer api_find(Call& call);
Answer api_describe(Call& call);

// query_tools.cpp, metadata_tools.cpp, org_unit_tools.cpp, org_unit_tree.cpp, analytics_tools.cpp
Answer dhis2_query(Call& call);
Answer metadata_find(Call& call);
Answer metadata_get(Call& call);
Answer org_unit_find(Call& call);
Answer org_unit_tree(Call& call);
Answer analytics_query(Call& call);

// usage_tools.cpp, compare_tools.cpp
Answer metadata_usage(Call& call);
Answer metadata_compare(Call& call);

// chart_tools.cpp, access_tools.cpp
Answer chart(Call& call);
Answer access_explain(Call& call);

// data_values_tools.cpp, value_history_tools.cpp, reporting_tools.cpp
Answer data_values_get(Call& call);
Answer data_value_history(Call& call);
Answer reporting_rates(Call& call);

// indicator_tools.cpp, outlier_tools.cpp, validation_tools.cpp
Answer indicator_explain(Call& call);
Answer outlier_find(Call& call);
Answer validation_check(Call& call);

// event_analytics_tools.cpp, tracker_tools.cpp, tracker_object.cpp
Answer analytics_events(Call& call);
Answer tracker_find(Call& call);
Answer event_find(Call& call);
Answer tracker_get(Call& call);

// nullptr when there is none.
Handler find_handler(std::string_view name);

}  // namespace dhis2mcp
