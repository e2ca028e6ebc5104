// SPDX-License-Identifier: BSD-3-Clause
// The HTTP library, fenced in. What it does by itself and is relied on is pinned by
// tests/dhis2/httplib_behaviour_test.cpp.
#include "dhis2/http.h"

#include <httplib.h>

#include <chrono>
#include <csignal>
#include <exception>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "dhis2/ascii.h"
#include "dhis2/error.h"
#include "dhis2/resolve.h"

namespace dhis2mcp {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kIdleConnections = 4;
constexpr std::size_t kHeaderBytes = 300UL * 1024;
constexpr milliseconds kConnectPatience{10'000};

// Certificates of the system and of one ca_file, read once and shared by all connections.
class Trust {
 public:
  static X509_STORE* get(const std::string& ca_file) {
    static Trust trust;
    const std::lock_guard lock(trust.mutex_);
    auto& store = trust.stores_[ca_file];
    if (!store) store = load(ca_file);
    return store.get();
  }

 private:
  struct Free {
    void operator()(X509_STORE* store) const { X509_STORE_free(store); }
  };
  using Store = std::unique_ptr<X509_STORE, Free>;

  static Store load(const std::string& ca_file) {
    Store store(X509_STORE_new());
    X509_STORE_set_default_paths(store.get());
    if (!ca_file.empty()) {
      if (X509_STORE_load_file(store.get(), ca_file.c_str()) != 1) {
        ERR_clear_error();
        throw ConfigurationError(ErrorKind::bad_input,
                                 "the ca_file " + ca_file + " holds no readable certificates",
                                 "Give a PEM file with -----BEGIN CERTIFICATE----- blocks.");
      }
      // A server's own certificate may be named, without the authority above it.
      X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN);
    }
    ERR_clear_error();
    return store;
  }

  std::mutex mutex_;
  std::map<std::string, Store> stores_;
};

bool speaks_no_tls(std::uint64_t code) {
  const int reason = ERR_GET_REASON(code);
  return reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST ||
         reason == SSL_R_HTTPS_PROXY_REQUEST || reason == SSL_R_PACKET_LENGTH_TOO_LONG;
}

Outcome tls_outcome(const httplib::Result& result) {
  const std::uint64_t code = result.ssl_backend_error();
  switch (result.error()) {
    case httplib::Error::SSLServerHostnameVerification:
      return {Trouble::certificate, "it is for another host name"};
    case httplib::Error::SSLServerVerification:
      return {Trouble::certificate, X509_verify_cert_error_string(static_cast<long>(code))};
    default: {
      if (speaks_no_tls(code)) return {Trouble::not_tls, {}};
      const char* const reason = ERR_reason_error_string(code);
      return {Trouble::tls, reason == nullptr ? "the handshake broke off" : reason};
    }
  }
}

// The package decodes percent sequences in most header values: what then holds a control
// character cannot be passed on.
bool is_clean(const std::string& value) { return !has_control(value); }

Headers take_headers(const httplib::Headers& from) {
  Headers out;
  for (const auto& [name, value] : from) {
    if (is_clean(value)) out.emplace_back(name, value);
  }
  return out;
}

std::size_t size_of(const httplib::Headers& headers) {
  std::size_t total = 0;
  for (const auto& [name, value] : headers) total += name.size() + value.size() + 4;
  return total;
}

// CONNECT is made by the package, all other requests by the client.
bool is_ours(const httplib::Headers& headers) {
  return headers.find("X-Requested-With") != headers.end();
}

// A peer that has gone must be an error of the call, not the end of the process: neither the
// package nor OpenSSL's sockets ask for that themselves.
void ignore_broken_pipes() {
  static const bool once = [] {
    struct sigaction now {};
    sigaction(SIGPIPE, nullptr, &now);
    if (now.sa_handler == SIG_DFL) std::signal(SIGPIPE, SIG_IGN);
    return true;
  }();
  static_cast<void>(once);
}

template <typename Duration>
milliseconds left_until(Deadline deadline, Duration longest) {
  const auto left =
      std::chrono::duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now());
  return std::clamp<milliseconds>(left, milliseconds(1), longest);
}

}  // namespace

