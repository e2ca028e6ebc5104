// SPDX-License-Identifier: BSD-3-Clause
// Every way to say no, as DHIS2 2.37 to 2.43, Tomcat and proxies say it.
#include "dhis2/web_message.h"

#include <gtest/gtest.h>

#include "dhis2/page.h"

namespace dhis2mcp {
namespace {

const Asked kAsked{"demo: https://h/40", "GET /api/dataElements", {}};

Request get_json() {
  Request request;
  request.path = "/api/dataElements";
  return request;
}

Response answer(int status, std::string body, std::string type = "application/json") {
  Response response;
  response.status = status;
  response.body = std::move(body);
  if (!type.empty()) response.headers.emplace_back("Content-Type", std::move(type));
  return response;
}

std::string tomcat(const std::string& title, const std::string& message) {
  return "<!doctype html><html lang=\"en\"><head><title>" + title +
         "</title><style>h1 {color:red}</style></head><body><h1>" + title +
         "</h1><hr/><p><b>Type</b> Status Report</p><p><b>Message</b> " + message +
         "</p><hr/></body></html>";
}

struct Case {
  const char* name;
  Response response;
  ErrorKind kind;
  std::string code;
  std::string says;   // part of the message
  std::string hints;  // part of the hint
};

std::vector<Case> cases() {
  using enum ErrorKind;
  Response pat_240 = answer(401, "", "");
  pat_240.headers.emplace_back("WWW-Authenticate", "ApiToken");
  Response slow = answer(429, "slow down", "text/plain");
  slow.headers.emplace_back("Retry-After", "120");
  return {
      {"metadata filter",
       answer(400, R"({"httpStatus":"Bad Request","httpStatusCode":400,"status":"ERROR",)"
                   R"("message":"Unknown path property: `nam`","errorCode":"E1003"})"),
       bad_input, "E1003", "Unknown path property: `nam` (E1003, HTTP 400)", "metadata_describe"},
      {"what is missing stands in the message for developers",
       answer(422, R"({"httpStatusCode":422,"status":"ERROR","message":"Not all has a code",)"
                   R"("devMessage":"missing:\n\nProgramStage[CODE]=vQ0"})"),
       bad_input, "", "Not all has a code: missing: ProgramStage[CODE]=vQ0 (HTTP 422)", ""},
      {"a message for developers that repeats a part",
       answer(409, R"({"httpStatusCode":409,"message":"failed, SqlState: 42883",)"
                   R"("devMessage":"SqlState: 42883"})"),
       conflict, "", "/dataElements failed at demo: https://h/40: failed, SqlState: 42883 (HTTP",
       ""},
      {"a body without a message",
       answer(404, R"({"title":"Not Found","status":404,"detail":"No static resource"})",
              "application/problem+json"),
       not_found, "", "No static resource", ""},
      {"a body of its status alone",
       answer(500, R"({"httpStatus":"Internal Server Error","httpStatusCode":500})"), unavailable,
       "", "no reason given", ""},
      {"metadata operator",
       answer(400, R"({"httpStatusCode":400,"message":"`bogus` is not a valid operator.",)"
                   R"("errorCode":"E1003"})"),
       bad_input, "E1003", "`bogus`", "operator, such as eq"},
      {"E1003 of a setting that is off",
       answer(400, R"({"httpStatusCode":400,"message":"Metadata versioning is not enabled for )"
                   R"(this instance.","errorCode":"E1003"})"),
       bad_input, "E1003", "not enabled", "An administrator can switch"},
      {"E1003 of the tracker",
       answer(400, R"({"httpStatusCode":400,"message":"Program is mandatory",)"
                   R"("errorCode":"E1003"})"),
       bad_input, "E1003", "Program is mandatory", "Change the request"},
      {"E1006 of a tracker import",
       answer(409, R"({"status":"ERROR","validationReport":{"errorReports":[{"message":)"
                   R"("Attribute: `abc` does not exist.","errorCode":"E1006"}]}})"),
       conflict, "E1006", "does not exist", "Change the request"},
      {"analytics without tables",
       answer(
           409,
           R"({"httpStatusCode":409,"status":"ERROR","message":"Query failed","errorCode":"E7144"})"),
       conflict, "E7144", "Query failed", "analytics tables are missing"},
      {"analytics too large",
       answer(
           409,
           R"({"httpStatusCode":409,"status":"ERROR","message":"Too many","errorCode":"E7128"})"),
       conflict, "E7128", "Too many", "fewer"},
      {"another 409",
       answer(409,
              R"({"httpStatusCode":409,"status":"ERROR","message":"No.","errorCode":"E9999"})"),
       conflict, "E9999", "No. (E9999", "Change the request"},
      {"message in devMessage only",
       answer(409, R"({"httpStatusCode":409,"status":"ERROR","devMessage":"deep inside"})"),
       conflict, "", "deep inside", "Change"},
      {"wrong password",
       answer(401, R"({"httpStatusCode":401,"status":"ERROR","message":"Unauthorized"})"),
       sign_in_required, "", "Unauthorized", "doctor"},
      {"locked",
       answer(401, R"({"httpStatusCode":401,"status":"ERROR","message":"Account locked"})"),
       sign_in_required, "", "Account locked", "wait 15 minutes"},
      {"disabled",
       answer(401, R"({"httpStatusCode":401,"status":"ERROR","message":"Account disabled"})"),
       sign_in_required, "", "Account disabled", "enable the account"},
      {"token of a 2FA user",
       answer(
           401,
           R"({"httpStatusCode":401,"message":"The API token is disabled, locked or 2FA is enabled."})"),
       sign_in_required, "", "2FA is enabled. (HTTP 401)", "OAuth2"},
      {"token expired",
       answer(401, R"({"message":"Failed to authenticate API token, token has expired."})"),
       sign_in_required, "", "expired", "new token"},
      {"token unknown", answer(401, R"({"message":"The API token does not exists"})"),
       sign_in_required, "", "does not exist", "another server"},
      {"token for other methods",
       answer(
           401,
           R"({"message":"Failed to authenticate API token, request http method is not allowed."})"),
       sign_in_required, "", "method", "allows GET"},
      {"token malformed", answer(400, R"({"message":"Api token is malformed"})"), sign_in_required,
       "", "malformed", "whole token"},
      {"token mistyped", answer(400, R"({"message":"Checksum validation failed"})"),
       sign_in_required, "", "Checksum", "whole token"},
      {"token on 2.40", pat_240, sign_in_required, "", "no reason given", "2.40 never does"},
      {"no sign-in as XML",
       answer(401,
              "<webMessage httpStatusCode=\"401\"><message>Unauthorized</message></webMessage>",
              "application/xml"),
       sign_in_required, "", "Unauthorized", "doctor"},
      {"bearer as XML",
       answer(
           401,
           "<InvalidTokenException><error>invalid_token</error><error_description>Invalid access "
           "token</error_description></InvalidTokenException>",
           "application/xml"),
       sign_in_required, "invalid_token", "Invalid access token", "doctor"},
      {"bearer as JSON",
       answer(401,
              R"({"httpStatusCode":401,"message":"invalid_token","devMessage":"Jwt expired"})"),
       sign_in_required, "", "invalid_token: Jwt expired", "log in again"},
      {"ownership on old servers",
       answer(401, R"({"httpStatusCode":401,"message":"OWNERSHIP_ACCESS_DENIED"})"), forbidden, "",
       "OWNERSHIP_ACCESS_DENIED", "Ask an administrator"},
      {"no access",
       answer(403, R"({"httpStatusCode":403,"message":"No permission","errorCode":"E1006"})"),
       forbidden, "E1006", "No permission", "administrator"},
      {"no such object",
       answer(404,
              R"({"httpStatusCode":404,"message":"x could not be found","errorCode":"E1005"})"),
       not_found, "E1005", "could not be found", "metadata_find"},
      {"no such path",
       answer(404, tomcat("HTTP Status 404 \xE2\x80\x93 Not Found", "/api/x"), "text/html"),
       not_found, "", "Not Found", "context path"},
      {"wrong method",
       answer(405, R"({"httpStatusCode":405,"message":"Request method 'GET' is not supported"})"),
       bad_input, "", "not supported", "UID"},
      {"not acceptable", answer(406, tomcat("HTTP Status 406 - Not Acceptable", "x"), "text/html"),
       bad_input, "", "406", "Change"},
      {"media type", answer(415, R"({"message":"Content type 'text/plain' not supported"})"),
       bad_input, "", "text/plain", "Change"},
      {"URL too long",
       answer(414, "<html><title>414 Request-URI Too Large</title></html>", "text/html"), bad_input,
       "", "Too Large", "less"},
      {"too many requests", slow, rate_limited, "", "slow down", "120 seconds"},
      {"server error", answer(500, R"({"httpStatusCode":500,"message":"NullPointerException"})"),
       unavailable, "", "NullPointerException", "its log"},
      {"bad gateway",
       answer(502, "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>",
              "text/html"),
       unavailable, "", "not DHIS2's words but a page: \"502 Bad Gateway\", nginx", "later"},
      {"maintenance", answer(503, "", ""), unavailable, "", "no reason given", "later"},
      {"not played", answer(501, R"({"message":"maps are not played"})"), unavailable, "", "maps",
       "does not do that"},
      {"proxy sign-in", answer(407, "", ""), unavailable, "", "HTTP 407", "HTTPS_PROXY"},
      {"OAuth: refresh refused",
       answer(400, R"({"error":"invalid_grant","error_description":"Token revoked"})"),
       sign_in_required, "invalid_grant", "Token revoked", "doctor"},
      {"OAuth: wrong client", answer(401, R"({"error":"invalid_client"})"), sign_in_required,
       "invalid_client", "invalid_client", "doctor"},
      {"OAuth: bad request",
       answer(400, R"({"error":"invalid_request","error_description":"no code"})"), bad_input,
       "invalid_request", "no code", "Change"},
      {"OAuth: denied", answer(400, R"({"error":"access_denied"})"), forbidden, "access_denied",
       "denied", "administrator"},
      {"OAuth: scope", answer(403, R"({"error":"insufficient_scope"})"), forbidden,
       "insufficient_scope", "insufficient_scope", "administrator"},
      {"Spring's own page",
       answer(404, R"({"timestamp":"t","status":404,"error":"Not Found","path":"/api/x"})"),
       not_found, "", "Not Found", "Check the path"},
      {"JSON broken off", answer(500, R"({"httpStatusCode":500,"message":"bro)"), unavailable, "",
       "httpStatusCode", "its log"},
      {"plain text", answer(400, "bad\r\n\x1b[31mthing", "text/plain"), bad_input, "",
       "bad [31mthing", "Change"},
  };
}

