// SPDX-License-Identifier: BSD-3-Clause
// From the socket to the handlers: container, context path, public pages, sign-in, negotiation.
#include "tests/sandbox/server.h"

#include <algorithm>
#include <iostream>
#include <stdexcept>
#include <thread>

#include <httplib.h>

#include "tests/sandbox/account_pages.h"
#include "tests/sandbox/cors.h"
#include "tests/sandbox/csrf.h"
#include "tests/sandbox/identity.h"
#include "tests/sandbox/public_pages.h"
#include "tests/sandbox/routes.h"
#include "tests/sandbox/target.h"

namespace sandbox {
namespace {

// One thread a keep-alive connection, and some to spare.
constexpr size_t kThreads = 96;

Request request_from(const httplib::Request& raw, const Target& target,
                     const std::string& context) {
  Request request;
  request.method = raw.method;
  request.path = target.path;
  request.extension = target.extension;
  request.query = target.query;
  request.params = target.params;
  for (const auto& [name, value] : raw.headers) request.headers.emplace_back(name, value);
  request.body = raw.body;
  request.remote = raw.remote_addr;
  const std::string host = raw.get_header_value("Host");
  request.base_url = "http://" + (host.empty() ? "127.0.0.1" : host) + context;
  return request;
}

bool takes_json(std::string_view accept) {
  if (accept.empty()) return true;
  return accept.find("json") != std::string_view::npos ||
         accept.find("*/*") != std::string_view::npos ||
         accept.find("application/*") != std::string_view::npos;
}

// DHIS2 answers in JSON; asked for what it cannot write, the container answers in HTML, and any
// error turns into 500 (2.40-2.43).
Reply negotiated(const Request& request, Reply reply) {
  if (takes_json(request.header("Accept")) || !reply.content_type.starts_with("application/json")) {
    return reply;
  }
  if (reply.body.empty() || reply.status == 501) return reply;
  return html_error(reply.status < 400 ? 406 : 500,
                    "Acceptable representations: [application/json]");
}

}  // namespace

struct Server::Parts {
  Parts(const Settings& settings, const Fault& the_fault)
      : country(settings),
        accounts(country),
        sessions(country.settings()),
        login(country, accounts, sessions),
        identity(country, accounts, sessions, login),
        account_pages(country, accounts, sessions),
        cors(country.settings()),
        csrf(country.settings()),
        fault(the_fault) {}

  Reply reply_to(Request& request, const Target& target);
  Reply web_page(const Request& request, const Target& target);
  Reply signed_in(Request& request, const Target& target);
  Reply api_answer(const Request& request);
  void handle(const httplib::Request& raw, httplib::Response& response);

