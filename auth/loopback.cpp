// SPDX-License-Identifier: BSD-3-Clause
// A server for one login (RFC 8252 section 7.3). Its pages hold fixed words only.
#include <httplib.h>
#include <sys/socket.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "auth/redirect_receiver.h"
#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

constexpr int kThreads = 4;
constexpr std::size_t kWaiting = 64;
constexpr time_t kReadSeconds = 5;
constexpr std::chrono::seconds kStart{5};

std::string page(bool good, const std::string& words) {
  return std::string(
             "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
             "<title>DHIS2 login</title></head>\n<body><h1>") +
         (good ? "Signed in" : "Not signed in") + "</h1><p>" + words + "</p></body></html>\n";
}

class LoopbackReceiver final : public RedirectReceiver {
 public:
  explicit LoopbackReceiver(int port) {
    server_.new_task_queue = [] { return new httplib::ThreadPool(kThreads, kThreads, kWaiting); };
    server_.set_read_timeout(kReadSeconds);
    server_.set_keep_alive_max_count(1);
    // Never SO_REUSEPORT: a second listener on this port would get some of the redirects.
    server_.set_socket_options([](socket_t socket) {
      const int yes = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    server_.Get(".*", [this](const httplib::Request& request, httplib::Response& response) {
      serve(request, response);
    });
    port_ = port == 0                                 ? server_.bind_to_any_port("127.0.0.1")
            : server_.bind_to_port("127.0.0.1", port) ? port
                                                      : -1;
    if (port_ <= 0) {
      throw ConfigurationError(
          ErrorKind::refused,
          "Port " + std::to_string(port) +
              " of this computer is taken, where the login has to end.",
          "Finish the other login that waits there, or register the client with another port and "
          "add the profile with --redirect-port.");
    }
    listening_ = std::thread([this] { server_.listen_after_bind(); });
    server_.wait_until_ready();
  }

  ~LoopbackReceiver() override {
    server_.stop();
    listening_.join();
  }
  LoopbackReceiver(const LoopbackReceiver&) = delete;
  LoopbackReceiver& operator=(const LoopbackReceiver&) = delete;

  std::string redirect_uri() const override {
    return "http://127.0.0.1:" + std::to_string(port_) + "/callback";
  }

  bool receive(const Take& take, Deadline deadline, const std::stop_token& stop) override {
    std::unique_lock lock(mutex_);
    take_ = take;
    changed_.notify_all();
    changed_.wait_until(lock, stop, deadline, [this] { return done_; });
    take_ = nullptr;
    over_ = true;
    changed_.notify_all();
    return done_;
  }

 private:
  void serve(const httplib::Request& request, httplib::Response& response) {
    response.set_header("Cache-Control", "no-store");
    response.set_header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    response.set_header("Referrer-Policy", "no-referrer");
    response.set_header("X-Content-Type-Options", "nosniff");
    const std::string port = ":" + std::to_string(port_);
    const std::string host = request.get_header_value("Host");
    const std::size_t mark = request.target.find('?');
    ReceiverReply reply;
    if (request.get_header_value_count("Host") != 1 ||
        (host != "127.0.0.1" + port && host != "localhost" + port)) {
      response.status = 403;
    } else if (request.target.substr(0, mark) != "/callback" || mark == std::string::npos ||
               request.method != "GET") {
      response.status = 404;
    } else {
      reply = taken(request.target.substr(mark + 1));
      response.status = reply.good ? 200 : 400;
    }
    if (reply.words.empty()) reply.words = "There is nothing here.";
    response.set_content(page(reply.good, reply.words), "text/html; charset=utf-8");
  }

  ReceiverReply taken(const std::string& query) {
    const std::lock_guard one_at_a_time(taking_);
    Take take;
    {
      // A browser that is already signed in may be back before anybody waits for it.
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, kStart, [this] { return take_ || over_; });
      if (done_ || !take_) return {false, false, "This login has ended. Close this window."};
      take = take_;
    }
    ReceiverReply reply;
    try {
      reply = take(Query::parse(query));
    } catch (const Error&) {
      return {false, false, "This address is damaged. Start the login again."};
    }
    if (reply.done) {
      const std::lock_guard lock(mutex_);
      done_ = true;
      changed_.notify_all();
    }
    return reply;
  }

  httplib::Server server_;
  int port_ = 0;
  std::thread listening_;
  std::mutex taking_;
  std::mutex mutex_;  // guards the four below
  std::condition_variable_any changed_;
  Take take_;
  bool done_ = false, over_ = false;
};

}  // namespace

std::unique_ptr<RedirectReceiver> loopback_receiver(int port) {
  return std::make_unique<LoopbackReceiver>(port);
}

}  // namespace dhis2mcp
