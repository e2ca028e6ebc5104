// SPDX-License-Identifier: BSD-3-Clause
// Names that are offered while a person types, over the wire of the built program.
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <mutex>

#include "dhis2/json.h"
#include "tests/server/peer.h"
#include "tests/support/fake_http.h"
#include "tests/support/program.h"
#include "tests/support/temp_home.h"

namespace dhis2mcp {
namespace {

using std::chrono::steady_clock;
using test::FakeHttp;
using test::Peer;
using test::product_binary;
using test::Program;
using test::Reply;
using test::Seen;
using test::TempHome;

// A DHIS2 that answers once its gate is open, and asks for the names that it holds.
class CompletionsTest : public ::testing::Test {
 protected:
  CompletionsTest() {
    script("/api/me", R"({"id":"M5zQapPyTZI","username":"ada"})");
    script("/api/system/info", R"({"version":"2.42.1","calendar":"iso8601"})");
    script("/api/dataSets", R"({"pager":{"page":1,"pageCount":1,"total":3},"dataSets":[
        {"id":"lc4Jz2USVpu","name":"RMA monthly","displayName":"Rapport mensuel"},
        {"id":"aaaaaaaaaa1","name":"Malaria weekly","displayName":"Malaria weekly"},
        {"id":"aaaaaaaaaa2","name":"Malaria yearly","displayName":"Malaria yearly"}]})");
    script("/api/organisationUnits", R"({"pager":{"page":1,"pageCount":1,"total":2},
        "organisationUnits":[{"id":"aaaaaaaaaa3","name":"Centre","displayName":"Centre"},
                             {"id":"aaaaaaaaaa4","name":"Centre","displayName":"Centre"}]})");
  }

  void script(const std::string& path, const std::string& body) {
    dhis2_.on("GET", path, [this, body](const Seen&) {
      const std::lock_guard wait(gate_);
      return Reply{200, body};
    });
  }

  Program::Variables variables() const {
    return {{"DHIS2_URL", dhis2_.url()},
            {"DHIS2_PAT", "d2pat_5xVA12xyUbWNedQxy4ohH77WlxRGVvZZ1151814092"}};
  }

  static std::string prompt(const std::string& argument, const std::string& value) {
    return R"("ref":{"type":"ref/prompt","name":"reporting_completeness"},"argument":{"name":")" +
           argument + R"(","value":")" + value + R"("})";
  }
  static std::string object(const std::string& type, const std::string& value) {
    return R"("ref":{"type":"ref/resource","uri":"dhis2://{profile}/{type}/{id}"},)"
           R"("argument":{"name":"id","value":")" +
           value + R"("},"context":{"arguments":{"profile":"env","type":")" + type + R"("}})";
  }

  // Asks again, each time a round through the program, until names come or the patience ends.
  static Json until_known(const std::function<Json()>& ask) {
    const auto deadline = steady_clock::now() + std::chrono::seconds(20);
    Json values;
    do {
      values = ask();
    } while (values.empty() && steady_clock::now() < deadline);
    return values;
  }

  TempHome home_;
  FakeHttp dhis2_;
  std::mutex gate_;
};

class Stdio {
 public:
  Stdio(const std::string& file, const Program::Variables& variables)
      : program_(file, {"stdio", "--log-level", "off"}, variables) {
    program_.write(R"({"jsonrpc":"2.0","id":0,"method":"initialize",)"
                   R"("params":{"protocolVersion":"2025-06-18"}})"
                   "\n");
    offers_ = Json::parse(program_.line().value_or("{}"))["result"]["capabilities"];
  }

  const Json& offers() const { return offers_; }

  Json values(const std::string& params) {
    program_.write(R"({"jsonrpc":"2.0","id":1,"method":"completion/complete","params":{)" + params +
                   "}}\n");
    const Json answer = Json::parse(program_.line().value_or("{}"));
    return answer.contains("result") ? answer["result"]["completion"]["values"] : answer;
  }

 private:
  Program program_;
  Json offers_;
};

TEST_F(CompletionsTest, OfferNamesOverStdioAndNeverWaitForDhis2) {
  std::unique_lock closed(gate_);
  Stdio server(product_binary(), variables());
  EXPECT_TRUE(server.offers().contains("completions"));

  EXPECT_EQ(server.values(prompt("data_set", "Malaria")), Json::array());
  EXPECT_EQ(server.values(object("dataSet", "Malaria")), Json::array());
  closed.unlock();

  const Json names = until_known([&] { return server.values(prompt("data_set", "malaria")); });
  EXPECT_EQ(names, Json({"Malaria weekly", "Malaria yearly"}));
  EXPECT_EQ(server.values(prompt("data_set", "rapp")), Json({"Rapport mensuel"}));
  EXPECT_EQ(server.values(prompt("data_set", "RMA")), Json({"Rapport mensuel"}));
  EXPECT_EQ(server.values(prompt("data_set", "")).size(), 3u);
  EXPECT_EQ(server.values(object("dataSet", "malaria y")), Json({"Malaria yearly"}));
  EXPECT_EQ(server.values(object("dataSet", "nothing like it")), Json::array());
}

TEST_F(CompletionsTest, OfferUidsWhereSeveralObjectsShareAName) {
  Stdio server(product_binary(), variables());
  const Json units = until_known([&] { return server.values(prompt("org_unit", "centre")); });
  EXPECT_EQ(units, Json({"aaaaaaaaaa3", "aaaaaaaaaa4"}));
}

TEST_F(CompletionsTest, OfferNamesOverHttp) {
  Program program(product_binary(), {"http", "--port", "0", "--log-level", "off"}, variables());
  const std::string line = program.error_line().value_or("");
  const auto port = static_cast<std::uint16_t>(std::stoi(line.substr(line.rfind(':') + 1)));
  std::string token;
  std::ifstream(home_.path() / "config/http-token") >> token;
  const auto ask = [&] {
    const std::string body =
        R"({"jsonrpc":"2.0","id":1,"method":"completion/complete","params":{)" +
        prompt("data_set", "weekly") +
        R"(,"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
        R"("io.modelcontextprotocol/clientCapabilities":{}}}})";
    const auto answer = Peer(port).ask(
        "POST /mcp HTTP/1.1\r\nHost: localhost:" + std::to_string(port) +
        "\r\nContent-Type: application/json\r\nAccept: application/json, "
        "text/event-stream\r\nMCP-Protocol-Version: 2026-07-28\r\n"
        "Mcp-Method: completion/complete\r\nAuthorization: Bearer " +
        token + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    EXPECT_EQ(answer.status, 200) << answer.body;
    const Json json = Json::parse(answer.body, nullptr, false);
    return json.contains("result") ? json["result"]["completion"]["values"] : json;
  };

  EXPECT_EQ(until_known(ask), Json({"Malaria weekly"}));
}

}  // namespace
}  // namespace dhis2mcp