TEST(Failure, ReadsEveryNo) {
  for (const Case& row : cases()) {
    const auto error = failure(kAsked, get_json(), row.response);
    ASSERT_TRUE(error) << row.name;
    const std::string message = error->what();
    EXPECT_EQ(to_string(error->kind), to_string(row.kind)) << row.name;
    EXPECT_EQ(error->code, row.code) << row.name;
    EXPECT_EQ(error->http, row.response.status) << row.name;
    EXPECT_TRUE(message.starts_with("GET /api/dataElements failed at demo: https://h/40: "))
        << message;
    EXPECT_NE(message.find(row.says), std::string::npos) << row.name << ": " << message;
    EXPECT_NE(error->hint.find(row.hints), std::string::npos) << row.name << ": " << error->hint;
  }
}

TEST(Failure, SaysWhichMaySucceedLater) {
  for (const int status : {429, 408, 502, 503, 504}) {
    EXPECT_TRUE(failure(kAsked, get_json(), answer(status, "", ""))->retry) << status;
  }
  for (const int status : {400, 401, 403, 404, 409, 500}) {
    EXPECT_FALSE(failure(kAsked, get_json(), answer(status, "", ""))->retry) << status;
  }
}

TEST(Failure, LeavesSuccessesAlone) {
  const Response rows[] = {
      answer(200, "{}"),
      answer(200, ""),
      answer(204, "", ""),
      answer(201, R"({"httpStatusCode":201,"status":"OK"})"),
      answer(200, R"({"id":"x","status":"ERROR"})"),
      answer(200, R"({"jobs":[{"status":"ERROR","httpStatusCode":500}]})"),
      answer(200, R"({"status":"WARNING","importCount":{"ignored":1}})"),
      answer(200, "a,b\n1,2\n", "text/csv"),
      answer(200, R"({"broken)"),
  };
  for (const Response& response : rows) {
    EXPECT_FALSE(failure(kAsked, get_json(), response)) << response.body;
  }
  Request html = get_json();
  html.accept = "text/html";
  EXPECT_FALSE(failure(kAsked, html, answer(200, "<html>a report</html>", "text/html")));
}

