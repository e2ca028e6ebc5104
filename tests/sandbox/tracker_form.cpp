// SPDX-License-Identifier: BSD-3-Clause
// Chooses and writes the form of tracker lists.
#include "tests/sandbox/tracker_form.h"

#include <zlib.h>

#include "tests/sandbox/gzip.h"
#include "tests/sandbox/pages.h"
#include "tests/sandbox/tracker_csv.h"

namespace sandbox {
namespace {

void add_number(std::string& bytes, unsigned long number, int size) {
  for (int i = 0; i < size; ++i, number >>= 8) bytes += static_cast<char>(number & 0xff);
}

// An archive of one file that is stored as it is (APPNOTE.TXT 4.3).
std::string zipped(const std::string& name, const std::string& text) {
  const unsigned long sum =
      crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size()));
  std::string facts;  // what the local header and the directory say alike
  add_number(facts, 20, 2);
  add_number(facts, 0, 2 + 2 + 2 + 2);  // no flags, stored, no time, no day
  add_number(facts, sum, 4);
  add_number(facts, text.size(), 4);
  add_number(facts, text.size(), 4);
  add_number(facts, name.size(), 2);
  add_number(facts, 0, 2);
  std::string archive = "PK\x03\x04" + facts + name + text;
  const size_t directory = archive.size();
  archive += "PK\x01\x02";
  add_number(archive, 20, 2);
  archive += facts;
  add_number(archive, 0, 2 + 2 + 2 + 4 + 4);  // comment, disk, attributes, place of the header
  archive += name;
  const size_t length = archive.size() - directory;
  archive += "PK\x05\x06";
  add_number(archive, 0, 4);
  add_number(archive, 1, 2);
  add_number(archive, 1, 2);
  add_number(archive, length, 4);
  add_number(archive, directory, 4);
  add_number(archive, 0, 2);
  return archive;
}

Reply written(const TrackedForm& form, const std::string& name, const std::string& text) {
  const std::string file = name + "." + form.text;
  Reply reply;
  reply.content_type = "application/" + form.text;
  if (!form.packing.empty()) reply.content_type += "+" + form.packing;
  reply.content_type += ";charset=UTF-8";
  reply.body = form.packing == "gzip"  ? gzipped(text)
               : form.packing == "zip" ? zipped(file, text)
                                       : text;
  const std::string end = form.packing.empty() ? "" : form.packing == "gzip" ? ".gz" : ".zip";
  reply.headers.emplace_back("Content-Disposition", "attachment; filename=" + file + end);
  return reply;
}

// "json+gzip" of "application/json+gzip;q=1".
std::string accepted(const Request& request) {
  const std::string accept = request.header("Accept");
  const size_t slash = accept.find('/');
  if (slash == std::string::npos) return "";
  return accept.substr(slash + 1, accept.find_first_of(",;") - slash - 1);
}

}  // namespace

TrackedForm tracked_form(const Request& request) {
  std::string asked = request.extension.empty() ? accepted(request) : request.extension;
  TrackedForm form;
  if (asked.starts_with("csv")) form.text = "csv";
  if (asked.ends_with("gzip") || asked.ends_with("gz")) form.packing = "gzip";
  if (asked.ends_with("zip") && form.packing.empty()) form.packing = "zip";
  return form;
}

std::optional<Reply> unwritable_form(const Request& request, const std::string& kind, bool list) {
  const bool entities = kind == "trackedEntities", events = kind == "events";
  const TrackedForm form = tracked_form(request);
  const std::string asked = request.extension.empty() ? accepted(request) : request.extension;
  const bool known = asked.empty() || asked.starts_with("json") || asked.starts_with("csv") ||
                     asked == "*" || asked == "html" || asked == "javascript" || asked == "js";
  bool can = known;
  if (form.csv()) can = can && (entities || (events && list));
  if (!form.packing.empty()) can = can && list && (events || (entities && form.csv()));
  if (can) return std::nullopt;
  return html_error(406, "Acceptable representations: [text/html, application/json].");
}

Reply written_json(const TrackedForm& form, const std::string& name, const Json& body) {
  if (form.packing.empty()) return json_reply(body);
  return written(form, name, body.dump());
}

Reply written_csv(const TrackedForm& form, const std::string& name, const Json& rows, int major) {
  return written(form, name, name == "events" ? events_csv(rows, major) : entities_csv(rows));
}

Reply tracker_jobs(const Request& request, int major) {
  const std::string rest = request.path.substr(std::string("/tracker/jobs").size());
  const std::vector<std::string> words = pieces(rest, '/');
  if (words.size() == 1) return json_reply(Json::array());
  if (words.size() == 2 && words[1] == "report") {
    return told(major, 404, "Summary for job " + words[0] + " does not exist", "E1005");
  }
  return not_played("GET /api" + request.path);
}

}  // namespace sandbox
