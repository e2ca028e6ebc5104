// SPDX-License-Identifier: BSD-3-Clause
// Misbehaviour on demand: what real networks, proxies and servers do to an answer.
#pragma once

#include <string>
#include <string_view>

#include "tests/sandbox/wire.h"

namespace httplib {
struct Request;
struct Response;
}  // namespace httplib

namespace sandbox {

// One kind of fault with its number. Kinds: status, delay, drip, truncate, gzip-cut, html,
// redirect, reset, huge, wrong-length; and oauth, whose `detail` oauth_faults.h lists.
struct Fault {
  std::string kind;    // empty: none
  std::string detail;  // "wrong-state" of "oauth:wrong-state"
  long long number = 0;
  std::string path = "/api";  // paths below the context that it strikes, as a prefix

  // "status:503"; the number may be left out. Throws std::invalid_argument with the list of kinds.
  static Fault parse(std::string_view text);
  bool strikes(std::string_view path_below_context) const;
};

// Faults that replace the answer before anything is looked up. Returns false for the kinds that
// bend a real answer (delay, drip, truncate, gzip-cut, wrong-length).
bool replace(const Fault& fault, const httplib::Request& request, httplib::Response& response);

// Sends a made answer the way the fault bends it; without a fault, plainly.
void send(const Fault* fault, const Reply& reply, httplib::Response& response);

}  // namespace sandbox