TEST(Failure, ReadsAnErrorBehindStatus200) {
  const auto error = failure(
      kAsked, get_json(),
      answer(200,
             R"({"httpStatus":"OK","httpStatusCode":200,"status":"ERROR","message":"Not valid"})"));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind, ErrorKind::conflict);
  EXPECT_NE(std::string(error->what()).find("Not valid"), std::string::npos);
}

TEST(Failure, KnowsTheLoginPageInAllItsForms) {
  const std::string form =
      "<html><title>DHIS 2</title><form><input name=\"j_username\"></form></html>";
  std::vector<Response> rows = {
      answer(200, form, "text/html;charset=UTF-8"),
      answer(200, form, "application/json"),
      answer(200, "  \n<!DOCTYPE html><html><input type=\"password\"></html>", ""),
      answer(401, form, "text/html"),
  };
  for (const char* place :
       {"http://h/dhis-web-commons/security/login.action", "/dhis/dhis-web-login", "/login/",
        "https://h/40/dhis-web-login/?next=x",
        "/dhis-web-commons/security/login.action;jsessionid=1"}) {
    rows.push_back(answer(302, "", ""));
    rows.back().headers.emplace_back("Location", place);
  }
  Asked asked = kAsked;
  asked.sign_in_hint = "Run dhis2-mcp profile login demo.";
  for (const Response& response : rows) {
    const auto error = failure(asked, get_json(), response);
    ASSERT_TRUE(error);
    EXPECT_EQ(error->kind, ErrorKind::sign_in_required) << response.body;
    EXPECT_NE(std::string(error->what()).find("login page"), std::string::npos);
    EXPECT_TRUE(error->hint.ends_with(asked.sign_in_hint)) << error->hint;
  }
}

