// SPDX-License-Identifier: BSD-3-Clause
// Plays the pages of accounts, each version in its own words.
#include "tests/sandbox/account_pages.h"

#include <zlib.h>

#include "tests/sandbox/jose.h"
#include "tests/sandbox/pat.h"

namespace sandbox {
namespace {

using Factor = Accounts::Factor;

std::string big_endian(unsigned long number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift & 0xff);
  return bytes;
}

std::string chunk(const std::string& name, const std::string& content) {
  const std::string both = name + content;
  return big_endian(content.size()) + both +
         big_endian(
             crc32(0, reinterpret_cast<const Bytef*>(both.data()), static_cast<uInt>(both.size())));
}

// A picture of one dot. What a real QR code shows stands in it as text, for tests to read.
std::string picture_of(const std::string& address) {
  const std::string dot("\0\xff", 2);
  std::string packed(64, '\0');
  uLongf size = packed.size();
  compress(reinterpret_cast<Bytef*>(packed.data()), &size,
           reinterpret_cast<const Bytef*>(dot.data()), dot.size());
  packed.resize(size);
  return "\x89PNG\r\n\x1a\n" +
         chunk("IHDR", big_endian(1) + big_endian(1) + std::string("\x08\0\0\0\0", 5)) +
         chunk("tEXt", std::string("Comment\0", 8) + address) + chunk("IDAT", packed) +
         chunk("IEND", "");
}

std::string base64(std::string_view bytes) {
  std::string text = base64url(bytes);
  for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
  while (text.size() % 4 != 0) text += '=';
  return text;
}

std::string address_of(const User& user, const std::string& secret) {
  return "otpauth://totp/DHIS2:" + user.username + "?secret=" + secret + "&issuer=DHIS2";
}

std::string code_in(const Request& request) {
  const Json body = Json::parse(request.body, nullptr, false);
  return body.is_object() ? body.value("code", "") : "";
}

const char* type_of(Factor factor) {
  if (factor == Factor::kOn) return "TOTP_ENABLED";
  return factor == Factor::kNone ? "NOT_ENABLED" : "ENROLLING_TOTP";
}

Reply only_for(int major, const char* authority) {
  return told(major, 403,
              "Access is denied, requires one Authority from [" + std::string(authority) + "]");
}

}  // namespace

AccountPages::AccountPages(const Country& country, Accounts& accounts, Sessions& sessions)
    : country_(country),
      accounts_(accounts),
      sessions_(sessions),
      major_(country.settings().major) {}

std::optional<Reply> AccountPages::answer(const Request& request) {
  const std::string& path = request.path;
  if (path.starts_with("/2fa/")) return second_factor(request);
  if (path.starts_with("/me/")) return own_password(request);
  if (path.starts_with("/users/twoFactor")) return second_factors(request);
  if (path.starts_with("/users/")) return other_user(request);
  if (path.starts_with("/auth/impersonate")) return impersonate(request);
  if (path == "/sessions" && major_ >= 42) return list_sessions(request);
  return std::nullopt;
}

Reply AccountPages::done(const std::string& message) const {
  return json_reply(
      Json{{"httpStatus", "OK"}, {"httpStatusCode", 200}, {"status", "OK"}, {"message", message}});
}

std::optional<Reply> AccountPages::second_factor(const Request& request) {
  const std::string call = request.method + " " + request.path.substr(5);
  const std::string& name = request.user->username;
  const Factor factor = accounts_.factor(name);
  if (call == "GET enabled") return json_reply(Json(factor == Factor::kOn));
  if (major_ <= 41) return older_second_factor(request, call);
  if (call == "GET qrCodeJson") {
    if (factor != Factor::kEnrolling) {
      return told(major_, 409, "User is not in TOTP 2FA enrollment mode", "E3047");
    }
    const std::string secret = accounts_.secret(name);
    return json_reply(
        Json{{"base32Secret", secret},
             {"base64QRImage", base64(picture_of(address_of(*request.user, secret)))}});
  }
  if (call == "POST enrollEmail2FA") {
    return told(major_, 409, "Email based 2FA is not enabled", "E3045");
  }
  if (call == "POST enrollTOTP2FA") {
    if (factor == Factor::kOn) {
      return told(major_, 409,
                  "User has 2FA enabled already, disable 2FA before you try to enroll again",
                  "E3022");
    }
    accounts_.enrol(name);
    return done(
        "The user has enrolled in TOTP 2FA, call the QR code endpoint to continue the process");
  }
  if (call == "POST enable") return enable(request);
  if (call == "POST disable") return disable(request);
  return std::nullopt;
}

