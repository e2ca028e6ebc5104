// SPDX-License-Identifier: BSD-3-Clause
// Envelopes, lists and import reports of the objects of sign-in.
#include "tests/sandbox/own_objects.h"

#include <algorithm>
#include <cstdlib>

#include "tests/sandbox/fields.h"

namespace sandbox {
namespace {

Json person(const Country& country, const std::string& name) {
  const User* user = country.user(name);
  if (!user) return nullptr;
  const Json* object = country.find("users", user->uid);
  const std::string code = object ? object->value("code", "") : "";
  Json shown = {{"id", user->uid}};
  shown["code"] = code.empty() ? Json() : Json(code);
  shown["name"] = shown["displayName"] = user->name;
  shown["username"] = name;
  return shown;
}

Json rights(int major) {
  Json access = {{"manage", true}};
  if (major <= 40 || major == 42) access["externalize"] = true;
  for (const char* name : {"write", "read", "update", "delete"}) access[name] = true;
  return access;
}

bool all_of(const Field& wanted) {
  return std::any_of(wanted.presets.begin(), wanted.presets.end(), [](const std::string& preset) {
    return preset == ":all" || preset == ":owner" || preset == ":persisted";
  });
}

Json selected(const Json& object, const std::string& fields) {
  const auto wanted = parse_fields(fields);
  if (!wanted || all_of(*wanted)) return object;
  Json chosen = Json::object();
  for (const auto& [name, value] : object.items()) {
    const bool asked = std::any_of(wanted->children.begin(), wanted->children.end(),
                                   [&](const Field& field) { return field.name == name; });
    if (asked && !wanted->excluded.count(name)) chosen[name] = value;
  }
  return chosen;
}

int number_in(const Request& request, const char* name, int otherwise) {
  const int number = std::atoi(request.param(name).value_or("").c_str());
  return number > 0 ? number : otherwise;
}

}  // namespace

std::string server_time(const Settings& settings) { return settings.clock + ".000"; }

Json whole(const Country& country, const Request& request, std::string_view type_path,
           const OwnObject& object, const Json& own) {
  const int major = country.settings().major;
  const bool token = type_path == "/apiToken", legacy_client = !token && major <= 41;
  const Json user = person(country, object.owner);
  Json all = Json::object();
  all["href"] = request.base_url + "/api" + std::string(type_path) + "/" + object.uid;
  if (!object.code.empty()) all["code"] = object.code;
  if (!object.name.empty()) all["name"] = object.name;
  all["created"] = object.created;
  all["lastUpdated"] = object.updated;
  all["translations"] = all["favorites"] = all["attributeValues"] = Json::array();
  if (major <= 40) {
    all["externalAccess"] = false;
    all["userGroupAccesses"] = all["userAccesses"] = Json::array();
    if (token) all["publicAccess"] = "--------";
  }
  if (!legacy_client && !user.is_null()) all["createdBy"] = all["user"] = user;
  if (!user.is_null()) all["lastUpdatedBy"] = user;
  Json sharing = {{"users", Json::object()}, {"userGroups", Json::object()}};
  if (token && !user.is_null()) sharing["owner"] = user["id"];
  if (token) sharing["public"] = "--------";
  if (major <= 40 || major == 42) sharing["external"] = false;
  all["sharing"] = sharing;
  for (const auto& [name, value] : own.items()) all[name] = value;
  all["access"] = rights(major);
  if (!token) {
    all["displayName"] = object.name.empty() ? own.value("clientId", "") : object.name;
  }
  all["favorite"] = false;
  all["id"] = object.uid;
  return all;
}

Reply one(const Request& request, const Json& object) {
  return json_reply(selected(object, request.param("fields").value_or("*")));
}

Reply list(const Request& request, std::string_view plural, std::vector<Json> objects,
           const std::string& plain) {
  const std::string fields = request.param("fields").value_or(plain);
  Json body = Json::object();
  size_t first = 0, last = objects.size();
  if (request.param("paging") != "false") {
    const int page = number_in(request, "page", 1), size = number_in(request, "pageSize", 50);
    const int total = static_cast<int>(objects.size());
    const int pages = (total + size - 1) / size;
    Json pager = {{"page", page}, {"total", total}, {"pageSize", size}};
    if (page < pages) {
      pager["nextPage"] = request.base_url + "/api" + request.path +
                          "?page=" + std::to_string(page + 1) +
                          "&pageSize=" + std::to_string(size) +
                          (request.param("fields") ? "&fields=" + fields : "");
    }
    pager["pageCount"] = pages;
    body["pager"] = pager;
    first = std::min(objects.size(), static_cast<size_t>((page - 1) * size));
    last = std::min(objects.size(), first + static_cast<size_t>(size));
  }
  Json shown = Json::array();
  for (size_t i = first; i < last; ++i) shown.push_back(selected(objects[i], fields));
  body[std::string(plural)] = shown;
  return json_reply(body);
}

Reply object_report(int status, std::string_view klass, const std::string& uid,
                    const std::string& key, const char* type) {
  Json report = Json::object();
  if (!key.empty()) report["key"] = key;
  report["uid"] = uid;
  report["klass"] = klass;
  report["errorReports"] = Json::array();
  report["responseType"] = type;
  Json body = {{"httpStatus", status == 201 ? "Created" : "OK"},
               {"httpStatusCode", status},
               {"status", "OK"}};
  body["response"] = report;
  return json_reply(body, status);
}

Json complaint(int major, std::string_view klass, const char* code, const std::string& message,
               const char* property_class, const Json& args) {
  Json report = {{"message", message}};
  if (major >= 41) {
    Json words = Json::array();
    for (const Json& arg : args) words.push_back(arg.is_string() ? arg : Json(arg.dump()));
    report["args"] = words;
  }
  report["mainKlass"] = klass;
  report["errorCode"] = code;
  if (*property_class != '\0') report["errorKlass"] = property_class;
  report["errorProperty"] = args[0];
  report["errorProperties"] = args;
  return report;
}

Json missing_property(int major, std::string_view klass, const std::string& name,
                      const char* property_class) {
  return complaint(major, klass, "E4000", "Missing required property `" + name + "`",
                   property_class, Json::array({name}));
}

Json taken_property(int major, std::string_view klass, const std::string& name,
                    const std::string& value, const std::string& label, const std::string& by) {
  Json report = complaint(major, klass, "E5003",
                          "Property `" + name + "` with value `" + value + "` on object " + label +
                              " already exists on object " + by,
                          "", Json::array({name, value, label, by}));
  report["mainId"] = by;
  return report;
}

Reply conflict_report(std::string_view klass, const std::string& uid, const Json& complaints) {
  Json report = {{"uid", uid}, {"klass", klass}};
  report["errorReports"] = complaints;
  report["responseType"] = "ObjectReport";
  Json body = {
      {"httpStatus", "Conflict"},
      {"httpStatusCode", 409},
      {"status", "ERROR"},
      {"message", "One or more errors occurred, please see full details in import report."}};
  body["response"] = report;
  return json_reply(body, 409);
}

std::string reading_place(int major, int line, int column) {
  const std::string source =
      major <= 40 ? "(org.apache.catalina.connector.CoyoteInputStream)"
                  : "REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled)";
  return "\n at [Source: " + source + "; line: " + std::to_string(line) +
         (column > 0 ? ", column: " + std::to_string(column) : "") + "]";
}

std::optional<Reply> unusable_body(const Request& request, int major) {
  const std::string type = request.header("Content-Type");
  if (type.empty() || type.starts_with("text/")) {
    const std::string shown = type.empty() ? "" : "'" + type + "' ";
    return told(major, 415,
                major >= 42 ? "Content-Type " + shown + "is not supported"
                            : "Content type " + shown + "not supported");
  }
  if (request.body.empty()) {
    const std::string place =
        major <= 40 ? "\n at [Source: (org.apache.catalina.connector.CoyoteInputStream); line: 1, "
                      "column: 0]"
                    : reading_place(major, 1, 0);
    return told(major, major >= 43 ? 409 : 500, "No content to map due to end-of-input" + place);
  }
  if (Json::parse(request.body, nullptr, false).is_object()) return std::nullopt;
  const int end = static_cast<int>(request.body.size()) + 1;
  return told(major, 409,
              "Unexpected end-of-input: expected close marker for Object (start marker at" +
                  reading_place(major, 1, 1).substr(4) + ")" + reading_place(major, 1, end));
}

std::string patch(Json& object, const Json& operations, const std::vector<std::string>& known) {
  for (const Json& operation : operations) {
    std::string name = operation.value("path", "");
    name.erase(0, name.starts_with('/') ? 1 : 0);
    if (std::find(known.begin(), known.end(), name) == known.end()) return name;
    if (operation.value("op", "") == "remove") {
      object.erase(name);
    } else {
      object[name] = operation.value("value", Json());
    }
  }
  return "";
}

}  // namespace sandbox
