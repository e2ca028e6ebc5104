// SPDX-License-Identifier: BSD-3-Clause
// Redirects, retries, caps and words of failure around the bare exchange.
#include "dhis2/client.h"

#include <algorithm>
#include <cstdlib>
#include <random>
#include <utility>

#include "dhis2/error.h"
#include "dhis2/gate.h"
#include "dhis2/http.h"
#include "dhis2/inflate.h"
#include "dhis2/page.h"
#include "dhis2/request_check.h"
#include "dhis2/retry.h"

namespace dhis2mcp {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t kDocumentBytes = 16UL * 1024 * 1024;
constexpr std::uint64_t kWireBytes = 64UL * 1024 * 1024;
constexpr std::uint64_t kRelayedErrorBytes = 1024UL * 1024;
constexpr int kRedirects = 3;

Error unavailable(const std::string& message, std::string hint, bool retry) {
  Error error(ErrorKind::unavailable, message, std::move(hint));
  error.retry = retry;
  return error;
}

[[noreturn]] void throw_cancelled() {
  throw Error(ErrorKind::cancelled, "the call was cancelled", "Ask again if it is still wanted.");
}

double chance() {
  thread_local std::minstd_rand generator{std::random_device{}()};
  return std::uniform_real_distribution<double>(0.0, 1.0)(generator);
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

std::string certificate_hint(const std::string& detail) {
  if (detail.find("expired") != std::string::npos) {
    return "The administrator of the server has to renew its certificate; check this machine's "
           "clock, too.";
  }
  if (detail.find("host name") != std::string::npos) {
    return "Use the host name that the certificate is made for, or have it made for this one.";
  }
  return "If the certificate is your organisation's own, put its authority into a PEM file and "
         "name it as `ca_file` of the profile. Verification cannot be switched off.";
}

const char* proxy_variable(const BaseUrl& base) {
  return base.https() ? "HTTPS_PROXY" : "http_proxy";
}

// Without its user and password.
std::string name_of(const Proxy& proxy, const BaseUrl& base) {
  return "the proxy " + proxy.host + ":" + std::to_string(proxy.port) + " of " +
         proxy_variable(base);
}

// What goes wrong before the proxy has made a connection: DHIS2 has no part in it.
std::optional<Error> error_of_proxy(const Outcome& outcome, const BaseUrl& base,
                                    const Proxy& proxy) {
  const std::string name = name_of(proxy, base);
  std::string why;
  switch (outcome.trouble) {
    case Trouble::name:
      why = "the host name of " + name + " does not resolve (" + outcome.detail + ")";
      break;
    case Trouble::refused:
      why = name + " takes no connection";
      break;
    case Trouble::connect_timeout:
      why = name + " does not answer";
      break;
    case Trouble::proxy:
      why = outcome.status == 0
                ? name + " breaks off"
                : name + " refuses it (HTTP " + std::to_string(outcome.status) + ")";
      break;
    default:
      return std::nullopt;
  }
  const std::string variable = proxy_variable(base);
  return unavailable(
      "no connection to " + base.origin() + ": " + why,
      outcome.status == 407 ? "Put the proxy's user name and password into " + variable + "."
                            : "Check " + variable + ", or add the host to NO_PROXY.",
      outcome.trouble == Trouble::refused || outcome.trouble == Trouble::connect_timeout);
}

// A query stays out of the words: it may hold names of persons.
std::string line_of(const Request& request) {
  return std::string(to_string(request.method)) + " " + request.path;
}

std::string failed(const Request& request, const std::string& at) {
  return line_of(request) + " failed at " + at;
}

Error error_of_server(const Outcome& outcome, const BaseUrl& base, const std::string& at,
                      const Request& request) {
  switch (outcome.trouble) {
    case Trouble::name:
      return unavailable(
          "the host name " + base.host() + " does not resolve (" + outcome.detail + ")",
          "Check the spelling of the URL and the network connection (VPN, DNS).", false);
    case Trouble::refused:
      return unavailable("no connection to " + at + ": it was refused, or there is no way there",
                         "Check host and port of the URL, and that the server runs.", true);
    case Trouble::connect_timeout:
      return unavailable("no connection to " + at + ": nobody answers",
                         "Check host and port of the URL; a firewall or a missing VPN looks like "
                         "this, too.",
                         true);
    case Trouble::certificate:
      return unavailable("the certificate of " + at + " is not accepted: " + outcome.detail,
                         certificate_hint(outcome.detail), false);
    case Trouble::not_tls:
      return unavailable("what answers at " + at + " speaks no TLS",
                         "If the server really has no TLS, its URL starts with http://; else check "
                         "the port.",
                         false);
    case Trouble::tls:
      return unavailable("no TLS connection to " + at + ": " + outcome.detail,
                         "Check the port; the server must speak TLS 1.2 or newer.", false);
    case Trouble::no_answer:
      return unavailable(failed(request, at) + ": the connection was closed before an answer came",
                         base.https()
                             ? "Ask again; if it stays so, check the port of the URL."
                             : "If the server speaks TLS at this port, its URL starts with "
                               "https://; else ask again.",
                         true);
    case Trouble::cut:
      return unavailable(failed(request, at) + ": the answer is cut short",
                         "Ask again, or ask for less at a time.", true);
    case Trouble::not_http:
      return unavailable(failed(request, at) + ": the answer is no sound HTTP: " + outcome.detail,
                         "Check host and port of the URL, and any proxy on the way.", false);
    case Trouble::deadline:
      return unavailable(at + " did not answer " + line_of(request) + " in time",
                         "Ask for less at a time, or ask again later.", true);
    default:
      return {ErrorKind::cancelled, "the call was cancelled", "Ask again if it is still wanted."};
  }
}

}  // namespace

class Client::Wire {
 public:
  Wire(BaseUrl base, WireOptions options)
      : base_(std::move(base)),
        options_(std::move(options)),
        proxy_(choose_proxy(base_, [](const char* name) { return std::getenv(name); })),
        at_(base_.origin() + (proxy_ ? " (through " + name_of(*proxy_, base_) + ")" : "")),
        http_(base_, options_.ca_file, proxy_),
        host_and_port_(base_.host() + ":" + std::to_string(base_.port())) {}

