// SPDX-License-Identifier: BSD-3-Clause
// One recorded exchange with a real DHIS2 server, and how a file of them is read.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/replay/target.h"

namespace replay {

struct Recording {
  std::string method;
  std::string sent;  // the target as recorded, for messages
  Target target;
  std::string version;  // "2.40.12", empty when the file does not say

  // Who asked, as the recorder masked it: "Basic <admin>", "ApiToken <valid>". Empty: nobody signed
  // the request. `knows_caller` is false where the recorder kept no request headers at all.
  std::string caller;
  bool knows_caller = false;
  std::string accept;  // empty when none was sent
  bool plain = true;   // no other header that could have decided about the answer (Cookie, Origin)

  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;  // names may repeat (Set-Cookie)
  std::string body;                                          // the bytes to send
  bool cut = false;  // the recorder kept only the first bytes of the body
};

struct BadRecording : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Reads one line in either shape: {"request":{...},"response":{...}} with all headers, or the flat
// one ({"method","path","status","content_type","body"}) of recorders that kept only those. Numbers
// in a body keep their digits. Throws BadRecording.
Recording read_recording(const std::string& line);

// Reads a `.jsonl` file, gzip or plain, whatever its name. Throws BadRecording naming file and
// line.
std::vector<Recording> read_recordings(const std::string& file);

}  // namespace replay