Reply AccountPages::enable(const Request& request) {
  const std::string& name = request.user->username;
  if (accounts_.factor(name) != Factor::kEnrolling) {
    return told(major_, 409,
                major_ >= 42 ? "User must start 2FA enrollment first"
                             : "User must call the /qrCode endpoint first",
                "E3029");
  }
  const std::string code = code_in(request);
  if (major_ >= 42 && code.empty()) {
    return told(major_, 409, "2FA code can not be null or empty", "E3050");
  }
  if (!accounts_.right_code(name, code)) {
    return major_ >= 42 ? told(major_, 403, "Invalid 2FA code", "E3023")
                        : told(major_, 401, "Invalid 2FA code");
  }
  accounts_.set_factor(name, Factor::kOn);
  return done(major_ >= 42 ? "2FA was enabled successfully"
                           : "Two factor authentication was enabled successfully");
}

Reply AccountPages::disable(const Request& request) {
  const std::string& name = request.user->username;
  if (accounts_.factor(name) != Factor::kOn) {
    return told(major_, 409, "Two factor authentication is not enabled", "E3031");
  }
  if (!accounts_.right_code(name, code_in(request))) {
    return major_ >= 42 ? told(major_, 403, "Invalid 2FA code", "E3023")
                        : told(major_, 401, "Invalid 2FA code");
  }
  accounts_.set_factor(name, Factor::kNone);
  return done(major_ >= 42 ? "2FA was disabled successfully"
                           : "Two factor authentication was disabled successfully");
}

Reply AccountPages::older_second_factor(const Request& request, const std::string& call) {
  const std::string& name = request.user->username;
  if (call == "POST enabled") return enable(request);
  if (call == "POST disabled") return disable(request);
  if (call == "GET qr") return json_reply(Json{{"url", "url"}}, 202);
  if (call != "GET qrCode") return html_error(404);
  if (request.header("Accept").find("octet-stream") == std::string::npos) {
    return told(major_, 406, "Could not find acceptable representation");
  }
  if (accounts_.factor(name) == Factor::kOn) {
    return tomcat_page(500,
                       "Request processing failed; nested exception is "
                       "org.hisp.dhis.dxf2.webmessage.WebMessageException",
                       "org.springframework.web.util.NestedServletException");
  }
  Reply reply = bare(202);
  reply.body = picture_of(address_of(*request.user, accounts_.enrol(name)));
  reply.content_type = "application/octet-stream";
  return reply;
}

std::string AccountPages::complaint(const std::string& password) const {
  const size_t most = major_ <= 40 ? 60 : 72;
  if (password.size() >= 8 && password.size() <= most) return "";
  return "Password must have at least 8, and at most " + std::to_string(most) + " characters";
}

std::optional<Reply> AccountPages::own_password(const Request& request) {
  const std::string& name = request.user->username;
  const std::string call = request.method + " " + request.path.substr(4);
  if (call == "POST verifyPassword") {
    return json_reply(Json{{"isCorrectPassword", accounts_.has_password(name, request.body)}});
  }
  if (call == "POST validatePassword") {
    const std::string why = complaint(request.body);
    Json body = {{"isValidPassword", why.empty()}};
    if (!why.empty()) body["errorMessage"] = why;
    return json_reply(body);
  }
  if (call != "PUT changePassword") return std::nullopt;
  const Json body = Json::parse(request.body, nullptr, false);
  if (!body.is_object() || !accounts_.has_password(name, body.value("oldPassword", ""))) {
    return told(major_, 409, "OldPassword is incorrect", "E1004");
  }
  const std::string word = body.value("newPassword", "");
  if (const std::string why = complaint(word); !why.empty()) return told(major_, 409, why, "E1004");
  accounts_.set_password(name, word);
  return bare(202);
}