  const BaseUrl& base() const { return base_; }

  Response send(const Request& request, const Patience& patience, const BodySink& sink) {
    check_request(request);
    const Deadline deadline = std::chrono::steady_clock::now() + patience.budget;
    std::string target = target_of(request);
    for (int hops = 0;; ++hops) {
      Response response = send_with_retries(request, target, deadline, patience.stop, sink);
      const auto next = next_target(request, response);
      if (!next) return response;
      if (hops == kRedirects) {
        throw unavailable(
            base_.origin() + " redirects in a circle, last to " + one_line(*next, 200),
            "Check the URL of the profile and the server's own base URL.", false);
      }
      target = *next;
    }
  }

  Response relay(const Request& request, const Patience& patience, const PassThrough& through) {
    check_request(request);
    if (patience.stop.stop_requested()) throw_cancelled();
    Response response;
    response.target = target_of(request);
    std::optional<Inflater> inflater;  // of an answer that stays here
    const Inflater::Out take = [&](std::string_view piece) {
      if (response.body.size() + piece.size() > kRelayedErrorBytes) {
        throw_too_large(request, "1 MB");
      }
      response.body.append(piece);
      return true;
    };
    WireRequest out;
    out.method = to_string(request.method);
    out.target = response.target;
    out.headers = headers_of(request, through.gzip ? "gzip" : "identity");
    out.on_head = [&](int status, Headers headers) {
      response.status = status;
      response.headers = std::move(headers);
      if (status / 100 == 2 || status == 304) return through.head(status, response.headers);
      const std::string* encoding = find_header(response.headers, "Content-Encoding");
      if (request.method != Method::head) {
        inflater.emplace(encoding ? *encoding : "", failed(request, at_));
      }
    };
    out.on_piece = [&](std::string_view piece) {
      return inflater ? inflater->feed(piece, take) : through.piece(piece);
    };
    const Outcome outcome =
        http_.send(out, std::chrono::steady_clock::now() + patience.budget, patience.stop);
    if (outcome.trouble != Trouble::none) throw error_of(outcome, request);
    if (inflater) inflater->finish();
    return response;
  }

 private:
  std::string target_of(const Request& request) const {
    std::string target = base_.context() + request.path;
    if (!request.query.empty()) target.append(1, '?').append(request.query.text());
    return target;
  }

  std::optional<std::string> next_target(const Request& request, const Response& response) const {
    if (!may_be_sent_again(request.method) || !is_redirect(response.status)) return std::nullopt;
    const std::string* location = find_header(response.headers, "Location");
    if (location == nullptr || is_login_location(*location)) return std::nullopt;
    return same_origin_target(base_, response.target, *location);
  }

  Response send_with_retries(const Request& request, const std::string& target, Deadline deadline,
                             const std::stop_token& stop, const BodySink& sink) {
    for (int tries = 1;; ++tries) {
      if (stop.stop_requested()) throw_cancelled();
      Response response;
      const Outcome outcome = send_once(request, target, deadline, stop, sink, response);
      const bool last = tries == kTries || !may_be_sent_again(request.method);
      std::optional<milliseconds> pause;
      if (outcome.trouble == Trouble::none || outcome.trouble == Trouble::reader_stopped) {
        if (last || !asks_for_patience(response.status)) return response;
        pause = pause_before_retry(response, tries);
        if (!pause || !fits(*pause, deadline)) return response;
      } else {
        const bool again =
            outcome.trouble == Trouble::refused || outcome.trouble == Trouble::no_answer;
        pause = backoff(tries, chance());
        if (last || !again || !fits(*pause, deadline)) throw error_of(outcome, request);
      }
      wait(*pause, stop);
    }
  }