struct Http::Connection {
  std::shared_ptr<Interruptor> interruptor = std::make_shared<Interruptor>();
  std::unique_ptr<httplib::ClientImpl> client;

  bool is_open() const { return client->is_socket_open() != 0; }
};

class Http::Pool {
 public:
  Pool(BaseUrl base, const std::string& ca_file, std::optional<Proxy> proxy)
      : base_(std::move(base)), proxy_(std::move(proxy)) {
    ignore_broken_pipes();
    if (base_.https()) trust_ = Trust::get(ca_file);
  }

  Outcome send(const WireRequest& request, Deadline deadline, const std::stop_token& stop) {
    std::unique_ptr<Connection> connection = request.fresh ? nullptr : take_idle();
    if (connection) {
      Outcome outcome = exchange(*connection, request, deadline, stop);
      // Most likely it was closed while it was idle, and nobody has read the request.
      if (outcome.trouble != Trouble::no_answer) {
        keep(std::move(connection), outcome);
        return outcome;
      }
      connection.reset();
    }
    const std::string& host = proxy_ ? proxy_->host : base_.host();
    const Resolved resolved = resolve(host, deadline, stop);
    Outcome outcome{Trouble::name, resolved.problem};
    for (const std::string& address : resolved.addresses) {
      connection = connect_to(address);
      outcome = exchange(*connection, request, deadline, stop);
      if (outcome.trouble != Trouble::refused && outcome.trouble != Trouble::connect_timeout) break;
    }
    if (connection) keep(std::move(connection), outcome);
    return outcome;
  }

