// SPDX-License-Identifier: BSD-3-Clause
// From the signed client's callbacks straight into the socket.
#include "server/proxy_relay.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>

#include "dhis2/ascii.h"
#include "dhis2/error.h"
#include "server/log.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view kAlsoPersonal[] = {"fileResources", "programMessages",
                                              "potentialDuplicates"};

// How a failure of ours is told by status. DHIS2's 401 is about the profile's credential, which is
// no business of the page: 401 from here means the proxy's own token.
int status_of(const Error& error) {
  switch (error.kind) {
    case ErrorKind::bad_input:
      return 400;
    case ErrorKind::refused:
    case ErrorKind::forbidden:
      return 403;
    case ErrorKind::not_found:
      return 404;
    case ErrorKind::rate_limited:
      return 429;
    case ErrorKind::internal:
      return 500;
    default:
      return 502;
  }
}

void add(Headers& headers, const char* name, const std::string& value) {
  if (!value.empty()) headers.emplace_back(name, value);
}

std::size_t milliseconds_since(Clock::time_point start) {
  return static_cast<std::size_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count());
}

}  // namespace

bool needs_masking(std::string_view path) {
  if (holds_persons(path)) return true;
  path.remove_prefix(std::min<std::size_t>(path.size(), std::string_view("/api/").size()));
  const std::string_view type = path.substr(0, path.find_first_of("/."));
  return std::find(std::begin(kAlsoPersonal), std::end(kAlsoPersonal), type) !=
         std::end(kAlsoPersonal);
}

ProxyRelay::~ProxyRelay() { close(wire_.descriptor); }

// Shutting it down wakes whoever waits for room in it.
void ProxyRelay::stop() {
  stop_.request_stop();
  shutdown(wire_.descriptor, SHUT_RDWR);
}

void ProxyRelay::run(Connections& connections) {
  const Clock::time_point start = Clock::now();
  try {
    ask(*connections.client(call_.profile));
  } catch (const ConfigurationError& error) {
    log_event(LogLevel::error, "proxy", {{"why", std::string_view(error.what())}});
    say(500, "The proxy cannot use this profile; its terminal says why.");
  } catch (const Error& error) {
    fail(error);
  } catch (const std::exception& bug) {
    log_event(LogLevel::error, "proxy", {{"why", std::string_view(bug.what())}});
    say(500, "The proxy made a mistake; its terminal says which.");
  }
  log_event(LogLevel::info, "proxy",
            {{"profile", call_.profile},
             {"method", to_string(call_.method)},
             {"path", call_.read.path},
             {"status", static_cast<std::size_t>(status_)},
             {"bytes", static_cast<std::size_t>(bytes_)},
             {"ms", milliseconds_since(start)},
             {"cut", std::string_view(whole_ ? "" : "true")}});
}

void ProxyRelay::ask(SignedClient& client) {
  const Profile& profile = client.profile();
  if (!profile.pii_allowed && needs_masking(call_.read.path)) {
    throw Error(ErrorKind::refused,
                call_.read.path +
                    " may hold persons' data, which this proxy cannot mask, and the "
                    "profile " +
                    profile.name + " masks them (pii: mask).",
                "Let the page ask for figures, or allow it for a profile of its own: dhis2-mcp "
                "profile add NAME ... --pii allow");
  }
  Request request;
  request.method = call_.method;
  request.path = call_.read.path;
  request.query = call_.read.query;
  if (!call_.accept.empty()) request.accept = call_.accept;
  add(request.headers, "Accept-Language", call_.language);
  add(request.headers, "If-None-Match", call_.if_none_match);
  add(request.headers, "If-Modified-Since", call_.if_modified_since);
  const PassThrough through{call_.gzip,
                            [this](int status, const Headers& headers) { begin(status, headers); },
                            [this](std::string_view text) { return piece(text); }};
  const Response response = client.pass(request, {stop_.get_token(), wire_.budget}, through);
  if (status_ != 0) {
    finish();
  } else {
    answer(profile, response);
  }
}

