// SPDX-License-Identifier: BSD-3-Clause
// Registrations of complete data sets.
#include <SQLiteCpp/SQLiteCpp.h>

#include "tests/sandbox/data_values.h"
#include "tests/sandbox/data_values_selection.h"

namespace sandbox {
namespace {

Json id_of(const Country& country, const Schemes& schemes, const char* kind, const char* plural,
           const std::string& uid) {
  const auto scheme = schemes.find(kind);
  const Json* object = country.find(plural, uid);
  if (scheme == schemes.end() || object == nullptr) return uid;
  return in_scheme(*object, scheme->second).value_or(uid);
}

Json registrations(const Country& country, const Selection& selection, const Schemes& schemes) {
  const auto database = country.stored();
  SQLite::Statement rows(database,
                         "SELECT period, attribute_option_combo, date, stored_by FROM "
                         "completeness WHERE data_set = ? AND org_unit = ? ORDER BY period");
  Json found = Json::array();
  for (const std::string& set : selection.sets) {
    for (const OrgUnit* unit : selection.units) {
      rows.reset();
      rows.bind(1, set);
      rows.bind(2, unit->uid);
      while (rows.executeStep()) {
        const auto period = parse_period(rows.getColumn(0).getString(), 43);
        if (!period || !selection.has_period(*period)) continue;
        // "created" is compared with the day of completion.
        if (rows.getColumn(2).getString() < selection.since) continue;
        if (selection.limit && found.size() >= *selection.limit) return found;
        found.push_back(
            {{"period", period->id},
             {"dataSet", id_of(country, schemes, "dataSet", "dataSets", set)},
             {"organisationUnit",
              id_of(country, schemes, "orgUnit", "organisationUnits", unit->uid)},
             {"attributeOptionCombo", id_of(country, schemes, "attributeOptionCombo",
                                            "categoryOptionCombos", rows.getColumn(1).getString())},
             {"date", rows.getColumn(2).getString().substr(0, 10)},
             {"storedBy", rows.getColumn(3).getString()},
             {"completed", true}});
      }
    }
  }
  return found;
}

Reply as_xml(const Json& found) {
  Reply reply;
  reply.content_type = "application/xml;charset=UTF-8";
  reply.body =
      "<?xml version='1.0' encoding='UTF-8'?><completeDataSetRegistrations "
      "xmlns=\"http://dhis2.org/schema/dxf/2.0\">";
  for (const Json& registration : found) {
    reply.body += "<completeDataSetRegistration";
    for (const auto& [key, value] : registration.items()) {
      if (value.is_string()) reply.body += " " + key + "=\"" + value.get<std::string>() + "\"";
    }
    reply.body += "/>";
  }
  reply.body += "</completeDataSetRegistrations>";
  return reply;
}

}  // namespace

Reply complete_registrations(const Country& country, const Request& request) {
  const bool xml =
      request.extension == "xml" || request.header("Accept").find("xml") != std::string::npos;
  if (!xml && !request.extension.empty() && request.extension != "json") {
    return html_error(406,
                      "Acceptable representations: [application&#47;xml;charset=UTF-8, "
                      "application&#47;json;charset=UTF-8].");
  }
  try {
    const Selection selection = read_completeness_selection(country, request);
    const Schemes schemes = read_schemes(country, request);
    Json found = Json::array();
    if (!selection.foreign) found = registrations(country, selection, schemes);
    if (xml) return as_xml(found);
    // Without a registration the list is left out.
    Json body = Json::object();
    if (!found.empty()) body["completeDataSetRegistrations"] = std::move(found);
    return json_reply(body);
  } catch (const SelectionRefusal& refusal) {
    return web_message(refusal.status, refusal.what(), refusal.code);
  }
}

}  // namespace sandbox