TEST(Failure, TellsOtherPagesAndRedirectsFromTheLogin) {
  const auto page = failure(
      kAsked, get_json(),
      answer(200, "<html><head><title>Welcome to nginx!</title></head></html>", "text/html"));
  ASSERT_TRUE(page);
  EXPECT_EQ(page->kind, ErrorKind::unavailable);
  EXPECT_NE(std::string(page->what()).find("Welcome to nginx!"), std::string::npos);

  Response moved = answer(301, "", "");
  moved.headers.emplace_back("Location", "https://new.example.org/api/x");
  const auto redirect = failure(kAsked, get_json(), moved);
  ASSERT_TRUE(redirect);
  EXPECT_EQ(redirect->kind, ErrorKind::unavailable);
  EXPECT_NE(std::string(redirect->what()).find("https://new.example.org/api/x"), std::string::npos);
}

TEST(Failure, AddsTheCallersWayToSignIn) {
  Asked asked = kAsked;
  asked.sign_in_hint = "Run dhis2-mcp profile login demo.";
  const auto plain = failure(asked, get_json(), answer(401, R"({"message":"Unauthorized"})"));
  EXPECT_EQ(plain->hint, asked.sign_in_hint);
  const auto locked = failure(asked, get_json(), answer(401, R"({"message":"Account locked"})"));
  EXPECT_NE(locked->hint.find("15 minutes"), std::string::npos);
  EXPECT_TRUE(locked->hint.ends_with(asked.sign_in_hint));
}

std::string said(int status, std::string body) {
  const auto error = failure(kAsked, get_json(), answer(status, std::move(body)));
  return error ? error->what() : "no failure";
}

