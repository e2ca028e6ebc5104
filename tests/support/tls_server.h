// SPDX-License-Identifier: BSD-3-Clause
// An HTTPS server on a free port of 127.0.0.1, with the certificate that a test wants.
#pragma once

#include <httplib.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "tests/support/certificates.h"
#include "tests/support/scratch_folder.h"

namespace dhis2mcp::support {

using test::ScratchFolder;

class TlsServer {
 public:
  // `newest` is the newest protocol version it speaks, 0 for any.
  TlsServer(const Certificate& certificate, httplib::Server::Handler handler, int newest = 0)
      : folder_(std::make_unique<ScratchFolder>()) {
    const std::string certificate_file = (*folder_ / "certificate.pem").string();
    const std::string key_file = (*folder_ / "key.pem").string();
    write_certificate(certificate_file, certificate);
    write_key(key_file, certificate);
    server_ = std::make_unique<httplib::SSLServer>(certificate_file.c_str(), key_file.c_str());
    if (newest != 0) {
      auto* const context = static_cast<SSL_CTX*>(server_->tls_context());
      SSL_CTX_set_security_level(context, 0);
      SSL_CTX_set_min_proto_version(context, 0);
      SSL_CTX_set_max_proto_version(context, newest);
    }
    server_->Get(".*", std::move(handler));
    server_->set_keep_alive_timeout(1);
    port_ = server_->bind_to_any_port("127.0.0.1");
    thread_ = std::jthread([this] { server_->listen_after_bind(); });
    server_->wait_until_ready();
  }
  ~TlsServer() { server_->stop(); }
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  int port() const { return port_; }
  std::string url(const std::string& host) const {
    return "https://" + host + ":" + std::to_string(port_);
  }

 private:
  std::unique_ptr<ScratchFolder> folder_;
  std::unique_ptr<httplib::SSLServer> server_;
  int port_ = 0;
  std::jthread thread_;
};

}  // namespace dhis2mcp::support
