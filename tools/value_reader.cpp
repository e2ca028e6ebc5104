// SPDX-License-Identifier: BSD-3-Clause
// Reads /api/dataValueSets row by row. From 2.43 on, members that are the same for all values stand
// once, before them.
#include <array>
#include <exception>
#include <utility>

#include "dhis2/error.h"
#include "dhis2/json_members.h"
#include "dhis2/page.h"
#include "dhis2/rows.h"
#include "dhis2/web_message.h"
#include "tools/data_refusal.h"
#include "tools/held_values.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kHeadBytes = 4'096;
constexpr std::string_view kRows = "\"dataValues\"";

// "2026-11-21T09:45:34.291+0000" to the minute: what tells one entry from another.
std::string minute_of(std::string time) {
  if (time.size() < 16) return time;
  time.resize(16);
  if (time[10] == 'T') time[10] = ' ';
  return time;
}

class ValueSetReader {
 public:
  explicit ValueSetReader(const std::function<void(DataValue&& value)>& on_value)
      : on_value_(on_value), rows_([this](Json&& row) { return take(row); }, "dataValues") {}

  // For BodySink. What went wrong is thrown by finish().
  bool feed(std::string_view piece) {
    if (head_.size() < kHeadBytes) head_.append(piece.substr(0, kHeadBytes - head_.size()));
    if (!common_known_) read_common();
    try {
      return rows_.feed(piece);
    } catch (...) {
      failure_ = std::current_exception();
      return false;
    }
  }

  void finish() {
    if (failure_) std::rethrow_exception(failure_);
    rows_.finish();
  }

  const std::string& head() const { return head_; }

 private:
  // The members before the rows are a document of their own once it is closed.
  void read_common() {
    const auto rows = head_.find(kRows);
    if (rows == std::string::npos) return;
    common_known_ = true;
    std::string start = head_.substr(0, rows);
    start.resize(start.find_last_not_of(" \t\r\n,") + 1);
    Json common = Json::parse(start + "}", nullptr, false);
    if (common.is_object()) common_ = std::move(common);
  }

  bool take(const Json& row) {
    if (!row.is_object()) return true;
    const auto member = [&](const char* name) {
      return row.contains(name) ? as_text(row, name) : as_text(common_, name);
    };
    DataValue value;
    value.data_element = member("dataElement");
    value.period = member("period");
    value.org_unit = member("orgUnit");
    value.option_combo = member("categoryOptionCombo");
    value.attribute_combo = member("attributeOptionCombo");
    value.value = as_text(row, "value");
    value.comment = as_text(row, "comment");
    value.stored_by = as_text(row, "storedBy");
    value.updated = minute_of(as_text(row, "lastUpdated"));
    const auto follow_up = row.find("followup");
    value.follow_up = follow_up != row.end() && follow_up->is_boolean() && follow_up->get<bool>();
    on_value_(std::move(value));
    return true;
  }

  const std::function<void(DataValue&& value)>& on_value_;
  std::string head_;
  Json common_ = Json::object();
  bool common_known_ = false;
  std::exception_ptr failure_;
  RowReader rows_;
};

// The client cannot judge a body that went to a sink.
void demand_values(SignedClient& client, const Request& request, Response response,
                   const std::string& head) {
  if (head.find_first_not_of(" \t\r\n") == std::string::npos) {
    Error refused(ErrorKind::forbidden,
                  "DHIS2 answered GET " + request.path + " with an empty body, which is how " +
                      "releases up to 2.42 refuse an org unit outside of this account's own.",
                  "Ask for units that this account may see: USER_ORGUNIT, or units below it.");
    refused.code = "E2012";
    refused.http = response.status;
    throw refused;
  }
  response.body = head;
  if (!is_page(response)) return;
  const Profile& profile = client.profile();
  if (const auto error = failure({profile.name + ": " + profile.url, {}, {}}, request, response)) {
    throw Error(*error);
  }
}

}  // namespace

void read_values(SignedClient& client, const Query& query, const Patience& patience,
                 const std::function<void(DataValue&& value)>& on_value) {
  Request request;
  request.path = "/api/dataValueSets";
  request.query = query;
  ValueSetReader reader(on_value);
  Response response;
  try {
    response =
        client.send(request, patience, [&](std::string_view piece) { return reader.feed(piece); });
  } catch (const Error& error) {
    throw_data_refusal(error);
  }
  demand_values(client, request, std::move(response), reader.head());
  reader.finish();
}

}  // namespace dhis2mcp
