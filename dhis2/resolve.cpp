// SPDX-License-Identifier: BSD-3-Clause
// getaddrinfo on a thread that may outlive its caller.
#include "dhis2/resolve.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

struct Lookup {
  std::mutex mutex;
  std::condition_variable_any done;
  bool finished = false;
  Resolved result;
};

bool is_numeric(const std::string& host) {
  in6_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1 ||
         inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

Resolved look_up(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  int code = getaddrinfo(host.c_str(), nullptr, &hints, &found);
  // Without a network card that is up AI_ADDRCONFIG hides even "localhost".
  if (code != 0) {
    hints.ai_flags = 0;
    code = getaddrinfo(host.c_str(), nullptr, &hints, &found);
  }
  Resolved out;
  if (code != 0) {
    out.problem = gai_strerror(code);
    return out;
  }
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (getnameinfo(at->ai_addr, at->ai_addrlen, text.data(), text.size(), nullptr, 0,
                    NI_NUMERICHOST) == 0 &&
        std::ranges::find(out.addresses, text.data()) == out.addresses.end()) {
      out.addresses.emplace_back(text.data());
    }
  }
  freeaddrinfo(found);
  if (out.addresses.empty()) out.problem = "no address";
  return out;
}

}  // namespace

Resolved resolve(const std::string& host, Deadline deadline, const std::stop_token& stop) {
  if (is_numeric(host)) return {{host}, {}};
  const auto lookup = std::make_shared<Lookup>();
  std::thread([lookup, host] {
    Resolved result = look_up(host);
    const std::lock_guard lock(lookup->mutex);
    lookup->result = std::move(result);
    lookup->finished = true;
    lookup->done.notify_all();
  }).detach();

  std::unique_lock lock(lookup->mutex);
  if (lookup->done.wait_until(lock, stop, deadline, [&] { return lookup->finished; })) {
    return std::move(lookup->result);
  }
  if (stop.stop_requested()) throw Error(ErrorKind::cancelled, "the call was cancelled");
  Error error(ErrorKind::unavailable, "the name server did not answer for " + host + " in time",
              "Check the network connection and ask again.");
  error.retry = true;
  throw error;
}

}  // namespace dhis2mcp