  // Nothing when the server asks for more patience than anybody has.
  static std::optional<milliseconds> pause_before_retry(const Response& response, int tries) {
    const std::string* after = find_header(response.headers, "Retry-After");
    if (after == nullptr) return backoff(tries, chance());
    const auto pause = read_retry_after(*after, std::chrono::system_clock::now());
    if (!pause) return backoff(tries, chance());
    if (*pause > kLongestRetryAfter) return std::nullopt;
    return pause;
  }

  static bool fits(milliseconds pause, Deadline deadline) {
    return std::chrono::steady_clock::now() + pause < deadline;
  }

  void wait(milliseconds pause, const std::stop_token& stop) const {
    if (options_.pause) {
      options_.pause(pause);
    } else {
      pause_for(pause, stop);
    }
    if (stop.stop_requested()) throw_cancelled();
  }

  Outcome send_once(const Request& request, const std::string& target, Deadline deadline,
                    const std::stop_token& stop, const BodySink& sink, Response& response) {
    const Place place(host_and_port_, deadline, stop);
    response.target = target;
    std::optional<Inflater> inflater;
    std::uint64_t wire_bytes = 0;
    bool to_sink = false;
    const Inflater::Out take = [&](std::string_view piece) {
      if (to_sink) return sink(piece);
      if (response.body.size() + piece.size() > kDocumentBytes) throw_too_large(request, "16 MB");
      response.body.append(piece);
      return true;
    };
    WireRequest out;
    out.method = to_string(request.method);
    out.target = target;
    out.body = request.body;
    out.headers = headers_of(request, "gzip");
    out.fresh = !may_be_sent_again(request.method);
    out.on_head = [&](int status, Headers headers) {
      response.status = status;
      response.headers = std::move(headers);
      const std::string* encoding = find_header(response.headers, "Content-Encoding");
      if (request.method != Method::head) {
        inflater.emplace(encoding ? *encoding : "", failed(request, at_));
      }
      to_sink = sink && status >= 200 && status < 300;
    };
    out.on_piece = [&](std::string_view piece) {
      wire_bytes += piece.size();
      if (!to_sink && wire_bytes > kWireBytes) throw_too_large(request, "16 MB");
      return inflater->feed(piece, take);
    };
    Outcome outcome = http_.send(out, deadline, stop);
    if (outcome.trouble == Trouble::none && inflater) inflater->finish();
    return outcome;
  }

  [[noreturn]] void throw_too_large(const Request& request, const char* bound) const {
    throw unavailable(failed(request, at_) + ": the answer is larger than " + bound +
                          " and was not read to its end",
                      "Ask for less: name `fields`, a filter or a page.", false);
  }

  Error error_of(const Outcome& outcome, const Request& request) const {
    if (proxy_) {
      if (auto error = error_of_proxy(outcome, base_, *proxy_)) return *error;
    }
    Error error = error_of_server(outcome, base_, at_, request);
    if (proxy_ && error.kind == ErrorKind::unavailable) {
      error.hint += std::string(" Check ") + proxy_variable(base_) + " and NO_PROXY, too.";
    }
    return error;
  }

  static Headers headers_of(const Request& request, const char* encoding) {
    Headers headers = request.headers;
    headers.emplace_back("Accept", request.accept);
    headers.emplace_back("Accept-Encoding", encoding);
    headers.emplace_back("User-Agent", "dhis2-mcp/" DHIS2_MCP_VERSION);
    // Without it DHIS2 answers a missing sign-in by a redirect to its login page.
    headers.emplace_back("X-Requested-With", "XMLHttpRequest");
    if (!request.content_type.empty()) headers.emplace_back("Content-Type", request.content_type);
    return headers;
  }

  const BaseUrl base_;
  const WireOptions options_;
  const std::optional<Proxy> proxy_;
  const std::string at_;  // the server, and the way to it
  Http http_;
  const std::string host_and_port_;
};

Client::Client(BaseUrl base, WireOptions options)
    : wire_(std::make_unique<Wire>(std::move(base), std::move(options))) {}

Client::~Client() = default;

const BaseUrl& Client::base() const { return wire_->base(); }

Response Client::send(const Request& request, const Patience& patience, const BodySink& sink) {
  return wire_->send(request, patience, sink);
}

Response Client::relay(const Request& request, const Patience& patience,
                       const PassThrough& through) {
  return wire_->relay(request, patience, through);
}

}  // namespace dhis2mcp