std::optional<Reply> AccountPages::other_user(const Request& request) {
  if (request.method != "POST") return std::nullopt;
  const std::string rest = request.path.substr(7);
  const size_t slash = rest.find('/');
  if (slash == std::string::npos) return std::nullopt;
  const std::string uid = rest.substr(0, slash), call = rest.substr(slash + 1);
  if (call != "enabled" && call != "disabled" && call != "twoFA/disabled") return std::nullopt;
  const Json* object = country_.find("users", uid);
  if (!object) return told(major_, 404, "User with id " + uid + " could not be found.", "E1005");
  if (!request.user->has("F_USER_ADD")) {
    return told(major_, 403, "You don't have the proper permissions to update this user.", "E1006");
  }
  const std::string name = object->at("username").get<std::string>();
  if (call == "twoFA/disabled") {
    accounts_.set_factor(name, Factor::kNone);
    return json_reply(Json{{"httpStatus", "OK"}, {"httpStatusCode", 200}, {"status", "OK"}});
  }
  accounts_.disable(name, call == "disabled");
  return bare(204);
}

std::optional<Reply> AccountPages::second_factors(const Request& request) {
  if (request.method != "GET") return std::nullopt;
  const bool summary = request.path == "/users/twoFactor/summary";
  if (major_ < 43) {
    if (major_ == 42 && !summary) return told(42, 405, "Request method 'GET' is not supported");
    return told(major_, 404, "User with id twoFactor could not be found.", "E1005");
  }
  if (!request.user->has("ALL")) return only_for(major_, "ALL");
  Json users = Json::array();
  int on = 0, privileged = 0, bare_handed = 0;
  for (const User& user : country_.users()) {
    const Factor factor = accounts_.factor(user.username);
    on += factor == Factor::kOn;
    privileged += user.has("ALL");
    bare_handed += user.has("ALL") && factor != Factor::kOn;
    Json row = {{"id", user.uid}, {"username", user.username}, {"name", user.name}};
    row["twoFactorType"] = type_of(factor);
    const std::string email = country_.find("users", user.uid)->value("email", "");
    if (!email.empty()) row["email"] = email;
    row["disabled"] = accounts_.disabled(user);
    row["invitation"] = false;
    users.push_back(row);
  }
  const int all = static_cast<int>(users.size());
  if (!summary) {
    Json pager = {{"page", 1}, {"total", all}, {"pageSize", 50}, {"pageCount", 1}};
    return json_reply(Json{{"pager", pager}, {"users", users}});
  }
  Json types = {{"NOT_ENABLED", all - on},
                {"TOTP_ENABLED", on},
                {"EMAIL_ENABLED", 0},
                {"ENROLLING_TOTP", 0},
                {"ENROLLING_EMAIL", 0}};
  Json of_all = {{"withAllAuthority", privileged}, {"withAllAuthorityMissing2FA", bare_handed}};
  return json_reply(Json{{"totalUsers", all},
                         {"enabled", on},
                         {"disabled", all - on},
                         {"coveragePercent", 100.0 * on / all},
                         {"byType", types},
                         {"privileged", of_all}});
}

std::optional<Reply> AccountPages::impersonate(const Request& request) {
  if (major_ < 43) {
    return tomcat_page(404, major_ == 42 ? "No static resource api/auth/impersonate." : "");
  }
  if (request.path != "/auth/impersonate" || request.method != "POST") return std::nullopt;
  if (!request.user->has("F_IMPERSONATE_USER")) return only_for(major_, "F_IMPERSONATE_USER");
  const std::string name = request.param("username").value_or("");
  const User* user = country_.user(name);
  if (!user) return told(major_, 404, "Username not found: " + name, "E1005");
  Reply reply = json_reply(Json{{"status", "IMPERSONATION_SUCCESS"}, {"username", name}});
  reply.headers.emplace_back("Set-Cookie", sessions_.cookie(sessions_.open(name)));
  return reply;
}

void AccountPages::add_second_factor(const Request& request, Reply& reply) {
  const std::string name = "\"twoFactorType\":\"";
  const size_t at = reply.body.find(name + "NOT_ENABLED\"");
  if (at == std::string::npos) return;
  const std::string type = type_of(accounts_.factor(request.user->username));
  reply.body.replace(at + name.size(), std::string("NOT_ENABLED").size(), type);
}

Reply AccountPages::list_sessions(const Request& request) {
  if (!request.user->has("ALL")) return only_for(major_, "ALL");
  Json list = Json::object();
  for (const auto& [id, name] : sessions_.listed()) {
    std::string mark;
    for (const char c : sha256(id).substr(0, 20)) {
      constexpr const char* kHex = "0123456789abcdef";
      mark += kHex[static_cast<unsigned char>(c) >> 4];
      mark += kHex[c & 0xf];
    }
    list[mark] = name + ", (active)";
  }
  return json_reply(list);
}

}  // namespace sandbox