TEST(Failure, ReadsImportReportsOfEveryKind) {
  const std::string values = said(
      409, R"({"httpStatusCode":409,"status":"WARNING","message":"One more conflicts encountered",)"
           R"("response":{"responseType":"ImportSummary","status":"WARNING","importCount":)"
           R"({"imported":1,"updated":0,"ignored":2,"deleted":0},"conflicts":[)"
           R"({"object":"a","value":"Data element not found","errorCode":"E7610"},)"
           R"({"object":"a","value":"Data element not found","errorCode":"E7610"}]}})");
  EXPECT_NE(values.find("imported 1, updated 0, ignored 2, deleted 0"), std::string::npos)
      << values;
  EXPECT_NE(values.find("2 x E7610 Data element not found"), std::string::npos) << values;

  const std::string metadata = said(
      409,
      R"({"httpStatusCode":409,"status":"WARNING","response":{"responseType":"ImportReport",)"
      R"("stats":{"created":0,"ignored":1},"typeReports":[{"klass":"X","objectReports":[)"
      R"({"uid":"a","errorReports":[{"message":"Missing property","errorCode":"E4000"}]}]}]}})");
  EXPECT_NE(metadata.find("E4000 Missing property (E4000, HTTP 409)"), std::string::npos)
      << metadata;

  const std::string object = said(
      409, R"({"httpStatusCode":409,"message":"Errors.","response":{"responseType":"ObjectReport",)"
           R"("errorReports":[{"message":"Not unique","errorCode":"E5003"}]}})");
  EXPECT_NE(object.find("Errors. E5003 Not unique"), std::string::npos) << object;

  const std::string tracker = said(
      409,
      R"({"status":"ERROR","validationReport":{"errorReports":[{"message":"No event","errorCode":)"
      R"("E1032","uid":"x"}]},"stats":{"created":0,"ignored":1,"total":1}})");
  EXPECT_NE(tracker.find("E1032 No event"), std::string::npos) << tracker;

  const std::string old_root =
      said(200, R"({"status":"ERROR","typeReports":[{"objectReports":[{"errorReports":[)"
                R"({"message":"Old root","errorCode":"E4000"}]}]}]})");
  EXPECT_NE(old_root.find("Old root"), std::string::npos) << old_root;

  const std::string events = said(
      409,
      R"({"httpStatusCode":409,"response":{"responseType":"ImportSummaries","importSummaries":)"
      R"([{"status":"ERROR","description":"No such program","conflicts":[]}]}})");
  EXPECT_NE(events.find("No such program"), std::string::npos) << events;
}

TEST(Failure, NamesTenProblemsAndCountsTheRest) {
  std::string body = R"({"httpStatusCode":409,"response":{"conflicts":[)";
  for (int i = 0; i < 500; ++i) {
    body += (i == 0 ? "" : ",") + std::string(R"({"value":"problem )") + std::to_string(i) + "\"}";
  }
  const std::string message = said(409, body + "]}}");
  EXPECT_NE(message.find("problem 9;"), std::string::npos) << message;
  EXPECT_EQ(message.find("problem 10"), std::string::npos);
  EXPECT_NE(message.find("and 490 more"), std::string::npos) << message;
}

TEST(Failure, BoundsAndCleansWhatItRepeats) {
  const std::string message =
      said(400, "{\"message\":\"" + std::string(100'000, 'x') + "\\u001b[31m\\u202e\\u200b\"}");
  EXPECT_LT(message.size(), 3'000U);
  const std::string cleaned =
      said(400, "{\"message\":\"a\\u0000\\u001b\\u202e\\u200b\\u0085b\\nc\"}");
  EXPECT_NE(cleaned.find(": a b c (HTTP 400)"), std::string::npos) << cleaned;
}

TEST(OneLine, CleansAndCutsBetweenCharacters) {
  const std::pair<std::string, std::string> rows[] = {
      {"  a \t\r\n b  ", "a b"},
      {"\xC3\xA9t\xC3\xA9", "\xC3\xA9t\xC3\xA9"},
      {"a\xff"
       "b\xC3",
       "a?b?"},
      {"\xE2\x80\xAE"
       "abc\xEF\xBB\xBF",
       "abc"},
      // A surrogate, a letter longer than it needs to be, one beyond the last.
      {"a\xED\xA0\x80z\xE0\x80\xAF\xF4\x90\x80\x80", "a???z???????"},
      {std::string("a\0b", 3), "a b"},
      {"", ""},
      {" ", ""},
  };
  for (const auto& [text, clean] : rows) EXPECT_EQ(one_line(text, 100), clean);
  EXPECT_EQ(one_line("abcdef", 3), "abc...");
  EXPECT_EQ(one_line("ab\xC3\xA9z", 3), "ab...");
  EXPECT_EQ(one_line("abc", 3), "abc");
}

TEST(LoginLocation, IsJudgedByItsPath) {
  for (const char* yes : {"/login/", "/login", "/dhis/login/?x", "http://h/dhis-web-login/",
                          "/dhis-web-commons/security/login.action?failed=true", "/Login"}) {
    EXPECT_TRUE(is_login_location(yes)) << yes;
  }
  for (const char* no : {"/api/loginConfig", "/api/me?u=/login/", "/dhis/", "/logins/x", ""}) {
    EXPECT_FALSE(is_login_location(no)) << no;
  }
}

}  // namespace
}  // namespace dhis2mcp
