// SPDX-License-Identifier: BSD-3-Clause
// Writes import reports.
#include "tests/sandbox/import_summary.h"

#include <atomic>

#include "tests/sandbox/pat.h"

namespace sandbox {

Json import_options(const Request& request, int major) {
  Json options = {{"idSchemes", Json::object()}};
  if (major >= 43) options["atomic"] = false;
  options["dryRun"] = request.param("dryRun") == "true";
  options["async"] = request.param("async") == "true";
  options["importStrategy"] = request.param("importStrategy").value_or("CREATE_AND_UPDATE");
  options["mergeMode"] = "REPLACE";
  options["reportMode"] = "FULL";
  for (const char* name :
       {"skipExistingCheck", "sharing", "skipNotifications", "skipAudit", "datasetAllowsPeriods",
        "strictPeriods", "strictDataElements", "strictCategoryOptionCombos",
        "strictAttributeOptionCombos", "strictOrganisationUnits", "strictDataSetApproval",
        "strictDataSetLocking", "strictDataSetInputPeriods", "requireCategoryOptionCombo",
        "requireAttributeOptionCombo", "skipPatternValidation", "ignoreEmptyCollection", "force"}) {
    options[name] = request.param(name) == "true";
  }
  options["firstRowIsHeader"] = request.param("firstRowIsHeader").value_or("true") == "true";
  for (const char* name : {"skipLastUpdated", "mergeDataValues", "skipCache"}) {
    options[name] = false;
  }
  return options;
}

Reply import_reply(const ImportSummary& summary, const Json& options, int major) {
  const bool failed = summary.status == "ERROR";
  Json report = Json::object();
  if (major <= 41) report["responseType"] = "ImportSummary";
  report["status"] = summary.status;
  report["importOptions"] = options;
  report["description"] = summary.description;
  report["importCount"] = {{"imported", summary.count.imported},
                           {"updated", summary.count.updated},
                           {"ignored", summary.count.ignored},
                           {"deleted", summary.count.deleted}};
  report["conflicts"] = summary.conflicts;
  report["rejectedIndexes"] = summary.rejected;
  report.update(summary.more);
  if (major >= 42) report["responseType"] = "ImportSummary";
  const bool warned = summary.status == "WARNING";
  Json body = {{"httpStatus", failed || warned ? "Conflict" : "OK"},
               {"httpStatusCode", failed || warned ? 409 : 200},
               {"status", failed   ? "ERROR"
                          : warned ? "WARNING"
                                   : "OK"},
               {"message", failed   ? "An error occurred, please check import summary."
                           : warned ? "One more conflicts encountered, please check import summary."
                                    : "Import was successful."},
               {"response", report}};
  return json_reply(body, failed || warned ? 409 : 200);
}

Reply import_job(const std::string& type, const Json& options, const Settings& settings,
                 const std::string& base_url) {
  static std::atomic<int> made = 0;
  const std::string uid = uid_of("job/" + std::to_string(++made));
  std::string name = type + " (" + std::to_string(milliseconds_of(settings.clock)) + ")";
  if (settings.major <= 40) {
    name = "inMemory";
    bool upper = true;
    for (const char c : type) {
      if (c != '_') name += upper ? c : static_cast<char>(std::tolower(c));
      upper = c == '_';
    }
  }
  Json response = {{"name", name},
                   {"id", uid},
                   {"created", settings.clock + ".000"},
                   {"jobType", type},
                   {"jobStatus", settings.major <= 40 ? "SCHEDULED" : "NOT_STARTED"}};
  if (settings.major >= 41) response["jobParameters"] = options;
  response["relativeNotifierEndpoint"] = "/api/system/tasks/" + type + "/" + uid;
  if (settings.major >= 41) response["responseType"] = "JobConfigurationWebMessageResponse";
  Reply reply = json_reply({{"httpStatus", "OK"},
                            {"httpStatusCode", 200},
                            {"status", "OK"},
                            {"message", "Initiated " + name},
                            {"response", response}});
  reply.headers.emplace_back("Location", base_url + "/api/system/tasks/" + type);
  return reply;
}

}  // namespace sandbox
