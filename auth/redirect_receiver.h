// SPDX-License-Identifier: BSD-3-Clause
// Where the browser of a person who logs in is sent back to, and how what it brings gets here.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "dhis2/query.h"

namespace dhis2mcp {

// What is said to the person for one redirect. Our own words only: nothing of what came is in it.
struct ReceiverReply {
  bool done = false;  // the login has ended, well or not; nothing more is received
  bool good = false;
  std::string words;  // one or two sentences
};

class RedirectReceiver {
 public:
  using Take = std::function<ReceiverReply(const Query& parameters)>;
  using Deadline = std::chrono::steady_clock::time_point;

  virtual ~RedirectReceiver() = default;

  // What the server is asked to redirect to: "http://127.0.0.1:PORT/callback".
  virtual std::string redirect_uri() const = 0;

  // Hands each redirect to `take`, on whatever thread, one at a time, until a reply is done, the
  // deadline comes or a stop is asked for. True when a reply was done.
  virtual bool receive(const Take& take, Deadline deadline, const std::stop_token& stop) = 0;
};

inline constexpr int kUsualRedirectPort = 3449;

// Listens on 127.0.0.1 alone, from now until it is destroyed; port 0 takes any free one. Answers
// GET /callback with a plain page, everything else with 404, and a Host that is not its own with
// 403. Throws ConfigurationError when the port is taken.
std::unique_ptr<RedirectReceiver> loopback_receiver(int port);

using ReadLine = std::function<std::optional<std::string>(RedirectReceiver::Deadline)>;

// For a login over SSH: the browser's redirect finds nobody on the other machine, and the person
// copies the address that it shows. `read_line` gives a line, or nothing at the end of the input or
// at the deadline; `say` tells the person what became of it. `port` is that of the registered
// client, or 0.
std::unique_ptr<RedirectReceiver> paste_receiver(int port, ReadLine read_line,
                                                 std::function<void(const std::string&)> say);

}  // namespace dhis2mcp