 private:
  std::unique_ptr<Connection> take_idle() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return nullptr;
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    connection->interruptor->rearm();
    return connection;
  }

  void keep(std::unique_ptr<Connection> connection, const Outcome& outcome) {
    if (outcome.trouble != Trouble::none || !connection->is_open()) return;
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kIdleConnections) idle_.push_back(std::move(connection));
  }

  std::unique_ptr<Connection> connect_to(const std::string& address) {
    auto connection = std::make_unique<Connection>();
    connection->client = base_.https() ? tls_client() : plain_client();
    httplib::ClientImpl& client = *connection->client;
    client.set_keep_alive(true);
    client.set_follow_location(false);
    client.set_decompress(false);
    client.set_path_encode(false);
    client.set_tcp_nodelay(true);
    client.set_socket_options(
        [watched = connection->interruptor](socket_t socket) { watched->watch(socket); });
    if (proxy_) {
      client.set_proxy(address, proxy_->port);
      if (!proxy_->user.empty()) client.set_proxy_basic_auth(proxy_->user, proxy_->password);
      // The package gives the proxy's password to the server behind the tunnel, too.
      if (base_.https()) {
        client.set_header_writer([](httplib::Stream& stream, httplib::Headers& headers) {
          if (is_ours(headers)) headers.erase("Proxy-Authorization");
          return httplib::detail::write_headers(stream, headers);
        });
      }
    } else {
      client.set_hostname_addr_map({{base_.host(), address}});
    }
    return connection;
  }

  std::unique_ptr<httplib::ClientImpl> plain_client() const {
    return std::make_unique<httplib::ClientImpl>(base_.host(), base_.port());
  }

  std::unique_ptr<httplib::ClientImpl> tls_client() const {
    auto client = std::make_unique<httplib::SSLClient>(base_.host(), base_.port());
    // Any PEM text keeps the package from reading the system's certificates for each connection.
    client->load_ca_cert_store("-", 1);
    ERR_clear_error();
    X509_STORE_up_ref(trust_);
    client->set_ca_cert_store(trust_);
    return client;
  }

  static httplib::Request to_package(const WireRequest& request) {
    httplib::Request out;
    out.method = request.method;
    out.path = request.target;
    out.body = request.body;
    for (const auto& [name, value] : request.headers) out.headers.emplace(name, value);
    // A DELETE may have a body, and some servers wait for one unless they are told.
    if (out.method == "DELETE" && out.body.empty()) out.headers.emplace("Content-Length", "0");
    return out;
  }

  // The callbacks' exceptions are carried around the package instead of through it.
  static Outcome exchange(Connection& connection, const WireRequest& request, Deadline deadline,
                          const std::stop_token& stop) {
    httplib::ClientImpl& client = *connection.client;
    // The watch below ends the exchange in time; a time-out of the package looks like a close, or
    // like a handshake that failed.
    const Deadline late = deadline + std::chrono::seconds(1);
    client.set_connection_timeout(left_until(late, kConnectPatience));
    client.set_read_timeout(left_until(late, milliseconds(std::chrono::hours(24))));
    client.set_write_timeout(left_until(late, milliseconds(std::chrono::hours(24))));

    std::exception_ptr thrown;
    bool head_given = false;
    bool fits = true;
    const auto give_head = [&](const httplib::Response& response) {
      head_given = true;
      fits = size_of(response.headers) <= kHeaderBytes && has_plain_framing(response);
      if (fits) request.on_head(response.status, take_headers(response.headers));
      return fits;
    };
    const auto guarded = [&](const auto& call) {
      try {
        return call();
      } catch (...) {
        thrown = std::current_exception();
        return false;
      }
    };
    httplib::Request out = to_package(request);
    out.response_handler = [&](const httplib::Response& response) {
      return guarded([&] { return give_head(response); });
    };
    out.content_receiver = [&](const char* text, std::size_t size, std::size_t, std::size_t) {
      return guarded([&] { return request.on_piece({text, size}); });
    };

    const Watch watch(*connection.interruptor, deadline, stop);
    ERR_clear_error();
    const httplib::Result result = client.send(out);
    if (result && result.error() == httplib::Error::Success && !head_given) {
      guarded([&] { return give_head(*result); });
    }
    if (thrown) std::rethrow_exception(thrown);
    return outcome_of(connection, result, head_given, fits);
  }

  // What else a Transfer-Encoding may be is read as a body without framing by the package.
  static bool has_plain_framing(const httplib::Response& response) {
    if (!response.has_header("Transfer-Encoding")) return true;
    return response.get_header_value_count("Transfer-Encoding") == 1 &&
           httplib::detail::is_chunked_transfer_encoding(response.headers) &&
           !response.has_header("Content-Length");
  }

  static Outcome outcome_of(const Connection& connection, const httplib::Result& result,
                            bool head_given, bool fits) {
    using httplib::Error;
    switch (connection.interruptor->why()) {
      case Interruption::deadline:
        return {Trouble::deadline, {}};
      case Interruption::stopped:
        return {Trouble::stopped, {}};
      case Interruption::none:
        break;
    }
    if (!fits) return {Trouble::not_http, "its head is too large or frames its body in two ways"};
    switch (result.error()) {
      case Error::Success:
        return {};
      case Error::Canceled:
        return {Trouble::reader_stopped, {}};
      case Error::Connection:
      case Error::BindIPAddress:
        return {Trouble::refused, {}};
      case Error::ConnectionTimeout:
        return {Trouble::connect_timeout, {}};
      case Error::SSLConnection:
      case Error::SSLLoadingCerts:
      case Error::SSLServerVerification:
      case Error::SSLServerHostnameVerification:
        return tls_outcome(result);
      case Error::ProxyConnection:
        return {Trouble::proxy, {}, result ? result->status : 0};
      default:
        return {head_given ? Trouble::cut : Trouble::no_answer, {}};
    }
  }

  const BaseUrl base_;
  const std::optional<Proxy> proxy_;
  X509_STORE* trust_ = nullptr;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

Http::Http(BaseUrl base, const std::string& ca_file, std::optional<Proxy> proxy)
    : pool_(std::make_unique<Pool>(std::move(base), ca_file, std::move(proxy))) {}

Http::~Http() = default;

Outcome Http::send(const WireRequest& request, Deadline deadline, const std::stop_token& stop) {
  return pool_->send(request, deadline, stop);
}

}  // namespace dhis2mcp