  Country country;
  Accounts accounts;
  Sessions sessions;
  Login login;
  Identity identity;
  AccountPages account_pages;
  Cors cors;
  Csrf csrf;
  Fault fault;
  std::unique_ptr<AuthorizationServer> oauth;
  httplib::Server http;
  int port = 0;
  std::thread thread;
};

Reply Server::Parts::api_answer(const Request& request) {
  if (auto reply = identity.answer(request)) return *reply;
  if (auto reply = oauth->api(request)) return *reply;
  if (auto reply = account_pages.answer(request)) return *reply;
  if (auto reply = cors.answer(request)) return *reply;
  Reply reply = negotiated(request, answer(country, request));
  if (request.path == "/me") account_pages.add_second_factor(request, reply);
  return reply;
}

Reply Server::Parts::signed_in(Request& request, const Target& target) {
  if (auto early = cors.before(request)) return *early;
  Identity::Verdict verdict = identity.check(request, target, *oauth);
  Reply reply = verdict.refusal;
  if (verdict.user) {
    request.user = verdict.user;
    reply = api_answer(request);
    const bool opened =
        std::any_of(reply.headers.begin(), reply.headers.end(), [](const auto& header) {
          return header.first == "Set-Cookie" && header.second.starts_with("JSESSIONID=");
        });
    if (!verdict.new_session.empty() && !opened) {
      reply.headers.emplace_back("Set-Cookie", sessions.cookie(verdict.new_session));
    }
    if (country.settings().major >= 43) {
      reply.headers.emplace_back("Set-Cookie", sessions.expiry_cookie());
    }
  }
  cors.after(request, reply);
  return reply;
}

// Pages outside /api that no one else claims. From 2.42 on a single name below /oauth2 is taken
// for the name of an app, and credentials sent as Basic are judged here as well.
Reply Server::Parts::web_page(const Request& request, const Target& target) {
  const std::string root = "/oauth2/";
  if (country.settings().major < 42) return login.page(request, target);
  const std::string& path = target.whole;
  if (request.header("Authorization").starts_with("Basic") && path != "/oauth2/par") {
    const Identity::Verdict verdict = identity.check(request, target, *oauth);
    if (!verdict.user) return verdict.refusal;
  }
  if (!path.starts_with(root) || path == "/oauth2/device_verification") {
    return login.page(request, target);
  }
  if (path.find('/', root.size()) == std::string::npos) {
    return redirect(country.settings().context + path + "/", 301);
  }
  return tomcat_page(404, "No static resource " + path.substr(1) + ".");
}

Reply Server::Parts::reply_to(Request& request, const Target& target) {
  if (target.malformed) return html_error(400, "Invalid character found in the request target");
  if (!target.below_context) return html_error(404);
  if (auto own = oauth->answer(request, target)) return *own;
  Reply reply;
  if (auto refusal = csrf.before(request)) {
    reply = *refusal;
  } else if (auto page = login.answer(request, target)) {
    reply = *page;
  } else if (auto free = public_page(country, request, target)) {
    reply = *free;
  } else if (!target.api) {
    reply = web_page(request, target);
  } else {
    // A version that is not served is told only to those who are signed in.
    if (!target.known_version) request.path = "/" + target.version + request.path;
    reply = signed_in(request, target);
  }
  csrf.after(request, reply);
  return reply;
}

void Server::Parts::handle(const httplib::Request& raw, httplib::Response& response) {
  const Settings& settings = country.settings();
  const Target target = Target::parse(raw.target, settings);
  const bool struck = target.below_context && fault.strikes(target.whole);
  if (struck && replace(fault, raw, response)) return;
  Request request = request_from(raw, target, settings.context);
  Reply reply = reply_to(request, target);
  reply.headers.emplace_back("X-Content-Type-Options", "nosniff");
  send(struck ? &fault : nullptr, reply, response);
}

Server::Server(const Settings& settings, int port, const Fault& fault)
    : parts_(std::make_unique<Parts>(settings, fault)) {
  Parts& parts = *parts_;
  parts.http.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  parts.http.set_keep_alive_max_count(100000);
  parts.http.set_tcp_nodelay(true);
  // Without the library's SO_REUSEPORT, with which two servers would share a port in silence.
  parts.http.set_socket_options([](socket_t socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
  // A bug of the practice server must not look like an answer of DHIS2.
  parts.http.set_exception_handler([](const httplib::Request& raw, httplib::Response& response,
                                      const std::exception_ptr& thrown) {
    std::string what = "unknown";
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& error) {
      what = error.what();
    } catch (...) {
    }
    std::cerr << "dhis2-sandbox: " << raw.method << " " << raw.target << ": " << what << "\n";
    response.status = 501;
    response.set_content("The practice DHIS2 failed: " + what, "text/plain");
  });
  const auto handler = [&parts](const httplib::Request& raw, httplib::Response& response) {
    parts.handle(raw, response);
  };
  parts.http.Get(".*", handler).Post(".*", handler).Put(".*", handler).Patch(".*", handler);
  parts.http.Delete(".*", handler).Options(".*", handler);
  if (port == 0) {
    parts.port = parts.http.bind_to_any_port("127.0.0.1");
  } else if (parts.http.bind_to_port("127.0.0.1", port)) {
    parts.port = port;
  }
  if (parts.port <= 0) throw std::runtime_error("port " + std::to_string(port) + " is taken");
  parts.oauth = authorization_server(parts.country, parts.accounts, parts.sessions, parts.login,
                                     parts.fault, base_url());
  parts.thread = std::thread([&parts] { parts.http.listen_after_bind(); });
  parts.http.wait_until_ready();
}

Server::~Server() {
  parts_->http.stop();
  parts_->thread.join();
}

void Server::restart() {
  parts_->sessions.close_all();
  parts_->identity.restart();
  parts_->oauth->restart();
}

int Server::port() const { return parts_->port; }

std::string Server::base_url() const {
  return "http://127.0.0.1:" + std::to_string(parts_->port) + parts_->country.settings().context;
}

const Country& Server::country() const { return parts_->country; }

}  // namespace sandbox
