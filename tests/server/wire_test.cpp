// SPDX-License-Identifier: BSD-3-Clause
// Replays the conversations of tests/wire over stdio and over HTTP; tests/wire/README.md has the
// format.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "dhis2/json.h"
#include "server/stdio_transport.h"
#include "tests/server/peer.h"

namespace dhis2mcp {
namespace {

// One message that is sent, and what must come back.
struct Turn {
  int number = 0;  // line in the file
  std::string sent;
  std::vector<std::string> headers;     // HTTP only, beside those that follow from the message
  std::optional<std::string> expected;  // nothing: no message comes back
  std::optional<int> status;            // HTTP only; absent: 200, or 202 where nothing comes back
};

struct Transcript {
  bool stdio = true, http = true;
  std::vector<Turn> turns;
};

Transcript read_transcript(const std::filesystem::path& file) {
  Transcript transcript;
  std::ifstream in(file);
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    if (line == "! stdio only") transcript.http = false;
    if (line == "! http only") transcript.stdio = false;
    if (line.starts_with(">> ")) transcript.turns.push_back({number, line.substr(3), {}, {}, {}});
    if (transcript.turns.empty()) continue;
    if (line.starts_with("<< ")) transcript.turns.back().expected = line.substr(3);
    if (line.starts_with("<! ")) transcript.turns.back().status = std::stoi(line.substr(3));
    if (line.starts_with(">: ")) transcript.turns.back().headers.push_back(line.substr(3));
  }
  return transcript;
}

bool matches(const Json& expected, const Json& got) {
  if (expected.is_string()) {
    const std::string text = expected.get<std::string>();
    if (text == "<any>") return true;
    if (text.starts_with("<has ")) {
      const std::string part = text.substr(5, text.size() - 6);
      return (got.is_string() ? got.get<std::string>() : got.dump()).find(part) !=
             std::string::npos;
    }
  }
  if (expected.is_object() && got.is_object()) {
    for (const auto& [name, value] : expected.items()) {
      const bool absent = value.is_string() && value.get<std::string>() == "<absent>";
      if (absent == got.contains(name)) return false;
      if (!absent && !matches(value, got.at(name))) return false;
    }
    return true;
  }
  if (expected.is_array() && got.is_array()) {
    bool equal = expected.size() == got.size();
    for (std::size_t i = 0; equal && i < expected.size(); ++i) equal = matches(expected[i], got[i]);
    return equal;
  }
  return expected == got;
}

void expect_match(const Turn& turn, const std::string& got) {
  const Json json = Json::parse(got, nullptr, false);
  ASSERT_FALSE(json.is_discarded()) << "line " << turn.number << ": no JSON came: " << got;
  EXPECT_TRUE(matches(Json::parse(*turn.expected), json))
      << "line " << turn.number << "\n  wanted " << *turn.expected << "\n  got    " << got;
}

// A ping behind each turn shows that nothing else came back, and that the line still works.
void replay_over_stdio(const Transcript& transcript) {
  test::FakeServer fake;
  std::array<int, 2> input{}, output{};
  ASSERT_EQ(pipe2(input.data(), O_CLOEXEC), 0);
  ASSERT_EQ(pipe2(output.data(), O_CLOEXEC), 0);
  std::thread server([&] {
    serve_stdio(fake.dispatcher, fake.pool,
                {.input = input[0], .output = output[1], .on_ending = {}});
    close(output[1]);
  });
  FILE* const answers = fdopen(output[0], "r");
  const auto send = [&](const std::string& text) {
    const std::string line = text + "\n";
    ASSERT_EQ(write(input[1], line.data(), line.size()), static_cast<ssize_t>(line.size()));
  };
  const auto next = [&]() -> std::string {
    char* text = nullptr;
    std::size_t size = 0;
    const ssize_t count = getline(&text, &size, answers);
    std::string line(text, count > 0 ? static_cast<std::size_t>(count) - 1 : 0);
    free(text);
    return line;
  };
  for (const Turn& turn : transcript.turns) {
    send(turn.sent);
    if (turn.expected) expect_match(turn, next());
    send(R"({"jsonrpc":"2.0","id":"after","method":"ping"})");
    EXPECT_EQ(next(), R"({"jsonrpc":"2.0","id":"after","result":{}})") << "line " << turn.number;
  }
  close(input[1]);
  server.join();
  fclose(answers);
  close(input[0]);
}

// The headers that a client of the message's revision sends by itself.
std::string own_headers(const Turn& turn, const std::string& session) {
  const Json json = Json::parse(turn.sent, nullptr, false);
  std::string headers;
  const auto meta = Json::json_pointer("/params/_meta/io.modelcontextprotocol~1protocolVersion");
  if (json.is_object() && json.contains(meta) && json.at(meta).is_string()) {
    headers += "MCP-Protocol-Version: " + json.at(meta).get<std::string>() + "\r\n";
    headers += "Mcp-Method: " + json.value("method", "") + "\r\n";
    if (json["params"].contains("name") && json["params"]["name"].is_string()) {
      headers += "Mcp-Name: " + json["params"]["name"].get<std::string>() + "\r\n";
    }
  } else if (!session.empty() && !(json.is_object() && json.value("method", "") == "initialize")) {
    headers += "Mcp-Session-Id: " + session + "\r\n";
  }
  return headers;
}

void replay_over_http(const Transcript& transcript) {
  test::HttpFixture http;
  std::string session;
  for (const Turn& turn : transcript.turns) {
    std::string headers = turn.headers.empty() ? own_headers(turn, session) : "";
    for (const std::string& line : turn.headers) {
      if (line != "none") headers += line + "\r\n";
    }
    const test::HttpResponse got = test::Peer(http.port()).ask(http.post(turn.sent, headers));
    if (turn.status || !turn.expected || turn.expected->find("\"error\"") == std::string::npos) {
      EXPECT_EQ(got.status, turn.status.value_or(turn.expected ? 200 : 202))
          << "line " << turn.number << ": " << got.body;
    }
    if (turn.expected) expect_match(turn, got.body);
    if (!turn.expected) {
      EXPECT_EQ(got.body, "") << "line " << turn.number;
    }
    const auto opened = got.headers.find("mcp-session-id");
    if (opened != got.headers.end()) session = opened->second;
  }
}

class WireTest : public ::testing::TestWithParam<std::string> {};

TEST_P(WireTest, GoesAsWrittenOverStdio) {
  const Transcript transcript =
      read_transcript(std::filesystem::path(DHIS2_MCP_WIRE_FOLDER) / (GetParam() + ".txt"));
  ASSERT_FALSE(transcript.turns.empty());
  if (transcript.stdio) replay_over_stdio(transcript);
}

TEST_P(WireTest, GoesAsWrittenOverHttp) {
  const Transcript transcript =
      read_transcript(std::filesystem::path(DHIS2_MCP_WIRE_FOLDER) / (GetParam() + ".txt"));
  ASSERT_FALSE(transcript.turns.empty());
  if (transcript.http) replay_over_http(transcript);
}

std::vector<std::string> transcripts() {
  std::vector<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(DHIS2_MCP_WIRE_FOLDER)) {
    if (file.path().extension() == ".txt") names.push_back(file.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

INSTANTIATE_TEST_SUITE_P(Transcripts, WireTest, ::testing::ValuesIn(transcripts()),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace dhis2mcp
