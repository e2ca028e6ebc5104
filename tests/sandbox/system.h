// SPDX-License-Identifier: BSD-3-Clause
// The server about itself and about the caller.
#pragma once

#include "tests/sandbox/wire.h"

namespace sandbox {

Reply system_info(const Country& country, const Request& request);      // /system/info
Reply system_pages(const Country& country, const Request& request);     // /system/*
Reply schemas_pages(const Country& country, const Request& request);    // /schemas/*
Reply resources(const Country& country, const Request& request);        // /resources
Reply system_settings(const Country& country, const Request& request);  // /systemSettings/*
Reply user_settings(const Country& country, const Request& request);    // /userSettings/*
Reply born_document(const Country& country, const Request& request);  // period types, locales, ...
Reply expanded_periods(const Country& country, const Request& request);  // /relativePeriods/{key}
Reply object_counts(const Country& country, const Request& request);     // /system/objectCounts
Reply data_summary(const Country& country, const Request& request);      // /dataSummary
Reply small_page(const Country& country, const Request& request);        // lists that stay empty
Reply data_statistics(const Country& country, const Request& request);   // /dataStatistics/*
Reply sharing_search(const Country& country, const Request& request);    // /sharing/search
Reply identifiable_object(const Country& country, const Request& request);
Reply me(const Country& country, const Request& request);  // /me/*

// The settings of a user, those that they set included.
Json settings_of(const Country& country, const User& user);

// A document that a server is born with, by its path; of the played major. Null when it has none.
const Json& document_of(std::string_view path, int major);

// Whether DHIS2 of this major has something below /api/<segment>.
bool has_segment(std::string_view segment, int major);

}  // namespace sandbox
