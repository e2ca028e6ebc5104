// SPDX-License-Identifier: BSD-3-Clause
// An assistant that runs the program over stdio and may be asked to open a page for its person.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dhis2/json.h"
#include "tests/sign_in/shell.h"

namespace dhis2mcp::test {

enum class Era { legacy, modern };

// What the program wants of the person before it answers.
struct Asked {
  Json params;        // of elicitation/create
  std::string id;     // of the request; older revisions alone
  Json state;         // requestState; 2026-07-28 alone
  std::string later;  // the call that waits, for older revisions
};

class Assistant {
 public:
  // `elicitation` is that member of the client's capabilities; empty for none.
  Assistant(Era era, const std::string& elicitation)
      : era_(era),
        capabilities_(elicitation.empty() ? "{}" : R"({"elicitation":)" + elicitation + "}"),
        program_(product_binary(), {"stdio"}) {
    if (era_ == Era::modern) return;
    write(R"({"jsonrpc":"2.0","id":"i","method":"initialize","params":{"protocolVersion":)"
          R"("2025-11-25","capabilities":)" +
          capabilities_ + R"(,"clientInfo":{"name":"t","version":"1"}}})");
    message();
    write(R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
  }

  // Calls a tool and does not wait; the id of the call.
  std::string begin(const std::string& tool, const std::string& profile,
                    const std::string& further = {}) {
    const std::string id = "c" + std::to_string(++last_);
    const std::string meta = R"("_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
                             R"("io.modelcontextprotocol/clientCapabilities":)" +
                             capabilities_ + "}";
    write(R"({"jsonrpc":"2.0","id":")" + id + R"(","method":"tools/call","params":{"name":")" +
          tool + R"(","arguments":{"profile":")" + profile + R"("})" + further +
          (era_ == Era::modern ? "," + meta : "") + "}}");
    return id;
  }

  Json call(const std::string& tool, const std::string& profile) {
    return result(begin(tool, profile));
  }

  // What that call came to. What came meanwhile is in `told`.
  Json result(const std::string& id) {
    for (;;) {
      const Json got = message();
      if (got.is_null()) return {};
      if (got.value("id", Json()) == Json(id) && got.contains("result")) return got["result"];
      told.push_back(got);
    }
  }

  // The question that a call of profile_login leads to.
  Asked asked(const std::string& profile) {
    const std::string id = begin("profile_login", profile);
    if (era_ == Era::modern) {
      const Json got = result(id);
      return {got["inputRequests"]["login"]["params"], {}, got["requestState"], {}};
    }
    for (;;) {
      const Json got = message();
      if (got.is_null()) return {};
      if (got.value("method", "") == "elicitation/create") {
        return {got["params"], to_text(got["id"]), {}, id};
      }
      told.push_back(got);
    }
  }

  // What the call comes to with that action of the person.
  Json answer(const Asked& question, const std::string& profile, const std::string& action) {
    const std::string response = R"({"action":")" + action + "\"}";
    if (era_ == Era::modern) {
      return result(begin("profile_login", profile,
                          R"(,"inputResponses":{"login":)" + response + R"(},"requestState":)" +
                              to_text(question.state)));
    }
    write(R"({"jsonrpc":"2.0","id":)" + question.id + R"(,"result":)" + response + "}");
    return result(question.later);
  }

  std::vector<Json> told;

 private:
  void write(const std::string& text) { program_.write(text + "\n"); }

  Json message() {
    const auto line = program_.line();
    return line ? Json::parse(*line) : Json();
  }

  const Era era_;
  const std::string capabilities_;
  Program program_;
  int last_ = 0;
};

}  // namespace dhis2mcp::test