void ProxyRelay::begin(int status, const Headers& headers) {
  if (is_script(headers)) {
    throw Error(ErrorKind::refused, "JSONP is not passed on.", "Ask for JSON with fetch.");
  }
  status_ = status;
  const bool length = length_of(headers).has_value();
  if (call_.method == Method::head) {
    framing_ = length ? Framing::length : Framing::none;
  } else if (status == 204 || status == 304) {
    framing_ = Framing::none;
  } else {
    framing_ = length ? Framing::length : wire_.chunks ? Framing::chunks : Framing::until_close;
  }
  if (framing_ == Framing::until_close) wire_.keep_alive = false;
  head_ = proxy_head(status, headers, framing_, call_.cors, wire_.keep_alive);
}

bool ProxyRelay::piece(std::string_view text) {
  bytes_ += text.size();
  if (text.empty()) return true;
  if (framing_ != Framing::chunks) return send({text});
  std::array<char, 24> size{};
  const int digits = std::snprintf(size.data(), size.size(), "%zx\r\n", text.size());
  return send({{size.data(), static_cast<std::size_t>(digits)}, text, "\r\n"});
}

void ProxyRelay::finish() { whole_ = send({framing_ == Framing::chunks ? "0\r\n\r\n" : ""}); }

// What is no success is small, and was read whole to be cleaned.
void ProxyRelay::answer(const Profile& profile, const Response& response) {
  std::string further = call_.cors;
  if (response.status / 100 == 3) {
    const auto location = rewritten_location(profile, response);
    if (!location) {
      return say(502, "DHIS2 redirects to a place that this proxy does not follow.");
    }
    further.append("Location: ").append(*location).append("\r\n");
  }
  if (response.status == 401) return say(502, "DHIS2 does not take the sign-in of this profile.");
  if (is_script(response.headers)) return say(403, "JSONP is not passed on.");
  Headers headers = response.headers;
  std::erase_if(headers, [](const auto& header) {
    return same_word(header.first, "Content-Length") || same_word(header.first, "Content-Encoding");
  });
  headers.emplace_back("Content-Length", std::to_string(response.body.size()));
  status_ = response.status;
  bytes_ = response.body.size();
  const bool to_head = call_.method == Method::head;
  head_ = proxy_head(response.status, headers, to_head ? Framing::none : Framing::length, further,
                     wire_.keep_alive);
  whole_ = send({to_head ? std::string_view() : response.body});
}

void ProxyRelay::fail(const Error& error) {
  if (error.kind == ErrorKind::cancelled || sent_ || lost_) return;
  if (error.kind == ErrorKind::not_found) {
    return say(404, "There is no profile " + call_.profile + " here.");
  }
  say(status_of(error), std::string(error.what()) + (error.hint.empty() ? "" : " " + error.hint));
}

void ProxyRelay::say(int status, std::string_view sentence) {
  if (sent_ || lost_) return;
  status_ = status;
  head_.clear();
  whole_ = send({proxy_message(status, sentence, call_.cors, call_.method != Method::head,
                               wire_.keep_alive)});
}

// False when the client does not take it.
bool ProxyRelay::send(std::initializer_list<std::string_view> parts) {
  if (lost_) return false;
  std::array<iovec, 4> pieces{};
  std::size_t count = 0;
  const auto add_piece = [&](std::string_view text) {
    if (!text.empty()) pieces[count++] = {const_cast<char*>(text.data()), text.size()};
  };
  add_piece(head_);
  for (const std::string_view part : parts) add_piece(part);
  msghdr message{};
  message.msg_iov = pieces.data();
  message.msg_iovlen = count;
  while (message.msg_iovlen > 0 && !lost_) {
    const ssize_t written = sendmsg(wire_.descriptor, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) && wait_for_room()) continue;
    lost_ = written < 0;
    for (auto left = static_cast<std::size_t>(std::max<ssize_t>(written, 0)); left > 0;) {
      iovec& first = *message.msg_iov;
      const std::size_t taken = std::min(left, first.iov_len);
      first = {static_cast<char*>(first.iov_base) + taken, first.iov_len - taken};
      left -= taken;
      if (first.iov_len > 0) break;
      ++message.msg_iov;
      --message.msg_iovlen;
    }
    sent_ = sent_ || written > 0;
  }
  head_.clear();
  return !lost_;
}

bool ProxyRelay::wait_for_room() const {
  pollfd room{wire_.descriptor, POLLOUT, 0};
  const int ready = poll(&room, 1, static_cast<int>(wire_.write.count()));
  return ready > 0 && (room.revents & POLLOUT) != 0 && !stop_.stop_requested();
}

}  // namespace dhis2mcp
